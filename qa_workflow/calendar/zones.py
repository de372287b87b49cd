"""Between the wall clock of a place and instants in UTC, over the days on which the clocks change.

The convention of the whole product: `due_at` is the last instant that is still in time, so what is due "by a day" is
due at the last microsecond of that local day, and overdue means *now is later than* `due_at`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from qa_workflow.calendar.faults import CalendarFault
from qa_workflow.calendar.words import clock_time, long_date, weekday_date
from qa_workflow.errors import NaiveInstant

LONDON = "Europe/London"
MIDNIGHT = time(0)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)


class UnknownZone(CalendarFault):
    """A time zone that the time zone database does not have."""

    code = "unknown_zone"

    def __init__(self, zone: str) -> None:
        self.zone = zone
        super().__init__(f"time zone '{zone}' is not known", f"write it as place names, such as '{LONDON}'")


class SkippedTime(CalendarFault):
    """A local time that does not exist, because the clocks went forward over it."""

    code = "skipped_time"

    def __init__(self, day: date, at: time, zone: str, gap_from: time, gap_to: time) -> None:
        self.day, self.at, self.zone, self.gap_from, self.gap_to = day, at, zone, gap_from, gap_to
        super().__init__(
            f"{at:%H:%M} on {long_date(day)} does not exist in {zone}: the clocks go forward from "
            f"{gap_from:%H:%M} to {gap_to:%H:%M}",
            f"give a time before {gap_from:%H:%M}, or {gap_to:%H:%M} or later",
        )


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that key of the time zone database; raises `UnknownZone`."""
    try:
        return ZoneInfo(name)
    except (
        ZoneInfoNotFoundError,
        ValueError,
        OSError,
    ) as error:  # a folder's name is an OSError, an odd path a ValueError
        raise UnknownZone(name) from error


def aware(instant: datetime) -> datetime:
    """The instant in UTC; raises `NaiveInstant` if it has no zone."""
    if instant.utcoffset() is None:
        raise NaiveInstant(f"{instant.isoformat()} has no time zone; say which, as in {instant.isoformat()}+00:00")
    return instant.astimezone(UTC)


def local(instant: datetime, zone: str = LONDON) -> datetime:
    """What the wall clock shows at an aware instant."""
    return aware(instant).astimezone(zone_named(zone))


def local_date(instant: datetime, zone: str = LONDON) -> date:
    """The local day in which an aware instant lies."""
    if instant.utcoffset() is None:
        aware(instant)  # which refuses it
    return instant.astimezone(zone_named(zone)).date()


def instant_words(instant: datetime, zone: str = LONDON) -> str:
    """As "Friday 6 August 2027 at 14:05" on the local clock, or "the end of Friday 6 August 2027"."""
    shown = local(instant, zone)
    day = weekday_date(shown.date())
    return f"the end of {day}" if shown.time() == time.max else f"{day} at {clock_time(shown.time())}"


def at_local(day: date, at: time, zone: str = LONDON, *, second: bool = False, forward: bool = False) -> datetime:
    """The UTC instant at which the wall clock of the zone shows `at` on `day`.

    Args:
        second: of a time that happens twice, when the clocks go back, take the second; otherwise the first.
        forward: of a time that the clocks skip, take the instant at which they go forward; otherwise it is refused.

    Raises:
        SkippedTime: the clocks go forward over it and `forward` was not asked for.
    """
    place = zone_named(zone)
    wanted = datetime.combine(day, at).replace(fold=int(second) or at.fold)
    instant = wanted.replace(tzinfo=place).astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wanted:  # equality of naive values: fold does not count
        return instant
    change = _change_over(wanted, place)
    if forward:
        return change
    gap_to = change.astimezone(place)
    gap_from = (change - _MICROSECOND).astimezone(place).replace(tzinfo=None) + _MICROSECOND
    raise SkippedTime(day, at, zone, gap_from.time(), gap_to.time())


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone: str = LONDON) -> datetime:
    """The first instant of a local day, in UTC."""
    return at_local(day, MIDNIGHT, zone, forward=True)


@lru_cache(maxsize=4096)
def end_of_day(day: date, zone: str = LONDON) -> datetime:
    """The last microsecond of a local day, in UTC: the last instant at which something due that day is in time."""
    return start_of_day(day + _DAY, zone) - _MICROSECOND


def _change_over(skipped: datetime, place: ZoneInfo) -> datetime:
    """The UTC instant, to the second, at which the clocks go forward over a local time that does not exist."""
    early = skipped.replace(tzinfo=place, fold=1).astimezone(UTC)  # read with the offset after the change: before it
    late = skipped.replace(tzinfo=place, fold=0).astimezone(UTC)
    before = early.astimezone(place).utcoffset()
    early, late = early.replace(microsecond=0), late.replace(microsecond=0)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(place).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late
