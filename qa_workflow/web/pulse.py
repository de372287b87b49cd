"""When the clock in this process last looked: told to the pages by whoever runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the clock is. `is_here`: it runs in this process; otherwise nothing is known of it here."""

    is_here: bool = False
    seconds_since_last: float | None = None
    error: str | None = None


def watch(app: Starlette, health: Callable[[], Mapping[str, object]]) -> None:
    """The application is told how the clock is by this (a worker's `health`)."""
    app.state.pulse = health


def pulse(app: Starlette) -> Pulse:
    """How the clock is now."""
    health = getattr(app.state, "pulse", None)
    if health is None:
        return Pulse()
    told = health()
    since = told["seconds_since_last"]
    return Pulse(True, float(since) if isinstance(since, float | int) else None, str(told["error"] or "") or None)
