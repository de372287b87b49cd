"""Connections held at a time: fewer than this process may have files open, for the clock and the database need some.

Without a bound whoever opens connections and says nothing takes all of them. Then nobody is answered, nothing falls
due, and the event loop writes thousands of lines a second about it until the disk is full as well.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

SPARE = 200
"""Files for everything else: the database, documents, uploads on their way, the log."""
MOST, FEWEST = 1000, 16
AT_ONCE = 64
"""Connections taken before each is looked at; fewer than `SPARE`."""


def most() -> int:
    """How many are held at a time."""
    try:
        import resource
    except ImportError:  # Windows, where the system's own bound is far away
        return MOST
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST if allowed == resource.RLIM_INFINITY else min(MOST, max(FEWEST, allowed - SPARE))


class Bounded(H11Protocol):
    """A connection. When there are too many, the one that has waited longest without asking anything makes room."""

    since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, or let another go; where all others are being answered, this one is not taken."""
        super().connection_made(transport)
        self.since = self.loop.time()
        held = [each for each in self.connections if isinstance(each, Bounded) and not each.transport.is_closing()]
        if len(held) > most():
            quiet = [each for each in held if each is not self and each.is_quiet]
            min(quiet, key=lambda each: each.since, default=self).transport.abort()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is asked, or not to the end of its head."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete
