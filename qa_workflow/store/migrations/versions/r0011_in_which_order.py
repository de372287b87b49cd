"""Events of all items have an order in which they can be followed; those that are there already come first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column, and its index; nothing that is there is written anew."""
    op.add_column("event", sa.Column("written_in", sa.BigInteger, nullable=False, server_default="0"))
    op.create_index("ix_event_written", "event", ["written_in", "item_id", "seq"])
