"""What a transaction writes beside items: histories of the house, letters, schedules, numbers."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from msgspec.structs import replace

from qa_workflow.engine.commands import Comment
from qa_workflow.service.ports.store import Definition, Letter, Scheduled
from qa_workflow.store.proof.verifying import verify
from tests.store.office import START, WORKFLOW, Office

MESSAGE = ("message",)


def test_going_back_to_an_earlier_text_adds_a_version(office: Office) -> None:
    """The same bytes may be published again; items that pin their hash find them."""
    other = WORKFLOW + b"# another\n"
    hashes = [sha256(t).hexdigest() for t in (WORKFLOW, other)]
    with office.store.writing() as unit:
        unit.publish(Definition(hashes[1], "workflow", "paper", 2, other, START, "amy"))
        unit.publish(Definition(hashes[0], "workflow", "paper", 3, WORKFLOW, START, "ann"))
    with office.store.reading() as look:
        found = look.definition(hashes[0])
        assert found == Definition(hashes[0], "workflow", "paper", 3, WORKFLOW, START, "ann")
        assert [(d.name, d.version) for d in look.definitions()] == [
            ("testing", 1),
            ("paper", 1),
            ("paper", 2),
            ("paper", 3),
        ]
        assert look.definition("0" * 64) is None
    assert verify(office.store).sound


def test_a_moved_meeting_is_known_until_it_is_moved_again(office: Office) -> None:
    with office.store.writing() as unit:
        unit.move_meeting("board", "2027-04-28", START, "flooded")
        unit.move_meeting("board", "2027-05-26", None, "no business")
        unit.move_meeting("board", "2027-04-28", START + timedelta(days=1), "flooded still")
    with office.store.reading() as look:
        assert look.moved_meetings() == {
            ("board", "2027-04-28"): START + timedelta(days=1),
            ("board", "2027-05-26"): None,
        }


def test_items_that_wait_for_a_meeting_are_found(office: Office) -> None:
    for number in (2, 1):
        name = office.open(number).reference
        office.fire(name, "submit")
        office.fire(name, "check", "rob")
        office.fire(name, "read")
    with office.store.writing() as unit:
        rows = [unit.take(f"P/{n}").row for n in (2, 1)]
        assert unit.waiting_for("board", "2027-04-28") == sorted(rows)
        assert unit.waiting_for("board", "2027-05-26") == []
        assert unit.seated("board") == sorted(rows)
        assert unit.seated("panel") == []


def test_numbers_are_given_in_order_and_once_among_references_that_read_alike(office: Office) -> None:
    """Nobody learns from those of one organisation how many items others have."""
    with office.store.writing() as unit:
        assert [unit.number(f"ACT/{whose}/{{number}}") for whose in ("north", "north", "south")] == [1, 2, 1]
    with office.store.writing() as unit:
        assert unit.number("ACT/north/{number}") == 3


def test_numbers_go_on_after_the_greatest_that_is_in_use(office: Office) -> None:
    """They ran over all organisations once: what was opened then keeps its number, and nobody else gets it."""
    office.open(7)
    with office.store.writing() as unit:
        unit.set_house("number:paper", "3")  # as it was kept then, by workflow
        assert [unit.number("P/{number}"), unit.number("P/{number}"), unit.number("P_{number}")] == [8, 9, 1]


def test_a_schedule_has_one_next_time(office: Office) -> None:
    first = Scheduled("opens:paper", "paper", {"period": "2027-28"}, START)
    again = Scheduled("opens:paper", "paper", {"period": "2028-29"}, START + timedelta(days=365))
    with office.store.writing() as unit:
        unit.schedule(first, START)
        assert unit.claim_schedules(START - timedelta(seconds=1), 10) == []
        assert unit.claim_schedules(START, 10) == [first]
        unit.schedule(again, START)
    with office.store.reading() as look:
        assert look.schedules() == [again]
    with office.store.writing() as unit:
        unit.unschedule("opens:paper", START)
        assert unit.look().schedules() == []


def test_a_persons_letters_leave_as_one_batch_that_keeps_its_name(office: Office) -> None:
    """Though only one row was asked for; and when it failed, it goes again under the same name."""
    for number in (1, 2, 3):
        office.open(number)
    later, lease = office.now + timedelta(minutes=5), office.now + timedelta(minutes=1)
    with office.store.writing() as unit:
        first = unit.claim_letters(MESSAGE, office.now, lease, 1)
    assert {s.recipient for s in first} == {"ann"}
    assert len(first) == 3
    assert {s.batch for s in first} == {first[0].key}
    with office.store.writing() as unit:
        unit.failed([s.id for s in first], later, "no answer", office.now)
        others = unit.claim_letters(MESSAGE, office.now, lease, 10)
    assert {s.recipient for s in others} == {"amy"}
    office.open(4)
    with office.store.writing() as unit:
        unit.confirm([s.id for s in others], office.now)
        again = unit.claim_letters(MESSAGE, later, later, 100)
    assert {s.batch for s in again if s.attempts == 2} == {first[0].batch}
    assert {s.attempts for s in again} == {1, 2}


def test_a_lease_that_runs_out_lets_another_try(office: Office) -> None:
    office.open(1)
    lease = office.now + timedelta(seconds=60)
    with office.store.writing() as unit:
        assert len(unit.claim_letters(MESSAGE, office.now, lease, 10)) == 2
    with office.store.writing() as unit:
        assert unit.claim_letters(MESSAGE, lease - timedelta(seconds=1), lease, 10) == []
        assert unit.claim_letters(("webhook",), lease, lease, 10) == []
        assert len(unit.claim_letters(MESSAGE, lease, lease + timedelta(seconds=60), 10)) == 2


def test_a_lease_is_renewed_only_by_who_has_it(office: Office) -> None:
    """Not by who let it run out, though the other has sent nothing yet; and not for what has left."""
    office.open(1)
    lease = office.now + timedelta(seconds=60)
    with office.store.writing() as unit:
        mine = unit.claim_letters(MESSAGE, office.now, lease, 10)
        assert unit.renew(mine, lease)
    with office.store.writing() as unit:
        others = unit.claim_letters(MESSAGE, lease, lease + timedelta(seconds=60), 10)
        assert not unit.renew(mine, lease + timedelta(seconds=90))
        assert unit.renew(others, lease + timedelta(seconds=90))
        unit.confirm([others[0].id], lease)
        assert not unit.renew(others[:1], lease + timedelta(seconds=90))
        assert unit.renew(others[1:], lease + timedelta(seconds=90))


def test_a_letter_given_up_is_neither_done_nor_waiting(office: Office) -> None:
    office.open(1)
    with office.store.writing() as unit:
        claimed = unit.claim_letters(MESSAGE, office.now, office.now, 10)
        unit.failed([s.id for s in claimed], None, "no such mailbox", office.now)
    with office.store.reading() as look:
        assert {(row["next_at"], row["done_at"], row["error"]) for row in look.outbox()} == {
            (None, None, "no such mailbox")
        }


def test_facts_about_the_house_are_set_and_changed(office: Office) -> None:
    for value in ("a", "b"):
        with office.store.writing() as unit:
            unit.set_house("epoch", value)
        with office.store.reading() as look:
            assert look.house()["epoch"] == value


def test_a_document_is_listed_once(office: Office) -> None:
    for _ in range(2):
        with office.store.writing() as unit:
            unit.keep("a" * 64, 10, office.now)
    with office.store.looking() as connection:
        assert connection.exec_driver_sql("SELECT sha256, size FROM document").all() == [("a" * 64, 10)]


def test_a_document_for_an_item_that_is_still_to_be_opened_is_evidence(office: Office) -> None:
    """Sub-items are asked for in one transaction and opened in another, perhaps on another day."""
    office.open(1)
    with office.store.writing() as unit:
        unit.keep("a" * 64, 10, office.now)
        taken = unit.take("P/1")
        saving = office.saving(taken, office.decide(taken, Comment("one more"), "ann"))
        fields = {"plan": [{"sha256": "a" * 64, "name": "plan.pdf", "size": 10}]}
        errand = Letter(saving.decision.item.revision, 1, "open_sub_item", None, {"fields": fields})
        unit.save(replace(saving, letters=[errand]))
        assert unit.drop_unused(office.now + timedelta(days=9), 9) == []


@pytest.mark.parametrize(
    "what", ["UPDATE event SET at = 0", "DELETE FROM event", "UPDATE record SET at = 0", "DELETE FROM record"]
)
def test_the_database_itself_refuses_to_change_a_history(office: Office, what: str) -> None:
    office.open(1)
    with pytest.raises(Exception, match="added to, never changed"), office.store.connected() as connection:
        connection.exec_driver_sql(what)
    assert verify(office.store).sound
