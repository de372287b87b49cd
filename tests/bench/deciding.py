"""Bulk advance: one decision of a committee for ten thousand items."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from qa_workflow.engine.commands import Fire
from qa_workflow.service.house import House
from qa_workflow.service.items import bulk
from qa_workflow.store.house import open_store
from qa_workflow.store.sql_store import SqlStore
from tests.bench import floor
from tests.bench.advancing import noted
from tests.bench.course import START, STEPS, Clock, house_on, make, move
from tests.bench.course import opened as open_item
from tests.bench.floor import Decided, Raw, Rows, Values, as_rows
from tests.bench.places import Place
from tests.bench.seeding import Pattern, copies
from tests.bench.timing import Compared, compare_all

ITEMS = 10_000
WARMING = 500
_STEP = 3
"""The step that may be taken in bulk."""


def waiting(place: Place, count: int) -> str:
    """A database full of items that wait for the decision."""
    url = place.databases.fresh()
    make(url)
    store, clock = open_store(url, synchronous="OFF"), Clock()
    house = house_on(store, clock)
    item = open_item(house, 1)
    for step in range(_STEP):
        item = move(house, clock, item, step).item
    store.dispose()
    raw = place.raw(url)
    raw.begin()
    copies(raw, Pattern(raw, item.id), range(2, count + 2))
    raw.commit()
    raw.close()
    place.settle(url)
    return url


def decide(place: Place, rounds: int, items: int = ITEMS) -> list[Compared]:
    """Fresh databases for each round: items can be decided only once."""
    clock = Clock(START + timedelta(days=30))
    opened: list[SqlStore | Raw] = []

    def product(number: int) -> Callable[[], None]:
        size = items if number >= 0 else WARMING
        store = place.store(waiting(place, size))
        opened.append(store)
        return partial(decided, house_on(store, clock), size)

    def bare(number: int, given: Callable[[Rows], Decided]) -> Callable[[], None]:
        size = items if number >= 0 else WARMING
        url = waiting(place, size)
        written = [given(rows) for rows in noted(place, url, clock, lambda house: decided(house, size))]
        place.settle(url)
        raw = place.raw(url)
        opened.append(raw)
        return partial(floor.bulk, raw, written, bulk.BATCH)

    try:
        return compare_all(rounds, product, [partial(bare, given=as_rows), partial(bare, given=Values.of)])
    finally:
        for each in opened:
            each.dispose() if isinstance(each, SqlStore) else each.close()


def decided(house: House, size: int) -> None:
    """The decision."""
    step = STEPS[_STEP]
    names = [(f"{n:032x}", None) for n in range(2, size + 2)]
    outcomes = bulk.advance(house, names, bulk.Bulk(Fire(step.trigger, bulk=True), step.actor))
    refused = [outcome for outcome in outcomes if outcome.refusal is not None]
    if refused:
        raise AssertionError(f"{len(refused)} were refused: {refused[0].refusal}")
