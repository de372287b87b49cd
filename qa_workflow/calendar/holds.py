"""Giving back the time of a hold: a due date moved later by as many days of the rule's own kind as the hold lasted."""

from __future__ import annotations

from datetime import datetime, timedelta

from qa_workflow.calendar.days import Calendar
from qa_workflow.calendar.due_dates import DueDate
from qa_workflow.calendar.faults import CalendarFault
from qa_workflow.calendar.kinds import DayKind
from qa_workflow.calendar.settling import settle
from qa_workflow.calendar.words import counted, weekday_date
from qa_workflow.calendar.zones import aware, instant_words, local_date

_MINUTE = timedelta(minutes=1)


def extend(due: DueDate, held_from: datetime, resumed_at: datetime, kind: DayKind, calendar: Calendar) -> DueDate:
    """The due date after a hold; for several holds, once for each, in order.

    The day on which the hold began does not count, the day on which it ended does: a hold from Monday to Wednesday
    gives two working days back. Hours and minutes give back exactly the time that passed. A hold that began when the
    item was overdue already gives nothing back. A rolled date is rolled again, from where the longer count ends.

    Args:
        kind: the unit in which the hold is given back, usually `rule.held_in`.

    Raises:
        CalendarFault: `resumed_at` is earlier than `held_from`.
    """
    began, ended, kind = aware(held_from), aware(resumed_at), kind.held_in
    if ended < began:
        raise CalendarFault(
            f"a hold from {began.isoformat()} cannot end at {ended.isoformat()}", "check the two instants"
        )
    if began > due.at:
        return due
    first, last = local_date(began, calendar.zone), local_date(ended, calendar.zone)
    exactly, counted_to, skipped = None, due.counted_to, due.skipped
    if kind.is_elapsed:
        exactly = due.at + (ended - began)
        counted_to = local_date(exactly, calendar.zone)
        given = _elapsed_words(ended - began)
        span = f"from {instant_words(began, calendar.zone)} to {instant_words(ended, calendar.zone)}"
    else:
        days = calendar.count_between(first, last, kind)
        counted_to = calendar.add(due.counted_to, days, kind)
        skipped += calendar.passed_over(due.counted_to + timedelta(days=1), counted_to, kind)
        given = kind.counted(days)
        span = f"from {weekday_date(first)} to {weekday_date(last)}"
    return settle(
        due.rule,
        due.origin,
        counted_to,
        calendar,
        skipped=skipped,
        exactly=exactly,
        time_of_day=due.time_of_day,
        holds=(*due.holds, f"{given} later for the hold {span}"),
    )


def _elapsed_words(elapsed: timedelta) -> str:
    """As "3 hours and 5 minutes", rounded down to the minute."""
    hours, minutes = divmod(elapsed // _MINUTE, 60)
    parts = [counted(hours, "hour")] * bool(hours) + [counted(minutes, "minute")] * bool(minutes or not hours)
    return " and ".join(parts)
