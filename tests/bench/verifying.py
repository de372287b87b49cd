"""Verifying two hundred thousand events, against hashing the same bytes and nothing else."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from qa_workflow.clock import to_micros
from qa_workflow.engine.events import CHAIN, first_link
from qa_workflow.store.house import open_store
from qa_workflow.store.proof.verifying import verify
from tests.bench.course import NAME, START, STEPS, Clock, house_on, make, move, opened
from tests.bench.floor import Raw
from tests.bench.places import Place
from tests.bench.seeding import Pattern, copies, openings
from tests.bench.timing import Compared, compare

EVENTS = 200_000
_PAGE = 2_000
_EACH = len(STEPS) + 1


def histories(place: Place, events: int = EVENTS) -> str:
    """A database of closed items, whose histories have as many events as wanted."""
    url = place.databases.fresh()
    make(url)
    store, clock = open_store(url, synchronous="OFF"), Clock()
    house = house_on(store, clock)
    item = opened(house, 1)
    for step in range(len(STEPS)):
        item = move(house, clock, item, step).item
    store.dispose()
    raw, numbers = place.raw(url), range(2, events // _EACH + 1)
    raw.begin()
    copies(raw, Pattern(raw, item.id), numbers)
    openings(raw, NAME, numbers, to_micros(START + timedelta(days=1)))
    raw.commit()
    raw.close()
    place.settle(url)
    return url


def prove(place: Place, url: str, rounds: int, *, deep: bool) -> Compared:
    """`verify`: only that the histories are whole, or (deep) also that they make every row what it is."""
    store, raw = place.store(url), place.raw(url)

    def product() -> None:
        proof = verify(store, deep=deep)
        if not proof.sound:
            raise AssertionError(proof.findings[0])

    try:
        return compare(rounds, lambda _: product, lambda _: lambda: hashed(raw, store.id))
    finally:
        store.dispose()
        raw.close()


def hashed(raw: Raw, house: str) -> None:
    """Hash every event, and every line of the house's own histories, after the one before."""
    raw.begin()
    cursor = raw.stream("SELECT item_id, body, hash FROM event ORDER BY item_id, seq", _PAGE)
    keys = dict(raw.rows("SELECT id, key FROM item"))
    item, head = 0, b""
    for row, body, stored in cursor:
        if row != item:
            item, head = row, first_link(house, keys[row])
        head = sha256(CHAIN + head + body).digest()
        if head != stored:
            raise AssertionError(f"item {row} is broken")
    cursor.close()
    stream = ""
    for name, body, stored in raw.rows("SELECT stream, body, hash FROM record ORDER BY stream, seq"):
        if name != stream:
            stream, head = name, first_link(house, name)
        head = sha256(CHAIN + head + body).digest()
        if head != stored:
            raise AssertionError(f"{name} is broken")
    raw.commit()
