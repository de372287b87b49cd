"""Items are written and read back: whole, once, and only by whoever saw the latest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from qa_workflow.engine import EVERYTHING, Timer, replay
from qa_workflow.engine.commands import Cancel, Comment
from qa_workflow.engine.item import Item
from qa_workflow.engine.timers import timers
from qa_workflow.service.ports.store import ItemQuery, Scheduled
from qa_workflow.service.refusals import AlreadyOpen, Stale, UnknownItem
from qa_workflow.store.proof.verifying import verify
from tests.store.office import Office, Opened


def read(office: Office, name: str) -> Item:
    with office.store.reading() as look:
        return look.item(name).item


def test_what_was_decided_is_what_is_read(office: Office) -> None:
    """By reference and by identifier."""
    made = office.open(1, note="first")
    moved = office.fire("P/1", "submit")
    assert read(office, "P/1") == moved
    assert read(office, made.id) == moved


def test_replaying_the_stored_history_gives_the_item(office: Office) -> None:
    end = office.through(1)
    with office.store.reading() as look:
        events = look.events("P/1", EVERYTHING)
    assert [e.seq for e in events] == list(range(1, end.revision + 1))
    assert replay(events) == end


def test_a_whole_life_leaves_nothing_that_does_not_prove_itself(office: Office) -> None:
    """Timers, letters and meetings waited for are those of the history, at every step and at the end."""
    office.through(1)
    office.open(2)
    office.fire("P/2", "submit")
    office.now += timedelta(days=40)
    while office.tick():
        pass
    proof = verify(office.store)
    assert proof.findings == ()
    assert (proof.items, proof.anchor.split(":")[0]) == (2, "not anchored")


def test_an_unknown_name_is_refused_with_the_nearest(office: Office) -> None:
    office.open(17)
    with pytest.raises(UnknownItem, match="did you mean 'P/17'"), office.store.writing() as unit:
        unit.take("P/71")
    with pytest.raises(UnknownItem), office.store.reading() as look:
        look.events("P/71", EVERYTHING)


def test_a_decision_about_an_older_revision_is_refused(office: Office) -> None:
    """Both saw revision 1; the second to write is told, and nothing of it is saved."""
    office.open(1)
    with office.store.writing() as unit:
        seen = unit.take("P/1")
    office.fire("P/1", "submit")
    with pytest.raises(Stale, match="P/1"), office.store.writing() as unit:
        unit.save(office.saving(seen, office.decide(seen, Comment("too late"), "ann")))
    assert read(office, "P/1").revision == 2
    assert verify(office.store).sound


def test_a_request_is_answered_once(office: Office) -> None:
    """The second time the answer comes with the item, before anything is decided."""
    item = office.open(1)
    office.do("P/1", Comment("once"), request="r1")
    with office.store.writing() as unit:
        assert unit.take("P/1", "r1").answer == f'{{"id":"{item.id}","revision":2,"found":1}}'
        assert unit.answer("r1") == f'{{"id":"{item.id}","revision":2,"found":1}}'
        assert unit.answer("r2") is None


def test_a_request_key_used_for_something_else_meanwhile_undoes_the_second(office: Office) -> None:
    """It may be tried again, and then finds the answer of the first."""
    office.open(1)
    office.open(2)
    office.do("P/1", Comment("once"), request="r1")
    with pytest.raises(Exception, match="undone") as refused:
        office.do("P/2", Comment("once"), request="r1")
    assert office.store.is_passing(refused.value)
    assert read(office, "P/2").revision == 1


def test_a_cycle_opens_once(office: Office) -> None:
    office.open(1, cycle="paper/north/2027")
    with pytest.raises(AlreadyOpen, match="P/2"):
        office.open(2, cycle="paper/north/2027")
    with pytest.raises(UnknownItem):
        read(office, "P/2")


def test_a_reference_is_given_once(office: Office) -> None:
    """Also within one transaction, which can go on with other items."""
    office.open(1)
    with office.store.writing() as unit:
        with pytest.raises(AlreadyOpen):
            office.opened(unit, 1)
        office.opened(unit, 2)
    assert read(office, "P/2").revision == 1
    assert verify(office.store).sound


def test_an_exception_undoes_the_transaction(office: Office) -> None:
    office.open(1)

    def work() -> None:
        with office.store.writing() as unit:
            taken = unit.take("P/1")
            unit.save(office.saving(taken, office.decide(taken, Comment("never"), "ann")))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert read(office, "P/1").revision == 1


def test_many_decisions_are_written_at_once(office: Office) -> None:
    with office.store.writing() as unit:
        for number in range(1, 31):
            office.opened(unit, number)
    office.now += timedelta(days=30)
    assert office.tick() == 30
    assert office.tick() == 0
    assert verify(office.store).sound


def test_a_branch_keeps_its_timers_when_the_other_moves(office: Office) -> None:
    """The clock next looks when the earliest of all that are left fires."""
    office.open(1)
    office.fire("P/1", "submit")
    office.fire("P/1", "check", "rob")
    with office.store.reading() as look:
        timers = list(look.timers())
    assert [t["name"] for t in timers] == ["overdue", "overdue"]
    assert timers[0]["fire_at"].startswith("2027-04-0")
    assert verify(office.store).sound


def test_an_item_put_off_is_looked_at_later_and_an_incident_says_why_once(office: Office) -> None:
    office.open(1)
    office.now += timedelta(days=30)
    for _ in range(2):
        with office.store.writing() as unit:
            (taken,) = unit.claim_due(office.now, 10)
            unit.put_off(taken.row, office.now + timedelta(hours=1), "P/1: cannot be decided")
        with office.store.writing() as unit:
            assert unit.claim_due(office.now, 10) == []
        office.now += timedelta(hours=2)
    with office.store.reading() as look:
        (incident,) = look.incidents()
    assert (incident["item"], incident["what"], incident["settled_at"]) == ("P/1", "P/1: cannot be decided", None)
    assert incident["at"].startswith("2027-04-06T08:00"), "when its people should have been reminded"
    assert verify(office.store).sound


def test_an_item_that_is_over_is_not_looked_at_again(office: Office) -> None:
    """Whoever lets an incident about it be done again wakes nothing."""
    office.open(1)
    office.do("P/1", Cancel("opened twice"), "rob")
    with office.store.writing() as unit:
        unit.look_again(unit.take("P/1").row, office.now)
        assert unit.claim_due(office.now, 10) == []
    assert verify(office.store).sound


def test_what_was_planned_for_another_time_meanwhile_stays_planned(office: Office) -> None:
    """Else the round that follows would be lost with the plan that was overtaken."""
    later = office.now + timedelta(days=1)
    with office.store.writing() as unit:
        unit.schedule(Scheduled("repeat:P/1", "paper", {}, later), office.now)
        assert not unit.unschedule("repeat:P/1", office.now, planned_for=office.now)
    with office.store.reading() as look:
        assert [(entry.name, entry.next_at) for entry in look.schedules()] == [("repeat:P/1", later)]
    with office.store.writing() as unit:
        assert unit.unschedule("repeat:P/1", office.now, planned_for=later)


def test_timers_worked_out_anew_are_on_record(office: Office) -> None:
    """A calendar changed around the item; the house's own history says so, and the proof holds."""
    office.open(1)
    with office.store.writing() as unit:
        taken = unit.take("P/1")
        later = [replace(t, fire_at=t.fire_at + timedelta(days=1)) for t in _timers(office, taken.item)]
        unit.rearm(taken, later)
    with office.store.reading() as look:
        assert min(t["fire_at"] for t in look.timers()) == "2027-04-07T08:00:00.000000Z"
        assert [f.due_at for f in look.items(ItemQuery())] == [look.item("P/1").due_at]
    assert verify(office.store).sound
    office.fire("P/1", "submit")
    assert verify(office.store).sound


def _timers(office: Office, item: Item) -> list[Timer]:
    return list(timers(office.workflow, item, item.visits[0], office.setting, office.now))


def test_a_process_that_opened_the_database_before_sees_what_another_wrote(
    office: Office, office_url: str, opened: Opened
) -> None:
    other = opened(office_url)
    office.open(1)
    assert read(other, "P/1") == read(office, "P/1")


def test_a_row_at_another_revision_is_not_overwritten(office: Office) -> None:
    """Even where no event of that number is in the way: the statement itself compares, and nothing of it stays."""
    with office.store.writing() as unit:
        office.opened(unit, 1)
    before = read(office, "P/1")

    def save() -> None:
        with office.store.writing() as unit:
            taken = unit.take("P/1")
            ahead = replace(taken, item=replace(taken.item, revision=5))
            unit.save(office.saving(ahead, office.decide(ahead, Comment("from another time"), "ann")))

    with pytest.raises(Stale, match="P/1 has moved on"):
        save()
    assert read(office, "P/1") == before
    assert verify(office.store).findings == ()
