"""Durable advance: one item through five guarded steps, each a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from qa_workflow.engine import Item
from qa_workflow.service.house import House
from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.store.house import open_store
from tests.bench import floor
from tests.bench.course import STEPS, Clock, house_on, make, move, opened
from tests.bench.floor import Rows, Values
from tests.bench.notebook import undone
from tests.bench.places import Place
from tests.bench.timing import Compared, compare_all

ITEMS = 40
"""Items of a round, and so 200 moves."""
MOST_ROUNDS = 24


def with_items(url: str) -> None:
    """A database with as many items as the longest run needs, all just opened."""
    make(url)
    store = open_store(url, synchronous="OFF")
    house = house_on(store, Clock())
    for number in range(ITEMS * (MOST_ROUNDS + 1)):
        opened(house, number)
    store.dispose()


def advance(place: Place, rounds: int) -> list[Compared]:
    """The product on one database, each floor on a twin of it that is equal to the last byte."""
    ours, bare, making = (place.databases.prepared(with_items) for _ in range(3))
    parts = in_parts(place, ours, rounds + 1)
    rows = [noted_walk(place, bare, items) for items in parts]
    values = [[Values.of(each) for each in decisions] for decisions in rows]
    place.settle(bare)
    store, clock, raw = place.store(ours), Clock(), [place.raw(bare), place.raw(making)]
    house = house_on(store, clock)

    try:
        return compare_all(
            rounds,
            lambda number: partial(walk, house, clock, parts[number]),
            [
                lambda number: partial(floor.advance_all, raw[0], rows[number]),
                lambda number: partial(floor.advance_all, raw[1], values[number]),
            ],
            ITEMS * len(STEPS),
        )
    finally:
        store.dispose()
        for each in raw:
            each.close()


def in_parts(place: Place, url: str, parts: int, size: int = ITEMS) -> list[list[Item]]:
    """The first items of a database, in lists of equal length."""
    store = place.store(url)
    with store.reading() as look:
        items = [found.item for found in look.items(ItemQuery(limit=parts * size))]
    store.dispose()
    return [items[n * size : (n + 1) * size] for n in range(parts)]


def walk(house: House, clock: Clock, items: Sequence[Item]) -> None:
    """Every item through all its steps, one item after the other."""
    for item in items:
        for step in range(len(STEPS)):
            item = move(house, clock, item, step).item  # noqa: PLW2901  it has moved


def noted_walk(place: Place, url: str, items: Sequence[Item]) -> list[Rows]:
    """What such a walk writes, without writing it."""
    clock = Clock()
    return noted(place, url, clock, lambda house: walk(house, clock, items))


def noted(place: Place, url: str, clock: Clock, work: Callable[[House], object]) -> list[Rows]:
    """What some work writes, without writing it."""
    store = place.store(url)
    try:
        with undone(store) as notebook:
            work(house_on(notebook, clock))
            return notebook.decisions
    finally:
        store.dispose()
