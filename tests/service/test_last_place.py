"""Two people, two transactions, and one place left on an agenda: each item gets a meeting, and none takes too many."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Fire
from qa_workflow.service.front import Engine
from qa_workflow.service.house import Work
from qa_workflow.service.items.changing import saving, write
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
    proved(database_url, tmp_path / "documents")


def sitting(office: Engine, item: Item) -> str:
    """The day of the meeting for which an item waits."""
    return office.item(item.id).visits[-1].sittings[0].key


def until_it_waits(url: str, other: threading.Thread) -> None:
    """Return when the other's transaction waits for a lock, or has been done without waiting."""
    address = make_url(url)
    if address.get_backend_name() != "postgresql":
        return  # there is one writer at a time, and the other one waits for it at the door
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(plain, autocommit=True) as look:
        while other.is_alive() and not look.execute(waiting).fetchone()[0]:  # type: ignore[index]
            other.join(0.01)


def test_of_two_that_want_the_last_place_the_second_gets_the_next_meeting(office: Engine, database_url: str) -> None:
    """The first has taken it and has not committed yet when the second comes to count."""
    first, second = (office.open("paper", subject="north", actor="ann") for _ in range(2))
    other = threading.Thread(target=lambda: office.advance(second, "send", actor="amy"))

    def send(work: Work) -> None:
        taken = work.unit.take(first.id)
        write(work, [saving(work, taken, work.decide(taken, Fire("send"), work.actor("ann")))])
        other.start()
        until_it_waits(database_url, other)

    office._house.write(send)
    other.join(30)
    assert [sitting(office, first), sitting(office, second)] == ["2027-04-06", "2027-04-13"]
