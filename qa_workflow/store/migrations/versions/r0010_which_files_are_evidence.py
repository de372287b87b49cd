"""Files that an event refers to are told from those that were only uploaded, and from those that were taken out."""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NAMED = re.compile(rb'"sha256":"([0-9a-f]{64})"')


def upgrade() -> None:
    """Two columns, and two indexes; what a history names was attached when it was kept, as far as is known."""
    for column in (sa.Column("attached_at", sa.BigInteger), sa.Column("removal", sa.Text)):
        op.add_column("document", column)
    for name, columns, null in (
        ("unused", ["kept_at"], "attached_at IS NULL"),
        ("removal", ["sha256"], "removal IS NOT NULL"),
    ):
        where = sa.text(null)
        op.create_index(f"ix_document_{name}", "document", columns, sqlite_where=where, postgresql_where=where)
    connection = op.get_bind()
    bodies = connection.execute(sa.text("SELECT body FROM event"), execution_options={"yield_per": 2000})
    named = {name.decode() for (body,) in bodies for name in _NAMED.findall(body)}
    attach = sa.text("UPDATE document SET attached_at = kept_at WHERE sha256 = :name")
    for name in sorted(named):
        connection.execute(attach, {"name": name})
