"""Whatever is changed behind the program's back is found by `verify`, with its place, and not only the first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Delete, Update, delete, func, insert, select, update

from qa_workflow.clock import to_micros
from qa_workflow.engine.commands import Fire, Record
from qa_workflow.service.ports.store import Scheduled, Settled
from qa_workflow.store import FileDocuments, open_store
from qa_workflow.store.proof.findings import Finding
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.statements import (
    DEFINITION,
    DOCUMENT,
    EVENT,
    HOUSE,
    INCIDENT,
    ITEM,
    MEETING,
    OUTBOX,
    RECORD,
    REQUEST,
    SEARCHABLE,
    STEP,
    TIMER,
    WAITING,
)
from tests.databases import Prepare
from tests.store.office import START, Office, Opened, at, make
from tests.store.tampering import behind, one_byte, rewrite, row_of


def at_work(url: str) -> None:
    """Three items at different places: every table has rows, and others stay untouched beside what is changed."""
    make(url)
    office = Office(open_store(url))
    office.through(1)
    office.open(2)
    name = office.open(3, note="third", cycle="paper/3").reference
    office.fire(name, "submit")
    office.fire(name, "check", "rob")
    office.fire(name, "read")
    assert verify(office.store).sound
    office.store.dispose()


@pytest.fixture
def busy(prepared_database: Callable[[Prepare], str], opened: Opened) -> Office:
    return opened(prepared_database(at_work))


def found(office: Office, *, deep: bool = True) -> tuple[Finding, ...]:
    return verify(office.store, deep=deep).findings


@pytest.mark.parametrize("column", ["at", "body", "hash", "seq", "item_id"])
@pytest.mark.parametrize("seq", [1, 3, 7])
def test_a_byte_changed_in_an_event_is_found_with_its_place(busy: Office, column: str, seq: int) -> None:
    with behind(busy) as connection:
        row = row_of(connection, "P/1")
        one = (EVENT.c.item_id == row, EVENT.c.seq == seq)
        value = connection.execute(select(EVENT.c[column]).where(*one)).scalar_one()
        changed = {"seq": 99, "item_id": 99}.get(column) or one_byte(value)
        connection.execute(update(EVENT).where(*one).values({column: changed}))
    findings = found(busy)
    assert ("item P/1", seq) in {(f.place, f.number) for f in findings}
    assert not any(f.place in ("item P/2", "item P/3") for f in findings)
    if column in ("body", "hash"):
        assert f"event.{column}" in {f.where for f in findings}


def test_a_number_changed_in_the_last_event_is_found_by_the_chains_alone(busy: Office) -> None:
    """Its bytes and hash are as they were, and it is still the last: nothing but the number tells."""
    with behind(busy) as connection:
        row = row_of(connection, "P/1")
        last = select(func.max(EVENT.c.seq)).where(EVENT.c.item_id == row).scalar_subquery()
        connection.execute(update(EVENT).where(EVENT.c.item_id == row, EVENT.c.seq == last).values(seq=99))
    assert ("item P/1", "event.seq") in {(f.place, f.where) for f in found(busy, deep=False)}


@pytest.mark.parametrize(
    "column", [c.name for c in ITEM.c if c.name not in ("id", "next_at", "due_at", "cycle", "ended_at")]
)
def test_a_byte_changed_in_an_items_row_is_found_with_its_column(busy: Office, column: str) -> None:
    with behind(busy) as connection:
        value = connection.execute(select(ITEM.c[column]).where(ITEM.c.reference == "P/3")).scalar_one()
        changed = "paper" if value is None else one_byte(value)
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/3").values({column: changed}))
    findings = found(busy)
    if column == "key":
        assert any(f.where == "item.key" for f in findings)
        return
    place = f"item {one_byte('P/3')}" if column == "reference" else "item P/3"
    assert {f.place for f in findings} == {place}
    assert any(f.where.startswith((f"item.{column}", f"event or item.{column}")) for f in findings)


@pytest.mark.parametrize("column", ["next_at", "due_at"])
@pytest.mark.parametrize("value", [None, 1])
def test_a_deadline_taken_away_or_moved_in_an_items_row_is_found(busy: Office, column: str, value: int | None) -> None:
    with behind(busy) as connection:
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/2").values({column: value}))
    assert [(f.place, f.where) for f in found(busy)] == [("item P/2", f"item.{column}")]


def test_an_item_that_was_put_off_is_looked_at_then_and_no_other_and_at_no_other_time(busy: Office) -> None:
    """What could not be decided is an incident; no other item may be hidden by that, nor this one for ever.

    Tried again, it is looked at when somebody said so; put off behind the program's back from then on, it is found.
    """

    said, until = START + timedelta(hours=1), START + timedelta(hours=2)
    with busy.store.writing() as unit:
        row = unit.take("P/2").row
        unit.put_off(row, until, "P/2: it cannot be decided")
    assert found(busy) == ()
    assert moved_behind(busy, "P/2", None) == ["item P/2"]
    assert moved_behind(busy, "P/3", to_micros(until)) == ["item P/3"]
    with busy.store.writing() as unit:
        unit.look_again(row, said)
        unit.settle(1, Settled("ann", said, "tried again", "the rule is mended"))
    assert found(busy) == ()
    assert moved_behind(busy, "P/2", to_micros(until)) == ["item P/2"]
    assert moved_behind(busy, "P/3", to_micros(said)) == ["item P/3"]


def moved_behind(office: Office, reference: str, next_at: int | None) -> list[str]:
    """What is found where the clock is made to look at an item at another time; and then it is put back."""
    one = ITEM.c.reference == reference
    with behind(office) as connection:
        before = connection.execute(select(ITEM.c.next_at).where(one)).scalar_one()
        connection.execute(update(ITEM).where(one).values(next_at=next_at))
    findings = found(office)
    with behind(office) as connection:
        connection.execute(update(ITEM).where(one).values(next_at=before))
    assert {f.where for f in findings} == {"item.next_at"}
    return [f.place for f in findings]


@pytest.mark.parametrize("where", range(0, 400, 37))
def test_any_byte_of_an_items_state_counts(busy: Office, where: int) -> None:
    with behind(busy) as connection:
        state = connection.execute(select(ITEM.c.state).where(ITEM.c.reference == "P/3")).scalar_one()
        state = state[:where] + chr(ord(state[where]) ^ 1) + state[where + 1 :]
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/3").values(state=state))
    assert [f.where.partition(",")[0] for f in found(busy)] == ["item.state"]


@pytest.mark.parametrize(("fixed", "places"), [("false", []), ("true", ["item.state, visits"])])
def test_a_state_as_0_1_wrote_it_is_the_same_item(busy: Office, fixed: str, places: list[str]) -> None:
    """It wrote of each due date that it is not fixed, which is left out now; that it is fixed would be another date."""
    with behind(busy) as connection:
        state = connection.execute(select(ITEM.c.state).where(ITEM.c.reference == "P/2")).scalar_one()
        changed, times = re.subn(r'("first_at":"[^"]+")', rf'\1,"fixed":{fixed}', state)
        assert times
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/2").values(state=changed))
    assert [f.where for f in found(busy)] == places


@pytest.mark.parametrize(
    ("column", "value"),
    [("about", "a second nota"), ("is_undisclosed", True), ("workflow", "x"), ("subject", "x"), ("reference", "p/2")],
)
def test_what_an_item_is_found_by_is_held_against_its_history(busy: Office, column: str, value: object) -> None:
    """Or it could be hidden from every search."""
    with behind(busy) as connection:
        row = row_of(connection, "P/1")
        connection.execute(update(SEARCHABLE).where(SEARCHABLE.c.item_id == row).values({column: value}))
    assert {(f.place, f.where) for f in found(busy)} == {("item P/1", f"searchable.{column}")}


def test_an_item_that_no_search_finds_is_missed(busy: Office) -> None:
    """And a row that belongs to none."""
    with behind(busy) as connection:
        connection.execute(update(SEARCHABLE).where(SEARCHABLE.c.reference == "p/2").values(item_id=99))
    assert {(f.place, f.where) for f in found(busy)} == {
        ("item P/2", "searchable"),
        ("table 'searchable'", "searchable.item_id"),
    }


@pytest.mark.parametrize("column", ["fire_at", "visit", "name", "item_id"])
def test_a_byte_changed_in_a_timer_is_found(busy: Office, column: str) -> None:
    """Not only in the one that fires first."""
    with behind(busy) as connection:
        row = row_of(connection, "P/2")
        last = select(TIMER).where(TIMER.c.item_id == row).order_by(TIMER.c.fire_at.desc()).limit(1)
        timer = connection.execute(last).one()
        one = (TIMER.c.item_id == row, TIMER.c.visit == timer.visit, TIMER.c.name == timer.name)
        value = 99 if column == "item_id" else one_byte(getattr(timer, column))
        connection.execute(update(TIMER).where(*one).values({column: value}))
    findings = found(busy)
    assert "item P/2" in {f.place for f in findings}
    assert all(f.where.startswith("timer") for f in findings)


def test_a_timer_taken_away_is_missed(busy: Office) -> None:
    """An item that nobody would look at again."""
    with behind(busy) as connection:
        connection.execute(delete(TIMER))
    assert {(f.place, f.what.split()[-1]) for f in found(busy)} == {("item P/2", "missing"), ("item P/3", "missing")}


@pytest.mark.parametrize("column", ["due_at", "first_at", "stage", "owner"])
def test_a_date_changed_in_a_step_is_found(busy: Office, column: str) -> None:
    """The overdue board reads it where an item is in several stages."""
    step_there(busy)
    with behind(busy) as connection:
        step = connection.execute(select(STEP).order_by(STEP.c.due_at.desc()).limit(1)).one()
        one = (STEP.c.item_id == step.item_id, STEP.c.visit == step.visit)
        connection.execute(update(STEP).where(*one).values({column: one_byte(getattr(step, column))}))
    assert {(f.place, f.where) for f in found(busy)} == {("item P/4", "step")}


def test_a_step_taken_away_is_missed(busy: Office) -> None:
    """A branch that nobody would see to be late."""
    step_there(busy)
    with behind(busy) as connection:
        connection.execute(delete(STEP).where(STEP.c.visit == 2))
    assert [(f.place, f.what.split()[-1]) for f in found(busy)] == [("item P/4", "missing")]


def step_there(office: Office) -> None:
    """One more paper, in review: three dates at once."""
    office.open(4)
    office.fire("P/4", "submit")
    assert not found(office)


def test_a_timer_slipped_in_is_found(busy: Office) -> None:
    """The clock would make a step that nobody has asked for."""
    with behind(busy) as connection:
        row = row_of(connection, "P/2")
        timer = select(TIMER).where(TIMER.c.item_id == row).order_by(TIMER.c.fire_at.desc())
        last = connection.execute(timer).mappings().first()
        assert last is not None
        connection.execute(insert(TIMER).values({**last, "name": "another", "fire_at": last["fire_at"] + 1}))
    told = f"timer 'another' of visit {last['visit']} is there, and no event has set it"
    assert [(f.place, f.where, f.what) for f in found(busy)] == [("item P/2", "timer", told)]


def test_a_timer_on_a_visit_that_is_over_is_found(busy: Office) -> None:
    with behind(busy) as connection:
        row = row_of(connection, "P/1")
        connection.execute(insert(TIMER).values(item_id=row, visit=1, name="lapse", fire_at=1))
    assert any("that visit is over" in f.what for f in found(busy))


@pytest.mark.parametrize("column", ["payload", "recipient", "kind", "key"])
def test_a_letter_that_was_changed_before_it_left_is_found(busy: Office, column: str) -> None:
    with behind(busy) as connection:
        letter = connection.execute(select(OUTBOX).where(OUTBOX.c.item_id == row_of(connection, "P/3")).limit(1)).one()
        connection.execute(
            update(OUTBOX).where(OUTBOX.c.id == letter.id).values({column: one_byte(getattr(letter, column))})
        )
    findings = found(busy)
    assert {(f.place, f.number) for f in findings} == {("item P/3", letter.seq)}
    assert all(f.where.startswith("outbox") for f in findings)


def test_a_letter_taken_away_or_slipped_in_is_found(busy: Office) -> None:
    with behind(busy) as connection:
        row = row_of(connection, "P/2")
        first = connection.execute(select(OUTBOX).where(OUTBOX.c.item_id == row).limit(1)).one()
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == first.id).values(item_id=row_of(connection, "P/3")))
    findings = found(busy)
    assert {(f.place, f.what.partition(", ")[0].split()[-1]) for f in findings} == {
        ("item P/2", "missing"),
        ("item P/3", "there"),
    }


def test_a_meeting_waited_for_that_was_taken_away_is_found(busy: Office) -> None:
    with behind(busy) as connection:
        connection.execute(delete(WAITING))
    assert [(f.place, f.where) for f in found(busy)] == [("item P/3", "waiting")]


@pytest.mark.parametrize("column", ["at", "body", "hash", "seq", "stream"])
def test_a_byte_changed_in_the_houses_own_history_is_found(busy: Office, column: str) -> None:
    with behind(busy) as connection:
        one = (RECORD.c.stream == "openings:paper", RECORD.c.seq == 2)
        value = connection.execute(select(RECORD.c[column]).where(*one)).scalar_one()
        changed = 99 if column == "seq" else one_byte(value)
        connection.execute(update(RECORD).where(*one).values({column: changed}))
    assert ("history 'openings:paper'", 2) in {(f.place, f.number) for f in found(busy)}


@pytest.mark.parametrize(
    ("stream", "name"),
    [("openings:paper", b'"reference"'), ("definitions", b'"version"'), ("house", b'"data"'), ("plans", b'"next_at"')],
)
def test_a_line_that_no_longer_says_what_it_should_ends_no_proof(busy: Office, stream: str, name: bytes) -> None:
    """It can still be read; what is expected of it is not in it."""
    with busy.store.writing() as unit:
        unit.schedule(Scheduled("opens:paper", "paper", {}, START), START)
    assert found(busy) == ()
    with behind(busy) as connection:
        one = (RECORD.c.stream == stream, RECORD.c.seq == 1)
        body = bytes(connection.execute(select(RECORD.c.body).where(*one)).scalar_one())
        connection.execute(update(RECORD).where(*one).values(body=body.replace(name, one_byte(name))))
    assert f"history {stream!r}" in {f.place for f in found(busy)}


def test_an_item_taken_away_with_everything_about_it_is_missed(busy: Office) -> None:
    """The history of openings names it."""
    with behind(busy) as connection:
        row = row_of(connection, "P/2")
        for table in (EVENT, TIMER, WAITING, OUTBOX, SEARCHABLE):
            connection.execute(delete(table).where(table.c.item_id == row))
        connection.execute(delete(ITEM).where(ITEM.c.id == row))
    for deep in (True, False):
        assert [(f.place, f.what) for f in found(busy, deep=deep)] == [
            ("item P/2", "it was opened, and its row is not there")
        ]


def test_an_item_slipped_in_is_found(busy: Office) -> None:
    with behind(busy) as connection:
        row = dict(connection.execute(select(ITEM).where(ITEM.c.reference == "P/2")).mappings().one())
        del row["id"]
        connection.execute(insert(ITEM).values({**row, "key": "f" * 32, "reference": "P/9", "cycle": None}))
    findings = found(busy)
    assert {f.place for f in findings} == {"item P/9"}
    assert any("no history of openings" in f.what for f in findings)


def test_a_cut_tail_is_found_while_the_item_knows_better(busy: Office) -> None:
    with behind(busy) as connection:
        row = row_of(connection, "P/1")
        last = (
            connection.execute(select(EVENT.c.seq).where(EVENT.c.item_id == row).order_by(EVENT.c.seq.desc()))
            .scalars()
            .first()
        )
        connection.execute(delete(EVENT).where(EVENT.c.item_id == row, EVENT.c.seq == last))
    for deep in (True, False):
        assert ("item P/1", last) in {(f.place, f.number) for f in found(busy, deep=deep)}


@pytest.mark.parametrize("deep", [True, False])
def test_an_item_put_back_to_an_earlier_revision_is_found(busy: Office, deep: bool) -> None:
    """Its row says that the last step was never made, and its history goes on."""
    with behind(busy) as connection:
        head = select(EVENT.c.hash).where(
            EVENT.c.item_id == row_of(connection, "P/3"), EVENT.c.seq == ITEM.c.revision - 1
        )
        earlier = {"revision": ITEM.c.revision - 1, "head": head.scalar_subquery()}
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/3").values(earlier))
    assert "item.revision" in {f.where for f in found(busy, deep=deep)}


@pytest.mark.parametrize("reference", ["P/2", "P/3"])
def test_what_belongs_to_an_item_that_is_not_there_is_found(busy: Office, reference: str) -> None:
    """Whether others come after it or not."""
    with behind(busy) as connection:
        kept = {
            table.name
            for table in (EVENT, TIMER, WAITING, OUTBOX, STEP, SEARCHABLE)
            if connection.execute(select(table).where(table.c.item_id == row_of(connection, reference))).first()
        }
        connection.execute(delete(ITEM).where(ITEM.c.reference == reference))
    assert {f.place for f in found(busy)} == {f"item {reference}", *(f"table {name!r}" for name in kept)}
    assert kept >= {"event", "timer", "outbox", "searchable"}


def test_events_swapped_between_items_are_found(busy: Office) -> None:
    """Each history is chained from its own item's name."""
    with behind(busy) as connection:
        one, two = row_of(connection, "P/2"), row_of(connection, "P/3")
        for a, b in ((one, 1000), (two, one), (1000, two)):
            connection.execute(update(EVENT).where(EVENT.c.item_id == a).values(item_id=b))
    assert {f.place for f in found(busy, deep=False)} == {"item P/2", "item P/3"}


def test_a_forged_event_with_rightly_forged_hashes_no_longer_tells_the_items_row(busy: Office) -> None:
    """Unless the row is forged too: then only a checkpoint kept elsewhere can tell."""
    rewrite(busy, "P/3", lambda _, body: re.sub(rb'(?<="note":)\{"text-sha256":"[0-9a-f]+"\}', b'"other"', body))
    assert found(busy, deep=False) == ()
    assert [(f.place, f.where) for f in found(busy)] == [
        ("item P/3", "event.texts"),
        ("item P/3", "searchable.about"),
        ("item P/3", "item.state, fields"),
    ]


@pytest.mark.parametrize("column", ["source", "hash", "published_by", "published_at"])
def test_a_changed_definition_is_found(busy: Office, column: str) -> None:
    with behind(busy) as connection:
        value = connection.execute(select(DEFINITION.c[column]).where(DEFINITION.c.kind == "workflow")).scalar_one()
        connection.execute(update(DEFINITION).where(DEFINITION.c.kind == "workflow").values({column: one_byte(value)}))
    findings = found(busy)
    assert "workflow paper version 1" in {f.place for f in findings}
    if column == "source":
        assert any("was never published here" in f.what for f in findings)


def test_a_definition_slipped_in_or_taken_away_is_found(busy: Office) -> None:
    with behind(busy) as connection:
        connection.execute(update(DEFINITION).where(DEFINITION.c.kind == "workflow").values(version=7))
    assert {"workflow paper version 1", "workflow paper version 7"} <= {f.place for f in found(busy)}


@pytest.mark.parametrize(("name", "value"), [("id", "0" * 32), ("kind", "real")])
def test_the_houses_identity_cannot_be_changed(busy: Office, name: str, value: str) -> None:
    with behind(busy) as connection:
        connection.execute(update(HOUSE).where(HOUSE.c.name == name).values(value=value))
    assert f"house.{name}" in {f.where for f in found(busy)}


def test_a_house_whose_making_was_taken_from_its_history_is_found(busy: Office) -> None:
    """Otherwise nothing would be left to compare its identity with."""
    with behind(busy) as connection:
        connection.execute(delete(RECORD).where(RECORD.c.stream == "house", RECORD.c.seq == 1))
    assert any("when it was made is missing" in f.what for f in found(busy))


def test_a_meeting_moved_behind_the_back_is_found(busy: Office) -> None:
    with busy.store.writing() as unit:
        unit.move_meeting("board", "2027-04-28", START, "flooded")
        facts = {"body": "board", "key": "2027-04-28", "at": START.isoformat(), "reason": "flooded"}
        unit.record("meetings", START, "moved", facts)
    assert found(busy) == ()
    with behind(busy) as connection:
        connection.execute(update(MEETING).values(reason="a holiday"))
    assert [f.where for f in found(busy)] == ["meeting.reason"]
    with behind(busy) as connection:
        connection.execute(update(MEETING).values(at=MEETING.c.at + 1))
        connection.execute(insert(MEETING).values(body="board", key="2027-05-26", at=None, reason=""))
    assert [f.where for f in found(busy)] == ["meeting.at", "meeting"]
    with behind(busy) as connection:
        connection.execute(delete(MEETING))
    assert [f.what for f in found(busy)] == ["it was moved, and its new time is not there"]


@pytest.mark.parametrize(("column", "value"), [("key", "other"), ("answer", "{}"), ("answer", "not JSON"), ("at", 1)])
def test_an_answer_that_was_changed_is_found(busy: Office, column: str, value: object) -> None:
    """Or the same request would be done again, or told of another item."""
    busy.now = at("2027-04-02T09:00")
    with busy.store.writing() as unit:
        taken = unit.take("P/2", "a-key")
        unit.save(busy.saving(taken, busy.decide(taken, Fire("submit"), "ann"), request="a-key"))
    assert found(busy) == ()
    with behind(busy) as connection:
        connection.execute(update(REQUEST).where(REQUEST.c.key == "a-key").values({column: value}))
    places = {(f.place, f.where) for f in found(busy)}
    assert ("item P/2", f"request.{column}") in places
    assert (column == "key") == (("request 'other'", "request.key or answer") in places)


@pytest.mark.parametrize("column", ["kind", "outcome", "settled_by", "settled_at", "reason"])
def test_a_settled_incident_that_was_changed_is_found(busy: Office, column: str) -> None:
    settle(busy)
    with behind(busy) as connection:
        value = connection.execute(select(INCIDENT.c[column])).scalar_one()
        connection.execute(update(INCIDENT).values({column: one_byte(value)}))
    assert [(f.place, f.where) for f in found(busy)] == [("incident 1", f"incident.{column}")]


@pytest.mark.parametrize(("column", "value"), [("what", "all is well"), ("item_id", 2), ("letter", "x"), ("at", 1)])
def test_an_incident_that_nobody_has_settled_is_as_it_arose(busy: Office, column: str, value: object) -> None:
    with busy.store.writing() as unit:
        unit.incident("errand", "it was refused", None, START)
    assert found(busy) == ()
    with behind(busy) as connection:
        connection.execute(update(INCIDENT).values({column: value}))
    assert [(f.place, f.where) for f in found(busy)] == [("incident 1", f"incident.{column}")]


def test_an_incident_that_nobody_has_settled_cannot_vanish(busy: Office) -> None:
    """Or what a person had to see to would never be seen."""
    with busy.store.writing() as unit:
        unit.incident("repeat", "when the next one opens cannot be worked out", None, START)
    with behind(busy) as connection:
        connection.execute(delete(INCIDENT))
    assert [(f.place, f.what) for f in found(busy)] == [("incident 1", "it arose (line 1), and it is not there")]


def test_an_incident_marked_as_settled_behind_the_back_is_found(busy: Office) -> None:
    """Or nobody would look after it any more, and nobody would have to answer for that."""
    with busy.store.writing() as unit:
        unit.incident("errand", "it was refused", None, START)
    settled = {"settled_at": 1, "settled_by": "ann", "outcome": "given up", "reason": "done by hand"}
    with behind(busy) as connection:
        connection.execute(update(INCIDENT).values(settled))
    told = "history 'incidents' does not know that it was settled"
    assert [(f.place, f.what) for f in found(busy)] == [("incident 1", told)]


def test_a_settled_incident_taken_away_or_settled_by_nobody_is_found(busy: Office) -> None:
    settle(busy)
    with behind(busy) as connection:
        connection.execute(update(INCIDENT).values(id=7))
    assert [f.place for f in found(busy)] == ["incident 7", "incident 1"]


def settle(office: Office) -> None:
    """An incident that somebody has given up."""
    with office.store.writing() as unit:
        unit.incident("errand", "it was refused", None, START)
        unit.settle(1, Settled("ann", START, "given up", "done by hand"))
    assert found(office) == ()


def test_a_letter_that_was_kept_from_leaving_is_found(busy: Office) -> None:
    """Given up by the program, an incident tells of it."""
    with behind(busy) as connection:
        first = connection.execute(select(OUTBOX.c.key).order_by(OUTBOX.c.id).limit(1)).scalar_one()
        connection.execute(update(OUTBOX).where(OUTBOX.c.key == first).values(next_at=None))
    assert [(f.place, f.where) for f in found(busy)] == [(f"letter {first}", "outbox.next_at")]


def test_letters_that_the_program_has_given_up_are_told_of_by_their_incident(busy: Office) -> None:
    """Several to one person would have left as one, and one incident tells of them."""
    with busy.store.writing() as unit:
        now = at("2027-06-01T09:00")
        waiting = unit.claim_letters(("message",), now, now, 100)
        unit.failed([letter.id for letter in waiting], None, "the address is refused", now)
    assert len(waiting) > len({letter.batch for letter in waiting}) > 1
    assert found(busy) == ()


def test_documents_are_held_against_their_hashes(busy: Office, tmp_path: Path) -> None:
    documents = FileDocuments(tmp_path / "documents")
    names = [documents.put(text) for text in (b"first", b"second")]
    with busy.store.writing() as unit:
        for name in names:
            unit.keep(name, 5, START)
    for name in names:
        busy.do("P/2", Record({"draft": {"sha256": name, "name": "draft.pdf", "size": 5}}))
    assert [f.where for f in verify(busy.store, documents=documents).findings] == ["document.size"]
    documents.path(names[0]).write_bytes(b"other")
    documents.path(names[1]).unlink()
    proof = verify(busy.store, documents=documents)
    assert proof.documents == 2
    assert {(f.place, f.where) for f in proof.findings} == {(f"document {n[:12]}…", "document") for n in names}
    assert found(busy) == ()


@pytest.mark.parametrize("change", [delete(DOCUMENT), update(DOCUMENT).values(attached_at=None)], ids=["gone", "idle"])
@pytest.mark.parametrize("field", ["draft", "annexes"])
def test_evidence_that_nobody_keeps_is_found(busy: Office, change: Delete | Update, field: str) -> None:
    """A row that is gone, or that says that nothing refers to the document: the next sweep would remove its bytes.

    Whether the document is by itself, or one of several.
    """
    with busy.store.writing() as unit:
        unit.keep("a" * 64, 5, START)
    kept = {"sha256": "a" * 64, "name": "draft.pdf", "size": 5}
    busy.do("P/2", Fire("submit", {field: kept if field == "draft" else [kept]}))
    assert not found(busy)
    with behind(busy) as connection:
        connection.execute(change)
    assert [(f.place, f.number, f.where) for f in found(busy)] == [("item P/2", 2, "document")]


def test_everything_is_found_in_one_run(busy: Office) -> None:
    with behind(busy) as connection:
        connection.execute(update(EVENT).where(EVENT.c.seq == 2).values(body=b"not even JSON"))
        connection.execute(update(ITEM).values(owner=" somebody "))
        connection.execute(delete(TIMER))
    findings = found(busy)
    assert {f.place for f in findings} == {"item P/1", "item P/2", "item P/3"}
    assert any(f.where == "event.body, byte 0" for f in findings)
    assert all(str(f).startswith(f.place) and f.where in str(f) for f in findings)


def test_progress_is_told_up_to_the_end(busy: Office) -> None:
    told: list[tuple[int, int]] = []
    proof = verify(busy.store, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (proof.events + proof.records,) * 2


def test_the_answer_says_what_was_looked_at(busy: Office) -> None:
    proof = verify(busy.store)
    assert str(proof).startswith("3 items, ")
    assert "internally consistent; not anchored" in str(proof)
    with behind(busy) as connection:
        connection.execute(update(ITEM).where(ITEM.c.reference == "P/2").values(owner=" somebody "))
    said = str(verify(busy.store))
    assert "1 thing does not prove itself; not anchored" in said
    assert "consistent" not in said
