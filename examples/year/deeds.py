"""What people can do in the story: each deed is a value, done by somebody at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qa_workflow.calendar import LONDON, at_local


def london(text: str) -> datetime:
    """The instant of a local day and time, as "2027-05-13 16:00"; 10:00 where no time is given."""
    day, _, clock = text.partition(" ")
    return at_local(date.fromisoformat(day), datetime.strptime(clock or "10:00", "%H:%M").time(), LONDON)  # noqa: DTZ007


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that is made up when it is needed."""

    title: str


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that is done: when, and by whom."""

    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Step(Deed):
    """A person fires a trigger. `refused` says that the rules will not allow it, and that this is the point."""

    item: str
    trigger: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Together(Deed):
    """One decision of a meeting for many items."""

    trigger: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hold(Deed):
    """An item's clock is stopped."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class Resume(Deed):
    """It runs again."""

    item: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeDate(Deed):
    """One item is given another due date, with authority."""

    item: str
    on: date
    basis: str
    approver: str
    reason: str


@dataclass(frozen=True, slots=True)
class MoveMeeting(Deed):
    """A meeting is held at another time. First looked at, then done."""

    body: str
    planned: str
    to: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Explain(Deed):
    """Somebody asks why a date is what it is."""

    item: str


@dataclass(frozen=True, slots=True)
class KeepCheckpoint(Deed):
    """Where the history ends now is written down and kept elsewhere, so that nothing before can change unseen."""


@dataclass(frozen=True, slots=True)
class SwitchOff(Deed):
    """The program's clock is off: from here on nobody looks what time does."""

    why: str


@dataclass(frozen=True, slots=True)
class SwitchOn(Deed):
    """It runs again, and catches up."""
