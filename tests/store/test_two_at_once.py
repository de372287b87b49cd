"""Two transactions at once, each lock by itself: who waits for whom, who is passed by, and what is refused at the end.

A lock lets the second wait, so that it decides on what the first has left. Where a lock is missing the comparison of
revisions still saves the item, at the price of a decision that was made for nothing and a person who is told to look
again; and where that is missing, the keys of the tables.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import IntegrityError

from qa_workflow.engine.commands import Comment
from qa_workflow.engine.item import Item
from qa_workflow.service.ports.store import Scheduled, Unit
from qa_workflow.store.faults import Locked
from qa_workflow.store.statements import EVENT, ITEM, OUTBOX, RECORD, REQUEST, SCHEDULE, TIMER, WAITING
from tests.store.office import START, Office, Opened

MESSAGE = ("message",)
SOON = START + timedelta(minutes=1)


@pytest.fixture
def offices(postgresql_url: str, opened: Opened) -> tuple[Office, Office]:
    """Two processes on one server, with three papers that are late."""
    both = opened(postgresql_url), opened(postgresql_url)
    for number in (1, 2, 3):
        both[0].open(number)
    for office in both:
        office.now = START + timedelta(days=60)
    return both


@pytest.mark.usefixtures("impatient")
def test_who_begins_to_write_has_a_file_alone(sqlite_url: str, opened: Opened) -> None:
    """Before it has read anything: two that had both read could neither of them write."""
    first, second = opened(sqlite_url), opened(sqlite_url)
    with first.store.writing(), pytest.raises(Locked), second.store.writing():
        pass
    with second.store.writing():
        pass


WAYS: dict[str, Callable[[Unit, Item], object]] = {
    "by reference": lambda unit, item: unit.take(item.reference),
    "by identifier": lambda unit, item: unit.take(item.id),
    "by row": lambda unit, item: unit.take_row(1),
    "with others": lambda unit, item: unit.take_all([item.id]),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("way", WAYS)
def test_an_item_that_was_taken_is_waited_for(postgresql_url: str, opened: Opened, way: str) -> None:
    """However it was taken: whoever comes second decides on what the first has left."""
    first, second = opened(postgresql_url), opened(postgresql_url)
    item = first.open(1)
    with first.store.writing() as unit:
        WAYS[way](unit, item)
        with pytest.raises(Locked):
            second.do("P/1", Comment("at the same time"))
    second.do("P/1", Comment("afterwards"))


@pytest.mark.usefixtures("impatient")
def test_two_sweeps_take_different_items_and_neither_waits(offices: tuple[Office, Office]) -> None:
    """What somebody works on is passed by, too; the next sweep looks at it."""
    now = offices[0].now
    with offices[0].store.writing() as first, offices[1].store.writing() as second:
        mine = [taken.item.reference for taken in first.claim_due(now, 2)]
        others = [taken.item.reference for taken in second.claim_due(now, 10)]
    assert (mine, others) == (["P/1", "P/2"], ["P/3"])


@pytest.mark.usefixtures("impatient")
def test_two_deliveries_take_different_letters_and_neither_waits(offices: tuple[Office, Office]) -> None:
    """The first takes all that wait for one person, the other what is left."""
    with offices[0].store.writing() as first, offices[1].store.writing() as second:
        mine = first.claim_letters(MESSAGE, START, SOON, 1)
        others = second.claim_letters(MESSAGE, START, SOON, 10)
    assert {letter.recipient for letter in mine} == {"ann"}
    assert {letter.recipient for letter in others} == {"amy"}
    assert (len(mine), len(others)) == (3, 3)


@pytest.mark.usefixtures("impatient")
def test_what_recurs_is_taken_by_one_and_passed_by_by_the_other(offices: tuple[Office, Office]) -> None:
    with offices[0].store.writing() as unit:
        unit.schedule(Scheduled("digest", "", {}, START), START)
    with offices[0].store.writing() as first, offices[1].store.writing() as second:
        assert [entry.name for entry in first.claim_schedules(START, 10)] == ["digest"]
        assert second.claim_schedules(START, 10) == []


@pytest.mark.parametrize(
    ("table", "unique"),
    [
        (ITEM, ["key"]),
        (ITEM, ["reference"]),
        (ITEM, ["cycle"]),
        (EVENT, ["item_id", "seq"]),
        (RECORD, ["stream", "seq"]),
        (TIMER, ["item_id", "visit", "name"]),
        (WAITING, ["body", "key", "item_id", "visit"]),
        (OUTBOX, ["key"]),
        (REQUEST, ["key"]),
        (SCHEDULE, ["name"]),
    ],
    ids=lambda value: value.name if isinstance(value, Table) else " ".join(value),
)
def test_the_tables_themselves_take_nothing_twice(office: Office, table: Table, unique: list[str]) -> None:
    """The last line, whatever a program does: a row that has only this in common with one that is there."""
    office.open(1, request="r1")
    for trigger, actor in (("submit", "ann"), ("check", "rob"), ("read", "ann")):
        office.fire("P/1", trigger, actor)
    office.open(2, cycle="paper/2")
    with office.store.writing() as unit:
        unit.schedule(Scheduled("digest", "", {}, START), START)
    with office.store.connected() as connection:
        there = connection.execute(select(table).where(*(table.c[name].is_not(None) for name in unique))).mappings()
        row = {name: value if name in unique else _other(value) for name, value in there.fetchall()[0].items()}
    with pytest.raises(IntegrityError, match=r"(?i)unique"), office.store.engine.begin() as connection:
        connection.execute(insert(table).values(row))


def _other(value: object) -> object:
    """Another value of that kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1000
        case str():
            return f"{value}, another"
    return value
