"""The ports of `service/ports/desk.py` made real: drafts of definitions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.service.ports.desk import Draft
from qa_workflow.store.tables import metadata

DRAFT = metadata.tables["draft"]
_HIGHEST = 2**63 - 1
PUBLISHED, DISCARDED = "published", "discarded"
_DRAFTS = (
    select(DRAFT)
    .where(DRAFT.c.status.not_in([PUBLISHED, DISCARDED]))
    .order_by(DRAFT.c.changed_at.desc(), DRAFT.c.id.desc())
)


class SqlDeskLook:
    """The port `DeskLook` on a connection within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def draft(self, number: int) -> Draft | None:
        """A draft by its number."""
        row = self._connection.execute(_one(number)).first()
        return None if row is None else _draft(row)

    def drafts(self) -> list[Draft]:
        """All that are not published yet, the latest changed first."""
        return [_draft(row) for row in self._connection.execute(_DRAFTS)]


class SqlDesk(SqlDeskLook):
    """The port `DeskUnit` on a connection that has begun to write."""

    def lock(self, number: int) -> Draft | None:
        """A draft that nobody else changes until the transaction ends."""
        row = self._connection.execute(_one(number).with_for_update()).first()
        return None if row is None else _draft(row)

    def add(self, draft: Draft) -> int:
        """Keep a new one; gives its number."""
        kept = self._connection.execute(insert(DRAFT).values(_values(draft)).returning(DRAFT.c.id))
        return int(kept.scalar_one())

    def put(self, draft: Draft) -> None:
        """Keep it in place of what was there."""
        self._connection.execute(update(DRAFT).where(DRAFT.c.id == draft.id).values(_values(draft)))

    def drop(self, number: int) -> None:
        """Throw it away. Its number is kept, so that no other draft is ever found under it by an old link."""
        gone = {"status": DISCARDED, "source": b"", "note": ""}
        self._connection.execute(update(DRAFT).where(DRAFT.c.id == number).values(gone))


def _one(number: int) -> Select[Any]:
    """The draft of a number, which may have been typed: none has one that no column could hold."""
    return select(DRAFT).where(DRAFT.c.id == min(number, _HIGHEST), DRAFT.c.status != DISCARDED)


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "name": draft.name,
        "source": draft.source,
        "based_on": draft.based_on,
        "author": " ".join(draft.writers),
        "revision": draft.revision,
        "changed_at": to_micros(draft.changed_at),
        "status": draft.status,
        "note": draft.note,
        "proposed_hash": draft.proposed_hash,
        "proposed_by": draft.proposed_by,
        "proposed_at": None if draft.proposed_at is None else to_micros(draft.proposed_at),
    }


def _draft(row: Any) -> Draft:
    return Draft(
        id=row.id,
        kind=row.kind,
        name=row.name,
        source=bytes(row.source),
        based_on=row.based_on,
        writers=tuple(row.author.split()),
        revision=row.revision,
        changed_at=from_micros(row.changed_at),
        status=row.status,
        note=row.note,
        proposed_hash=row.proposed_hash,
        proposed_by=row.proposed_by,
        proposed_at=None if row.proposed_at is None else from_micros(row.proposed_at),
    )
