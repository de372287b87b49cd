"""Dates counted before. Many items enter a stage on the same day; the same rule from the same day is counted once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from qa_workflow.calendar import Anchor, Calendar, DueDate, Offset, TimeRule, local_date, work_out

Resolve = Callable[[Anchor], date | datetime | None]
MOST = 20_000
"""Dates that are kept; then it begins anew."""


class Almanac:
    """What rules gave, by the day from which they count. It belongs to one state of what is published."""

    def __init__(self) -> None:
        self._counted: dict[tuple[int, int, date], tuple[TimeRule, Calendar, DueDate | None]] = {}
        self._why: dict[int, str] = {}

    def work_out(self, rule: TimeRule, resolve: Resolve, calendar: Calendar) -> DueDate | None:
        """When a rule says; None while that is not known."""
        offset = rule.rule
        if not isinstance(offset, Offset) or offset.unit.is_elapsed:
            return _found(rule, resolve, calendar)
        origin = resolve(offset.anchor)
        if origin is None:
            return None
        on = local_date(origin, calendar.zone) if isinstance(origin, datetime) else origin
        key = (id(rule), id(calendar), on)
        known = self._counted.get(key)
        if known is not None:
            return known[2]
        found = _found(rule, lambda _: on, calendar)
        if len(self._counted) >= MOST:
            self._counted, self._why = {}, {}
        self._counted[key] = rule, calendar, found  # both are kept, so that no other takes their identity
        if found is not None:
            self._why[id(found)] = found.explanation
        return found

    def why(self, due: DueDate) -> str:
        """The explanation of a date, in one sentence."""
        return self._why.get(id(due)) or due.explanation


def _found(rule: TimeRule, resolve: Resolve, calendar: Calendar) -> DueDate | None:
    found = work_out(rule, resolve, calendar)
    return found if isinstance(found, DueDate) else None
