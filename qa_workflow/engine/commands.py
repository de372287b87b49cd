"""What may be asked of an item. A command is a wish; `decide` answers with events or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


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
    """Say something; it becomes part of the history."""

    text: str


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
    """Withdraw the item with all that hangs on it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Correct:
    """Put right what was recorded wrongly. Adds to the history; edits nothing. `stage` moves without a transition."""

    reason: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    stage: str | None = None
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeDate:
    """Change one item's due date with authority; the definition is untouched."""

    on: date
    basis: str
    reason: str
    stage: str | None = None
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Do what time does: all that is due by now, in order."""


@dataclass(frozen=True, slots=True)
class MeetingMoved:
    """A meeting that this item counts with is held at another time (None: not at all, so the next one counts)."""

    body: str
    key: str
    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class AddSubItem:
    """Hang one more sub-item on a growing stage."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class SubItemEnded:
    """A sub-item has come to its end; without an outcome it was reopened by a correction."""

    visit: int
    reference: str
    outcome: str | None


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
    | AddSubItem
    | SubItemEnded
)
