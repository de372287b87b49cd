"""The dates that an item's own row cannot tell: written with every decision, and made from older databases."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import delete, select, text

from qa_workflow.clock import from_micros
from qa_workflow.engine.commands import PutOnHold, Resume
from qa_workflow.store.migrations.versions import r0003_steps_and_figures as migration
from qa_workflow.store.statements import STEP
from tests.store.office import Office, at
from tests.store.tampering import behind


def steps(office: Office) -> list[tuple[Any, ...]]:
    """Visit, stage and day of every row."""
    wanted = select(STEP.c.visit, STEP.c.stage, STEP.c.due_at, STEP.c.owner).order_by(STEP.c.item_id, STEP.c.visit)
    with office.store.looking() as connection:
        return [
            (visit, stage, from_micros(due_at).date().isoformat(), owner)
            for visit, stage, due_at, owner in connection.execute(wanted)
        ]


def test_an_item_in_one_stage_with_its_first_date_needs_no_row(office: Office) -> None:
    office.open(1)
    assert steps(office) == []


def test_an_item_in_several_stages_has_a_row_for_each_date(office: Office) -> None:
    office.open(1)
    office.fire("P/1", "submit")
    assert [row[:3] for row in steps(office)] == [
        (2, "review", "2027-04-15"),
        (3, "review.facts", "2027-04-06"),
        (4, "review.words", "2027-04-07"),
    ]


def test_a_branch_that_is_done_leaves_its_row_and_the_last_one_all(office: Office) -> None:
    office.open(1)
    office.fire("P/1", "submit")
    office.fire("P/1", "check", "rob")
    assert [row[1] for row in steps(office)] == ["review", "review.words"]
    office.fire("P/1", "read")
    assert steps(office) == []


def test_a_date_that_has_moved_has_a_row(office: Office) -> None:
    """A hold of a week moves the date by a week; while it lasts there is none."""
    office.open(1)
    office.do("P/1", PutOnHold("waits for figures"), "rob")
    assert steps(office) == []
    office.now = at("2027-04-12T09:00")
    office.do("P/1", Resume(), "rob")
    assert [row[:2] for row in steps(office)] == [(1, "drafting")]


@pytest.mark.parametrize("state", ["branches", "changed", "simple"])
def test_an_older_database_is_given_the_same_rows(office: Office, state: str) -> None:
    office.open(1)
    if state == "branches":
        office.fire("P/1", "submit")
    if state == "changed":
        office.do("P/1", PutOnHold("waits for figures"), "rob")
        office.now = at("2027-04-12T09:00")
        office.do("P/1", Resume(), "rob")
    written = [row[:3] for row in steps(office)]
    assert bool(written) is (state != "simple")
    with behind(office) as connection:
        connection.execute(delete(STEP))
        connection.execute(text("DROP TABLE step"))
        connection.execute(text("DROP TABLE figure"))
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()
    assert [row[:3] for row in steps(office)] == written
