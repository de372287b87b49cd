"""What an incident is about in the outbox, and how a person settled it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three columns; incidents of before stay without them."""
    for name in ("letter", "outcome", "reason"):
        op.add_column("incident", sa.Column(name, sa.Text(), nullable=True))
