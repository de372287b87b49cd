"""What items are found by, in a narrow table that searches read: the oldest item is found as the newest is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from alembic import op

from qa_workflow.definition import load_workflow
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.items.gist import folded, gist_field, searchable

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PAGE = 1000


def upgrade() -> None:
    """Make it, and fill it from the items that are there."""
    table = op.create_table(
        "searchable",
        sa.Column("item_id", sa.BigInteger(), nullable=False, primary_key=True, autoincrement=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("is_undisclosed", sa.Boolean(), nullable=False),
        sqlite_with_rowid=False,
    )
    for rows in _pages():
        op.bulk_insert(table, rows)


def _pages() -> Iterator[list[dict[str, Any]]]:
    connection, last, field = op.get_bind(), 0, cache(_field)
    wanted = sa.text(
        "SELECT id, workflow, subject, reference, definition, state FROM item WHERE id > :last ORDER BY id LIMIT :most"
    )
    while found := connection.execute(wanted, {"last": last, "most": _PAGE}).all():
        last = found[-1].id
        yield [_row(each, field(each.definition)) for each in found]


def _row(item: sa.Row[Any], field: str | None) -> dict[str, Any]:
    state = json.loads(item.state) if field else {}
    about = searchable(field, state.get("fields", {}), state.get("undisclosed", ()))
    names = {"workflow": item.workflow, "subject": item.subject, "reference": folded(item.reference)}
    return {"item_id": item.id, **names, **about._asdict()}


def _field(definition: str) -> str | None:
    """The field that says what items of a version are about; none where its text was damaged, as `verify` tells."""
    wanted = sa.text("SELECT source FROM definition WHERE hash = :hash LIMIT 1")
    source = op.get_bind().execute(wanted, {"hash": definition}).scalar()
    try:
        return None if source is None else gist_field(load_workflow(bytes(source)))
    except QaWorkflowError:
        return None
