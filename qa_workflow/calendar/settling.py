"""From the day on which a count ended to a due date: rolled, given its instant, and told when it is last workable."""

from __future__ import annotations

from datetime import date, datetime, time

from qa_workflow.calendar.days import Calendar
from qa_workflow.calendar.due_dates import DueDate, Origin
from qa_workflow.calendar.rules import Roll, TimeRule
from qa_workflow.calendar.zones import at_local, end_of_day, local


def settle(
    rule: TimeRule,
    origin: Origin,
    counted_to: date,
    calendar: Calendar,
    *,
    skipped: tuple[tuple[date, str], ...] = (),
    exactly: datetime | None = None,
    time_of_day: time | None = None,
    holds: tuple[str, ...] = (),
) -> DueDate:
    """The due date whose count ended on `counted_to`.

    Args:
        exactly: the instant, in UTC, where one was reached; it holds unless the date rolls.
        time_of_day: on the local clock; the rule's own if left out.
    """
    not_worked = calendar.why_not(counted_to)
    on = _rolled(counted_to, rule.roll, calendar)
    if exactly is not None and on == counted_to:
        at, reached = exactly, local(exactly, calendar.zone).time()
        time_of_day = None if reached == time.max else reached  # the last instant of a day is the whole day
    else:
        time_of_day = time_of_day or rule.at
        at = _end(on, time_of_day, calendar.zone)
    return DueDate(
        on=on,
        at=at,
        skipped=skipped,
        last_working_day=_last_working_day(on, origin, calendar),
        rule=rule,
        origin=origin,
        counted_to=counted_to,
        time_of_day=time_of_day,
        not_worked=not_worked,
        calendar_id=calendar.id,
        calendar_version=calendar.version,
        zone=calendar.zone,
        holds=holds,
    )


def _rolled(day: date, roll: Roll | None, calendar: Calendar) -> date:
    match roll:
        case Roll.EARLIER:
            return calendar.working_on_or_before(day)
        case Roll.LATER:
            return calendar.working_on_or_after(day)
        case None:
            return day


def _end(day: date, time_of_day: time | None, zone: str) -> datetime:
    """The last instant in time: of the whole day, or the time of day, moved on if the clocks skip it."""
    return end_of_day(day, zone) if time_of_day is None else at_local(day, time_of_day, zone, forward=True)


def _last_working_day(on: date, origin: Origin, calendar: Calendar) -> date | None:
    """The last day worked before a day that is not; None if that lies before what the date is counted from."""
    last = calendar.working_on_or_before(on)
    return None if last == on or last < origin.on <= on else last
