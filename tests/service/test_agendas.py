"""On whose agendas an item stands, and for which meetings it waits, from its first stage to its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_workflow.engine import Item
from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock, engine_in
from tests.service.conftest import DEFINITIONS, proved

PAPER = """
workflow: paper
title: Paper
reference: P/{number}
fields: {summary: {type: text, release: public}}
stages:
  looked_at:
    parallel:
      join: all
      branches:
        read:
          owner: author
          due: 3 working days after entry
          escalate: [{when: 1 working day after due, to: reviewer}]
          transitions: {read: {by: author}}
        heard: {owner: chair, meeting: board, transitions: {hear: {by: chair}}}
    transitions: {joined: {to: at_board}}
  at_board: {owner: chair, meeting: board, transitions: {note: {to: over}}}
  over: {end: completed, public: true}
"""


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Engine]:
    """The small commissioner, with papers that are heard in one branch while they are read in another."""
    definitions = tmp_path / "definitions"
    definitions.mkdir()
    for name, text in {**DEFINITIONS, "paper.yaml": PAPER}.items():
        (definitions / name).write_text(text)
    with engine_in(tmp_path, definitions, clock, database=database_url) as engine:
        yield engine


def waits_for(office: Engine, item: Item) -> list[tuple[str, bool]]:
    """The meetings that would tell this item if they were moved, and on whose agenda it stands."""
    bodies = {sitting.key for visit in office.item(item.id).visits for sitting in visit.sittings}
    with office._house.store.writing() as unit:
        row, seated = unit.take(item.id).row, unit.seated("board")
        return [(key, row in seated) for key in sorted(bodies) if row in unit.waiting_for("board", key)]


def test_a_branch_that_is_late_is_told_of_while_another_waits_for_its_meeting(office: Engine, clock: FakeClock) -> None:
    """What time does to one leaves the other where it stands."""
    paper = office.open("paper", actor="ann")
    planned = waits_for(office, paper)
    clock.advance(days=10)
    assert office.tick().put_off == 0
    assert office.history(paper.id)[-1].kind == "escalated"
    assert waits_for(office, paper) == planned


def test_a_branch_that_is_done_takes_no_other_off_its_agenda_and_an_end_takes_all(office: Engine) -> None:
    """What is public once its meeting has met keeps that meeting, and is not discussed in it again."""
    paper = office.open("paper", actor="ann")
    (planned,) = waits_for(office, paper)
    office.advance(paper.id, "read", actor="ann")
    assert waits_for(office, paper) == [planned]
    office.advance(paper.id, "hear", actor="cher")
    (decided,) = waits_for(office, paper)
    assert (planned[1], decided[1]) == (True, True)
    proved(office)
    over = office.advance(paper.id, "note", actor="cher")
    assert [sitting.key for visit in over.visits for sitting in visit.sittings] == [decided[0]]
    assert waits_for(office, paper) == []
    proved(office)
