"""A day as people type it into a command, and programs send it: 2027-04-30, and nothing that could be read two ways."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from qa_workflow.calendar.faults import FIRST_YEAR, LAST_YEAR
from qa_workflow.calendar.words import MONTHS
from qa_workflow.errors import UsageFault

DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"
"""Its three numbers, as a pattern."""


class ImpossibleDate(UsageFault):
    """A day that no calendar has."""

    code = "impossible_date"


def written_day(text: str) -> date:
    """A day, as 2027-04-30.

    Raises:
        ImpossibleDate: there is no such day, or none in years that anybody means.
        UsageFault: it cannot be read.
    """
    found = re.fullmatch(DAY, text.strip(), re.ASCII)
    if found is None:
        raise UsageFault(f"{text!r} is not a date; write year-month-day, as 2027-04-30")
    return existing(*(int(part) for part in found.groups()))


def day_meant(text: str) -> date | None:
    """The day that somebody meant who wrote it as people do here: 30/4/2027, 30.4.2027, 30 April 2027.

    To say what to write instead, and for nothing else: elsewhere the month comes first.
    """
    said = text.strip().strip("'\"")
    numbers = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", said, re.ASCII)
    words = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|\.)? ([a-z]+)\.?,? (\d{4})", said.lower(), re.ASCII)
    if numbers:
        day, month, year = (int(part) for part in numbers.groups())
    elif words and len(words[2]) > 2:
        months = [n for n, name in enumerate(MONTHS, 1) if name.lower().startswith(words[2])]
        day, month, year = int(words[1]), (months or [0])[0], int(words[3])
    else:
        return None
    try:
        return existing(year, month, day)
    except ImpossibleDate:
        return None


def existing(year: int, month: int, on: int) -> date:
    """The day of these numbers; raises `ImpossibleDate`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ImpossibleDate(f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}; check the date")
    if not 1 <= month <= 12:
        raise ImpossibleDate(
            f"{year}-{month:02}-{on:02} does not exist: a year has 12 months; write year-month-day, as 2027-04-30"
        )
    last = monthrange(year, month)[1]
    if not 1 <= on <= last:
        name, ordinal = MONTHS[month - 1], f"{last}{'st' if last == 31 else 'th'}"
        raise ImpossibleDate(
            f"{on} {name} {year} does not exist: {name} {year} ends on the {ordinal}; give another day"
        )
    return date(year, month, on)
