"""A due date, and how it explains itself in one sentence: rule, anchor, holidays, holds, roll, basis and calendar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from qa_workflow.calendar.anchors import Anchor
from qa_workflow.calendar.rules import FixedDay, Offset, TimeRule
from qa_workflow.calendar.words import WEEKDAYS, clock_time, listed, weekday_date
from qa_workflow.calendar.zones import local

MOST_NAMED = 6
"""An explanation names no more holidays than this; `skipped` has them all."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What an anchor stands for: its local day, and the instant in UTC if it is known to the instant."""

    anchor: Anchor
    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueDate:
    """When something is due, and why.

    Args:
        on: the local day.
        at: the last instant, in UTC, that is still in time; overdue is later than this.
        skipped: holidays and closures that the count passed over, each with its name; weekends are not listed.
        last_working_day: where `on` is not worked, the last day before it that is; None where `on` itself is worked.
        origin: what it was counted from.
        counted_to: where the count ended, before the date was rolled.
        time_of_day: on the local clock; None where the whole day counts.
        not_worked: why the day that the count ended on is not worked; None if it is.
        holds: by what the date was moved later, one phrase for each hold.
    """

    on: date
    at: datetime
    skipped: tuple[tuple[date, str], ...]
    last_working_day: date | None
    rule: TimeRule
    origin: Origin
    counted_to: date
    time_of_day: time | None
    not_worked: str | None
    calendar_id: str
    calendar_version: str
    zone: str
    holds: tuple[str, ...] = ()

    @property
    def explanation(self) -> str:
        """Why it is this date, in one sentence."""
        return f"{', '.join([*_clauses(self), _calendar(self)])}."

    @property
    def reason(self) -> str:
        """The same without the calendar, for where a sentence before has named it."""
        return f"{', '.join(_clauses(self))}."


@dataclass(frozen=True, slots=True)
class Unknown:
    """No due date yet, and what it waits for."""

    anchor: Anchor
    why: str

    def __str__(self) -> str:
        return self.why


def _clauses(due: DueDate) -> Iterator[str]:
    rule = due.rule.rule
    shown = local(due.at, due.zone)
    at = "" if due.time_of_day is None else f" at {clock_time(shown.time())}"
    yield f"{weekday_date(due.on)}{at}: {rule}"
    yield from _origin(due)
    if due.skipped:
        named = [f"{name} ({weekday_date(day)})" for day, name in due.skipped[:MOST_NAMED]]
        more = len(due.skipped) - len(named)
        yield f"passing over {listed([*named, f'{more} more'] if more else named)}"
    yield from due.holds
    yield from _day_not_worked(due)
    if due.time_of_day is not None and shown.replace(tzinfo=None).time() != due.time_of_day:
        yield f"as the clocks go forward over {clock_time(due.time_of_day)}"
    yield from _basis(due.rule)


def _calendar(due: DueDate) -> str:
    return f"by calendar {due.calendar_id}, version {due.calendar_version}"


def _origin(due: DueDate) -> Iterator[str]:
    """From what it was counted; a bare anchor is counted from nothing but itself."""
    rule = due.rule.rule
    if isinstance(rule, Anchor):
        return
    day = weekday_date(due.origin.on)
    if isinstance(rule, Offset) and rule.unit.is_elapsed:
        at = local(due.origin.at, due.zone).time() if due.origin.at else None
        yield f"counted from {day} at {clock_time(at)}" if at else f"counted from {day}"
    elif isinstance(rule, FixedDay) and rule.after is None:
        yield f"counted from {due.origin.anchor} on {day}"
    else:
        yield f"counted from {day}"


def _day_not_worked(due: DueDate) -> Iterator[str]:
    if due.not_worked is None:
        return
    day = weekday_date(due.counted_to)
    why = f"{day} is not worked" if due.not_worked in WEEKDAYS else f"{day} is {due.not_worked}"
    if due.on != due.counted_to:
        yield f"moved to the {due.rule.roll} because {why}"
    elif due.last_working_day:
        yield f"with {weekday_date(due.last_working_day)} as the last working day because {why}"


def _basis(rule: TimeRule) -> Iterator[str]:
    source = " ".join((rule.source or "").split()).rstrip(".")
    if rule.basis:
        yield rule.basis.words + (f" ({source})" if source else "")
    elif source:
        yield f"as said in {source}"
