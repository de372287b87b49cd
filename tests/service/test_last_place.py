"""Two people, two transactions, and one place left on an agenda: each item gets a meeting, and none takes too many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Fire
from qa_workflow.service.front import Engine
from qa_workflow.service.house import Work
from qa_workflow.service.items.changing import saving, write
from qa_workflow.store.faults import Locked
from qa_workflow.testing import FakeClock, engine_in
from tests.service.conftest import DEFINITIONS, proved

PAPER = """
workflow: paper
title: Paper for the panel
subject: provider
reference: P/{number}
stages:
  draft: {owner: author, transitions: {send: {to: at_panel}}}
  at_panel: {owner: chair, meeting: panel for subject, transitions: {note: {to: over}}}
  over: {end: completed}
"""


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Engine]:
    """The small commissioner with a panel that takes one item a meeting."""
    definitions = tmp_path / "definitions"
    definitions.mkdir()
    for name, text in {**DEFINITIONS, "paper.yaml": PAPER}.items():
        (definitions / name).write_text(text)
    with engine_in(tmp_path, definitions, clock, database=database_url) as engine:
        yield engine
        proved(engine)


def sitting(office: Engine, item: Item) -> str:
    """The day of the meeting for which an item waits."""
    return office.item(item.id).visits[-1].sittings[0].key


@pytest.mark.usefixtures("impatient")
def test_of_two_that_want_the_last_place_the_second_gets_the_next_meeting(office: Engine) -> None:
    """The first has taken it and has not committed yet when the second comes: that one may not count before it has."""
    first, second = (office.open("paper", subject="north", actor="ann") for _ in range(2))

    def send(work: Work) -> None:
        taken = work.unit.take(first.id)
        write(work, [saving(work, taken, work.decide(taken, Fire("send"), work.actor("ann")))])
        with pytest.raises(Locked):
            office.advance(second, "send", actor="amy")

    office._house.write(send)
    office.advance(second, "send", actor="amy")
    assert [sitting(office, first), sitting(office, second)] == ["2027-04-06", "2027-04-13"]
