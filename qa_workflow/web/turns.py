"""Pages are made in turns: Python runs one thread at a time, and a crowd of them only takes it from one another.

A query lets go of the interpreter for each row, and may wait five milliseconds to have it back while another thread is
busy: eight people who opened the overdue board at once waited twice as long for it as one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from threading import BoundedSemaphore
from typing import Any

AT_ONCE = 1
PATIENCE = 0.25
"""Seconds after which whoever waits begins without a turn, so that nothing slow stands in everybody's way."""


class Turns:
    """So many at once, and besides whoever has waited long enough."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._free, self._patience = BoundedSemaphore(at_once), patience

    @contextmanager
    def take(self) -> Iterator[bool]:
        """Wait for a turn; tells whether there was one in time."""
        has_turn = self._free.acquire(timeout=self._patience)
        try:
            yield has_turn
        finally:
            if has_turn:
                self._free.release()


_TURNS = Turns()
"""Of the process, as the interpreter is."""


def in_turn(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint that only shows something, made when it is its turn; a coroutine is not made in a thread."""
    if iscoroutinefunction(endpoint):
        return endpoint

    @wraps(endpoint)
    def waiting(**given: Any) -> Any:
        with _TURNS.take():
            return endpoint(**given)

    return waiting
