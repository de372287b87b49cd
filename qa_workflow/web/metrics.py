"""Numbers for Prometheus: requests as they are answered, and the house's own figures, asked for every few seconds."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from qa_workflow.clock import Clock
from qa_workflow.errors import QaWorkflowError
from qa_workflow.store.figures import Figures, figures
from qa_workflow.web.pulse import Pulse
from qa_workflow.wiring import Parts

FRESH = 5.0
"""Seconds for which the house's figures are good, so that no scraper can keep the database busy."""
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
_ABOUT = {
    "items_open": "Items that are not over",
    "items_overdue": "Items that are late now",
    "letters_waiting": "Messages that wait to leave",
    "letters_given_up": "Messages that could not be delivered and need a person",
    "incidents_open": "Incidents that need a person",
    "sessions": "Sessions that have not run out",
}


class Metrics:
    """What one application counts; each has a registry of its own, so that two in a process do not meet."""

    def __init__(self, parts: Parts, wall: Clock) -> None:
        self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("qa_workflow_requests", "Requests answered", labels, registry=self._registry)
        self._seconds = Histogram(
            "qa_workflow_request_seconds",
            "How long answering took",
            labels[:2],
            registry=self._registry,
            buckets=SECONDS,
        )
        self._house = _House(parts, wall)
        self._registry.register(self._house)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self, pulse: Pulse) -> bytes:
        """Everything, in the text format of Prometheus."""
        self._house.pulse = pulse
        return generate_latest(self._registry)


class _House(Collector):
    """Asks the database when it is scraped; where it does not answer, that is a number too."""

    def __init__(self, parts: Parts, wall: Clock) -> None:
        self._parts, self._wall = parts, wall
        self._lock = threading.Lock()
        self._figures: Figures | None = None
        self._at: float | None = None
        self.pulse = Pulse()

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: registering asks nothing of the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The figures as gauges."""
        found = self._fresh()
        yield _gauge("database_up", "Whether the database has answered", float(found is not None))
        yield _gauge("sweep_here", "Whether the clock runs in this process", float(self.pulse.is_here))
        if self.pulse.seconds_since_last is not None:
            yield _gauge("last_sweep_age_seconds", "Since the clock last looked", self.pulse.seconds_since_last)
        yield _gauge("sweep_failing", "Whether the last look failed", float(self.pulse.error is not None))
        if found is not None:
            for name, about in _ABOUT.items():
                yield _gauge(name, about, float(getattr(found, name)))

    def _fresh(self) -> Figures | None:
        with self._lock:
            now = self._wall.monotonic()
            if self._at is None or now - self._at >= FRESH:
                try:
                    self._figures = figures(self._parts.store, now=self._parts.house.now(), wall=self._wall.now())
                except QaWorkflowError:
                    self._figures = None
                self._at = now
            return self._figures


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"qa_workflow_{name}", about, value=value)
