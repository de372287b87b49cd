"""People, accounts, sessions, keys; drafts and saved views; and the indexes by which people's own lists are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sqlite.INTEGER(), "sqlite")


def upgrade() -> None:
    """Make everything."""
    _access()
    _desk()
    still_open = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_item_owner", "item", ["owner", "due_at", "id"], sqlite_where=still_open, postgresql_where=still_open
    )
    op.create_index("ix_item_subject", "item", ["subject", "id"])


def _text(name: str, *, null: bool = False, key: bool = False, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null, primary_key=key, unique=unique or None)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, autoincrement=False)


def _row() -> sa.Column[int]:
    return sa.Column("id", _BIG, primary_key=True, autoincrement=True)


def _clustered(name: str, *columns: sa.Column[int] | sa.Column[str]) -> None:
    op.create_table(name, *columns, sqlite_with_rowid=False)


def _access() -> None:
    _clustered("person", _text("name", key=True), _text("data"), _number("changed_at"))
    _clustered(
        "account",
        _text("person", key=True),
        _text("status"),
        _text("password", null=True),
        _text("code_secret", null=True),
        _number("code_used", null=True),
        _text("subject", null=True, unique=True),
        _number("created_at"),
        _number("changed_at"),
    )
    _clustered(
        "session",
        _text("hash", key=True),
        _text("person"),
        _text("level"),
        _text("form_key"),
        _number("created_at"),
        _number("seen_at"),
        _number("ends_at"),
    )
    op.create_index("ix_session_person", "session", ["person"])
    _clustered(
        "token",
        _text("hash", key=True),
        _text("kind"),
        _text("person"),
        _text("about"),
        _text("scopes"),
        _number("created_at"),
        _number("ends_at", null=True),
        _number("used_at", null=True),
    )
    op.create_index("ix_token_person", "token", ["person"])
    op.create_table("attempt", _row(), _text("who"), _number("at"))
    op.create_index("ix_attempt_who", "attempt", ["who", "at"])


def _desk() -> None:
    op.create_table(
        "draft",
        _row(),
        _text("kind"),
        _text("name"),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        _text("based_on", null=True),
        _text("author"),
        _number("revision"),
        _number("changed_at"),
        _text("status"),
        _text("note"),
        _text("proposed_hash", null=True),
        _text("proposed_by", null=True),
        _number("proposed_at", null=True),
    )
    op.create_index("ix_draft_name", "draft", ["kind", "name"])
    _clustered(
        "saved_view",
        _text("person", key=True),
        _text("page", key=True),
        _text("name", key=True),
        _text("query"),
        _number("changed_at"),
    )
