"""A house with a million open items: a sweep of the thousand that are due, and the first page of what is overdue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from qa_workflow.clock import to_micros
from qa_workflow.engine.item import instant
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.time import sweep as sweeping
from qa_workflow.store.house import open_store
from qa_workflow.store.proof.verifying import verify
from tests.bench import floor
from tests.bench.advancing import noted
from tests.bench.course import START, Clock, house_on, make, opened
from tests.bench.floor import Decided, Raw, Rows, Values, as_rows
from tests.bench.places import Place
from tests.bench.seeding import Pattern, copies
from tests.bench.timing import Compared, compare, compare_all

DUE = 1_000
"""Items that fall due together: one group."""
PAGE = 50
PAGES_A_ROUND = 40
_PAGE = "SELECT id, due_at, state FROM item WHERE due_at IS NOT NULL AND due_at < ? ORDER BY due_at, id LIMIT ?"


@dataclass(slots=True)
class Crowd:
    """A full database, and the instants just after which each group falls due; groups are used up in order."""

    url: str
    due: Iterator[datetime]
    last: datetime


def crowd(place: Place, items: int, groups: int) -> Crowd:
    """Fill a database: groups of items that fall due on different days, all others a year later."""
    url = place.databases.fresh()
    make(url)
    store, clock = open_store(url, synchronous="OFF"), Clock()
    house = house_on(store, clock)
    with house.looking() as (_, world):
        is_working = world.governance.calendar.is_working
    days = [day for n in range(2 * groups + 10) if is_working((day := START + timedelta(days=n)).date())]
    opening = [*days[:groups], START + timedelta(days=365)]
    patterns, due = [], []
    for number, clock.instant in enumerate(opening):
        item = opened(house, number)
        patterns.append(item.id)
        found = item.due()
        assert found is not None
        due.append(instant(found.at) + timedelta(minutes=1))
    store.dispose()
    if len(set(due[:-1])) != groups:
        raise AssertionError("groups fall due on the same day")
    raw = place.raw(url)
    if raw.is_sqlite:
        raw.rows("PRAGMA cache_size = -400000")
    raw.begin()
    row = len(opening) + 1
    for number, key in enumerate(patterns):
        size = DUE - 1 if number < groups else items - DUE * groups - 1
        copies(raw, Pattern(raw, key), range(row, row + size), history=False)
        row += size
    raw.commit()
    raw.close()
    place.settle(url)
    return Crowd(url, iter(due[:-1]), due[-2])


def sweep(place: Place, full: Crowd, rounds: int) -> list[Compared]:
    """Groups in turn for the product and for the floors, in the same full tables."""
    store, raw, clock = place.store(full.url), place.raw(full.url), Clock()
    house = house_on(store, clock)

    def product(_: int) -> Callable[[], object]:
        clock.instant = next(full.due)
        return partial(swept, house)

    def bare(_: int, given: Callable[[Rows], Decided]) -> Callable[[], object]:
        clock.instant = next(full.due)
        written = [given(rows) for rows in noted(place, full.url, clock, swept)]
        return partial(floor.sweep, raw, written, to_micros(clock.instant), sweeping.BATCH)

    try:
        return compare_all(rounds, product, [partial(bare, given=as_rows), partial(bare, given=Values.of)])
    finally:
        store.dispose()
        raw.close()


def swept(house: House) -> None:
    """One look by the clock, which must find one group."""
    found = sweeping.sweep(house)
    if found.items != DUE or found.put_off:
        raise AssertionError(f"{found.items} items were due and {found.put_off} put off, not {DUE} and none")


def first_page(place: Place, full: Crowd, rounds: int) -> Compared:
    """The fifty that have been overdue for longest."""
    store, raw = place.store(full.url), place.raw(full.url)
    engine = Engine(house_on(store, Clock(full.last)), {}, partial(verify, store))
    page = raw.text(_PAGE)

    def product(_: int) -> Callable[[], object]:
        return lambda: [engine.overdue(limit=PAGE) for _ in range(PAGES_A_ROUND)]

    def bare(_: int) -> Callable[[], object]:
        values = (to_micros(full.last), PAGE)
        return lambda: [bare_page(raw, page, values) for _ in range(PAGES_A_ROUND)]

    try:
        return compare(rounds, product, bare, PAGES_A_ROUND)
    finally:
        store.dispose()
        raw.close()


def bare_page(raw: Raw, page: str, values: tuple[int, int]) -> list[Any]:
    """The same rows, their stored state read as JSON and made into nothing."""
    return [(row, due, json.loads(state)) for row, due, state in raw.cursor.execute(page, values).fetchall()]
