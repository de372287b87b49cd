"""What is wrong with one thing that the clock does is told to a person, and holds up nothing else that it does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from qa_workflow.definition.governance import Person
from qa_workflow.engine import Actor, Decision, Item
from qa_workflow.engine.commands import Command
from qa_workflow.service.boards import figures
from qa_workflow.service.front import Engine
from qa_workflow.service.house import Work
from qa_workflow.service.items import errands, opening, uploads
from qa_workflow.service.items.changing import Changed
from qa_workflow.service.items.opening import Wish
from qa_workflow.service.ports.store import Message, Sending, Taken
from qa_workflow.service.telling import notices
from qa_workflow.service.time import cycles, daily, delivery, digest
from qa_workflow.store.faults import FileRefused
from qa_workflow.testing import FakeClock, Postbox
from tests.service.conftest import DEFINITIONS


@pytest.fixture
def item(office: Engine) -> Item:
    """Due on 16 April 2027."""
    return office.open("report", subject="north", period="2026-27 Q4", actor="ann")


def kinds(office: Engine, item: Item) -> list[str]:
    return [str(event.kind) for event in office.history(item.id)[1:]]


def told(office: Engine) -> list[str]:
    return [each.what for each in office.needing_a_person()]


def test_a_round_that_cannot_be_opened_again_stops_no_deadline(
    office: Engine, tmp_path: Path, clock: FakeClock
) -> None:
    """Its newest version is about a provider, and what followed the last round knows of none."""
    visits = office.advance(office.open("visits", actor="ann"), "go", actor="ann", fields={"sites": "Stroud"})
    office.advance(office.items(workflow="visit")[0], "finish", actor="ann")
    assert office.item(visits.id).status == "closed"
    changed = DEFINITIONS["visits.yaml"].replace("title: Site visits", "title: Site visits\nsubject: provider")
    (tmp_path / "definitions" / "visits.yaml").write_text(changed)
    office.publish([tmp_path / "definitions"], actor=None)
    clock.advance(days=360)
    office.tick()
    visit = office.open("visit", actor="ann")
    clock.advance(days=30)
    for _ in range(2):
        office.tick()
    assert "overdue" in kinds(office, visit)
    (what,) = [each for each in told(office) if each.startswith("visits")]
    assert what.startswith("visits, what follows V/1: it cannot be opened, and is tried again at each look: visits:")


def test_one_organisation_for_which_nothing_can_be_opened_keeps_no_other_waiting(
    office: Engine, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its item is opened once it can be; the period after waits until then."""
    opened = opening.opened

    def not_south(work: Work, wish: Wish) -> Changed:
        if wish.subject == "south":
            raise LookupError("there is no such page")
        return opened(work, wish)

    office.tick()
    clock.advance(days=100)
    with monkeypatch.context() as broken:
        broken.setattr(cycles, "opened", not_south)
        assert [office.tick().opened for _ in range(2)] == [1, 0]
    assert [each.title for each in office.needing_a_person()] == ["The clock could not open something"]
    assert office.tick().opened == 1
    assert {each.subject for each in office.items(workflow="report")} == {"united", "south"}


@pytest.mark.parametrize("fault", [AssertionError, AttributeError, RecursionError, LookupError])
def test_an_item_that_cannot_be_decided_for_whatever_reason_stops_no_deadline(
    office: Engine, item: Item, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    decide = Work.decide

    def not_this_one(work: Work, taken: Taken, command: Command, actor: Actor) -> Decision:
        if taken.item.id == item.id:
            raise fault("that cannot be")
        return decide(work, taken, command, actor)

    other = office.open("report", subject="south", period="2026-27 Q4", actor="ann")
    clock.advance(days=20)
    with monkeypatch.context() as broken:
        broken.setattr(Work, "decide", not_this_one)
        assert office.tick().put_off == 1
    assert "overdue" in kinds(office, other)
    assert told(office) == [f"{item.reference}: what time does to it cannot be decided: that cannot be"]


def test_files_that_cannot_be_removed_keep_no_letter_waiting(
    office: Engine, item: Item, clock: FakeClock, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise FileRefused("the folder", "it is read-only")

    monkeypatch.setattr(uploads, "clear", refused)
    clock.advance(days=20)
    with pytest.raises(FileRefused):
        office.tick()
    assert any(item.reference in each.text for each in postbox.messages)


def test_a_letter_that_cannot_be_written_keeps_no_other_waiting(
    office: Engine, item: Item, clock: FakeClock, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it wait for ever: after its last try a person is told."""
    written = notices.Desk.mail

    def not_to_ann(desk: notices.Desk, group: Sequence[Sending], reader: Person) -> Message:
        if reader.name == "ann":
            raise KeyError("no such stage")
        return written(desk, group, reader)

    monkeypatch.setattr(notices.Desk, "mail", not_to_ann)
    clock.advance(days=20)
    for _ in range(len(delivery.WAITS) + 2):
        office.tick()
        clock.advance(hours=13)
    assert item.reference in postbox.messages[0].text
    recipients = {each.recipient for each in postbox.messages}
    assert ("amy" in recipients, "ann" in recipients) == (True, False)
    assert any("it cannot be written" in each.what for each in office.needing_a_person())


@pytest.mark.usefixtures("item")
@pytest.mark.parametrize(
    ("made", "told"),
    [
        ((digest, "letters"), "The digest could not be written"),
        ((figures, "worked_out"), "The figures could not be worked out"),
    ],
)
def test_what_cannot_be_made_of_a_day_keeps_no_letter_waiting(  # noqa: PLR0917  fixtures
    office: Engine,
    clock: FakeClock,
    postbox: Postbox,
    monkeypatch: pytest.MonkeyPatch,
    made: tuple[object, str],
    told: str,
) -> None:
    def none(*_: object) -> object:
        raise LookupError("no such page")

    daily.plan(office._house)
    monkeypatch.setattr(*made, none)
    clock.advance(days=20)
    for _ in range(2):
        office.tick()
    assert postbox.messages
    assert [each.title for each in office.needing_a_person()] == [told]


def test_word_between_items_that_cannot_be_given_keeps_no_other_waiting(
    office: Engine, item: Item, clock: FakeClock, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise KeyError("no such stage")

    visits = office.open("visits", actor="ann")
    with monkeypatch.context() as broken:
        broken.setattr(errands, "_open", lost)
        office.advance(visits, "go", actor="ann", fields={"sites": "Stroud"})
    clock.advance(days=20)
    office.tick()
    assert "overdue" in kinds(office, item)
    assert postbox.messages
    assert any("waits for a sub-item that was not opened" in each.what for each in office.needing_a_person())
