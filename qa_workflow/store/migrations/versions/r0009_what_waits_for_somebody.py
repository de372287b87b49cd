"""What could not go on by itself is an incident until it does: of what waited before there were such incidents."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One incident for each thing that time or a join could not do to an open item."""
    connection = op.get_bind()
    wanted = sa.text(
        """SELECT item.id, item.reference, item.state, event.at FROM item
        JOIN event ON event.item_id = item.id AND event.seq = item.revision
        WHERE item.ended_at IS NULL AND item.state LIKE '%"waived"%' ORDER BY item.id"""
    )
    add = sa.text("INSERT INTO incident (at, kind, item_id, what, letter) VALUES (:at, 'waits', :row, :what, :letter)")
    for row, reference, state, at in connection.execute(wanted).all():
        what = f"{reference} waits for somebody; its history says why"
        for visit in json.loads(state)["visits"]:
            for timer in visit.get("waived", ()):
                place = f"{visit['number']}:{timer}"
                connection.execute(add, {"at": at, "row": row, "what": what, "letter": place})
