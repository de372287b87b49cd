"""Changing a database behind the program's back, as somebody with rights to it could."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, select, text, update

from qa_workflow.engine.events import first_link, link
from qa_workflow.engine.json_text import canonical
from qa_workflow.engine.texts import put_back
from qa_workflow.store.statements import EVENT, HOUSE, ITEM, RECORD
from tests.store.office import Office


@contextmanager
def behind(office: Office) -> Iterator[Connection]:
    """A connection on which histories can be changed: the belt is taken off, as its owner can."""
    with office.store.connected() as connection:
        if connection.dialect.name == "sqlite":
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            ):
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("event", "record"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield connection


def as_of_0006(connection: Connection) -> None:
    """Take away what later revisions of the tables have added, but for the number of the revision.

    Histories are written as they were then: what people typed stands in the bytes that are hashed.
    """
    belt = "event_no_update" if connection.dialect.name == "sqlite" else "event_stands ON event"
    connection.execute(text(f"DROP TRIGGER IF EXISTS {belt}"))
    house = connection.execute(select(HOUSE.c.value).where(HOUSE.c.name == "id")).scalar_one()
    for row, key in connection.execute(select(ITEM.c.id, ITEM.c.key)).all():
        head = first_link(house, key)
        lines = select(EVENT.c.seq, EVENT.c.body, EVENT.c.texts).where(EVENT.c.item_id == row).order_by(EVENT.c.seq)
        for seq, stored, texts in connection.execute(lines).all():
            body = put_back(stored, texts).replace(b'"schema":2', b'"schema":1')
            head = link(head, body)
            one = (EVENT.c.item_id == row, EVENT.c.seq == seq)
            connection.execute(update(EVENT).where(*one).values(body=body, hash=head, texts=None))
        connection.execute(update(ITEM).where(ITEM.c.id == row).values(head=head))
    for what in (
        "DROP TABLE searchable",
        "DROP INDEX ix_item_held",
        "DROP INDEX ix_document_unused",
        "DROP INDEX ix_event_written",
        "ALTER TABLE event DROP COLUMN written_in",
        "ALTER TABLE document DROP COLUMN attached_at",
        "DROP TABLE removal",
        "ALTER TABLE event DROP COLUMN texts",
        "ALTER TABLE outbox DROP COLUMN texts",
    ):
        connection.execute(text(what))


def one_byte(value: Any) -> Any:
    """The same value with one bit of one byte changed, so that it is still what it was to the eye."""
    if isinstance(value, bytes):
        middle = len(value) // 2
        return value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :]
    if isinstance(value, int):
        return value + 1
    middle = len(value) // 2
    return value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :]


def row_of(connection: Connection, reference: str) -> int:
    """The row of an item."""
    return int(connection.execute(select(ITEM.c.id).where(ITEM.c.reference == reference)).scalar_one())


def rewrite(office: Office, reference: str, change: Callable[[int, bytes], bytes]) -> None:
    """Change events and hash everything after anew, up to the head in the item's row: what a careful forger does."""
    with behind(office) as connection:
        row = row_of(connection, reference)
        key = connection.execute(select(ITEM.c.key).where(ITEM.c.id == row)).scalar_one()
        head = first_link(office.store.id, key)
        lines = connection.execute(
            select(EVENT.c.seq, EVENT.c.body).where(EVENT.c.item_id == row).order_by(EVENT.c.seq)
        )
        for seq, stored in lines.all():
            body = change(seq, bytes(stored))
            head = link(head, body)
            one = (EVENT.c.item_id == row, EVENT.c.seq == seq)
            connection.execute(update(EVENT).where(*one).values(body=body, hash=head))
        connection.execute(update(ITEM).where(ITEM.c.id == row).values(head=head))


def rewrite_record(office: Office, stream: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The same with the lines of one of the house's own histories; what a line says of its number goes into its row."""
    with behind(office) as connection:
        head = first_link(office.store.id, stream)
        lines = select(RECORD.c.seq, RECORD.c.body).where(RECORD.c.stream == stream).order_by(RECORD.c.seq)
        for seq, stored in connection.execute(lines).all():
            said = change(json.loads(stored))
            body = canonical(said)
            head = link(head, body)
            one = (RECORD.c.stream == stream, RECORD.c.seq == seq)
            connection.execute(update(RECORD).where(*one).values(seq=said["seq"], body=body, hash=head))
