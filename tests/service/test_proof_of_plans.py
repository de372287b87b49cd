"""`verify` knows what recurs and who stands on an agenda, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from qa_workflow.service.front import Engine
from qa_workflow.service.time.daily import FIGURES
from qa_workflow.store import SqlStore
from qa_workflow.testing import FakeClock, engine_in
from tests.service.conftest import DEFINITIONS


@pytest.fixture
def office(tmp_path: Path, database_url: str, clock: FakeClock) -> Engine:
    """A report on an agenda, a round of visits that has ended; not proved afterwards, for it is tampered with."""
    definitions = tmp_path / "definitions"
    definitions.mkdir()
    for name, written in DEFINITIONS.items():
        (definitions / name).write_text(written)
    office = engine_in(tmp_path, definitions, clock, database=database_url)
    report = office.open("report", subject="north", period="2026-27 Q4", actor="ann")
    office.advance(office.advance(report, "skip", actor="ann"), "accept", actor="rob")
    visits = office.advance(office.open("visits", actor="ann"), "go", actor="ann", fields={"sites": "Stroud"})
    office.advance(office.items(workflow="visit")[0], "finish", actor="ann")
    assert office.item(visits.id).status == "closed"
    return office


def tamper(office: Engine, statement: str) -> list[str]:
    """What is found, before and after."""
    store = office._house.store
    assert isinstance(store, SqlStore)
    assert office.verify().findings == ()
    with store.connected() as connection:
        connection.execute(text(statement))
    found = [getattr(each, "where", "") for each in office.verify().findings]
    office.close()
    return found


@pytest.mark.parametrize(
    ("statement", "where"),
    [
        ("DELETE FROM schedule WHERE name = 'opens:report'", "schedule.name"),
        ("UPDATE schedule SET name = 'opens:visit' WHERE name = 'opens:report'", "schedule.name"),
        ("UPDATE schedule SET name = 'repeat:other' WHERE name LIKE 'repeat:%'", "schedule.name"),
        ("UPDATE schedule SET workflow = 'report' WHERE name LIKE 'repeat:%'", "schedule.workflow"),
        ("UPDATE schedule SET next_at = next_at + 1 WHERE name LIKE 'repeat:%'", "schedule.next_at"),
        ("UPDATE schedule SET next_at = next_at + 1 WHERE name = 'opens:report'", "schedule.next_at"),
        (
            "UPDATE schedule SET payload = '{\"period\": \"2031-32 Q1\"}' WHERE name = 'opens:report'",
            "schedule.payload",
        ),
        ("UPDATE schedule SET payload = '{\"after\": \"V/99\"}' WHERE name LIKE 'repeat:%'", "schedule.payload"),
        ("INSERT INTO schedule VALUES ('figures', 'report', '{}', 1)".replace("figures", FIGURES), "schedule.name"),
        ("UPDATE waiting SET on_agenda = NOT on_agenda", "waiting.on_agenda"),
    ],
)
def test_what_was_changed_is_found(office: Engine, statement: str, where: str) -> None:
    """A cycle that would never open again, a place on an agenda that nobody gave."""
    assert set(tamper(office, statement)) == {where}
