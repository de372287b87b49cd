"""APScheduler as a pace-maker: it says "look now", in memory, and is watched by a clock that cannot be set.

It keeps no jobs between runs and no deadline of its own: a wake-up that is lost costs a second, never a timer. The
library stops looking when the machine's clock is stepped back, so a monotonic watch sets its next run anew.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from qa_workflow.clock import Clock, SystemClock

_LOG = logging.getLogger("qa_workflow.pulse")
JOB = "look"


class Worker(Protocol):
    """The port that a worker keeps, whatever decides who works: this one, or a queue on PostgreSQL."""

    def wake(self) -> None:
        """There is something to do now; looks are joined, never queued."""

    def run_worker(self, stop: threading.Event) -> None:
        """Look again and again until told to stop."""

    def health(self) -> dict[str, object]:
        """When it last looked, how it went, whether it is alive."""

    def install_schema(self) -> None:
        """Make what the worker needs in the database."""


class Embedded:
    """Looks every `every` seconds in one process; several of them do no harm, since claims are in the database."""

    def __init__(self, look: Callable[[], object], *, every: float = 1.0, clock: Clock | None = None) -> None:
        self._look, self._every = look, every
        self._clock = clock or SystemClock()
        self._scheduler: BackgroundScheduler | None = None
        self._last: float | None = None
        self._error: str | None = None
        self._looks = 0

    def wake(self) -> None:
        if self._scheduler is not None:
            self._scheduler.modify_job(JOB, next_run_time=datetime.now(UTC))  # noqa: TID251  the library compares it with the machine's clock

    def install_schema(self) -> None:
        """Nothing: an embedded worker needs no table of its own."""

    def health(self) -> dict[str, object]:
        ago = None if self._last is None else self._clock.monotonic() - self._last
        alive = self._scheduler is not None and self._scheduler.running
        return {"alive": alive, "looks": self._looks, "seconds_since_last": ago, "error": self._error}

    def run_worker(self, stop: threading.Event) -> None:
        self._scheduler = self._made()
        self._scheduler.start()
        try:
            while not stop.wait(self._every):
                self._watch()
        finally:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None

    def _made(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        scheduler.add_job(self._tick, "interval", seconds=self._every, id=JOB, next_run_time=datetime.now(UTC))  # noqa: TID251
        return scheduler

    def _watch(self) -> None:
        """Set the next run anew when none has come for three beats of the clock that cannot be set."""
        if self._scheduler is None:
            return
        quiet = self._last is None or self._clock.monotonic() - self._last > 3 * self._every
        if quiet:
            self._scheduler.modify_job(JOB, next_run_time=datetime.now(UTC) - timedelta(seconds=1))  # noqa: TID251

    def _tick(self) -> None:
        try:
            self._look()
            self._error = None
        except Exception as fault:  # noqa: BLE001  the next look tries again; the health page says why
            self._error = str(fault)
            _LOG.exception("a look failed; the next one tries again")
        finally:
            self._last = self._clock.monotonic()
            self._looks += 1
