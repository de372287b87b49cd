"""What becomes of a file or a text that names a patient: one person asks for its removal, another one removes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from qa_workflow.calendar import local_date, long_date
from qa_workflow.calendar.words import listed
from qa_workflow.definition import Governance
from qa_workflow.engine.item import instant
from qa_workflow.engine.json_text import canonical

ASKED, KEPT, REMOVED = "asked", "kept", "removed"
"""The kinds of its lines: it was asked for, it was declined, it was done."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A file or a text that nobody is given any more, and why. Nothing of it is repeated here: it may be a patient's.

    Attributes:
        sha256: of the file's bytes, or what stands for the text in the bytes of an event.
        reference: of the item at which it was asked for; others may have the same bytes.
        seq: of a text, the number of its event; None says that it is a file.
        texts: of a text, the hashes of all that hand it on in this item and in those above and below it; its own first.
        words: what is read in their place.
        by, at, reason: who asked for it; `acting_for` whose right that was, where it was not their own.
        done_by, done_at: who removed it; None while a second person has not.
    """

    sha256: str
    reference: str
    by: str
    at: str
    reason: str
    acting_for: str | None = None
    done_by: str | None = None
    done_for: str | None = None
    done_at: str | None = None
    seq: int | None = None
    texts: tuple[str, ...] = ()
    words: str = ""

    @property
    def what(self) -> str:
        """Which of the two."""
        return "file" if self.seq is None else "text"

    @property
    def names(self) -> tuple[str, ...]:
        """Every SHA-256 of which nothing is left once it is done."""
        return self.texts or (self.sha256,)

    @property
    def is_done(self) -> bool:
        """Whether it is gone for good."""
        return self.done_at is not None

    @property
    def key(self) -> str:
        """Names exactly this wish, so that what is decided is what was read."""
        return sha256(canonical(asdict(self))).hexdigest()[:12]

    def facts(self) -> dict[str, Any]:
        """For the history, and for what is known of it."""
        return asdict(self)


def removal_of(facts: Mapping[str, Any]) -> Removal:
    """A removal, from its facts."""
    return Removal(**{**facts, "texts": tuple(facts.get("texts", ()))})


def removed_words(governance: Governance, removal: Removal) -> str:
    """As half a sentence: "removed on 6 August 2027 by …: reason"."""
    names = [name for name in (removal.by, removal.done_by) if name is not None]
    people = listed([governance.people[name].title if name in governance.people else name for name in names])
    if removal.done_at is not None:
        return f"removed on {_day(governance, removal.done_at)} by {people}: {removal.reason}"
    return f"kept back since {_day(governance, removal.at)}, as {people} asked for its removal: {removal.reason}"


def removal_named(removals: Mapping[str, Removal], sha256: str) -> Removal | None:
    """The removal of a file or of a text, also of one that hands on the text that it was asked for."""
    return removals.get(sha256) or next((each for each in removals.values() if sha256 in each.texts), None)


def public_words(governance: Governance, removal: Removal) -> str:
    """The same for everybody: not by whom, nor why."""
    return "not available for now" if removal.done_at is None else f"removed on {_day(governance, removal.done_at)}"


def _day(governance: Governance, at: str) -> str:
    return long_date(local_date(instant(at), governance.calendar.zone))
