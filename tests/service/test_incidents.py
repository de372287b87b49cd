"""What needs a person is settled by one who administers: tried again, or given up; with a reason, and on record."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from qa_workflow.engine import Actor, Decision, Item
from qa_workflow.engine.commands import Command
from qa_workflow.errors import UsageFault
from qa_workflow.service.front import Engine
from qa_workflow.service.house import Work
from qa_workflow.service.people import people
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
from qa_workflow.store.house import upgrade
from qa_workflow.store.migrations import HEAD
from qa_workflow.store.upkeep import Upkeep
from qa_workflow.testing import FakeClock, Postbox
from tests.service.late import board, house_of
from tests.store.tampering import as_of_0006, behind


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
    assert not settled.can_give_up
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
        (body,) = connection.execute(text("SELECT body FROM record WHERE stream = 'incidents' AND seq = 3")).scalars()
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


UNJUDGED = """
workflow: remarks
title: Remarks
reference: N/{number}
fields: {verdict: {type: text, label: The verdict}}
stages:
  waiting:
    title: Waiting
    owner: author
    transitions:
      close: {to: over, at: 3 working days after entry, when: verdict == 'fine'}
      drop: {to: over, by: chair}
  over: {end: completed}
"""


@pytest.fixture
def unjudged(office: Engine, clock: FakeClock, tmp_path: Path) -> str:
    """An item that the clock was to close, and could not: its condition reads a field that nobody has filled in."""
    file = tmp_path / "definitions" / "remarks.yaml"
    file.write_text(UNJUDGED)
    office.publish([file.parent], actor=None)
    reference = office.open("remarks", actor="ann").reference
    clock.advance(days=8)
    office.tick()
    return reference


def waiting(office: Engine) -> list[str]:
    return [each.what for each in office.needing_a_person() if each.kind == "waits"]


def test_what_time_could_not_move_needs_a_person_till_it_goes_on(
    office: Engine, clock: FakeClock, unjudged: str
) -> None:
    """It is due on no day, so that no other list would say it: "Nothing needs a person" would be untrue for ever."""
    (found,) = office.needing_a_person()
    assert (found.kind, found.item, found.can_retry, found.can_give_up) == ("waits", unjudged, False, True)
    assert found.what == (
        "N/1 waits for somebody at 'Waiting': its condition cannot be judged: field 'verdict' is not filled"
    )
    clock.advance(days=8)
    office.tick()
    assert len(waiting(office)) == 1, "said once"
    office.record(unjudged, {"verdict": "fine"}, actor="cher")
    assert waiting(office) == []
    (settled,) = office.needing_a_person(every=True)
    assert (settled.outcome, settled.settled_by) == ("went on", "system:engine")


def test_what_is_stuck_again_needs_a_person_again(office: Engine, clock: FakeClock, unjudged: str) -> None:
    office.record(unjudged, {"verdict": "fine"}, actor="cher")
    office.record(unjudged, {"verdict": ""}, actor="cher")
    clock.advance(days=8)
    office.tick()
    assert len(waiting(office)) == 1


@pytest.mark.parametrize("way", ["drop", "cancel"])
def test_what_somebody_has_moved_on_needs_nobody(office: Engine, unjudged: str, way: str) -> None:
    if way == "drop":
        office.advance(unjudged, "drop", actor="cher")
    else:
        office.cancel(unjudged, actor="cher", reason="opened by mistake")
    assert waiting(office) == []


def test_what_is_left_waiting_on_purpose_is_given_up_with_a_reason(
    office: Engine, clock: FakeClock, unjudged: str
) -> None:
    (found,) = office.needing_a_person()
    with pytest.raises(NothingToTry):
        office.retry_incident(found.number, actor="cher", reason="go on")
    office.give_up_incident(found.number, actor="cher", reason="the chair decides in May")
    clock.advance(days=8)
    office.tick()
    assert waiting(office) == []
    assert office.item(unjudged).status == "open"


def test_an_older_database_is_given_what_was_waiting(office: Engine, unjudged: str) -> None:
    """From before 0009, which told nobody of it after the one message."""
    store = office._house.store
    assert isinstance(store, SqlStore)
    with behind(office._house) as connection:  # type: ignore[arg-type]  # it has a store
        connection.execute(text("DELETE FROM incident"))
        connection.execute(text("DELETE FROM record WHERE stream = 'incidents'"))
        as_of_0006(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    assert upgrade(store.engine.url.render_as_string(hide_password=False)) == ("0006", HEAD)
    assert waiting(office) == ["N/1 waits for somebody; its history says why"]
    office.record(unjudged, {"verdict": "fine"}, actor="cher")
    assert waiting(office) == []


def test_the_overdue_board_names_what_could_not_go_on_by_itself(office: Engine, unjudged: str) -> None:
    """It has no date, and is late in every sense but that; who sees only their own is told of it by its people."""
    assert [each.reference for each in board(office).stuck] == [unjudged]
    assert [each.reference for each in board(office, stage="waiting").stuck] == [unjudged]
    assert board(office, workflow="report").stuck == []
    assert board(office, "nora").stuck == []


UNHEARD = """
workflow: plain
title: Plain
reference: P/{number}
subject: provider
fields: {helper: person}
stages:
  waiting:
    title: Waiting
    owner: contact
    due: 3 working days after entry
    remind: [1 working day before due]
    escalate: [{when: 1 working day after due, to: reviewer}, {when: 2 working days after due, to: deputy}]
    transitions: {close: {to: over, by: author}}
  over: {end: completed}
"""
KEPT = "  kept: {owner: author, transitions: {close: {to: over}}}\n"


def test_who_has_no_address_is_given_one_as_the_incident_says(office: Engine, tmp_path: Path, postbox: Postbox) -> None:
    """Also where the governance file does not have them, or has them without one."""
    folder = tmp_path / "definitions"
    (folder / "plain.yaml").write_text(UNHEARD)
    office.publish([folder], actor=None)
    office.open("plain", subject="south", actor="ann")
    office.tick()
    (found,) = office.needing_a_person()
    assert found.cause == (
        "saul has no address; give one under People, or by `qa-workflow person change saul --email ADDRESS`, "
        "then try again"
    )
    people.change(house_of(office), "saul", {"email": "saul@example.org"}, actor="cher", reason="")
    office.retry_incident(found.number, actor="cher", reason="saul has an address")
    office.tick()
    assert [message.recipient for message in postbox.messages] == ["saul"]


def test_what_time_tells_a_role_that_nobody_holds_needs_a_person(
    office: Engine, clock: FakeClock, tmp_path: Path, postbox: Postbox
) -> None:
    """Once for the stage, and for what only that role was to be told: nobody at all would learn that it is late."""
    folder = tmp_path / "definitions"
    (folder / "plain.yaml").write_text(UNHEARD)
    governance = folder / "governance.yaml"
    whole = governance.read_text()
    governance.write_text(re.sub(r"(?m)^  (saul|dev): {", r"  \1: {to: 2027-04-01, ", whole))
    office.publish([folder], actor=None)
    reference = office.open("plain", subject="south", actor="ann").reference
    for _ in range(12):
        clock.advance(days=1)
        office.tick()
    where = f"about {reference} at 'Waiting' was not delivered: "
    pages = "nobody holds the role 'contact' for it on this day; give it to somebody, who then finds it on their pages"
    told = "nobody holds the role 'deputy' for it on this day; give it to somebody, and tell them of it"
    waits, tell = found = office.needing_a_person()
    assert [each.what for each in found] == [
        f"word {where}{pages}",
        f"an escalation {where}{told}",
    ]
    assert {(each.title, each.item, each.can_retry, each.can_give_up) for each in found} == {
        ("Nobody to tell", reference, False, True)
    }
    assert [each.cause for each in found] == [pages, told]
    assert postbox.messages, "who holds the other role was told"
    governance.write_text(whole)
    office.publish([folder], actor=None)
    office.tick()
    assert office.needing_a_person() == [tell], "what was only to be told is for a person to tell"
    settled = {each.number: (each.outcome, each.reason) for each in office.needing_a_person(every=True)}
    assert settled[waits.number] == ("heard", "somebody has it on their pages now")


def test_what_nobody_was_told_of_is_settled_when_it_has_gone_on(
    office: Engine, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the latest on the next day, and looked at once a day; an item that is opened for nobody is one of these."""
    folder = tmp_path / "definitions"
    (folder / "plain.yaml").write_text(UNHEARD.replace("{close:", "{hand_over: {to: kept, by: author}, close:") + KEPT)
    governance = folder / "governance.yaml"
    governance.write_text(governance.read_text().replace("  saul: {title", "  saul: {to: 2027-04-01, title"))
    office.publish([folder], actor=None)
    over, elsewhere = (office.open("plain", subject="south", actor="ann").reference for _ in range(2))
    office.tick()
    assert [each.item for each in office.needing_a_person()] == [over, elsewhere]
    office.advance(over, "close", actor="ann")
    office.advance(elsewhere, "hand_over", actor="ann")
    clock.advance(days=1)
    office.tick()
    assert office.needing_a_person() == []
    assert [was.reason for was in office.needing_a_person(every=True)] == ["the item has gone on"] * 2
    monkeypatch.delattr(Upkeep, "unsettled")
    office.tick()


HIDDEN = "moved\u202e, as agreed"


@pytest.mark.parametrize(
    "deed",
    [
        lambda office: office.retry_incident(1, actor="cher", reason=HIDDEN),
        lambda office: office.move_meeting("board", date(2027, 4, 25), "2027-04-26", actor="cher", reason=HIDDEN),
        lambda office: office.ask_removal("R/2026-27-Q4/north", "note", actor="ann", reason=HIDDEN),
        lambda office: people.change(house_of(office), "saul", {"title": "Saul"}, actor="cher", reason=HIDDEN),
    ],
    ids=["incident", "meeting", "removal", "person"],
)
def test_a_reason_that_is_no_items_own_is_under_the_same_rule(office: Engine, deed: Callable[[Engine], object]) -> None:
    """The house's own histories are read like those of items, and what turns text round would be in them for good."""
    office.open("report", subject="north", period="2026-27 Q4", actor="ann", fields={"note": "note"})
    with pytest.raises(UsageFault, match="the reason cannot be taken: a character that cannot be seen"):
        deed(office)
