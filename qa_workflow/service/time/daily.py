"""What the house does every day by itself: figures in the night, a digest on the morning of each working day.

One schedule row for each names the next time. What was missed while nobody looked is counted, recorded and done once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import TypeVar

from qa_workflow.calendar import Calendar, at_local, local_date
from qa_workflow.service.boards import figures
from qa_workflow.service.house import House, Work
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.store import Scheduled
from qa_workflow.service.refusals import UNDECIDED
from qa_workflow.service.time import digest

T = TypeVar("T")
PREFIX = "daily:"
FIGURES, DIGEST = f"{PREFIX}figures", f"{PREFIX}digest"
NIGHT = time(3, 0)
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=30)
"""No two working days are further apart; what is planned for later was planned by a clock that was wrong."""


def plan(house: House) -> None:
    """Write down when each is next, unless it stands there already."""

    def work(work: Work) -> None:
        calendar = work.world.governance.calendar
        known = {entry.name for entry in work.look.schedules()}
        for name, following in _FOLLOWING.items():
            if name not in known:
                work.unit.schedule(Scheduled(name, "", {}, following(work.now, calendar)), work.now)

    house.write(work)


def run(house: House, now: datetime) -> int:
    """Do what is due by now; how many messages were written."""
    with house.store.reading() as look:
        planned = [entry for entry in look.schedules() if entry.name.startswith(PREFIX)]
    due = {entry.name for entry in planned if entry.next_at <= now}
    if any(entry.next_at > now + _LONGEST for entry in planned):
        house.write(_plan_anew, now)
    if FIGURES in due:
        figured = _made(house, now, "figures", "tonight's figures cannot be worked out", figures.worked_out)
        house.write(lambda work: _keep(work, figured), now)
    if DIGEST not in due:
        return 0
    written = _made(house, now, "digest", "today's digests cannot be written", digest.letters)
    return house.write(lambda work: _send(work, written or []), now)


def _made(house: House, now: datetime, kind: str, what: str, make: Callable[[House, datetime], T]) -> T | None:
    """What is kept or sent; where it cannot be made, a person is told, and it keeps nothing else waiting."""
    try:
        return make(house, now)
    except UNDECIDED as fault:
        told = f"{what}: {fault}"
        house.write(lambda work: work.unit.incident(kind, told, None, work.now), now)
        return None


def _plan_anew(work: Work) -> None:
    """What was planned by a clock that was set forward comes when it would have come."""
    calendar = work.world.governance.calendar
    for entry in work.look.schedules():
        if entry.name in _FOLLOWING and entry.next_at > work.now + _LONGEST:
            following = _FOLLOWING[entry.name](work.now, calendar)
            work.unit.schedule(Scheduled(entry.name, "", entry.payload, following), work.now)


def next_night(now: datetime, calendar: Calendar) -> datetime:
    """The next time at which figures are worked out, later than now."""
    return _next(now, calendar, NIGHT, working=False)


def next_morning(now: datetime, calendar: Calendar) -> datetime:
    """The next time at which digests leave, later than now: on a working day."""
    return _next(now, calendar, digest.MORNING, working=True)


_FOLLOWING: Mapping[str, Callable[[datetime, Calendar], datetime]] = {FIGURES: next_night, DIGEST: next_morning}


def _next(now: datetime, calendar: Calendar, at: time, *, working: bool) -> datetime:
    day = local_date(now, calendar.zone)
    while True:
        found = at_local(day, at, calendar.zone, forward=True)
        if found > now and (not working or calendar.is_working(day)):
            return found
        day += _DAY


def _claim(work: Work, name: str, following: Callable[[datetime, Calendar], datetime]) -> Scheduled | None:
    """Take one as ours and write down when it is next; None where another was faster."""
    entry = next((e for e in work.unit.claim_schedules(work.now, 1000) if e.name == name), None)
    if entry is None:
        return None
    calendar = work.world.governance.calendar
    missed, at = 0, following(entry.next_at, calendar)
    while at <= work.now and missed < 10_000:
        missed, at = missed + 1, following(at, calendar)
    if missed:
        facts = {"name": name, "times": missed, "since": entry.next_at.isoformat()}
        work.unit.record(streams.DAILY, work.now, "missed", facts)
    work.unit.schedule(Scheduled(name, "", entry.payload, following(work.now, calendar)), work.now)
    return entry


def _keep(work: Work, figured: figures.Figures | None) -> None:
    """Crossed off with what was worked out: a process that dies meanwhile leaves it due."""
    if _claim(work, FIGURES, next_night) is not None and figured is not None:
        figures.keep(work, figured)


def _send(work: Work, written: list[digest.Letter]) -> int:
    if _claim(work, DIGEST, next_morning) is None:
        return 0
    for letter in written:
        payload = {"topic": "digest", "subject": letter.subject, "text": letter.text}
        work.unit.boards.post(letter.key, letter.person, payload, work.now)
    return len(written)
