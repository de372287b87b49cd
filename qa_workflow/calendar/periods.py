"""Periods that items are about, with the labels people use: "2026-27 Q4", "2026-27 H1", "2026-27", "2027", "2027-05".

The NHS financial year runs from April to March: Q1 is April to June, and Q4 of 2026-27 is January to March 2027.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from qa_workflow.calendar.faults import CalendarFault, check_year, did_you_mean, one_of
from qa_workflow.calendar.words import MONTHS


class PeriodKind(StrEnum):
    """How long a period is, and when it begins."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    FINANCIAL_YEAR = "financial_year"

    @property
    def months(self) -> int:
        """How many months it lasts."""
        return {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.HALF_YEAR: 6}.get(self, 12)

    @property
    def is_financial(self) -> bool:
        """Whether it is counted from April."""
        return self in {PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.FINANCIAL_YEAR}

    @property
    def example(self) -> str:
        """A label of this kind."""
        return _EXAMPLES[self]

    @property
    def words(self) -> str:
        """As "financial year"."""
        return self.value.replace("_", " ")


_EXAMPLES = {
    PeriodKind.MONTH: "2027-05",
    PeriodKind.QUARTER: "2026-27 Q4",
    PeriodKind.HALF_YEAR: "2026-27 H1",
    PeriodKind.YEAR: "2027",
    PeriodKind.FINANCIAL_YEAR: "2026-27",
}
_LOOSE = re.compile(r"(?:([QH])\s?(\d)\s?)?(\d{4})(?:\s?[-/–]\s?(\d{4}|\d{1,2}))?(?:\s?,?\s?([QH])\s?(\d))?")
_PARTS = {PeriodKind.QUARTER: ("Q", 4), PeriodKind.HALF_YEAR: ("H", 2)}
_DAY = timedelta(days=1)


class PeriodFault(CalendarFault):
    """A label that names no period of the kind that is wanted."""

    code = "period"

    def __init__(self, label: str, what: str, mend: str) -> None:
        self.label = label
        super().__init__(f"'{label}' {what}", mend)


@dataclass(frozen=True, slots=True)
class Period:
    """A period, with its first and its last day."""

    kind: PeriodKind
    start: date
    end: date
    label: str

    def __str__(self) -> str:
        return self.label

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def next(self) -> Period:
        """The one that begins the day after this ends."""
        return period_containing(self.kind, self.end + _DAY)

    @property
    def previous(self) -> Period:
        """The one that ends the day before this begins."""
        return period_containing(self.kind, self.start - _DAY)


def period_containing(kind: PeriodKind | str, day: date) -> Period:
    """The period in which a day lies; raises `OutsideYears`."""
    kind = _kind(kind)
    origin = 3 if kind.is_financial else 0  # months of the year that pass before the first period begins
    first = (day.year * 12 + day.month - 1 - origin) // kind.months * kind.months + origin
    start, end = _first_of(first), _first_of(first + kind.months) - _DAY
    return Period(kind, start, end, _label(kind, start))


def parse_period(kind: PeriodKind | str, label: str) -> Period:
    """The period of that kind with that label; raises `PeriodFault`. Small letters and wider spaces are understood."""
    kind, said = _kind(kind), " ".join(label.upper().split())
    meant = _meant(kind, said)
    if meant is not None and meant.label == said:
        return meant
    what = f"is not a {kind.words}"
    if meant is None and kind is PeriodKind.QUARTER and re.search(r"Q\s?\d", said):
        what += ": quarters are Q1 (April to June) to Q4 (January to March)"
    mend = f"did you mean '{meant.label}'?" if meant else f"write it as '{kind.example}'"
    raise PeriodFault(label, what, mend)


def _meant(kind: PeriodKind, said: str) -> Period | None:
    """The period that a label says, or comes near to saying."""
    found = _LOOSE.fullmatch(said)
    if found is None:
        return _month_in_words(said) if kind is PeriodKind.MONTH else None
    early, early_number, year, second, late, late_number = found.groups()
    letter, number = early or late or "", int(early_number or late_number or 0)
    month = 4
    if kind in _PARTS:
        wanted, most = _PARTS[kind]
        if letter != wanted or not 1 <= number <= most:
            return None
        month += (number - 1) * kind.months
    elif letter:
        return None
    elif not kind.is_financial:
        month = int(second or 0) if kind is PeriodKind.MONTH else 1
        if not 1 <= month <= len(MONTHS):
            return None
    return period_containing(kind, _first_of(int(year) * 12 + month - 1))


def _month_in_words(said: str) -> Period | None:
    """As "MAY 2027"."""
    name, _, year = said.partition(" ")
    months = [number for number, month in enumerate(MONTHS, 1) if month.upper().startswith(name)]
    if len(months) != 1 or not re.fullmatch(r"\d{4}", year):
        return None
    return period_containing(PeriodKind.MONTH, _first_of(int(year) * 12 + months[0] - 1))


def _label(kind: PeriodKind, start: date) -> str:
    if not kind.is_financial:
        return f"{start:%Y-%m}" if kind is PeriodKind.MONTH else str(start.year)
    months = start.year * 12 + start.month - 4
    year, part = months // 12, months % 12 // kind.months + 1
    letter = f" {_PARTS[kind][0]}{part}" if kind in _PARTS else ""
    return f"{year}-{(year + 1) % 100:02}{letter}"


def _first_of(months: int) -> date:
    """The first day of a month, counted from year 0."""
    year, month = divmod(months, 12)
    check_year(year)
    return date(year, month + 1, 1)


def _kind(kind: PeriodKind | str) -> PeriodKind:
    try:
        return PeriodKind(kind)
    except ValueError:
        known = [known.value for known in PeriodKind]
        raise PeriodFault(str(kind), "is not a kind of period", did_you_mean(str(kind), known, one_of(known))) from None
