"""What has ended, by the stage at which it did, and what is open, by organisation and owner.

So that the public page reads what is published and no other row, and a provider's pages their own items and no others.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two indexes."""
    ended, is_open = sa.text("ended_at IS NOT NULL"), sa.text("ended_at IS NULL")
    op.create_index("ix_item_ended", "item", ["stage", "workflow", "id"], sqlite_where=ended, postgresql_where=ended)
    own = ["subject", "owner", "due_at", "id"]
    op.create_index("ix_item_own", "item", own, sqlite_where=is_open, postgresql_where=is_open)
