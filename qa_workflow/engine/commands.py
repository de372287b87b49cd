"""What may be asked of an item. A command is a wish; `decide` answers with events or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from qa_workflow.definition.model import Workflow
from qa_workflow.engine.item import Visit


@dataclass(frozen=True, slots=True)
class Open:
    """Begin an item. `id`, `reference` and `version` are given, so that deciding stays without chance."""

    id: str
    reference: str
    version: int
    subject: str | None
    period: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    parent: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Fire:
    """Make a transition. `trigger` is its name, or its path where several branches know the name."""

    trigger: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Fill or empty (None) fields without moving."""

    fields: Mapping[str, Any]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """Say something; it becomes part of the history.

    `colleagues_only`: the subject's own people are not told it. `why_late`: it is why the item is late. `tell`: who is
    sent word of it, by name; whether they may read it is for the caller to see.
    """

    text: str
    colleagues_only: bool = False
    why_late: bool = False
    tell: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Take what is offered to one's role. `stage` names it where several are open."""

    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """Give back what one has taken."""

    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """Give what is open to a person, also when another holds it."""

    person: str
    reason: str
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class PutOnHold:
    """Stop the clock, with a reason; `until` runs it again by itself."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """Run the clock again; due dates that a hold pauses move by its length."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Withdraw the item with its sub-items."""

    reason: str


@dataclass(frozen=True, slots=True)
class Correct:
    """Put right what was recorded wrongly. Adds to the history; edits nothing. `stage` moves without a transition.

    `past` has the last visits of stages, as `last_visits` finds them: a stage that is put back to takes up its own.
    """

    reason: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    stage: str | None = None
    corrects: int | None = None
    past: Mapping[str, Visit] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ChangeDate:
    """Change one item's due date with authority; the definition is untouched.

    Args:
        approver: on whose authority; None is whoever does it, by their own right to.
    """

    on: date
    basis: str
    reason: str
    stage: str | None = None
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Do what time does: all that is due by now, in order. Without `moves`, lapses and timed steps wait."""

    moves: bool = True


@dataclass(frozen=True, slots=True)
class MeetingMoved:
    """A meeting that this item counts with is held at another time (None: not at all, so the next one counts).

    `is_again`: it had been called off, and is held after all.
    """

    body: str
    key: str
    at: datetime | None
    reason: str
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Recount:
    """Calendars, or when bodies meet, are other than they were: what is still open is counted again."""

    reason: str


class DateChoice(StrEnum):
    """What becomes of a due date whose rule is another in the version that an item moves to."""

    KEEP = "keep"
    """The date stays, and no rule moves it any more."""
    ELAPSED = "elapsed"
    """The new rule, counted from when the visit began."""
    RESTART = "restart"
    """The new rule, counted from now."""


@dataclass(frozen=True, slots=True)
class Migrate:
    """Go on under another version of the definition.

    Args:
        version: the number under which `to` is published.
        approver: who approved that version.
        instead: what takes the place of stages, branches and triggers that `to` lacks: their paths, or DONE for a
            branch that is over. A stage takes those below it along.
        dates: what becomes of due dates whose rule is another; `by_stage` where a stage's is treated otherwise.
    """

    to: Workflow
    version: int
    reason: str
    approver: str | None = None
    instead: Mapping[str, str] = field(default_factory=dict)
    dates: DateChoice = DateChoice.KEEP
    by_stage: Mapping[str, DateChoice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddSubItem:
    """Add one more sub-item to a growing stage.

    `to_be` has, by name, the definitions under which it may be opened, so that its fields can be judged.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    stage: str | None = None
    to_be: Mapping[str, Workflow] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SubItemEnded:
    """A sub-item, about `subject`, has come to its end; without an outcome it was reopened by a correction."""

    visit: int
    reference: str
    outcome: str | None
    subject: str | None = None


Command = (
    Open
    | Fire
    | Record
    | Comment
    | Claim
    | Release
    | Assign
    | PutOnHold
    | Resume
    | Cancel
    | Correct
    | ChangeDate
    | Tick
    | MeetingMoved
    | Recount
    | Migrate
    | AddSubItem
    | SubItemEnded
)
