"""What is on hold, by an index of its own: it is looked through for what was late before it was put there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index."""
    held = sa.text("status = 'held'")
    op.create_index("ix_item_held", "item", ["subject", "id"], sqlite_where=held, postgresql_where=held)
