"""Working a due rule out: from the rule, what its anchor stands for, and a calendar, to a date that explains itself.

Days are counted between local dates, never between instants, so that the clock changes cannot move them; only hours and
minutes are elapsed time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeAlias

from qa_workflow.calendar.anchors import Anchor, AnchorKind
from qa_workflow.calendar.days import Calendar
from qa_workflow.calendar.due_dates import DueDate, Origin, Unknown
from qa_workflow.calendar.faults import check_year
from qa_workflow.calendar.kinds import DayKind
from qa_workflow.calendar.rules import FixedDay, Offset, TimeRule
from qa_workflow.calendar.settling import settle
from qa_workflow.calendar.words import long_date
from qa_workflow.calendar.worked_years import same_day_of_month
from qa_workflow.calendar.zones import aware, end_of_day, local_date, start_of_day

Instant: TypeAlias = datetime
"""An aware instant, in any zone."""

Resolve: TypeAlias = Callable[[Anchor], Instant | date | None]
"""What an anchor stands for: an aware instant, a local date, or None while it is not known."""

PERIOD_START = Anchor(AnchorKind.PERIOD_START)
PERIOD_END = Anchor(AnchorKind.PERIOD_END)
OPENING = Anchor(AnchorKind.OPENING)
_DAY = timedelta(days=1)


def work_out(rule: TimeRule, resolve: Resolve, calendar: Calendar) -> DueDate | Unknown:
    """When the rule says, or what it waits for.

    A date is due by its end, at its last microsecond, unless the rule has a time of day; a bare anchor that stands for
    an instant is due at that instant. Hours and minutes that count from a date run from its end, or back from its
    start. A time of day that the clocks skip is due when they go forward.

    Raises:
        NaiveInstant: `resolve` gave an instant without a zone.
        OutsideYears: the date lies where bank holidays are not known.
    """
    match rule.rule:
        case Offset() as offset:
            origin = _origin(offset.anchor, resolve, calendar)
            return _offset(rule, offset, origin, calendar) if origin else _not_known(offset.anchor)
        case FixedDay() as fixed:
            return _fixed(rule, fixed, resolve, calendar)
        case Anchor() as anchor:
            origin = _origin(anchor, resolve, calendar)
            if origin is None:
                return _not_known(anchor)
            exactly = origin.at if rule.at is None else None
            return settle(rule, origin, origin.on, calendar, exactly=exactly)


def _origin(anchor: Anchor, resolve: Resolve, calendar: Calendar) -> Origin | None:
    found = resolve(anchor)
    if found is None:
        return None
    at = aware(found) if isinstance(found, datetime) else None
    on = local_date(at, calendar.zone) if at else found
    check_year(on.year)
    return Origin(anchor, on, at)


def _not_known(anchor: Anchor) -> Unknown:
    return Unknown(anchor, f"{anchor} is not known yet")


def _offset(rule: TimeRule, offset: Offset, origin: Origin, calendar: Calendar) -> DueDate:
    backward, inclusive = offset.direction.is_backward, offset.direction.is_inclusive
    if offset.unit.is_elapsed:
        edge = start_of_day if backward else end_of_day
        elapsed = timedelta(**{offset.unit.plural: offset.amount})
        at = (origin.at or edge(origin.on, calendar.zone)) + (-elapsed if backward else elapsed)
        on = local_date(at, calendar.zone)
        return settle(rule, origin, on, calendar, exactly=at)
    if inclusive:
        on = _inclusive(offset, origin.on, calendar)
    elif backward:
        on = calendar.subtract(origin.on, offset.amount, offset.unit)
    else:
        on = calendar.add(origin.on, offset.amount, offset.unit)
    first, last = sorted((on, origin.on))
    if not inclusive:
        first, last = (first, last - _DAY) if backward else (first + _DAY, last)
    skipped = calendar.passed_over(first, last, offset.unit)
    return settle(rule, origin, on, calendar, skipped=skipped)


def _inclusive(offset: Offset, anchored_on: date, calendar: Calendar) -> date:
    """The last (or first) day of a span that includes the anchor's own day.

    One month beginning with 1 March ends on 31 March: the day before 1 April. Where the later month has no such day,
    the span ends with that month.
    """
    backward = offset.direction.is_backward
    months = {DayKind.MONTH: 1, DayKind.YEAR: 12}.get(offset.unit)
    if months is None:
        if backward:
            return calendar.subtract(anchored_on + _DAY, offset.amount, offset.unit)
        return calendar.add(anchored_on - _DAY, offset.amount, offset.unit)
    reached = same_day_of_month(anchored_on, (-months if backward else months) * offset.amount)
    if backward:
        return reached + _DAY
    return reached - _DAY if reached.day == anchored_on.day else reached


def _fixed(rule: TimeRule, fixed: FixedDay, resolve: Resolve, calendar: Calendar) -> DueDate | Unknown:
    strictly = not fixed.in_period
    wanted = PERIOD_START if fixed.in_period else fixed.after or PERIOD_END
    origin = _origin(wanted, resolve, calendar)
    if origin is None and not fixed.in_period and fixed.after is None:
        wanted, strictly = OPENING, False
        origin = _origin(wanted, resolve, calendar)
    if origin is None:
        return _not_known(wanted)
    on = _first_such_day(fixed, origin.on + _DAY if strictly else origin.on)
    end = _origin(PERIOD_END, resolve, calendar) if fixed.in_period else None
    if end and on > end.on:
        return Unknown(wanted, f"there is no {fixed.name} from {long_date(origin.on)} to {long_date(end.on)}")
    return settle(rule, origin, on, calendar)


def _first_such_day(fixed: FixedDay, earliest: date) -> date:
    """The first occurrence of a day of the year on or after a date."""
    this_year = date(earliest.year, fixed.month, fixed.day)
    if this_year >= earliest:
        return this_year
    return this_year.replace(year=earliest.year + 1)
