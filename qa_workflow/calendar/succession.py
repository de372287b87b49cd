"""One series of meetings takes over from another: what had begun by then stays, what is to come is its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from qa_workflow.calendar.faults import FIRST_YEAR, LAST_YEAR
from qa_workflow.calendar.meetings import Occurrence, key_year

_DAY = timedelta(days=1)
FURTHEST = timedelta(days=366)
"""By how much a meeting may be held before or after the day planned for it; beyond, it would not be found."""
BACK = FURTHEST + _DAY
"""So much earlier a look begins at what is planned: the day that it begins after is left out."""


class Timetable(Protocol):
    """When a body meets."""

    def planned(self, after: date, until: date) -> tuple[Occurrence, ...]:
        """The meetings planned later than `after` and not later than `until`, held or not, in order."""

    def find(self, key: str) -> Occurrence | None:
        """The meeting planned for a day, wherever it has been moved, held or not; None if there is none."""


@dataclass(frozen=True, slots=True)
class Term:
    """A timetable from the instant at which it was published; None where the body does not meet by then.

    It is asked for only where days are looked at that it may have a say in.
    """

    since: datetime
    timetable: Callable[[], Timetable | None]


@dataclass(frozen=True, slots=True)
class Succession:
    """When a body meets by the last of its terms, and met by those before it.

    Args:
        terms: the oldest first; what was before it is told by it, too.
        decided: by body and key, when meetings are held that somebody has moved; None for those called off.
    """

    terms: Sequence[Term]
    decided: Mapping[tuple[str, str], datetime | None] = field(default_factory=dict)
    _known: dict[int, Mapping[str, Occurrence]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def planned(self, after: date, until: date) -> tuple[Occurrence, ...]:
        """The meetings planned later than `after` and not later than `until`, held or not, in order."""
        years = range(after.year - 1, until.year + 2)  # a planned day, and the day it is held, may be in two years
        found = [each for year in years for each in self._of(year).values() if after < each.on <= until]
        return tuple(sorted(found, key=lambda meeting: (meeting.on, meeting.key)))

    def find(self, key: str) -> Occurrence | None:
        """The meeting planned for a day, wherever it has been moved, held or not; None if there is none."""
        year = key_year(key)
        return self._of(year).get(key) if year is not None else None

    def _of(self, year: int) -> Mapping[str, Occurrence]:
        """The meetings planned for the days of a year, by their keys."""
        if not FIRST_YEAR <= year <= LAST_YEAR:
            return {}
        if year not in self._known:
            self._known[year] = self._worked_out(year)
        return self._known[year]

    def _worked_out(self, year: int) -> Mapping[str, Occurrence]:
        """Term after term: what had begun when it came stays; of its own counts what was, or was not there, to come."""
        first, last = date(year - 1, 1, 1) - _DAY, date(year + 1, 12, 31)
        met: dict[str, Occurrence] | None = None
        for term, after in zip(self.terms, (*self.terms[1:], None), strict=True):
            if after is not None and after.since.date() <= first:
                continue
            timetable = term.timetable()
            new = {} if timetable is None else {each.key: each for each in timetable.planned(first, last)}
            own = {key: each for key, each in new.items() if key_year(key) == year}
            if met is None:
                met = own
                continue
            held = {key: each for key, each in met.items() if self._had_begun(each, term.since)}
            met = {key: each for key, each in own.items() if key in met or each.at > term.since} | held
        return met or {}

    def _had_begun(self, meeting: Occurrence, by: datetime) -> bool:
        decided = self.decided.get((meeting.body, meeting.key))
        return meeting.at <= by or (decided is not None and decided <= by)
