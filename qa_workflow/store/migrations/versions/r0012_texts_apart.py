"""What people typed lies beside the bytes of an event, where it can be removed; and removals have a table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STANDS = "item_id, seq, at, body, hash, written_in"


def upgrade() -> None:
    """Two columns, which are empty for all that was written until now; a table; and a belt that lets texts go."""
    for table in ("event", "outbox"):
        op.add_column(table, sa.Column("texts", sa.Text))
    op.create_table(
        "removal",
        sa.Column("sha256", sa.Text(), primary_key=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=True),
    )
    op.execute("INSERT INTO removal (sha256, facts) SELECT sha256, removal FROM document WHERE removal IS NOT NULL")
    op.drop_index("ix_document_removal", "document")
    op.drop_column("document", "removal")
    _let_texts_go()


def _let_texts_go() -> None:
    """What is hashed is never changed; what lies beside it may be."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER IF EXISTS event_no_update")
        op.execute(
            f"CREATE TRIGGER event_no_update BEFORE UPDATE OF {_STANDS} ON event "
            "BEGIN SELECT RAISE(ABORT, 'event: a history is added to, never changed'); END"
        )
        return
    op.execute("DROP TRIGGER IF EXISTS event_stands ON event")
    op.execute(
        f"CREATE TRIGGER event_stands BEFORE UPDATE OF {_STANDS} OR DELETE OR TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION event_stands()"
    )
