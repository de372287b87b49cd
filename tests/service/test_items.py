"""Items through the front door, on both databases: opened once, moved once, told who did what meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select

import qa_workflow
from qa_workflow.engine import Event, Item, Visit
from qa_workflow.engine.events import Kind
from qa_workflow.engine.refusals import Nonsense, NotAllowed, NotNow
from qa_workflow.errors import UsageFault
from qa_workflow.service.front import Engine
from qa_workflow.service.items import bulk, since
from qa_workflow.service.items.requests import KeyReused
from qa_workflow.service.refusals import AlreadyOpen, Stale, Unknown, UnknownItem
from qa_workflow.store.faults import NewerThanProgram
from qa_workflow.store.migrations import HEAD
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import EVENT, REQUEST
from qa_workflow.testing import FakeClock, engine_in
from tests.unit.engine.stage_play import GOVERNANCE


@pytest.fixture
def item(office: Engine) -> Item:
    """North Trust's report about the last quarter of 2026-27."""
    return office.open("report", subject="north", period="2026-27 Q4", actor="ann")


def test_an_item_is_found_by_reference_and_by_identifier(office: Engine, item: Item) -> None:
    assert item.reference == "R/2026-27-Q4/north"
    assert office.item(item.reference) == office.item(item.id) == item


def test_an_item_says_where_it_is_and_by_when_as_its_json_does(office: Engine, item: Item) -> None:
    """Whoever reads one in Python need not know of visits; several branches are several stages."""
    told = office.view(item)
    assert isinstance(item.due_on, date)
    assert (item.stage, item.due_on.isoformat()) == (told["stage"], told["due_on"])
    first, second = (Visit(number, stage, "2027-04-01T09:00:00Z") for number, stage in ((7, "a.x"), (8, "b.y")))
    parted = replace(item, visits=(first, second))
    assert (parted.stage, parted.due_on) == (("a.x", "b.y"), None)


def test_what_is_asked_of_an_item_takes_it_or_its_name(office: Engine, item: Item) -> None:
    """As every change of it does."""
    for ask in (office.explain, office.history, office.told, office.steps, office.view, office.workflow):
        assert ask(item) == ask(item.reference) == ask(item.id)


def test_the_package_shows_what_it_offers() -> None:
    """In completion and `help`, though neither is loaded before it is used."""
    offered = [name for name in dir(qa_workflow) if not name.startswith("_")]
    assert offered == ["Engine", "connect"] == qa_workflow.__all__
    assert all(getattr(qa_workflow, name) for name in offered)


@pytest.mark.usefixtures("item")
def test_a_cycle_opens_once(office: Engine) -> None:
    """One item for each workflow, subject and period; a second is refused, and nothing of it stays behind."""
    with pytest.raises(AlreadyOpen, match="exists already"):
        office.open("report", subject="North Trust", period="2026-27 q4", actor="ann")
    assert len(office.items()) == 1


def test_an_organisation_that_had_ended_before_a_period_is_not_asked_about_it(office: Engine) -> None:
    """Of the period in which it ended it still has something to say; later its successor has."""
    office.open("report", subject="north", period="2027-28 Q1", actor="ann")
    with pytest.raises(Nonsense, match=r"North Trust ended on 30 June 2027, before 2027-28 Q2 began .*'united' is its"):
        office.open("report", subject="north", period="2027-28 Q2", actor="ann")


def test_who_names_no_organisation_is_offered_those_of_today(office: Engine, clock: FakeClock) -> None:
    """North Trust is part of United Trust from July on."""
    for gone_by in (0, 100):
        clock.advance(days=gone_by)
        with pytest.raises(Nonsense, match="about one provider; say which: ") as refused:
            office.open("report", period="2026-27 Q4", actor="ann")
        offered = str(refused.value).partition("say which: ")[2].split(", ")
        assert ("north" in offered, "united" in offered) == (not gone_by, bool(gone_by))


def test_unknown_names_are_refused_with_the_nearest_known(office: Engine, item: Item) -> None:
    with pytest.raises(Unknown, match="did you mean 'north'"):
        office.open("report", subject="nort", period="2026-27 Q4", actor="ann")
    with pytest.raises(UnknownItem, match="did you mean 'R/2026-27-Q4/north'"):
        office.item("R/2026-27-Q4/nort")
    with pytest.raises(Unknown, match="person"):
        office.advance(item, "skip", actor="bob")
    with pytest.raises(UsageFault, match="Q1"):
        office.open("report", subject="south", period="2026-27 Q5", actor="ann")


def test_who_names_no_period_is_shown_one_of_the_kind(tmp_path: Path) -> None:
    """A quarter is no example of a year."""
    workflows = tmp_path / "workflows"
    workflows.mkdir()
    (workflows / "governance.yaml").write_bytes(GOVERNANCE)
    stages = "{a: {owner: author, transitions: {do: {to: b}}}, b: {end: over}}"
    yearly = f"{{workflow: yearly, title: Y, period: financial_year, stages: {stages}}}"
    (workflows / "yearly.yaml").write_text(yearly)
    engine = engine_in(tmp_path, workflows)
    with pytest.raises(Nonsense, match='about one financial year; say which, as "2026-27"'):
        engine.open("yearly", actor="ann")


def test_a_person_who_looked_at_an_older_revision_is_told_what_happened(office: Engine, item: Item) -> None:
    office.advance(item, "skip", actor="amy")
    with pytest.raises(Stale, match="amy did 'skip'") as refused:
        office.advance(item, "skip", actor="ann")
    assert (refused.value.seen, refused.value.revision) == (1, 2)


def test_what_time_did_meanwhile_is_told_in_words(office: Engine, item: Item, clock: FakeClock) -> None:
    clock.advance(days=60)
    office.tick()
    with pytest.raises(Stale) as refused:
        office.advance(item, "skip", actor="ann")
    assert refused.value.meanwhile
    assert all(told.startswith("the clock ") and " did '" not in told for told in refused.value.meanwhile)


@pytest.mark.parametrize("kind", Kind)
def test_whatever_happened_meanwhile_has_words(kind: Kind) -> None:
    """A step and a vote are told by the word that one types; all else without a word of the program's own."""
    told = since.told(Event(2, "2027-04-06T09:00:00Z", "ruth", kind, "rob", "skip"), "Europe/London")
    assert told.startswith("ruth, for rob, ")
    assert ("'skip'" in told) == (kind in {Kind.MOVED, Kind.VOTED})
    assert "_" not in told


def test_an_answer_is_kept_only_where_it_can_be_asked_for_again(office: Engine, item: Item, clock: FakeClock) -> None:
    """What came without a key has none in its event either, whoever asked: a person, a body for many, the clock."""
    store = office._house.store
    assert isinstance(store, SqlStore)
    clock.advance(days=100)
    office.tick()
    assert len(office.items()) == 3, "the clock opens those of the next quarter"
    office.advance(item.id, "skip", actor="ann")
    assert office.bulk_advance([item.id], "accept", actor="rob")[0].stages == ("at_board",)
    with store.looking() as connection:
        assert connection.execute(select(REQUEST.c.key)).all() == []
        bodies = connection.execute(select(EVENT.c.body)).scalars().all()
    assert {json.loads(body)["request"] for body in bodies} == {None}
    assert len(bodies) > 3


def test_the_same_request_is_answered_once(office: Engine, item: Item) -> None:
    """A double click, or an answer lost on the way: nothing happens twice."""
    first = office.advance(item, "skip", actor="ann", request="key-1")
    again = office.advance(item, "skip", actor="ann", request="key-1")
    assert again == first
    assert len(office.history(item.id)) == 2


def test_the_same_opening_is_answered_once(office: Engine) -> None:
    first = office.open("visits", actor="ann", request="key-1")
    assert office.open("visits", actor="ann", request="key-1") == first


def test_a_key_that_comes_with_something_else_is_refused_and_not_taken_for_done(office: Engine, item: Item) -> None:
    """A script that counts its keys wrongly is told; it went on as if the second item had been moved."""
    other = office.open("report", subject="south", period="2026-27 Q4", actor="ann", request="key-0")
    office.advance(item, "skip", actor="ann", request="key-1")
    others: tuple[Callable[[], object], ...] = (
        lambda: office.advance(other, "skip", actor="ann", request="key-1"),
        lambda: office.advance(item.reference, "skip", actor="amy", request="key-1"),
        lambda: office.advance(item.reference, "back", actor="rob", reason="wrong", request="key-1"),
        lambda: office.open("report", subject="south", period="2027-28 Q1", actor="ann", request="key-1"),
        lambda: office.open("visits", actor="ann", request="key-0"),
        lambda: office.advance(other, "skip", actor="ann", request="key-0"),
    )
    for again in others:
        with pytest.raises(KeyReused):
            again()
    assert office.item(other.id) == other


def test_evidence_is_kept_by_its_hash(office: Engine, item: Item, tmp_path: Path) -> None:
    paper = tmp_path / "figures.pdf"
    paper.write_bytes(b"%PDF-1.7 figures")
    moved = office.advance(item, "send", actor="ann", fields={"figures": paper})
    kept = moved.fields["figures"]
    assert (kept["name"], kept["size"], len(kept["sha256"])) == ("figures.pdf", 16, 64)


def test_evidence_that_cannot_be_read_is_refused_before_anything_happens(
    office: Engine, item: Item, tmp_path: Path
) -> None:
    with pytest.raises(UsageFault, match="cannot be read"):
        office.advance(item, "send", actor="ann", fields={"figures": tmp_path / "missing.pdf"})
    (tmp_path / "empty.pdf").touch()
    with pytest.raises(UsageFault, match="is empty"):
        office.advance(item, "send", actor="ann", fields={"figures": tmp_path / "empty.pdf"})
    assert office.item(item.id) == item


def test_a_refused_step_leaves_no_trace(office: Engine, item: Item) -> None:
    with pytest.raises(NotNow):
        office.advance(item, "send", actor="rob")
    assert (office.item(item.id), len(office.history(item.id))) == (item, 1)


def test_only_those_with_the_right_open_items(office: Engine) -> None:
    with pytest.raises(NotAllowed, match="author"):
        office.open("report", subject="north", period="2026-27 Q4", actor="rob")


def test_one_decision_moves_many_and_says_why_not_for_the_others(office: Engine) -> None:
    """As a committee decides; each item by itself, previewed first."""
    items = [office.open("report", subject=s, period="2026-27 Q4", actor="ann") for s in ("north", "south")]
    for each in items[:1]:
        office.advance(office.advance(each, "skip", actor="ann"), "accept", actor="rob")
    names = [i.reference for i in items]
    preview = office.bulk_advance(names, "note", actor="cher", preview=True)
    assert [o.stages for o in preview] == [("over",), ()]
    assert office.item(names[0]).status == "open"
    done = office.bulk_advance(names, "note", actor="cher")
    assert [o.stages for o in done] == [("over",), ()]
    assert "belongs to stage 'at_board'" in str(done[1].refusal)
    assert office.item(names[0]).status == "closed"


def test_a_decision_for_many_that_was_stopped_goes_on_under_its_key(
    office: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent again without one, a step that two stages have by the same name would be made twice."""
    monkeypatch.setattr(bulk, "BATCH", 1)
    names = [office.open("report", subject=s, period="2026-27 Q4", actor="ann").reference for s in ("north", "south")]

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.bulk_advance(names, "skip", actor="ann", request="minute 7", progress=stop)
    again = office.bulk_advance(names, "skip", actor="ann", request="minute 7")
    assert [(o.stages, o.refusal) for o in again] == [(("review",), None)] * 2
    assert [len(office.history(name)) for name in names] == [2, 2]
    with pytest.raises(KeyReused):
        office.bulk_advance(names, "note", actor="ann", request="minute 7")


def test_sub_items_are_opened_and_the_parent_waits_for_them(office: Engine) -> None:
    parent = office.open("visits", actor="ann")
    office.advance(parent, "go", actor="ann", fields={"sites": "Gloucester, Stroud"})
    children = office.items(workflow="visit")
    assert [c.fields["site"] for c in children] == ["Gloucester", "Stroud"]
    assert all(c.parent == (parent.id, 2) for c in children)
    office.add_sub_item(office.item(parent.id), actor="ann", fields={"site": "Cirencester"})
    for child in office.items(workflow="visit"):
        assert office.item(parent.id).status == "open"
        office.advance(child, "finish", actor="ann")
    ended = office.item(parent.id)
    assert (ended.status, [e.kind for e in office.history(parent.id)][-4:]) == (
        "closed",
        ["sub_item_ended", "sub_item_ended", "sub_item_ended", "joined"],
    )


def test_one_decision_about_many_sub_items_reaches_their_parent_at_once(office: Engine) -> None:
    parent = office.open("visits", actor="ann")
    office.advance(parent, "go", actor="ann", fields={"sites": "Gloucester, Stroud"})
    children = [child.reference for child in office.items(workflow="visit")]
    office.bulk_advance(children, "finish", actor="ann", preview=True)
    assert office.item(parent.id).status == "open"
    office.bulk_advance(children, "finish", actor="ann")
    assert office.item(parent.id).status == "closed"


def test_cancelling_takes_what_hangs_on_the_item_with_it(office: Engine) -> None:
    parent = office.open("visits", actor="ann")
    moved = office.advance(parent, "go", actor="ann", fields={"sites": "Gloucester, Stroud"})
    office.cancel(moved, actor="cher", reason="opened twice")
    assert {i.status for i in office.items(limit=10)} == {"cancelled"}


def test_an_item_that_has_ended_is_followed_by_the_next_when_its_time_comes(office: Engine, clock: FakeClock) -> None:
    """Periodic re-review, from completion."""
    parent = office.advance(office.open("visits", actor="ann"), "go", actor="ann", fields={"sites": "Stroud"})
    office.advance(office.items(workflow="visit")[0], "finish", actor="ann")
    assert office.item(parent.id).status == "closed"
    clock.set("2028-04-01T09:00")
    office.tick()
    assert len(office.items(workflow="visits")) == 1
    clock.set("2028-04-03T09:00")
    office.tick()
    assert [i.reference for i in office.items(workflow="visits")] == ["V/1", "V/2"]


def test_the_history_proves_itself_through_the_front_door(office: Engine, item: Item) -> None:
    office.advance(item, "skip", actor="ann")
    assert not office.verify().findings


def test_a_program_that_still_runs_when_its_database_was_brought_up_to_date_changes_nothing(office: Engine) -> None:
    """It knows nothing of what the newer one keeps beside an item."""
    item = office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    unit = office._house.store.writing

    def up_to_date(schema: str, epoch: str) -> None:
        with unit() as there:
            there.set_house("schema", schema)
            there.set_house("epoch", epoch)

    up_to_date("0999", "after")
    for change in (lambda: office.comment(item, "late", actor="ann"), office.tick, lambda: office.view(item)):
        with pytest.raises(NewerThanProgram, match="start it again"):
            change()
    up_to_date(HEAD, "before")
    assert office.item(item.reference) == item
