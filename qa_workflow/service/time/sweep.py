"""One look by the clock: fire every timer whose time has come, open every cycle that is due, send what waits to leave.

Works when several processes do it at once (each item is locked by one of them), catches up after a silence in order,
and goes on when one item cannot be decided: that one is put off, with an incident, and the others are not held up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from qa_workflow.engine import CLOCK, Kind
from qa_workflow.engine.commands import Tick
from qa_workflow.engine.timers import timers
from qa_workflow.garbage import uncollected
from qa_workflow.service.house import House, Work
from qa_workflow.service.items import errands, unheard
from qa_workflow.service.items.changing import saving, write
from qa_workflow.service.ports.store import Saving, Taken
from qa_workflow.service.refusals import UNDECIDED
from qa_workflow.service.time import cycles, last_sweep
from qa_workflow.service.time.waiting import held

BATCH = 100
"""Items a transaction; beyond this nothing is gained, and people would wait for the lock."""
PORTION = 10
"""Items written together."""
LATER = timedelta(hours=1)
"""When an item that could not be decided is looked at again."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one look did: items looked at, put off, opened, and events by kind. `more`: the time allowed was up."""

    items: int = 0
    put_off: int = 0
    opened: int = 0
    events: Counter[Kind] = field(default_factory=Counter)
    more: bool = False

    def __add__(self, other: Swept) -> Swept:
        return Swept(
            self.items + other.items,
            self.put_off + other.put_off,
            self.opened + other.opened,
            self.events + other.events,
            self.more or other.more,
        )


def sweep(
    house: House,
    *,
    seconds: float | None = None,
    pause: Callable[[], object] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Swept:
    """Do all that is due by now.

    Args:
        seconds: stop after about this long and say that there is more; None goes on until all is done.
        pause: called between batches, so that people get at the database.
        progress: told how many items have been done.
    """
    started, now = house.clock.monotonic(), house.now()
    waits = held(house, now)
    swept = Swept(opened=0 if waits else cycles.open_due(house, now))
    while True:
        batch = house.write(partial(_batch, tick=Tick(moves=not waits)), now)
        swept += batch
        if progress is not None:
            progress(swept.items)
        if batch.items < BATCH:
            break
        if seconds is not None and house.clock.monotonic() - started > seconds:
            swept += Swept(more=True)
            break
        if pause is not None:
            pause()
    errands.run(house)
    unheard.settle(house)
    last_sweep.note(house, now, swept, started)
    return swept


@uncollected()
def _batch(work: Work, tick: Tick) -> Swept:
    claimed = work.unit.claim_due(work.now, BATCH)
    swept = Swept()
    for start in range(0, len(claimed), PORTION):
        swept += _portion(work, claimed[start : start + PORTION], tick)
    return swept


def _portion(work: Work, claimed: Sequence[Taken], tick: Tick) -> Swept:
    """Decide some and write them: on PostgreSQL the server writes them down while the next are decided."""
    savings: list[Saving] = []
    put_off = 0
    for taken in claimed:
        try:
            ready = _decided(work, taken, tick)
        except UNDECIDED as fault:
            what = f"{taken.item.reference}: what time does to it cannot be decided: {fault}"
            work.unit.put_off(taken.row, work.now + LATER, what)
            put_off += 1
        else:
            savings += [ready] if ready is not None else []
    write(work, savings)
    kinds = Counter(event.kind for ready in savings for event in ready.decision.events)
    return Swept(len(claimed), put_off, events=kinds)


def _decided(work: Work, taken: Taken, tick: Tick) -> Saving | None:
    """What time does to an item; None when nothing does (any more, and its timers are written anew)."""
    work.knows(taken)
    decision = work.decide(taken, tick, CLOCK)
    if decision.events:
        return saving(work, taken, decision)
    if not tick.moves:
        work.unit.look_later(taken.row, work.now + LATER)
        return None
    workflow, item = work.workflow(taken.item), taken.item
    work.unit.rearm(taken, [t for visit in item.visits for t in timers(workflow, item, visit, work.setting, work.now)])
    return None
