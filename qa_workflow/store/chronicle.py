"""The port `Chronicle`: all events in the order of their transactions, so that who follows them misses none.

Two may write at once, and who began first may be done last. So an event is not given out before every transaction with
a lesser number has ended: whatever is written from then on stands behind it. SQLite lets one write after the other.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, func, select, tuple_

from qa_workflow.engine import Sight
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.chronicle import Mark
from qa_workflow.store.explain import place
from qa_workflow.store.faults import NumbersOfAnotherServer
from qa_workflow.store.sights import in_sight
from qa_workflow.store.statements import EVENT, ITEM, RECORD

WINDOW = 20_000
"""How many events are looked through for those of somebody who does not see them all."""
_START = Mark(0, 0, 0)
_ORDER = (EVENT.c.written_in, EVENT.c.item_id, EVENT.c.seq)
_AFTER: tuple[ColumnElement[int], ...] = tuple(bindparam(name, type_=BigInteger) for name in Mark._fields)
_LIMIT: ColumnElement[int] = bindparam("most", type_=BigInteger)
_MARK = (
    select(*_ORDER)
    .join_from(EVENT, ITEM, ITEM.c.id == EVENT.c.item_id)
    .where(ITEM.c.key == bindparam("key"), EVENT.c.seq == bindparam("number"))
)

_OF_HOUSE = select(RECORD.c.body, RECORD.c.hash).where(RECORD.c.stream == streams.HOUSE).order_by(RECORD.c.seq.desc())
"""The few lines about the database itself, the last first."""


class SqlChronicle:
    """All histories on a connection within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self, item: str, seq: int) -> Mark | None:
        """Where an event of an item stands."""
        row = self._connection.execute(_MARK, {"key": item, "number": seq}).first()
        return None if row is None else Mark(*row)

    def after(self, mark: Mark | None, limit: int, sight: Sight) -> list[Mark]:
        """The next events of items in sight, of those that are settled; raises `NumbersOfAnotherServer`."""
        values = {**(mark or _START)._asdict(), "most": limit, "window": WINDOW}
        dialect = self._connection.dialect.name
        if is_numbered_elsewhere(self._connection):
            raise NumbersOfAnotherServer(place(self._connection.engine.url))
        if sight.everything:
            return self._found(_all(dialect), values)
        found = self._found(_near(sight, dialect), values)
        if len(found) < limit and self._connection.execute(_beyond(dialect), values).first() is not None:
            return self._found(_theirs(sight, dialect), values)
        return found

    def restored(self) -> str:
        """By which restoring of a backup this database began."""
        lines = self._connection.execute(_OF_HOUSE)
        return next((bytes(line.hash).hex()[:12] for line in lines if json.loads(line.body)["kind"] == "restored"), "")

    def _found(self, statement: Select[Any], values: dict[str, int]) -> list[Mark]:
        return [Mark(*row) for row in self._connection.execute(statement, values)]


def is_numbered_elsewhere(connection: Connection) -> bool:
    """Whether an event has the number of a transaction that this server has not seen yet: it came from another one."""
    if connection.dialect.name != "postgresql":
        return False
    coming = func.txid_snapshot_xmax(func.txid_current_snapshot())
    greatest = select(func.max(EVENT.c.written_in)).scalar_subquery()  # from the index, however many there are
    return bool(connection.execute(select(greatest >= coming)).scalar())


def _settled(dialect: str) -> Select[Any]:
    """What stands after a mark, in order, as far as nothing can be put before it any more."""
    found = select(*_ORDER).where(tuple_(*_ORDER) > tuple_(*_AFTER)).order_by(*_ORDER)
    if dialect == "postgresql":
        found = found.where(EVENT.c.written_in < func.txid_snapshot_xmin(func.txid_current_snapshot()))
    return found


@lru_cache
def _all(dialect: str) -> Select[Any]:
    return _settled(dialect).limit(_LIMIT)


@lru_cache(200)
def _near(sight: Sight, dialect: str) -> Select[Any]:
    """Of the events that come next, those in sight."""
    near = _settled(dialect).limit(bindparam("window", type_=BigInteger)).subquery()
    found = select(near).join(ITEM, ITEM.c.id == near.c.item_id).where(*in_sight(sight))
    return found.order_by(*near.c).limit(_LIMIT)


@lru_cache
def _beyond(dialect: str) -> Select[Any]:
    """Whether there are more than are looked through."""
    return _settled(dialect).limit(1).offset(bindparam("window", type_=BigInteger))


@lru_cache(200)
def _theirs(sight: Sight, dialect: str) -> Select[Any]:
    """From the items in sight to their events: for whom so little happens that the next is far off."""
    last = EVENT.alias("last")
    is_later = (last.c.item_id == ITEM.c.id, last.c.seq == ITEM.c.revision, last.c.written_in >= _AFTER[0])
    items = select(ITEM.c.id).join(last, last.c.item_id == ITEM.c.id).where(*is_later, *in_sight(sight)).subquery()
    return _settled(dialect).join_from(items, EVENT, EVENT.c.item_id == items.c.id).limit(_LIMIT)
