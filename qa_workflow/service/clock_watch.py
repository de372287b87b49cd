"""The machine's clock is watched by one that cannot be set: what time does by itself waits when it has been stepped.

A clock stepped forward by more than `STEP` would make lapses and timed steps happen that nobody could take back, so
these wait until an administrator confirms the clock; reminders and flags go out. A clock stepped back undoes nothing:
it is an incident, and events recorded meanwhile say that they were. A silence, in which time really passed, is neither:
docs/decisions/0008-a-silence-is-not-a-step.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from qa_workflow.clock import Clock, FixedClock
from qa_workflow.engine.item import instant

STEP = timedelta(hours=36)
"""How far forward the clock may be set between two looks without anybody being asked."""
BACK = timedelta(seconds=60)
"""How far back, without anybody being told."""
LOOKED, HELD, CONFIRMED = "clock_looked", "clock_held", "clock_confirmed"
"""Facts of the house: when the clock was last looked at; since when steps of time wait; when it was last confirmed."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What the clock says, and what it would say had nobody set it."""

    now: datetime
    reckoned: datetime

    @property
    def is_ahead(self) -> bool:
        """Set forward, so far that somebody has to look."""
        return self.now - self.reckoned > STEP

    @property
    def is_behind(self) -> bool:
        """Set back."""
        return self.reckoned - self.now > BACK

    @property
    def is_wrong(self) -> bool:
        """Somebody has to look."""
        return self.is_ahead or self.is_behind


@dataclass
class Watch:
    """What one process remembers of the clock, shared by its threads. `last` is what it saw last."""

    last: Drift | None = None
    knows: bool = False
    """Whether it could tell that a clock that was stepped has been set right."""
    swept: datetime | None = None
    """When this process last wrote down that it had looked."""
    heard: tuple[str, date] | None = None
    """What was published, and the day, when this process last looked whether somebody is there to be told."""
    _then: tuple[datetime, float] | None = None
    _confirmed: str | None = None
    _is_taught: bool = False
    _lock: Lock = field(default_factory=Lock)

    def see(self, clock: Clock, now: datetime) -> Drift:
        """Compare the clock with the time that has really passed; small corrections are taken as they come."""
        if is_set_on_purpose(clock):
            return Drift(now, now)
        passed = clock.monotonic()
        with self._lock:
            before, at = self._then or (now, passed)
            self.last = Drift(now, before + timedelta(seconds=passed - at))
            self.knows = self.knows or self.last.is_wrong
            if not self.last.is_wrong:
                self._then = (now, passed)
            return self.last

    def learn(self, facts: Mapping[str, str], clock: Clock, now: datetime) -> None:
        """What other processes have written down: a clock that was confirmed, stepped, or right a while ago.

        How much time has passed since then is known as long as the machine runs. Of another start, or machine, it is
        known only that it is no earlier than then: one that begins in the past was set back by a flat battery.
        """
        boot, text = boot_of(clock), facts.get(HELD) or facts.get(LOOKED)
        with self._lock:
            if self._is_taught and facts.get(CONFIRMED) != self._confirmed:
                self._then, self.knows = None, False
            elif not self._is_taught and text:
                looked = json.loads(text)
                if boot is not None and looked["boot"] == boot:
                    self._then = (instant(looked["at"]), looked["monotonic"])
                    self.knows = bool(facts.get(HELD))
                else:
                    if instant(looked["at"]) > now:
                        self._then = (instant(looked["at"]), clock.monotonic())
                    self.knows = bool(facts.get(HELD)) and not looked["is_ahead"]
            self._confirmed, self._is_taught = facts.get(CONFIRMED), True


def is_set_on_purpose(clock: Clock) -> bool:
    """Whether a clock is not the machine's: a rehearsal's, or that of one command in a test."""
    return isinstance(clock, FixedClock) or bool(getattr(clock, "is_rehearsal", False))


def boot_of(clock: Clock) -> str | None:
    """Since when the clock that cannot be set has been running, as a mark; None where nobody can tell."""
    return getattr(clock, "boot", None)
