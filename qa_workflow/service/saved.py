"""What is saved already where the database goes away: nobody is told that nothing was who would then do it again.

A fault says of one transaction that nothing of it was saved. A request may have had another before it: what it asked is
saved, and only the answer could not be made.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from qa_workflow.errors import StorageFault


class PartlySaved(StorageFault):
    """Of what takes several transactions the first are saved, and another could not be."""

    code = "partly_saved"

    def __init__(self, fault: StorageFault) -> None:
        super().__init__(
            f"the database could not go on ({_named(fault)}). Some of this is saved and the rest is "
            "not; do the same again: what is done is not done twice"
        )


class FollowsLater(StorageFault):
    """It is saved, and what follows from it could not be; the clock sees to that."""

    code = "follows_later"

    def __init__(self, fault: StorageFault) -> None:
        super().__init__(
            f"the database could not go on ({_named(fault)}). What was asked is saved; what follows "
            "from it for other items is done by the clock, in some minutes"
        )


class NotTold(StorageFault):
    """It is saved, or some of it, and what came of it could not be told."""

    code = "not_told"

    def __init__(self, fault: StorageFault) -> None:
        super().__init__(
            "what was asked had been saved, or some of it, when the database could not go on; look first what is "
            f"there, and ask again only for what is missing. Of the last step: {fault}"
        )


_SAYS_ITSELF = frozenset({PartlySaved.code, FollowsLater.code, NotTold.code, "uncertain"})
"""Faults that say what is saved beyond their own transaction, or that nobody knows."""


@dataclass(slots=True)
class _Tally:
    """Shared by all threads that work for one request."""

    is_any: bool = False


_TALLY: ContextVar[_Tally | None] = ContextVar("tally", default=None)


def begin() -> None:
    """A request, or a command, begins; nothing of it is saved yet."""
    _TALLY.set(_Tally())


def note() -> None:
    """Something that was asked is saved."""
    if (tally := _TALLY.get()) is not None:
        tally.is_any = True


def rightly(fault: StorageFault) -> StorageFault:
    """The fault as it is to be told of the whole request."""
    tally = _TALLY.get()
    return NotTold(fault) if tally is not None and tally.is_any and fault.code not in _SAYS_ITSELF else fault


def _named(fault: StorageFault) -> str:
    return fault.code.replace("_", " ")
