"""The benchmark's floor does the same work: after it, the same rows stand in every table as after the product."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from qa_workflow.clock import to_micros
from qa_workflow.engine.item import instant
from qa_workflow.service.time import sweep as sweeping
from qa_workflow.store.house import open_store
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.tables import metadata
from tests.bench import floor
from tests.bench.advancing import in_parts, noted, noted_walk, walk
from tests.bench.course import START, STEPS, Clock, house_on, make, move, opened
from tests.bench.floor import Decided, Rows
from tests.bench.places import Place
from tests.bench.seeding import Pattern, copies, openings
from tests.databases import Databases


def two_items(url: str) -> None:
    """Two items that have just been opened."""
    make(url)
    store = open_store(url)
    for number in range(2):
        opened(house_on(store, Clock()), number)
    store.dispose()


@pytest.fixture
def place(databases: Databases) -> Place:
    return Place(databases.kind, databases)


def rows(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in a database about items.

    Left out are the outbox's running numbers, where one that is taken back leaves a gap, the numbers of transactions,
    and the two lines in which the sweep notes when it last looked and what it did.
    """
    found = {}
    with store.looking() as connection:
        for table in metadata.sorted_tables:
            columns = [c for c in table.c if not c.info and (table.name, c.name) != ("outbox", "id")]
            rows = (tuple(row) for row in connection.execute(select(*columns)))
            found[table.name] = sorted((row for row in rows if row[0] not in ("clock_looked", "last_sweep")), key=repr)
    return found


@pytest.fixture(params=[floor.as_rows, floor.Values.of], ids=["rows", "values"])
def given(request: pytest.FixtureRequest) -> Callable[[Rows], Decided]:
    """What a floor is handed: rows, or values of which it makes the same rows."""
    found: Callable[[Rows], Decided] = request.param
    return found


def test_the_floor_of_the_advance_leaves_the_same_rows(place: Place, given: Callable[[Rows], Decided]) -> None:
    """Every event byte for byte, every timer, letter and answer."""
    ours, theirs = place.databases.prepared(two_items), place.databases.prepared(two_items)
    (items,) = in_parts(place, ours, 1, 2)
    written = [given(rows) for rows in noted_walk(place, theirs, items)]
    product, untouched = place.store(ours), place.store(theirs)
    clock = Clock()
    before = rows(product)
    assert rows(untouched) == before
    walk(house_on(product, clock), clock, items)
    raw = place.raw(theirs)
    floor.advance_all(raw, written)
    raw.close()
    after = rows(product)
    assert len(after["event"]) == len(before["event"]) + len(items) * len(STEPS)
    assert rows(untouched) == after
    product.dispose()
    untouched.dispose()


def test_the_floor_of_the_sweep_leaves_the_same_rows(place: Place, given: Callable[[Rows], Decided]) -> None:
    """What falls due is claimed and written by both."""
    ours, theirs = place.databases.prepared(two_items), place.databases.prepared(two_items)
    (items,) = in_parts(place, ours, 1, 2)
    due = items[0].due()
    assert due is not None
    clock = Clock(instant(due.at) + timedelta(minutes=1))
    written = [given(rows) for rows in noted(place, theirs, clock, sweeping.sweep)]
    product, untouched = place.store(ours), place.store(theirs)
    assert sweeping.sweep(house_on(product, clock)).items == len(items)
    raw = place.raw(theirs)
    floor.sweep(raw, written, to_micros(clock.now()), sweeping.BATCH)
    raw.close()
    assert rows(untouched) == rows(product)
    product.dispose()
    untouched.dispose()


def test_copied_items_verify(place: Place) -> None:
    """What a full house is made of would pass as moved by the engine itself."""
    url = place.databases.fresh()
    make(url)
    store, clock = place.store(url), Clock()
    house = house_on(store, clock)
    item = opened(house, 1)
    for step in range(len(STEPS)):
        item = move(house, clock, item, step).item
    raw = place.raw(url)
    raw.begin()
    copies(raw, Pattern(raw, item.id), range(2, 5))
    openings(raw, "course", range(2, 5), to_micros(START))
    raw.commit()
    raw.close()
    proof = verify(store)
    assert proof.findings == ()
    assert proof.items == 4
    store.dispose()
