"""Items, their history, what time will do to them, and what leaves the house. The item row is the only lock root."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Text, text
from sqlmodel import Field

from qa_workflow.store.tables.base import CLUSTERED, OF_THIS_DATABASE, Big, Table


class HouseRow(Table, table=True):
    """Facts about this database: its identity, whether it is a rehearsal, the rehearsal's clock."""

    __tablename__ = "house"
    name: str = Field(sa_column=Column(Text, primary_key=True))
    value: str = Field(sa_column=Column(Text, nullable=False))


class DefinitionRow(Table, table=True):
    """A published definition, byte for byte. The same text may be published again: going back adds a version."""

    __tablename__ = "definition"
    __table_args__ = (Index("ix_definition_hash", "hash"),)
    kind: str = Field(sa_column=Column(Text, primary_key=True))
    name: str = Field(sa_column=Column(Text, primary_key=True))
    version: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: str = Field(sa_column=Column(Text, nullable=False))
    source: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    published_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    published_by: str = Field(sa_column=Column(Text, nullable=False))


class ItemRow(Table, table=True):
    """An item as its history has made it: `state` is the whole folded item, the other columns are for finding it.

    `cycle` is filled while the item is the one of its workflow, subject and period; unique, so that a cycle opens once.
    `due_at` is the last instant in time of the earliest due date, null when over or on hold; `next_at` when the sweep
    should look.
    """

    __tablename__ = "item"
    __table_args__ = (
        Index(
            "ix_item_next",
            "next_at",
            "id",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index(
            "ix_item_due",
            "due_at",
            "id",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index("ix_item_workflow", "workflow", "id"),
        Index(
            "ix_item_owner",
            "owner",
            "due_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_item_subject", "subject", "id"),
        Index(
            "ix_item_own",
            "subject",
            "owner",
            "due_at",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_item_ended",
            "stage",
            "workflow",
            "ended_at",
            "id",
            sqlite_where=text("ended_at IS NOT NULL"),
            postgresql_where=text("ended_at IS NOT NULL"),
        ),
        Index(
            "ix_item_held",
            "subject",
            "id",
            sqlite_where=text("status = 'held'"),
            postgresql_where=text("status = 'held'"),
        ),
        Index(
            "ix_item_parent",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=Column(Big, primary_key=True, autoincrement=True))
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    reference: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    cycle: str | None = Field(default=None, sa_column=Column(Text, unique=True))
    workflow: str = Field(sa_column=Column(Text, nullable=False))
    version: int = Field(sa_column=Column(BigInteger, nullable=False))
    definition: str = Field(sa_column=Column(Text, nullable=False))
    subject: str | None = Field(default=None, sa_column=Column(Text))
    period: str | None = Field(default=None, sa_column=Column(Text))
    status: str = Field(sa_column=Column(Text, nullable=False))
    stage: str = Field(sa_column=Column(Text, nullable=False))
    owner: str = Field(sa_column=Column(Text, nullable=False))
    due_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    next_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    revision: int = Field(sa_column=Column(BigInteger, nullable=False))
    head: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    state: str = Field(sa_column=Column(Text, nullable=False))
    opened_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    ended_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    parent_id: str | None = Field(default=None, sa_column=Column(Text))


class EventRow(Table, table=True):
    """One line of an item's history: the exact bytes that were hashed, and the hash with all before it.

    `written_in` is a number of the transaction that wrote it, in which all histories together have an order: what
    begins to be written later has a greater one. It is 0 where this database was not there yet.
    `texts` are what people typed, apart from the bytes, as `engine/texts.py` writes them; null where there are none.
    """

    __tablename__ = "event"
    __table_args__: Any = (Index("ix_event_written", "written_in", "item_id", "seq"), CLUSTERED)
    item_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    written_in: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default="0", info=OF_THIS_DATABASE)
    )
    texts: str | None = Field(default=None, sa_column=Column(Text))


class RecordRow(Table, table=True):
    """One line of the house's own histories (`definitions`, `meetings`, `openings:…`), chained like an item's."""

    __tablename__ = "record"
    __table_args__: Any = CLUSTERED
    stream: str = Field(sa_column=Column(Text, primary_key=True))
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TimerRow(Table, table=True):
    """What time will do to a visit, and when."""

    __tablename__ = "timer"
    __table_args__: Any = CLUSTERED
    item_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    visit: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    name: str = Field(sa_column=Column(Text, primary_key=True))
    fire_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class WaitingRow(Table, table=True):
    """An item waits for a meeting, or counts days from it; so a moved meeting finds what it moves."""

    __tablename__ = "waiting"
    __table_args__: Any = CLUSTERED
    body: str = Field(sa_column=Column(Text, primary_key=True))
    key: str = Field(sa_column=Column(Text, primary_key=True))
    item_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    visit: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    on_agenda: bool = Field(default=False)


class MeetingRow(Table, table=True):
    """A meeting held at another time than planned, or (at null) not at all."""

    __tablename__ = "meeting"
    body: str = Field(sa_column=Column(Text, primary_key=True))
    key: str = Field(sa_column=Column(Text, primary_key=True))
    at: int | None = Field(default=None, sa_column=Column(BigInteger))
    reason: str = Field(sa_column=Column(Text, nullable=False))


class OutboxRow(Table, table=True):
    """What must leave the house, written with the event that asks for it. `next_at` null: it has left, or was given up.

    `recipient` is a person's name for messages; `batch` names the messages that left (or will leave) as one.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_next",
            "next_at",
            "id",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_outbox_item", "item_id"),
    )
    id: int | None = Field(default=None, sa_column=Column(Big, primary_key=True, autoincrement=True))
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    item_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    recipient: str | None = Field(default=None, sa_column=Column(Text))
    payload: str = Field(sa_column=Column(Text, nullable=False))
    attempts: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    next_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    batch: str | None = Field(default=None, sa_column=Column(Text))
    done_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    error: str | None = Field(default=None, sa_column=Column(Text))
    texts: str | None = Field(default=None, sa_column=Column(Text))
    """What people typed, apart from `payload`, as beside an event."""


class RequestRow(Table, table=True):
    """The answer that was given under a request key; asked again, the same answer is given."""

    __tablename__ = "request"
    __table_args__: Any = CLUSTERED
    key: str = Field(sa_column=Column(Text, primary_key=True))
    answer: str = Field(sa_column=Column(Text, nullable=False))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))


class ScheduleRow(Table, table=True):
    """The next occurrence of something recurring: a cycle to be opened, a repeat that follows a closed item."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_next", "next_at"),)
    name: str = Field(sa_column=Column(Text, primary_key=True))
    workflow: str = Field(sa_column=Column(Text, nullable=False))
    payload: str = Field(sa_column=Column(Text, nullable=False))
    next_at: int = Field(sa_column=Column(BigInteger, nullable=False))


class IncidentRow(Table, table=True):
    """Something that needs a person: a timer that cannot fire, a message that cannot be delivered.

    `letter` is the key (or the batch) of what was given up in the outbox, and of an item that waits for somebody the
    visit and what could not be done there by itself; `outcome` how it was settled, and `reason` why.
    """

    __tablename__ = "incident"
    id: int | None = Field(default=None, sa_column=Column(Big, primary_key=True, autoincrement=True))
    at: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: str = Field(sa_column=Column(Text, nullable=False))
    item_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    what: str = Field(sa_column=Column(Text, nullable=False))
    settled_at: int | None = Field(default=None, sa_column=Column(BigInteger))
    settled_by: str | None = Field(default=None, sa_column=Column(Text))
    letter: str | None = Field(default=None, sa_column=Column(Text))
    outcome: str | None = Field(default=None, sa_column=Column(Text))
    reason: str | None = Field(default=None, sa_column=Column(Text))


class DocumentRow(Table, table=True):
    """A document, known by the SHA-256 of its bytes, which are kept beside the database.

    `kept_at` is when it was last uploaded, `attached_at` when an event first referred to it: while that is null nothing
    does, and it does not stay.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index(
            "ix_document_unused",
            "kept_at",
            sqlite_where=text("attached_at IS NULL"),
            postgresql_where=text("attached_at IS NULL"),
        ),
    )
    sha256: str = Field(sa_column=Column(Text, primary_key=True))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    kept_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    attached_at: int | None = Field(default=None, sa_column=Column(BigInteger))


class RemovalRow(Table, table=True):
    """A file or a text that was taken out, or that somebody has asked to take out, by its SHA-256.

    `facts` are the last line of the history of removals about it, as JSON; `kept`, while a second person has not
    decided, what was taken out of events and letters for now.
    """

    __tablename__ = "removal"
    sha256: str = Field(sa_column=Column(Text, primary_key=True))
    facts: str = Field(sa_column=Column(Text, nullable=False))
    kept: str | None = Field(default=None, sa_column=Column(Text))
