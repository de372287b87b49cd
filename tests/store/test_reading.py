"""Lists: what is late comes first and quickly, pages go on where the one before ended, names match whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text

from qa_workflow.clock import to_micros
from qa_workflow.engine.codec import item_to_json
from qa_workflow.engine.item import Item
from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.store.faults import ReadOnly
from qa_workflow.store.statements import ITEM
from tests.store.office import START, Office, Opened

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)


def fill(office: Office, count: int) -> None:
    """Items as rows alone: every tenth over, the others due one minute apart from each other, in a scattered order."""
    shared = {
        "version": 1,
        "definition": "d",
        "status": "open",
        "revision": 1,
        "head": b"",
        "opened_at": to_micros(START),
    }
    rows = []
    for number in range(count):
        key = f"{number:032x}"
        name = "paper" if number % 2 else "letter"
        over = number % 10 == 0
        due = None if over else to_micros(NOON + timedelta(minutes=(number * 7919) % count - count // 2))
        state = item_to_json(Item(key, f"N/{number}", name, 1, "d", None, None, "2027-04-01T09:00:00.000000Z"))
        rows.append(
            {
                **shared,
                "key": key,
                "reference": f"N/{number}",
                "workflow": name,
                "stage": " closed " if over else " review.facts board ",
                "owner": " reviewer ann " if number % 3 else " my_role ",
                "subject": "north" if number % 5 else "south",
                "due_at": due,
                "next_at": due,
                "state": state,
                "ended_at": to_micros(START) if over else None,
            }
        )
    with office.store.connected() as connection:
        connection.execute(insert(ITEM), rows)


@pytest.fixture
def full(office: Office) -> Office:
    fill(office, 400)
    return office


def references(office: Office, query: ItemQuery) -> list[str]:
    with office.store.reading() as look:
        return [found.item.reference for found in look.items(query)]


def count(office: Office, query: ItemQuery) -> int:
    with office.store.reading() as look:
        return look.count(query)


def test_the_longest_overdue_comes_first(full: Office) -> None:
    with full.store.reading() as look:
        found = look.items(ItemQuery(overdue_at=NOON, limit=500))
    due = [f.due_at for f in found if f.due_at is not None]
    assert due == sorted(due)
    assert len(due) == len(found) == count(full, ItemQuery(overdue_at=NOON)) == 180
    assert max(due) < to_micros(NOON)


@pytest.mark.parametrize("query", [ItemQuery(limit=7), ItemQuery(limit=7, overdue_at=NOON, workflow="paper")])
def test_pages_follow_each_other_without_gap_or_repeat(full: Office, query: ItemQuery) -> None:
    """A page begins after the row at which the one before ended, whatever was written meanwhile."""
    everything = references(full, ItemQuery(limit=1000, overdue_at=query.overdue_at, workflow=query.workflow))
    seen: list[str] = []
    after = None
    while True:
        with full.store.reading() as look:
            page = look.items(ItemQuery(query.workflow, overdue_at=query.overdue_at, limit=query.limit, after=after))
        seen += [found.item.reference for found in page]
        if len(page) < query.limit:
            break
        after = (page[-1].due_at or 0, page[-1].row)
    assert seen == everything


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (ItemQuery(), 400),
        (ItemQuery(workflow="paper"), 200),
        (ItemQuery(open_only=True), 360),
        (ItemQuery(status="open"), 400),
        (ItemQuery(status="held"), 0),
        (ItemQuery(stage="board"), 360),
        (ItemQuery(stage="facts"), 360),
        (ItemQuery(stage="review.facts"), 360),
        (ItemQuery(stage="review"), 0),
        (ItemQuery(stage="boar"), 0),
        (ItemQuery(stage="BOARD"), 0),
        (ItemQuery(owner="ann"), 266),
        (ItemQuery(owner="my_role"), 134),
        (ItemQuery(owner="my%role"), 0),
        (ItemQuery(owner="my-role"), 0),
        (ItemQuery(subject="south"), 80),
        (ItemQuery(subject="south", workflow="paper", owner="ann"), 27),
    ],
)
def test_names_match_whole_and_exactly(full: Office, query: ItemQuery, wanted: int) -> None:
    """A stage by its path or last name; no wildcards, and case counts, on both databases alike."""
    assert count(full, query) == wanted
    assert (
        len(references(full, ItemQuery(**{f: getattr(query, f) for f in query.__dataclass_fields__} | {"limit": 1000})))
        == wanted
    )


def test_the_agenda_of_a_meeting_is_counted(office: Office) -> None:
    office.through(1)
    for number in (2, 3):
        name = office.open(number).reference
        office.fire(name, "submit")
        office.fire(name, "check", "rob")
        office.fire(name, "read")
    with office.store.reading() as look:
        taken = look.taken(["board", "nobody"])
    assert list(taken.values()) == [2]
    assert {body for body, _ in taken} == {"board"}


def test_bare_rows_are_plain_values_with_instants_as_text(office: Office) -> None:
    office.open(1)
    office.fire("P/1", "submit")
    with office.store.reading() as look:
        timers, outbox = list(look.timers()), list(look.outbox())
    assert timers[0] == {"item": "P/1", "visit": 3, "name": "overdue", "fire_at": timers[0]["fire_at"]}
    assert timers[0]["fire_at"].endswith("Z")
    assert outbox[0]["item"] == "P/1"
    assert outbox[0]["payload"]["reference"] == "P/1"
    assert outbox[0]["next_at"] == "2027-04-01T09:00:00.000000Z"
    assert outbox[0]["done_at"] is None


def test_a_look_sees_one_moment(office: Office) -> None:
    """What is committed while it lasts is not part of it."""
    office.open(1)
    with office.store.reading() as look:
        before = look.count(ItemQuery())
        office.open(2)
        assert look.count(ItemQuery()) == before == 1
    assert count(office, ItemQuery()) == 2


def test_a_look_cannot_write_on_a_server(postgresql_url: str, opened: Opened) -> None:
    office = opened(postgresql_url)
    with pytest.raises(ReadOnly), office.store.looking() as connection:
        connection.execute(text("DELETE FROM meeting"))
