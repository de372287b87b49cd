"""One look by the clock: fire every timer whose time has come, open every cycle that is due, send what waits to leave.

Works when several processes do it at once (each item is locked by one of them), catches up after a silence in order,
and goes on when one item cannot be decided: that one is put off, with an incident, and the others are not held up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_workflow.engine import CLOCK, decide
from qa_workflow.engine.commands import Tick
from qa_workflow.engine.events import Kind
from qa_workflow.engine.timers import timers
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service import cycles, errands, repeats
from qa_workflow.service.changing import saving
from qa_workflow.service.house import House
from qa_workflow.service.ports import Saving, Taken, Unit
from qa_workflow.service.world import World

BATCH = 100
"""Items a transaction; beyond this nothing is gained, and people would wait for the lock."""
LATER = timedelta(hours=1)
"""When an item that could not be decided is looked at again."""

Progress = Callable[[int], None]


@dataclass(slots=True)
class Swept:
    """What one look did. `more` says that the time allowed was up before all was done."""

    items: int = 0
    reminded: int = 0
    overdue: int = 0
    escalated: int = 0
    lapsed: int = 0
    advanced: int = 0
    opened: int = 0
    put_off: int = 0
    more: bool = False

    def count(self, kind: Kind) -> None:
        """One more event of a kind."""
        match kind:
            case Kind.REMINDED:
                self.reminded += 1
            case Kind.OVERDUE:
                self.overdue += 1
            case Kind.ESCALATED:
                self.escalated += 1
            case Kind.LAPSED:
                self.lapsed += 1
            case Kind.MOVED:
                self.advanced += 1


def sweep(house: House, *, seconds: float | None = None, pause: Callable[[], None] | None = None, progress: Progress | None = None) -> Swept:
    """Do all that is due by now.

    Args:
        seconds: stop after about this long and say that there is more; None goes on until all is done.
        pause: called between batches, so that people get at the database.
        progress: told how many items have been done.
    """
    swept = Swept()
    started = house.clock.monotonic()
    now = house.now()
    swept.opened += cycles.open_due(house, now)
    while True:
        claimed = house.write(lambda unit: _batch(house, unit, now, swept))
        if progress is not None:
            progress(swept.items)
        if claimed < BATCH:
            break
        if seconds is not None and house.clock.monotonic() - started > seconds:
            swept.more = True
            break
        if pause is not None:
            pause()
    errands.run(house)
    return swept


def _batch(house: House, unit: Unit, now: datetime, swept: Swept) -> int:
    claimed = unit.claim_due(now, BATCH)
    if not claimed:
        return 0
    world = house.world(unit.look())
    counted = Swept()
    savings: list[Saving] = []
    for taken in claimed:
        try:
            ready = _decide(house, unit, world, taken, now)
        except (QaWorkflowError, ArithmeticError, LookupError, TypeError, ValueError) as fault:
            unit.put_off(taken.row, now + LATER, f"{taken.item.reference}: what time does to it cannot be decided: {fault}")
            counted.put_off += 1
            continue
        if ready is None:
            continue
        savings.append(ready)
        for event in ready.decision.events:
            counted.count(event.kind)
    unit.save_all(savings)
    for ready in savings:
        repeats.plan(unit, world.workflow(ready.definition), world, ready.decision)
    counted.items = len(claimed)
    _add(swept, counted)
    return len(claimed)


def _decide(house: House, unit: Unit, world: World, taken: Taken, now: datetime) -> Saving | None:
    workflow = world.workflow(taken.item.definition)
    setting = world.setting(unit.look())
    decision = decide(workflow, taken.item, Tick(), actor=CLOCK, now=now, setting=setting)
    if decision.events:
        return saving(world, workflow, taken, decision, house.today(world, now))
    item = taken.item
    unit.rearm(taken, [t for visit in item.visits for t in timers(workflow, item, visit, setting, now)])
    return None


def _add(total: Swept, more: Swept) -> None:
    for name in ("items", "reminded", "overdue", "escalated", "lapsed", "advanced", "put_off"):
        setattr(total, name, getattr(total, name) + getattr(more, name))
