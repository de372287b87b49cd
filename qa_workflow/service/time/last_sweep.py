"""When the clock last looked, how long that took and what it did: one fact of the house, for the machine room."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from qa_workflow.engine.item import stamp

if TYPE_CHECKING:
    from qa_workflow.service.house import House
    from qa_workflow.service.time.sweep import Swept

FACT = "last_sweep"
EVERY = timedelta(seconds=60)
"""Between two notes of looks that found nothing to do."""


@dataclass(frozen=True, slots=True)
class LastSweep:
    """One look. `at` is by the clock of the work."""

    at: str
    seconds: float
    items: int
    opened: int
    put_off: int
    more: bool


def note(house: House, now: datetime, swept: Swept, started: float) -> None:
    """Write a look down, if it did something or the last note is old."""
    idle, before = not (swept.items or swept.opened or swept.more), house.watch.swept
    if idle and before is not None and abs(now - before) < EVERY:
        return
    house.watch.swept = now
    took = round(house.clock.monotonic() - started, 3)
    found = LastSweep(stamp(now), took, swept.items, swept.opened, swept.put_off, swept.more)
    house.write(lambda work: work.unit.set_house(FACT, json.dumps(asdict(found))), now)


def read(facts: Mapping[str, str]) -> LastSweep | None:
    """The last look on record."""
    text = facts.get(FACT)
    return LastSweep(**json.loads(text)) if text else None
