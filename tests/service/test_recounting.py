"""A closure is foreseen, published by two people, and moves exactly what was foreseen, each as an event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from qa_workflow.definition import read_governance
from qa_workflow.definition.days_of_text import with_day
from qa_workflow.engine import recounting as of_an_item
from qa_workflow.engine.commands import Recount
from qa_workflow.engine.turn import Turn
from qa_workflow.service.definitions import drafting, recounting
from qa_workflow.service.definitions.recounting import Foreseen
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.saved import FollowsLater
from qa_workflow.store.faults import ConnectionLost
from qa_workflow.testing import FakeClock
from tests.service.publishers import GOVERNANCE, office_at

CASE = """
workflow: case
title: Case
reference: C/{number}
stages:
  check:
    owner: author
    due: {rule: 10 working days after entry, basis: statute, source: the Act}
    remind: [3 working days before due, 5 working days after entry]
    transitions: {go: {to: wait}, later: {to: sleep}}
  wait: {owner: author, meeting: board, transitions: {note: {to: over}}}
  sleep:
    owner: author
    due: 40 calendar days after entry
    remind: [8 working days after entry]
    transitions: {wake: {to: over}}
  over: {end: completed}
"""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock("2027-04-02T09:00")


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Engine]:
    with office_at(tmp_path, database_url, clock, {"case.yaml": CASE}) as engine:
        yield engine


@pytest.fixture
def house(office: Engine) -> House:
    return office._house


def foreseen(house: House, source: bytes) -> Foreseen:
    return recounting.foresee(house, read_governance(source).required())


def approve(house: House, source: bytes) -> None:
    begun = drafting.begin(house, "governance", "testing", source, None, actor="ada")
    ready = drafting.propose(house, begun.id, begun.revision, "we move house", actor="ada")
    drafting.approve(house, ready.id, str(ready.proposed_hash), actor="abe")


def closed(*days: str) -> bytes:
    source = GOVERNANCE.encode()
    for day in days:
        source = with_day(source, "england", "closures", date.fromisoformat(day), "Moving house")
    return source


def timers_of(office: Engine, name: str) -> dict[str, str]:
    return {row["name"]: row["fire_at"][:10] for row in office.timers() if row["item"] == name}


def test_what_is_foreseen_is_what_moves(office: Engine, house: House) -> None:
    open_case = office.open("case", actor="ann")
    over = office.advance(office.advance(office.open("case", actor="ann"), "later", actor="ann"), "wake", actor="ann")
    changed = office.change_date(
        office.open("case", actor="ann"), date(2027, 4, 20), actor="cher", basis="b", reason="r"
    )
    asleep = office.advance(office.open("case", actor="ann"), "later", actor="ann")
    found = foreseen(house, closed("2027-04-14"))
    assert [(r.reference, r.before, r.after) for r in found.shown] == [
        (open_case.reference, "2027-04-16", "2027-04-19")
    ]
    assert (found.items, found.moves, found.statutory) == (3, 1, 1)
    assert "Moving house (Wednesday 14 April 2027)" in found.shown[0].why
    approve(house, closed("2027-04-14"))
    moved = office.item(open_case.reference)
    assert moved.visits[0].due is not None
    assert moved.visits[0].due.on == "2027-04-19"
    event = office.history(open_case.reference)[-1]
    assert (event.kind, event.actor) == ("recounted", "abe")
    assert event.reason == "the governance file, version 2, was published: we move house"
    assert office.item(over.reference) == over
    assert office.item(changed.reference).visits[0].due == changed.visits[0].due
    assert office.item(asleep.reference) == asleep
    assert timers_of(office, asleep.reference)["remind.0"] == "2027-04-15", "a reminder moves though no due date does"
    assert recounting.pending(house) is None


def test_a_file_that_is_published_moves_dates_as_an_approved_draft_does(
    office: Engine, house: House, tmp_path: Path
) -> None:
    """By two ways in, one thing is done."""
    item = office.open("case", actor="ann")
    file = tmp_path / "governance.yaml"
    file.write_bytes(closed("2027-04-14"))
    (published,) = office.publish([file], actor="ada")
    assert [(each.reference, each.before, each.after) for each in published.moved] == [
        (item.reference, "2027-04-16", "2027-04-19")
    ]
    due = office.item(item.reference).visits[0].due
    assert due is not None
    assert due.on == "2027-04-19"
    event = office.history(item.reference)[-1]
    assert (event.kind, event.actor) == ("recounted", "ada")
    assert event.reason == "the governance file, version 2, was published"
    assert recounting.pending(house) is None


def test_a_series_that_changes_moves_its_meetings(office: Engine, house: House) -> None:
    item = office.advance(office.open("case", actor="ann"), "go", actor="ann")
    assert item.visits[0].sittings[0].key == "2027-04-28"
    source = GOVERNANCE.replace("BYDAY=-1WE", "BYDAY=-1TH").encode()
    found = foreseen(house, source)
    assert [(r.before, r.after) for r in found.shown] == [("2027-04-28", "2027-04-29")]
    approve(house, source)
    assert office.item(item.reference).visits[0].sittings[0].key == "2027-04-29"


def test_what_was_stopped_half_way_goes_on(
    office: Engine, house: House, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The machine went down after publication; the house remembers, and the clock does it when nobody is at it."""

    def away(_: House) -> None:
        raise ConnectionLost("the server")

    item = office.open("case", actor="ann")
    asleep = office.advance(office.open("case", actor="ann"), "later", actor="ann")
    with monkeypatch.context() as down:
        down.setattr(recounting, "go_on", lambda house: [])
        approve(house, closed("2027-04-14"))
        approve(house, closed("2027-04-14", "2027-05-05"))
        down.setattr(recounting, "go_on", away)
        with pytest.raises(FollowsLater, match=r"What was asked is saved; what follows from it .* by the clock"):
            approve(house, closed("2027-04-14", "2027-05-05", "2027-05-06"))
    assert recounting.pending(house) is not None
    office.tick()
    assert office.item(item.reference) == item, "somebody may be at it"
    clock.advance(minutes=6)
    office.tick()
    due = office.item(item.reference).visits[0].due
    assert (due and due.on, recounting.pending(house)) == ("2027-04-19", None)
    assert timers_of(office, asleep.reference)["remind.0"] == "2027-04-15", "moved by the first of two files"
    assert recounting.go_on(house) == []
    assert len([e for e in office.history(item.reference) if e.kind == "recounted"]) == 1


def test_what_is_published_while_items_are_counted_counts_for_all_of_them(
    office: Engine, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who counts by the file before does not say at the end that all is counted, when the other has died."""
    item = office.open("case", actor="ann")
    with monkeypatch.context() as down:
        down.setattr(recounting, "go_on", lambda house: [])
        approve(house, closed("2027-04-14"))
        first = recounting.pending(house)
        assert first is not None
        house.write(lambda work: recounting._recount(work, [1], first))
        approve(house, closed("2027-04-14", "2027-04-15"))
    house.write(lambda work: recounting._done(work, first))
    assert [r.after for r in recounting.go_on(house)] == ["2027-04-20"]
    assert office.item(item.reference).revision == 3


def test_whoever_leaves_themselves_out_of_the_file_moves_its_dates_all_the_same(office: Engine, house: House) -> None:
    item = office.open("case", actor="ann")
    approve(house, re.sub(rb"(?m)^  abe:\n(    .*\n)+", b"", closed("2027-04-14")))
    event = office.history(item.reference)[-1]
    assert (event.kind, event.actor, office.needing_a_person()) == ("recounted", "abe", [])


def test_one_item_that_cannot_be_counted_keeps_no_other_from_it(
    office: Engine, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned, sound = office.open("case", actor="ann"), office.open("case", actor="ann")
    do = of_an_item.recount

    def recount(turn: Turn, command: Recount) -> None:
        if turn.item.id == poisoned.id:
            raise ValueError("no such year")
        do(turn, command)

    monkeypatch.setitem(import_module("qa_workflow.engine.decide")._DO, Recount, recount)
    assert foreseen(house, closed("2027-04-14")).unknown == [(poisoned.reference, "no such year")]
    approve(house, closed("2027-04-14"))
    assert [e.kind for e in office.history(sound.reference)][-1] == "recounted"
    assert "no such year" in office.needing_a_person()[0].what


def test_a_look_changes_nothing(office: Engine, house: House) -> None:
    item = office.open("case", actor="ann")
    foreseen(house, closed("2027-04-14"))
    assert office.item(item.reference) == item
