"""The first tables, and the triggers that keep histories as they were written."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
_KEPT = ("event", "record")
"""Histories: lines are added, none is changed or taken away."""


def upgrade() -> None:
    """Make everything."""
    _house()
    _items()
    _time()
    _leaving()
    for table in _KEPT:
        _keep(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("item", "outbox"):
            op.execute(f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.01)")


def _row() -> sa.Column[int]:
    return sa.Column("id", _BIG, primary_key=True, autoincrement=True)


def _text(name: str, *, null: bool = False, key: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null, primary_key=key, unique=unique or None)


def _number(name: str, *, null: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, primary_key=key, autoincrement=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _clustered(name: str, *columns: sa.Column[int] | sa.Column[str] | sa.Column[bytes] | sa.Column[bool]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _house() -> None:
    op.create_table("house", _text("name", key=True), _text("value"))
    op.create_table(
        "definition",
        _text("kind", key=True),
        _text("name", key=True),
        _number("version", key=True),
        _text("hash"),
        _bytes("source"),
        _number("published_at"),
        _text("published_by"),
    )
    op.create_index("ix_definition_hash", "definition", ["hash"])
    _clustered(
        "record", _text("stream", key=True), _number("seq", key=True), _number("at"), _bytes("body"), _bytes("hash")
    )
    op.create_table("document", _text("sha256", key=True), _number("size"), _number("kept_at"))
    op.create_table(
        "incident",
        _row(),
        _number("at"),
        _text("kind"),
        _number("item_id", null=True),
        _text("what"),
        _number("settled_at", null=True),
        _text("settled_by", null=True),
    )


def _items() -> None:
    op.create_table(
        "item",
        _row(),
        _text("key", unique=True),
        _text("reference", unique=True),
        _text("cycle", null=True, unique=True),
        _text("workflow"),
        _number("version"),
        _text("definition"),
        _text("subject", null=True),
        _text("period", null=True),
        _text("status"),
        _text("stage"),
        _text("owner"),
        _number("due_at", null=True),
        _number("next_at", null=True),
        _number("revision"),
        _bytes("head"),
        _text("state"),
        _number("opened_at"),
        _number("ended_at", null=True),
        _text("parent_id", null=True),
    )
    op.create_index("ix_item_next", "item", ["next_at", "id"], **_where("next_at IS NOT NULL"))
    op.create_index("ix_item_due", "item", ["due_at", "id"], **_where("due_at IS NOT NULL"))
    op.create_index("ix_item_workflow", "item", ["workflow", "id"])
    op.create_index("ix_item_parent", "item", ["parent_id"], **_where("parent_id IS NOT NULL"))
    _clustered(
        "event", _number("item_id", key=True), _number("seq", key=True), _number("at"), _bytes("body"), _bytes("hash")
    )
    _clustered("request", _text("key", key=True), _text("answer"), _number("at"))


def _time() -> None:
    _clustered(
        "timer", _number("item_id", key=True), _number("visit", key=True), _text("name", key=True), _number("fire_at")
    )
    _clustered(
        "waiting",
        _text("body", key=True),
        _text("key", key=True),
        _number("item_id", key=True),
        _number("visit", key=True),
        sa.Column("on_agenda", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "meeting", _text("body", key=True), _text("key", key=True), _number("at", null=True), _text("reason")
    )
    op.create_table("schedule", _text("name", key=True), _text("workflow"), _text("payload"), _number("next_at"))
    op.create_index("ix_schedule_next", "schedule", ["next_at"])


def _leaving() -> None:
    op.create_table(
        "outbox",
        _row(),
        _text("key", unique=True),
        _number("item_id", null=True),
        _number("seq"),
        _text("kind"),
        _text("recipient", null=True),
        _text("payload"),
        _number("attempts"),
        _number("next_at", null=True),
        _text("batch", null=True),
        _number("done_at", null=True),
        _text("error", null=True),
    )
    op.create_index("ix_outbox_next", "outbox", ["next_at", "id"], **_where("next_at IS NOT NULL"))
    op.create_index("ix_outbox_item", "outbox", ["item_id"])


def _keep(table: str) -> None:
    """A belt only: whoever owns the database can take it off. The hash chain is what shows a change."""
    said = f"{table}: a history is added to, never changed"
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
        for what in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} {refuse}")
        return
    refuse = f"BEGIN RAISE EXCEPTION '{said}'; END"
    op.execute(f"CREATE FUNCTION {table}_stands() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$")
    op.execute(
        f"CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_stands()"
    )
