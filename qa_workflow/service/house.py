"""What every use case is handed: the store, the clock, the documents; and the transaction that they all share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from qa_workflow.calendar import local_date
from qa_workflow.clock import Clock
from qa_workflow.service.ports import Documents, Reader, Store, Unit
from qa_workflow.service.world import World, Worlds

T = TypeVar("T")
TRIES = 3
"""How often a transaction is tried that failed for a passing reason, before its COMMIT was sent."""


@dataclass(frozen=True)
class House:
    """The parts that use cases work with, joined by `wiring`."""

    store: Store
    clock: Clock
    documents: Documents
    worlds: Worlds = field(default_factory=Worlds)

    def now(self) -> datetime:
        """The one reading of the clock that a use case makes."""
        return self.clock.now()

    def world(self, look: Reader, epoch: str | None = None) -> World:
        """What is published, as this transaction sees it."""
        return self.worlds.at(epoch if epoch is not None else look.house().get("epoch", "0"), look)

    def today(self, world: World, now: datetime) -> date:
        """The local day at an instant."""
        return local_date(now, world.governance.calendar.zone)

    @contextmanager
    def looking(self) -> Iterator[tuple[Reader, World]]:
        """A consistent look, with what is published."""
        with self.store.reading() as look:
            yield look, self.world(look)

    def write(self, work: Callable[[Unit], T]) -> T:
        """One transaction; tried again when the database, not the rules, stood in the way for a moment."""
        for left in range(TRIES - 1, -1, -1):
            try:
                with self.store.writing() as unit:
                    return work(unit)
            except Exception as fault:
                if left == 0 or not self.store.is_passing(fault):
                    raise
        raise AssertionError("a transaction ends with an answer or an exception")


def new_key() -> str:
    """A random identifier of 128 bits: for items, and for requests that came without a key."""
    return secrets.token_hex(16)


def bump(unit: Unit) -> None:
    """What is published has changed; every process reads it anew."""
    unit.set_house("epoch", secrets.token_hex(8))
