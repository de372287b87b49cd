"""What becomes of a document that names a patient: one person asks for its removal, another one removes it."""

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

STREAM = "removals"
"""The house's own history of them; the last line about a document is what stands beside it."""
ASKED, KEPT, REMOVED = "asked", "kept", "removed"
"""The kinds of its lines: it was asked for, it was declined, it was done."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A document that nobody is given any more, and why. Its name is not repeated here: it may be a patient's.

    Attributes:
        reference: of the item at which it was asked for; others may have the same bytes.
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

    @property
    def is_done(self) -> bool:
        """Whether its bytes are gone for good."""
        return self.done_at is not None

    @property
    def key(self) -> str:
        """Names exactly this wish, so that what is decided is what was read."""
        return sha256(canonical(asdict(self))).hexdigest()[:12]

    def facts(self) -> dict[str, Any]:
        """For the history, and for beside the document."""
        return asdict(self)


def removal_of(facts: Mapping[str, Any]) -> Removal:
    """A removal, from its facts."""
    return Removal(**facts)


def removed_words(governance: Governance, removal: Removal) -> str:
    """As half a sentence: "removed on 6 August 2027 by …: reason"."""
    names = [name for name in (removal.by, removal.done_by) if name is not None]
    people = listed([governance.people[name].title if name in governance.people else name for name in names])
    if removal.done_at is not None:
        return f"removed on {_day(governance, removal.done_at)} by {people}: {removal.reason}"
    return f"kept back since {_day(governance, removal.at)}, as {people} asked for its removal: {removal.reason}"


def public_words(governance: Governance, removal: Removal) -> str:
    """The same for everybody: not by whom, nor why."""
    return "not available for now" if removal.done_at is None else f"removed on {_day(governance, removal.done_at)}"


def _day(governance: Governance, at: str) -> str:
    return long_date(local_date(instant(at), governance.calendar.zone))
