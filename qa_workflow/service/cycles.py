"""Opening cycles when their time comes: one item for each organisation (or body) of a kind, once a period.

One schedule row for each workflow names the next period to be opened. A period missed while the clock was silent is
opened late, in order, and never left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from qa_workflow.calendar import Anchor, AnchorKind, DueDate, Period, parse_period, period_containing, start_of_day, work_out
from qa_workflow.definition import Workflow
from qa_workflow.engine import CLOCK
from qa_workflow.errors import Refusal
from qa_workflow.service.house import House, new_key
from qa_workflow.service.opening import Wish, opened
from qa_workflow.service.ports import Scheduled, Unit
from qa_workflow.service.refusals import AlreadyOpen
from qa_workflow.service.world import World

MOST = 200
"""Periods opened at one look; a clock set decades ahead by mistake does not fill the disk."""
OPENS, REPEAT = "opens", "repeat"


def opens_at(workflow: Workflow, period: Period, world: World) -> datetime:
    """The instant at which the items about a period open: at the start of the day that the rule names."""
    assert workflow.opening is not None
    calendar = world.governance.calendars[workflow.calendar] if workflow.calendar else world.governance.calendar

    def resolve(anchor: Anchor) -> date | None:
        return {AnchorKind.PERIOD_START: period.start, AnchorKind.PERIOD_END: period.end}.get(anchor.kind)

    found = work_out(workflow.opening.on, resolve, calendar)
    if not isinstance(found, DueDate):
        raise Refusal(f"{workflow.name}: when its items open cannot be worked out from {workflow.opening.on.rule}")
    return found.at if workflow.opening.on.at else start_of_day(found.on, calendar.zone)


def plan(unit: Unit, workflow: Workflow, world: World, now: datetime) -> Scheduled | None:
    """Write down the first period of a workflow that opens after now; an earlier plan is replaced."""
    if workflow.opening is None:
        unit.unschedule(f"{OPENS}:{workflow.name}")
        return None
    period = period_containing(workflow.opening.every, now.date() - timedelta(days=800))
    while opens_at(workflow, period, world) <= now:
        period = period.next
    return _schedule(unit, workflow, period, world)


def _schedule(unit: Unit, workflow: Workflow, period: Period, world: World) -> Scheduled:
    entry = Scheduled(f"{OPENS}:{workflow.name}", workflow.name, {"period": period.label}, opens_at(workflow, period, world))
    unit.schedule(entry)
    return entry


def open_due(house: House, now: datetime) -> int:
    """Open every cycle whose time has come; how many items were opened."""
    count = 0
    for _ in range(MOST):
        with house.store.reading() as look:
            due = [s for s in look.schedules() if s.next_at <= now]
        if not due:
            break
        first = min(due, key=lambda s: (s.next_at, s.name))
        count += _cycle(house, first, now) if first.name.startswith(OPENS) else _repeat(house, first, now)
    return count


def _cycle(house: House, entry: Scheduled, now: datetime) -> int:
    """Each item in a transaction of its own, under a key of its own; the schedule moves on when all are open."""
    with house.looking() as (_, world):
        workflow, _ = world.newest(entry.workflow)
        period = parse_period(workflow.opening.every if workflow.opening else "year", entry.payload["period"])
        subjects = list(_subjects(world, workflow, house.today(world, now)))
    count = sum(_open(house, Wish(workflow.name, subject, period.label, CLOCK, {}, "the cycle opens"), now) for subject in subjects)

    def go_on(unit: Unit) -> None:
        world = house.world(unit.look())
        workflow, _ = world.newest(entry.workflow)
        _schedule(unit, workflow, period.next, world)

    house.write(go_on)
    return count


def _repeat(house: House, entry: Scheduled, now: datetime) -> int:
    with house.looking() as (_, world):
        workflow, _ = world.newest(entry.workflow)
        zone = house.today(world, now)
        period = period_containing(workflow.period, zone).label if workflow.period else None
    after = entry.payload["after"]
    wish = Wish(workflow.name, entry.payload["subject"], period, CLOCK, entry.payload["fields"], f"follows {after}")
    count = _open(house, wish, now)
    house.write(lambda unit: unit.unschedule(entry.name))
    return count


def _open(house: House, wish: Wish, now: datetime) -> int:
    def work(unit: Unit) -> int:
        world = house.world(unit.look())
        workflow, definition = world.newest(wish.workflow)
        opened(unit, world, workflow, definition, wish, house, now, new_key())
        return 1

    try:
        return house.write(work)
    except AlreadyOpen:
        return 0


def _subjects(world: World, workflow: Workflow, day: date) -> Iterator[str]:
    """The organisations that exist that day, of the kind the workflow opens for."""
    if workflow.opening is not None:
        for organisation in world.governance.organisations_of_kind(workflow.opening.each, day):
            yield organisation.name
