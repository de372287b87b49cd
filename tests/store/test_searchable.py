"""What items are found by: written when somebody says it and when it changes, and made from older databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from qa_workflow.engine.commands import Fire
from qa_workflow.store import migrations
from qa_workflow.store.house import upgrade
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.sheets import Sheets
from qa_workflow.store.statements import SEARCHABLE
from tests.store.office import Office
from tests.store.tampering import as_of_0006, behind


def about(office: Office) -> list[str]:
    """What each item is about, in the order of opening."""
    with office.store.looking() as connection:
        return list(connection.execute(select(SEARCHABLE.c.about).order_by(SEARCHABLE.c.item_id)).scalars())


def test_what_an_item_is_about_is_kept_plain(office: Office) -> None:
    """Small letters without accents, in one line."""
    office.open(1)
    office.open(2, note="Café on\n Ward 9")
    assert about(office) == ["", "cafe on ward 9"]


def test_it_changes_with_the_item(office: Office) -> None:
    office.open(1, note="Falls")
    office.fire("P/1", "submit", note="Falls and slips")
    assert about(office) == ["falls and slips"]
    office.fire("P/1", "return", "rob", "not so", note="")
    assert about(office) == [""]
    assert not verify(office.store).findings


@pytest.mark.parametrize(("fields", "written"), [({}, 0), ({"note": "Falls"}, 0), ({"note": "Slips"}, 1)])
def test_a_step_that_does_not_change_it_writes_nothing_more(
    office: Office, fields: dict[str, str], written: int
) -> None:
    """An item is moved far more often than what it is about."""
    office.open(1, note="Falls")
    with office.store.writing() as unit:
        taken = unit.take("P/1")
        sheets = Sheets()
        sheets.add(office.saving(taken, office.decide(taken, Fire("submit", fields), "ann")))
    assert (len(sheets.searchable), len(sheets.found_anew)) == (0, written)


def test_an_older_database_is_given_the_same(office_url: str, office: Office) -> None:
    """From 0006, with items that say something, say nothing, said something else, and are over."""
    office.through(1)
    office.open(2)
    office.open(3, note="Über Größe")
    written = about(office)
    assert written == ["a second note", "", "uber grosse"]
    with behind(office) as connection:
        as_of_0006(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    assert upgrade(office_url) == ("0006", migrations.HEAD)
    assert about(office) == written
    assert not verify(office.store).findings
