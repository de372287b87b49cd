"""One year under one count: which of its days count, ready for looking up and for counting by position."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from qa_workflow.calendar.faults import CalendarFault, check_year


@dataclass(frozen=True, slots=True)
class WorkedYear:
    """The days that count, as ordinals in order, and the names of those that are holidays or closures."""

    ordinals: tuple[int, ...]
    names: Mapping[date, str]

    def has(self, day: date) -> bool:
        """Whether that day of the year counts."""
        ordinal = day.toordinal()
        place = bisect_left(self.ordinals, ordinal)
        return place < len(self.ordinals) and self.ordinals[place] == ordinal


def worked_year(
    year: int, weekend: Collection[int], names: Mapping[date, str], openings: Collection[date]
) -> WorkedYear:
    """The year without its weekends and without the named days, but with the days that were opened."""
    closed = {day: name for day, name in sorted(names.items()) if day.year == year and day not in openings}
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    shut = {day.toordinal() for day in closed}
    always = {day.toordinal() for day in openings}
    ordinals = (n for n in range(first, last + 1) if n in always or (n not in shut and (n + 6) % 7 not in weekend))
    return WorkedYear(tuple(ordinals), closed)


def same_day_of_month(day: date, months: int) -> date:
    """The same day so many months later (or earlier, if negative), or the last of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    check_year(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(first: date, last: date) -> int:
    """How many whole months lie between two dates, the second not being earlier."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (same_day_of_month(first, months) > last)


def checked_table(name: str, table: Mapping[date, str]) -> dict[date, str]:
    """A copy of an administrator's table in the order of its dates; raises `CalendarFault`."""
    for day in table:
        if isinstance(day, datetime):
            raise CalendarFault(
                f"{name} are listed by date, and {day.isoformat()} has a time of day", "leave the time out"
            )
        check_year(day.year)
    return dict(sorted(table.items()))
