"""The ground of all messages: one base class and a short tree, each saying what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class QaWorkflowError(Exception):
    """Something this program can explain. `exit_code` is what the command line ends with (0 done, 1 refused, …)."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"

    def facts(self) -> Mapping[str, Any]:
        """What a face may show its own way: the attributes set by the constructor, without the message."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


class Refusal(QaWorkflowError):
    """An ordinary answer with a reason: the rules, or what happened meanwhile, do not allow it. Nothing was changed."""

    code = "refused"


class UsageFault(QaWorkflowError):
    """What was typed or sent cannot be read: a word, a date, a file or a name that does not exist."""

    exit_code = 2
    code = "usage"


class NaiveInstant(UsageFault):
    """An instant was given without a time zone; the same wall clock reading names two instants in October."""

    code = "naive_instant"


class IntegrityFault(QaWorkflowError):
    """What is stored does not prove itself: a hash, a number or a file is not what the history says."""

    exit_code = 3
    code = "integrity"


class StorageFault(QaWorkflowError):
    """The database or the disk could not do it: locked, full, read-only, newer than the program, not a database."""

    exit_code = 4
    code = "storage"
