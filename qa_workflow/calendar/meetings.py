"""Meeting series: a recurrence at a local time, with the days it leaves out, adds, and moves.

Each occurrence has a key, the day for which the rule planned it, which stays when the meeting is moved; so that what
depends on a meeting stays with it. The local time stays over the clock changes: 14:00 is 14:00 in summer and in winter.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from qa_workflow.calendar.days import Calendar
from qa_workflow.calendar.faults import LAST_YEAR, check_year
from qa_workflow.calendar.recurrence import MeetingFault, check_fruitful, checked_recurrence, dates_until
from qa_workflow.calendar.words import listed, long_date, weekday_date
from qa_workflow.calendar.zones import at_local


class OnHoliday(StrEnum):
    """What becomes of a meeting planned for a day that is not worked."""

    KEEP = "keep"
    SKIP = "skip"
    NEXT = "next working day"
    PREVIOUS = "previous working day"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting: the day it was planned for (its key, as ISO text), the day it is held, and its beginning in UTC.

    `note` says why it is not held as planned, or what it is for; empty where nothing needs saying. Where `is_held` is
    False, the day it was planned for is not worked: `on` and `at` are when it was to be.
    """

    body: str
    key: str
    on: date
    at: datetime
    note: str = ""
    is_held: bool = True


def key_year(key: str) -> int | None:
    """The year of a planned day; None of a text that is no day."""
    return int(key[:4]) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", key) else None


@dataclass(frozen=True, slots=True)
class Series:
    """When a body meets.

    Args:
        rule: recurrence in the form of RFC 5545, without time or end.
        at: local time, in the calendar's zone, at which it begins.
        start, until: first and last day for which the rule plans; without `until` it goes on.
        excluding: planned days on which it does not meet.
        extra: further meetings, day and why; held as they stand, worked or not.
        moved: planned day, day it is held; held as it stands, worked or not.
        on_holiday: what becomes of the others on days that the calendar does not work. One that would then fall on the
            day of another is dropped.
        life: first and last day of the body itself, beyond which nothing is planned, whatever the rest says.

    Raises:
        MeetingFault: a value cannot be, or excludes or moves a day that the rule does not plan.
    """

    body: str
    rule: str
    at: time
    start: date
    until: date | None = None
    excluding: frozenset[date] = frozenset()
    extra: Mapping[date, str] = field(default_factory=dict, hash=False)
    moved: Mapping[date, date] = field(default_factory=dict, hash=False)
    on_holiday: OnHoliday = OnHoliday.KEEP
    calendar: Calendar = field(default_factory=Calendar)
    life: tuple[date | None, date | None] = (None, None)
    _known: dict[int, tuple[Occurrence, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rule", checked_recurrence(self.rule))
        object.__setattr__(self, "extra", dict(self.extra))
        object.__setattr__(self, "moved", dict(self.moved))
        for day in (
            self.start,
            self.until or self.start,
            *self.excluding,
            *self.extra,
            *self.moved,
            *self.moved.values(),
        ):
            check_year(day.year)
        if self.until and self.until < self.start:
            what = f"the last day, {long_date(self.until)}, comes before the first, {long_date(self.start)}"
            raise MeetingFault(what, "exchange them", "until")
        check_fruitful(self.rule, self.start, self.until)
        self._check_days()

    def planned(self, after: date, until: date) -> tuple[Occurrence, ...]:
        """The meetings later than `after` and not later than `until`, by the day they are held, or were to be."""
        known = self._planned_to(until.year + 1)
        first, last = (bisect_right(known, day, key=lambda meeting: meeting.on) for day in (after, until))
        return known[first:last]

    def find(self, key: str) -> Occurrence | None:
        """The meeting planned for that day, wherever it has been moved, held or not; None if there is none."""
        year = key_year(key)
        return next((each for each in self._planned_to(year) if each.key == key), None) if year is not None else None

    def _dates(self, year: int) -> tuple[date, ...]:
        """What the rule plans up to the end of a year, and of any year that a table names."""
        named = (day.year for day in (*self.excluding, *self.extra, *self.moved))
        last = date(max(year, *named, self.start.year), 12, 31)
        return dates_until(self.rule, self.start, min(last, self.until or last))

    def _planned_to(self, year: int) -> tuple[Occurrence, ...]:
        """What is planned up to the end of a year, in the order in which it is held."""
        year = min(year, LAST_YEAR)
        if year not in self._known:
            first, last = ((day.isoformat() if day else "") for day in self.life)
            lived = (turn for turn in self._turns(year) if first <= turn.key and (not last or turn.key <= last))
            self._known[year] = tuple(sorted(lived, key=lambda meeting: (meeting.on, meeting.key)))
        return self._known[year]

    def _turns(self, year: int) -> Iterator[Occurrence]:
        fixed = {day: (day, why) for day, why in self.extra.items()}
        closed: dict[date, str] = {}
        for planned in self._dates(year):
            if planned in self.excluding:
                continue
            if planned in self.moved:
                fixed[planned] = (self.moved[planned], f"moved from {weekday_date(planned)}")
                continue
            why_not = self.calendar.why_not(planned)
            if why_not is None or self.on_holiday is OnHoliday.KEEP:
                fixed[planned] = (planned, "")
            else:
                closed[planned] = why_not
        taken = {held for held, _ in fixed.values()}
        for planned, why_not in closed.items():
            held = self._beside(planned)
            if held is None or held in taken:
                yield self._occurrence(planned, planned, why_not, is_held=False)
            else:
                taken.add(held)
                fixed[planned] = (held, f"moved from {weekday_date(planned)} ({why_not})")
        for planned, (held, note) in fixed.items():
            yield self._occurrence(planned, held, note)

    def _occurrence(self, planned: date, on: date, note: str, *, is_held: bool = True) -> Occurrence:
        at = at_local(on, self.at, self.calendar.zone, forward=True)
        return Occurrence(self.body, planned.isoformat(), on, at, note, is_held)

    def _beside(self, planned: date) -> date | None:
        """The day on which it is held instead of one that is not worked."""
        if self.on_holiday is OnHoliday.SKIP:
            return None
        if self.on_holiday is OnHoliday.NEXT:
            return self.calendar.working_on_or_after(planned)
        return self.calendar.working_on_or_before(planned)

    def _check_days(self) -> None:
        """Refuses tables that speak of days the rule does not plan, or of one day twice."""
        planned = self._dates(self.start.year)
        for key, days in (("excluding", self.excluding), ("moved", self.moved)):
            for day in sorted(set(days) - set(planned)):
                place = bisect_right(planned, day)
                around = [long_date(near) for near in planned[max(0, place - 1) : place + 1]]
                mend = f"around then it meets on {listed(around)}" if around else "name a day that its rule plans"
                raise MeetingFault(f"it does not meet on {weekday_date(day)}", mend, key)
        for day in sorted(self.excluding & self.moved.keys()):
            raise MeetingFault(f"{weekday_date(day)} is both left out and moved", "take one of them out", "moved")
        for day in sorted((self.extra.keys() & set(planned)) - self.excluding):
            raise MeetingFault(
                f"it has a planned meeting on {weekday_date(day)}", "take that day out of the extra meetings", "extra"
            )
