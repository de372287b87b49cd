"""What has ended, by the stage at which it did and then by when: the public page has the newest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index, with the instant of the end in it."""
    ended, columns = sa.text("ended_at IS NOT NULL"), ["stage", "workflow", "ended_at", "id"]
    op.drop_index("ix_item_ended", "item")
    op.create_index("ix_item_ended", "item", columns, sqlite_where=ended, postgresql_where=ended)
