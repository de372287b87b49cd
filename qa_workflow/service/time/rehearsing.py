"""A rehearsal's clock: set, or pushed forward so that what falls due in between happens in order, at its own time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from qa_workflow.service.house import House
from qa_workflow.service.refusals import NotARehearsal
from qa_workflow.service.time.sweep import Swept

Tick = Callable[[], Swept]
Progress = Callable[[datetime], None]


@runtime_checkable
class Settable(Protocol):
    """A clock that may be set, if its database is a rehearsal."""

    is_rehearsal: bool

    def set(self, instant: datetime) -> datetime:
        """Set it; refused for a real database, and when something has happened after that instant."""


@dataclass(slots=True)
class Journey:
    """From when to when the clock was pushed, at how many instants it stopped, and what happened in all."""

    start: datetime
    end: datetime
    stops: int = 0
    swept: Swept = field(default_factory=Swept)


def is_rehearsal(house: House) -> bool:
    """Whether this database has a clock of its own, and it is the one in use."""
    return isinstance(house.clock, Settable) and house.clock.is_rehearsal


def set_clock(house: House, at: datetime) -> None:
    """Set the clock; nothing else happens until somebody looks what time does.

    Raises:
        NotARehearsal: this is a real database.
    """
    if not isinstance(house.clock, Settable):
        raise NotARehearsal
    house.clock.set(at)


def push(house: House, to: datetime, tick: Tick, progress: Progress | None = None) -> Journey:
    """Push the clock forward: first what is due already, then a stop at every instant at which time does something.

    Looking only at the end would do everything late: reminders would be skipped and lapses held. Stopped half-way, the
    clock stands where it had come to, and all that lies before has happened.

    Args:
        tick: one look at what time does now.

    Raises:
        NotARehearsal: this is a real database.
    """
    if not is_rehearsal(house):
        raise NotARehearsal
    journey = Journey(house.now(), to, swept=tick())
    while house.now() < to:
        with house.store.reading() as look:
            stop = min(look.next_look(house.now()) or to, to)
        set_clock(house, stop)
        journey.swept += tick()
        journey.stops += 1
        if progress is not None:
            progress(stop)
    return journey
