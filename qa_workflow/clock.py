"""The only place that asks the machine what time it is.

Everything else is handed a `Clock`. `now()` is an aware instant in UTC and may jump; `monotonic()` only ever runs
forward and measures waiting.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """What the use cases read, once each, so that everything in one use case agrees on "now"."""

    def now(self) -> datetime:
        """Aware instant in UTC."""

    def monotonic(self) -> float:
        """Seconds on a clock that is never set; only differences mean anything."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    @cached_property
    def boot(self) -> str | None:
        """A mark of this start of the machine, from which on `monotonic` counts; None where the system gives none."""
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            return None


class FixedClock:
    """Always answers the same instant: for one command that was told what time it is (`--now`, tests only)."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        return self._instant

    def monotonic(self) -> float:
        return time.monotonic()


def to_micros(instant: datetime) -> int:
    """Whole microseconds since 1 January 1970 UTC; how instants are stored, exact and sortable on both databases."""
    return (instant - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC instant of `to_micros`."""
    return EPOCH + timedelta(microseconds=micros)
