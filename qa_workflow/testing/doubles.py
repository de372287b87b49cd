"""Stand-ins that keep the ports: a clock that goes only when told, and a carrier that keeps what it is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from qa_workflow.service.ports.store import Message


class FakeClock:
    """Stands still until it is moved; what it is moved by also passes on the clock that is never set."""

    def __init__(self, now: str | datetime = "2027-04-01T09:00") -> None:
        self._now = _read(now)
        self._passed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._passed

    def advance(self, **by: float) -> datetime:
        """Let time pass, as `advance(days=3)`; elapsed time, so that a day is 24 hours."""
        step = timedelta(**by)
        self._now += step
        self._passed += step.total_seconds()
        return self._now

    def set(self, now: str | datetime) -> datetime:
        """Let time pass until then; back, no time passes, as when somebody sets the clock."""
        ahead = _read(now) - self._now
        self._passed += max(ahead.total_seconds(), 0)
        self._now += ahead
        return self._now

    def step(self, **by: float) -> datetime:
        """Set the clock forward or back, as somebody might who has the right to; no time passes."""
        self._now += timedelta(**by)
        return self._now


class Postbox:
    """Keeps every message; `broken` makes it fail as a mail server does that is away."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.broken = False

    def carry(self, message: Message) -> None:
        if self.broken:
            raise ConnectionRefusedError("the mail server is away")
        self.messages.append(message)


def _read(now: str | datetime) -> datetime:
    """An instant; text without a zone is in UTC."""
    found = datetime.fromisoformat(now) if isinstance(now, str) else now
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
