"""What has ended, by the stage at which it did: so that the public page reads what is published and no other row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index."""
    ended = sa.text("ended_at IS NOT NULL")
    op.create_index("ix_item_ended", "item", ["stage", "workflow", "id"], sqlite_where=ended, postgresql_where=ended)
