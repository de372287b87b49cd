"""What can be wrong with days, rules, periods and meetings, each said so that it can be mended."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

from qa_workflow.calendar.words import listed
from qa_workflow.errors import UsageFault

FIRST_YEAR, LAST_YEAR = 1990, 2100
MOST = 10_000  # units in one rule; enough for 27 years of days


class CalendarFault(UsageFault):
    """A calendar, a period, a meeting series or a local time that cannot be: what is wrong, and how to mend it.

    `mend` is empty where that goes without saying.
    """

    code: ClassVar[str] = "calendar"

    def __init__(self, what: str, mend: str = "") -> None:
        self.what, self.mend = what, mend
        super().__init__(f"{what}; {mend}" if mend else what)


class OutsideYears(CalendarFault):
    """A date lies outside the years for which bank holidays are known."""

    code = "outside_years"

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}, the years whose bank holidays are known",
            "check the date, or the amount in the rule",
        )


class RuleFault(CalendarFault):
    """A due rule that cannot be read: what is wrong, where in its text, and how to mend it.

    `start` and `end` are columns in `text`, counted from 0, `end` not included; where something is missing they are
    equal. `key` names the value that `text` is: `rule` itself, or `at`, `roll`, … of the long form.
    """

    code = "rule"

    def __init__(self, text: str, start: int, end: int, what: str, mend: str, *, key: str = "rule") -> None:
        self.text, self.start, self.end, self.key = text, start, end, key
        super().__init__(what, mend)


def check_year(year: int) -> None:
    """Raises `OutsideYears` unless bank holidays of that year are known."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutsideYears(year)


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A question, as "did you mean 'before'?", if one of the known words is close; or else what to say instead."""
    as_written = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), as_written, n=1, cutoff=0.65)
    return f"did you mean '{as_written[close[0]]}'?" if close else otherwise


def one_of(words: Iterable[str]) -> str:
    """As "use one of: a, b or c"."""
    return f"use one of: {listed(list(words), 'or')}"
