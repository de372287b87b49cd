"""Who guesses is slowed down: so many tries for a name, so many from a place, counted in the database.

A try is counted before the password is looked at, so that many at once are no way round; who gets in is forgiven. One
that a clock set forward has dated counts no more once it is right again: nobody waits for a year.
Counted is under a hash, since people type passwords into the field for the name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from qa_workflow.calendar.words import counted
from qa_workflow.errors import Refusal
from qa_workflow.service.house import House, Work
from qa_workflow.service.people.sessions import digest

WINDOW = timedelta(minutes=15)
NAME, SOURCE = "name", "from"
MOST = {NAME: 5, SOURCE: 30}
"""Tries within the window: for one name, from one place."""


class TooManyTries(Refusal):
    """Signing in has failed too often; it goes on after a while by itself."""

    code = "too_many_tries"

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        when = counted(max(1, -(-int(wait.total_seconds()) // 60)), "minute")
        super().__init__(f"Signing in has failed too often. Try again in {when}; until then nothing is looked at")


@dataclass(frozen=True, slots=True)
class Try:
    """Tries that were counted. `is_last` are the kinds of which this was the last one allowed for now."""

    keys: tuple[str, ...]
    at: datetime
    is_last: frozenset[str] = frozenset()


def count(house: House, name: str, source: str | None, now: datetime) -> Try:
    """Count one try for a name (or another secret of a person) and from a place.

    Raises:
        TooManyTries: there were too many already; this one does not count.
    """
    wanted = [(NAME, _key(NAME, name))]
    if source is not None:
        wanted.append((SOURCE, _key(SOURCE, _place(source))))

    def work(work: Work) -> Try:
        access = work.unit.access
        for _, key in wanted:
            access.alone(f"attempt:{key}")
        access.drop_attempts_before(now - WINDOW)
        last: set[str] = set()
        waits: list[timedelta] = []
        for kind, key in wanted:
            tries = [at for at in access.attempts(key, now - WINDOW) if at <= now + WINDOW]
            if len(tries) >= MOST[kind]:
                waits.append(min(tries[MOST[kind] - 1], now) + WINDOW - now)
            elif len(tries) == MOST[kind] - 1:
                last.add(kind)
        if waits:
            raise TooManyTries(max(waits))
        for _, key in wanted:
            access.add_attempt(key, now)
        return Try(tuple(key for _, key in wanted), now, frozenset(last))

    return house.write(work, now, aside=True)


def forgive(work: Work, tried: Try) -> None:
    """They got in: nothing is held against the name, and this try not against the place."""
    for key in tried.keys:
        if key.startswith(f"{NAME}:"):
            work.unit.access.drop_attempts(key)
        else:
            work.unit.access.drop_attempt(key, tried.at)


def _place(source: str) -> str:
    """An address; of IPv6 its network, for whoever has one address there has them all."""
    try:
        address = ip_address(source)
    except ValueError:
        return source
    if isinstance(address, IPv4Address) or address.ipv4_mapped is not None:
        return source
    return str(ip_network((address.packed[:8] + bytes(8), 64)))


def _key(kind: str, what: str) -> str:
    return f"{kind}:{digest(what)[:32]}"
