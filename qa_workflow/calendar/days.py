"""Whose days are working days, and counting them: the bank holidays of a region with an administrator's own table."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from qa_workflow.calendar.bank_holidays import bank_holidays, bank_holidays_anywhere, check_part, library_version
from qa_workflow.calendar.faults import MOST, CalendarFault, check_year
from qa_workflow.calendar.kinds import DayKind
from qa_workflow.calendar.words import WEEKDAYS, long_date
from qa_workflow.calendar.worked_years import WorkedYear, checked_table, same_day_of_month, whole_months, worked_year
from qa_workflow.calendar.zones import LONDON, zone_named

WEEKEND = frozenset({5, 6})
TABLES = ("closures", "openings", "proclaimed", "withdrawn")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one organisation, in its own zone. Its tables hold plain local dates, each with a name for people.

    Args:
        weekend: days of the week that are not worked, Monday being 0.
        closures: the organisation's own closed days. They stop working days, never the FOI count, which is the law's.
        openings: days worked although weekend or bank holiday; they too leave the FOI count alone.
        proclaimed: bank holidays that the library does not know yet; they count as such everywhere.
        withdrawn: bank holidays of the library that were moved away or called off.
        region: the part of the kingdom whose bank holidays are not worked: ENG, WLS, SCT or NIR.
    """

    id: str = "england"
    zone: str = LONDON
    weekend: frozenset[int] = WEEKEND
    closures: Mapping[date, str] = field(default_factory=dict, hash=False)
    openings: Mapping[date, str] = field(default_factory=dict, hash=False)
    proclaimed: Mapping[date, str] = field(default_factory=dict, hash=False)
    withdrawn: Mapping[date, str] = field(default_factory=dict, hash=False)
    region: str = "ENG"
    _years: dict[tuple[int, bool], WorkedYear] = field(default_factory=dict, init=False, repr=False, compare=False)
    _version: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        zone_named(self.zone)
        check_part(self.region)
        if not self.weekend < set(range(7)):
            raise CalendarFault("the weekend is days of the week, Monday being 0, and leaves at least one day to work")
        for table in TABLES:
            object.__setattr__(self, table, checked_table(table, getattr(self, table)))
        for day in sorted(self.closures.keys() & self.openings.keys()):
            raise CalendarFault(
                f"{long_date(day)} is both closed and opened in calendar '{self.id}'", "take one of them out"
            )

    @property
    def version(self) -> str:
        """Changes when the library, a table, the weekend, the region or the zone does; recorded with each due date."""
        if not self._version:
            tables = [[(day.isoformat(), name) for day, name in getattr(self, table).items()] for table in TABLES]
            facts = json.dumps([self.zone, sorted(self.weekend), self.region, tables])
            self._version.append(f"{library_version()}+{hashlib.sha256(facts.encode()).hexdigest()[:8]}")
        return self._version[0]

    def is_working(self, day: date) -> bool:
        """Whether the organisation works that day."""
        return self._year(day.year, foi=False).has(day)

    def why_not(self, day: date, kind: DayKind = DayKind.WORKING) -> str | None:
        """Why a day is not worked (or no FOI day): "Good Friday", "Saturday", a closure's name; None if it is."""
        year = self._year(day.year, kind is DayKind.FOI_WORKING)
        return None if year.has(day) else year.names.get(day) or WEEKDAYS[day.weekday()]

    def why_closed(self, day: date) -> str | None:
        """As `why_not`; nothing is said of a weekend, which everybody knows."""
        return None if day.weekday() in self.weekend else self.why_not(day)

    def add(self, day: date, amount: int, kind: DayKind) -> date:
        """The day that lies `amount` (0 to 10,000) units after `day`; the day itself is not counted.

        Clear working days leave out the last day too. A month later is the same day of that month, or its last day.
        With 0 working days it is `day` itself, worked or not.
        """
        return self._move(day, amount, kind, 1)

    def subtract(self, day: date, amount: int, kind: DayKind) -> date:
        """The day that lies `amount` (0 to 10,000) units before `day`; as `add`, backwards."""
        return self._move(day, amount, kind, -1)

    def count_between(self, first: date, last: date, kind: DayKind) -> int:
        """How many units lie after `first`, up to and including `last`; 0 if `last` is not later.

        So `count_between(day, add(day, n, kind), kind) == n`. Clear working days leave `last` out as well; weeks,
        months and years count whole ones.
        """
        check_year(first.year)
        check_year(last.year)
        if last <= first:
            return 0
        match kind:
            case DayKind.CALENDAR:
                return (last - first).days
            case DayKind.WEEK:
                return (last - first).days // 7
            case DayKind.MONTH:
                return whole_months(first, last)
            case DayKind.YEAR:
                return whole_months(first, last) // 12
            case DayKind.WORKING | DayKind.FOI_WORKING:
                return self._worked_between(first, last, kind is DayKind.FOI_WORKING)
            case DayKind.CLEAR_WORKING:
                return self._worked_between(first, last - _DAY, foi=False)
            case _:
                raise CalendarFault(f"{kind.plural} are elapsed time", "they cannot be counted between dates")

    def working_on_or_after(self, day: date) -> date:
        """The day itself if it is worked, or the next that is."""
        return day if self.is_working(day) else self.add(day, 1, DayKind.WORKING)

    def working_on_or_before(self, day: date) -> date:
        """The day itself if it is worked, or the last one before it."""
        return day if self.is_working(day) else self.subtract(day, 1, DayKind.WORKING)

    def passed_over(self, first: date, last: date, kind: DayKind) -> tuple[tuple[date, str], ...]:
        """Holidays and closures from `first` to `last`, both included, that would have counted otherwise."""
        if kind not in {DayKind.WORKING, DayKind.CLEAR_WORKING, DayKind.FOI_WORKING}:
            return ()
        foi = kind is DayKind.FOI_WORKING
        weekend = WEEKEND if foi else self.weekend
        years = (self._year(year, foi).names for year in range(first.year, last.year + 1))
        named = (found for names in years for found in names.items())
        return tuple((day, name) for day, name in named if first <= day <= last and day.weekday() not in weekend)

    def _move(self, day: date, amount: int, kind: DayKind, sign: int) -> date:
        check_year(day.year)
        if not 0 <= amount <= MOST:
            raise CalendarFault(f"{amount:,} {kind.plural} is not an amount from 0 to {MOST:,}")
        match kind:
            case DayKind.WORKING | DayKind.FOI_WORKING:
                return self._move_worked(day, sign * amount, kind is DayKind.FOI_WORKING)
            case DayKind.CLEAR_WORKING:
                return self._move_worked(day, sign * (amount + 1), foi=False)
            case DayKind.CALENDAR | DayKind.WEEK:
                moved = day + timedelta(days=sign * amount * (7 if kind is DayKind.WEEK else 1))
                check_year(moved.year)
                return moved
            case DayKind.MONTH | DayKind.YEAR:
                return same_day_of_month(day, sign * amount * (12 if kind is DayKind.YEAR else 1))
            case _:
                raise CalendarFault(f"{kind.plural} are elapsed time", "add them to an instant, not to a date")

    def _move_worked(self, day: date, amount: int, foi: bool) -> date:
        """Walks the lists of the years by position, so that a long way costs no more than its years."""
        if not amount:
            return day
        year, days = day.year, self._year(day.year, foi).ordinals
        ordinal = day.toordinal()
        place = bisect_right(days, ordinal) - 1 + amount if amount > 0 else bisect_left(days, ordinal) + amount
        while place >= len(days):
            place, year = place - len(days), year + 1
            days = self._year(year, foi).ordinals
        while place < 0:
            year -= 1
            days = self._year(year, foi).ordinals
            place += len(days)
        return date.fromordinal(days[place])

    def _worked_between(self, first: date, last: date, foi: bool) -> int:
        whole = sum(len(self._year(year, foi).ordinals) for year in range(first.year, last.year))
        before, until = (bisect_right(self._year(day.year, foi).ordinals, day.toordinal()) for day in (first, last))
        return whole + until - before

    def _year(self, year: int, foi: bool) -> WorkedYear:
        known = self._years.get((year, foi))
        if known is None:
            holidays = bank_holidays_anywhere(year, self.region) if foi else bank_holidays(year, self.region)
            kept = {day: name for day, name in holidays.items() if day not in self.withdrawn}
            own = self.proclaimed if foi else {**self.proclaimed, **self.closures}
            known = worked_year(year, WEEKEND if foi else self.weekend, {**kept, **own}, () if foi else self.openings)
            self._years[year, foi] = known
        return known
