"""Due dates that an item's own row cannot tell, so that late steps are found by an index; and figures of the night."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_PAGE = 1000


def upgrade() -> None:
    """Make both, and fill the first from the items that are there."""
    step = op.create_table(
        "step",
        _number("item_id", key=True),
        _number("visit", key=True),
        _text("stage"),
        _text("owner"),
        _number("due_at"),
        _number("first_at"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_step_due", "step", ["due_at", "item_id", "visit"])
    op.create_table("figure", _text("name", key=True), _number("at"), _text("data"), sqlite_with_rowid=False)
    for rows in _pages():
        op.bulk_insert(step, rows)


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, primary_key=key, autoincrement=False)


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, primary_key=key)


def _pages() -> Iterator[list[dict[str, Any]]]:
    connection, last = op.get_bind(), 0
    wanted = sa.text(
        "SELECT id, owner, state FROM item WHERE id > :last AND due_at IS NOT NULL ORDER BY id LIMIT :most"
    )
    while found := connection.execute(wanted, {"last": last, "most": _PAGE}).all():
        last = found[-1][0]
        rows = [row for item, owner, state in found for row in _steps(item, owner, json.loads(state))]
        if rows:
            yield rows


def _steps(item: int, owner: str, state: dict[str, Any]) -> Iterator[dict[str, Any]]:
    dated = [visit for visit in state["visits"] if visit.get("due")]
    if len(state["visits"]) == 1 and all(v["due"]["at"] == v["due"]["first_at"] for v in dated):
        return
    for visit in dated:
        due = visit["due"]
        dates = {"due_at": _micros(due["at"]), "first_at": _micros(due["first_at"])}
        yield {"item_id": item, "visit": visit["number"], "stage": visit["stage"], "owner": owner, **dates}


def _micros(stamp: str) -> int:
    since = datetime.fromisoformat(stamp) - datetime.fromisoformat("1970-01-01T00:00:00Z")
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
