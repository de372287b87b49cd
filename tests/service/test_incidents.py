"""What needs a person is settled by one who administers: tried again, or given up; with a reason, and on record."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from qa_workflow.engine import Actor, Decision, Item
from qa_workflow.engine.commands import Command
from qa_workflow.service.front import Engine
from qa_workflow.service.house import Work
from qa_workflow.service.ports.store import Taken
from qa_workflow.service.refusals import NotYours
from qa_workflow.service.time.incidents import (
    Incident,
    NothingToTry,
    ReasonNeeded,
    SettledAlready,
    UnknownIncident,
)
from qa_workflow.store import SqlStore
from qa_workflow.testing import FakeClock, Postbox


@pytest.fixture
def item(office: Engine) -> Item:
    return office.open("report", subject="north", period="2026-27 Q4", actor="ann")


def given_up(office: Engine, clock: FakeClock, postbox: Postbox) -> list[Incident]:
    """The mail server is away for a week."""
    postbox.broken = True
    for _ in range(9):
        office.tick()
        clock.advance(hours=13)
    postbox.broken = False
    return office.needing_a_person()


@pytest.mark.usefixtures("item")
def test_what_was_given_up_is_an_incident_for_each_person_it_was_for(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    found = given_up(office, clock, postbox)
    assert sorted(each.what.partition(" not delivered")[0] for each in found) == [
        "a notice for amy was",
        "a notice for ann was",
    ]
    assert {(each.title, each.can_retry) for each in found} == {("Message not delivered", True)}


@pytest.mark.usefixtures("item")
def test_tried_again_it_leaves_at_the_next_look(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    """Under the key it always had, and those of the other incident stay where they are."""
    first, second = given_up(office, clock, postbox)
    settled = office.retry_incident(first.number, actor="cher", reason="the mail server is back")
    assert (settled.outcome, settled.settled_by, settled.can_retry) == ("tried again", "cher", False)
    office.tick()
    assert [message.recipient for message in postbox.messages] == [first.what.split()[3]]
    assert [each.number for each in office.needing_a_person()] == [second.number]


@pytest.mark.usefixtures("item")
def test_what_fails_again_is_another_incident(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    first, second = given_up(office, clock, postbox)
    office.retry_incident(first.number, actor="cher", reason="the mail server is back")
    again = given_up(office, clock, postbox)
    assert [each.what for each in again] == [second.what, first.what]
    assert again[0].number == second.number


@pytest.mark.usefixtures("item")
def test_given_up_it_is_never_sent_and_stands_in_a_history(office: Engine, clock: FakeClock, postbox: Postbox) -> None:
    first, _ = given_up(office, clock, postbox)
    settled = office.give_up_incident(first.number, actor="cher", reason="told by telephone")
    office.tick()
    assert postbox.messages == []
    assert (settled.outcome, settled.reason) == ("given up", "told by telephone")
    store = office._house.store
    assert isinstance(store, SqlStore)
    with store.looking() as connection:
        (body,) = connection.execute(text("SELECT body FROM record WHERE stream = 'incidents'")).scalars()
    assert json.loads(body)["data"] == {
        "incident": first.number,
        "kind": "message",
        "outcome": "given up",
        "by": "cher",
        "reason": "told by telephone",
    }


@pytest.mark.usefixtures("item")
def test_an_incident_is_settled_once_by_whoever_may_with_a_reason(
    office: Engine, clock: FakeClock, postbox: Postbox
) -> None:
    first, _ = given_up(office, clock, postbox)
    with pytest.raises(NotYours, match="ann may not settle incidents; this is for: chair"):
        office.give_up_incident(first.number, actor="ann", reason="x")
    with pytest.raises(ReasonNeeded):
        office.give_up_incident(first.number, actor="cher", reason="  ")
    with pytest.raises(UnknownIncident, match="there is no incident 4711"):
        office.retry_incident(4711, actor="cher", reason="x")
    office.give_up_incident(first.number, actor="cher", reason="told by telephone")
    with pytest.raises(SettledAlready, match="given up by cher"):
        office.retry_incident(first.number, actor="cher", reason="after all")


def poisoned(monkeypatch: pytest.MonkeyPatch, item: Item) -> None:
    """Nothing can be decided about this item."""
    real = Work.decide

    def decide(work: Work, taken: Taken, command: Command, actor: Actor) -> Decision:
        if taken.item.id == item.id:
            raise ValueError("a rule that cannot be worked out")
        return real(work, taken, command, actor)

    monkeypatch.setattr(Work, "decide", decide)


def test_an_item_that_was_put_off_is_looked_at_at_once(
    office: Engine, item: Item, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in an hour, when the sweep would have come by itself."""
    clock.set("2027-04-19T09:00")
    with monkeypatch.context() as broken:
        poisoned(broken, item)
        assert office.tick().put_off == 1
    (found,) = office.needing_a_person()
    assert (found.title, found.item) == ("Time could not be worked out", item.reference)
    assert office.tick().items == 0
    office.retry_incident(found.number, actor="cher", reason="the rule is mended")
    assert office.tick().items == 1
    assert office.needing_a_person() == []


def test_what_was_given_up_is_not_told_again_every_hour(
    office: Engine, item: Item, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned(monkeypatch, item)
    clock.set("2027-04-19T09:00")
    office.tick()
    (found,) = office.needing_a_person()
    office.give_up_incident(found.number, actor="cher", reason="the item is to be cancelled")
    for _ in range(3):
        clock.advance(hours=2)
        assert office.tick().put_off == 1
    assert office.needing_a_person() == []


def test_what_has_nothing_to_be_done_again_can_only_be_given_up(office: Engine) -> None:
    """A sub-item was not opened because its cycle has one already."""
    with office._house.store.writing() as unit:
        unit.incident("errand", "a sub-item was not opened", None, office.now())
    (found,) = office.needing_a_person()
    assert not found.can_retry
    with pytest.raises(NothingToTry):
        office.retry_incident(found.number, actor="cher", reason="x")
    assert office.needing_a_person() == [found]
    office.give_up_incident(found.number, actor="cher", reason="opened by hand")
    assert office.needing_a_person() == []
