"""Opening cycles when their time comes: one item for each organisation of a kind, once a period.

One schedule row for each workflow names the next period to be opened. A period missed while the clock was silent is
opened late, in order, and never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial

from qa_workflow.calendar import (
    Anchor,
    AnchorKind,
    DueDate,
    Period,
    local_date,
    parse_period,
    period_containing,
    start_of_day,
    work_out,
)
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Opening
from qa_workflow.engine import CLOCK
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.service.house import House, Work
from qa_workflow.service.items.opening import Wish, is_to_open, opened
from qa_workflow.service.ports.store import Scheduled
from qa_workflow.service.refusals import UNDECIDED, AlreadyOpen
from qa_workflow.service.world import World

MOST = 200
"""Periods opened at one look; a clock set decades ahead by mistake does not fill the disk."""
OPENS = "opens"
NOT_OPENED = "opening"
"""The kind of incident where what the clock should open cannot be opened."""
LOOK_BACK = timedelta(days=800)
"""Where the search for the next period begins; longer than any period and any usual lag."""


def opens_at(workflow: Workflow, period: Period, world: World) -> datetime:
    """The instant at which the items about a period open: the start of the day that the rule names, or its time."""
    calendar = world.governance.calendars[workflow.calendar] if workflow.calendar else world.governance.calendar
    rule = _opening(workflow).on

    def resolve(anchor: Anchor) -> date | None:
        return {AnchorKind.PERIOD_START: period.start, AnchorKind.PERIOD_END: period.end}.get(anchor.kind)

    found = work_out(rule, resolve, calendar)
    if not isinstance(found, DueDate):
        raise Nonsense(workflow.name, f"when its items open cannot be worked out from {str(rule)!r}")
    return found.at if rule.at else start_of_day(found.on, calendar.zone)


def plan(work: Work, workflow: Workflow) -> None:
    """Write down the first period of a workflow that opens today or later; an earlier plan is replaced."""
    if workflow.opening is None:
        work.unit.unschedule(f"{OPENS}:{workflow.name}", work.now)
        return
    period = period_containing(workflow.opening.every, work.day - LOOK_BACK)
    zone = work.world.governance.calendar.zone
    while local_date(opens_at(workflow, period, work.world), zone) < work.day:
        period = period.next
    _schedule(work, workflow, period)


def open_due(house: House, now: datetime) -> int:
    """Open every cycle whose time has come; how many items were opened."""
    count, passed = 0, set[str]()
    for _ in range(MOST):
        with house.store.reading() as look:
            planned = [entry for entry in look.schedules() if entry.next_at <= now and entry.workflow]
        due = [entry for entry in planned if entry.name not in passed]
        if not due:
            break
        first = min(due, key=lambda entry: (entry.next_at, entry.name))
        found, fault = _occurrence(house, first, now)
        count += found
        if fault is not None:
            passed.add(first.name)
            house.write(partial(_tell, entry=first, fault=fault), now)
    return count


def _occurrence(house: House, entry: Scheduled, now: datetime) -> tuple[int, Exception | None]:
    """Open what is due; how many were opened, and what stood in the way, so that the rest is tried again."""
    try:
        return _cycle(house, entry, now) if entry.name.startswith(f"{OPENS}:") else (_repeat(house, entry, now), None)
    except UNDECIDED as fault:
        return 0, fault


def _tell(work: Work, entry: Scheduled, fault: Exception) -> None:
    """It does not hold up what time does to all others; a person mends the definition, or what stands in the way."""
    which = entry.payload.get("period") or f"what follows {entry.payload.get('after')}"
    what = f"{entry.workflow}, {which}: it cannot be opened, and is tried again at each look: {fault}"
    work.unit.incident(NOT_OPENED, what, None, entry.next_at)


def _cycle(house: House, entry: Scheduled, now: datetime) -> tuple[int, Exception | None]:
    """Each item in a transaction of its own; the schedule moves on when all are open."""
    with house.looking() as (_, world):
        workflow, _ = world.newest(entry.workflow)
        period = parse_period(_opening(workflow).every, entry.payload["period"])
        wishes = list(_wishes(world, workflow, period, now))
    count, found = 0, None
    for wish in wishes:
        try:
            count += _open(house, wish, now, partial(is_to_open, wish=wish))
        except UNDECIDED as fault:
            found = found or fault
    if found is None:
        house.write(lambda work: _schedule(work, work.world.newest(entry.workflow)[0], period.next), now)
    return count, found


def _repeat(house: House, entry: Scheduled, now: datetime) -> int:
    said = entry.payload
    with house.looking() as (look, world):
        workflow, _ = world.newest(entry.workflow)
        today = world.day(now)
        before = look.item(said["after"]).item.fields
    period = period_containing(workflow.period, today).label if workflow.period else None
    # Until 0.2 the plan had the fields themselves; what people typed does not belong into a history of the house.
    fields = said.get("fields") or {there: before[here] for there, here in said.get("copies", ()) if here in before}
    wish = Wish(workflow.name, said["subject"], period, CLOCK, fields, f"follows {said['after']}")

    def crossed_off(work: Work) -> bool:
        """With the opening: nothing else says that it was opened, for it may have no period."""
        return work.unit.unschedule(entry.name, work.now, entry.next_at)

    count = _open(house, wish, now, crossed_off)
    if not count:  # somebody was faster, maybe by hand
        house.write(crossed_off, now)
    return count


def _open(house: House, wish: Wish, now: datetime, is_wanted: Callable[[Work], bool]) -> int:
    """Open one, if it is wanted, unless somebody was faster."""

    def work(work: Work) -> int:
        if not is_wanted(work):
            return 0
        opened(work, wish)
        return 1

    try:
        return house.write(work, now)
    except AlreadyOpen:
        return 0


def _wishes(world: World, workflow: Workflow, period: Period, now: datetime) -> Iterator[Wish]:
    """One for each organisation of the kind that exists when the cycle opens."""
    day = world.day(now)
    for organisation in world.governance.organisations_of_kind(_opening(workflow).each, day):
        yield Wish(workflow.name, organisation.name, period.label, CLOCK, reason="the cycle opens")


def _schedule(work: Work, workflow: Workflow, period: Period) -> None:
    at = opens_at(workflow, period, work.world)
    entry = Scheduled(f"{OPENS}:{workflow.name}", workflow.name, {"period": period.label}, at)
    work.unit.schedule(entry, work.now)


def _opening(workflow: Workflow) -> Opening:
    if workflow.opening is None:
        raise Nonsense(workflow.name, "the clock does not open its items any more; its file has no 'opens'")
    return workflow.opening
