"""One consistent look at the database: lists and counts of items, histories, and the bare rows for those who ask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, literal, or_, select

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.engine import EVERYTHING, Event, Sight
from qa_workflow.engine.codec import item_from_json
from qa_workflow.engine.events import read_body
from qa_workflow.engine.item import stamp
from qa_workflow.engine.texts import put_back
from qa_workflow.service.ports.store import Definition, Found, ItemQuery, Scheduled, Typed
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.removals import Removal, removal_of
from qa_workflow.store import migrations
from qa_workflow.store.access import SqlAccessLook
from qa_workflow.store.boards import SqlBoards
from qa_workflow.store.chronicle import SqlChronicle
from qa_workflow.store.desk import SqlDeskLook
from qa_workflow.store.explain import place
from qa_workflow.store.faults import NewerThanProgram
from qa_workflow.store.lent import OnConnection
from qa_workflow.store.lists import SqlLists
from qa_workflow.store.places import place_of, plain
from qa_workflow.store.sights import in_sight
from qa_workflow.store.statements import (
    DEFINITION,
    DOCUMENT,
    EVENT,
    HOUSE,
    INCIDENT,
    ITEM,
    MEETING,
    OUTBOX,
    REMOVAL,
    SCHEDULE,
    TIMER,
    WAITING,
)
from qa_workflow.store.texts import read_kept, typed

_KEY = re.compile("[0-9a-f]{32}")
_NEAR = 100
_KEPT = 200
"""For how many people's sight the statement for one item is kept."""
_PAGE = 1000
"""Rows fetched at a time where a whole table is read."""
_FOUND = (ITEM.c.id, ITEM.c.due_at, ITEM.c.state)
_HOUSE = select(HOUSE.c.name, HOUSE.c.value)
_HISTORY = [
    select(EVENT.c.body, EVENT.c.texts)
    .join_from(EVENT, ITEM, ITEM.c.id == EVENT.c.item_id)
    .where(column == bindparam("name"))
    .order_by(EVENT.c.seq)
    for column in (ITEM.c.reference, ITEM.c.key)
]
"""All that happened to an item, by its reference, and by its identifier."""


class SqlReader(OnConnection):
    """The port `Reader` on a connection within a transaction."""

    @property
    def desk(self) -> SqlDeskLook:
        """Drafts of definitions."""
        return SqlDeskLook(self._connection)

    @property
    def access(self) -> SqlAccessLook:
        """Who may come in."""
        return SqlAccessLook(self._connection)

    @property
    def boards(self) -> SqlBoards:
        """Boards over all bodies."""
        return SqlBoards(self._connection)

    @property
    def lists(self) -> SqlLists:
        """Lists for pages."""
        return SqlLists(self._connection)

    @property
    def chronicle(self) -> SqlChronicle:
        """What happened to all items."""
        return SqlChronicle(self._connection)

    def item(self, name: str, sight: Sight = EVERYTHING) -> Found:
        """An item by reference or identifier; one out of sight is not there. Raises `UnknownItem`."""
        row = self._connection.execute(_one(sight, by_key=is_key(name)), {"name": name}).first()
        if row is None:
            raise UnknownItem(name, near(self._connection, name) if sight.everything else ())
        return _found(row, sight)

    def events(self, name: str, sight: Sight) -> list[Event]:
        """All that happened to an item, in order, as somebody with this sight of it is told."""
        lines = self._connection.execute(_HISTORY[is_key(name)], {"name": name}).all()
        if not lines:  # an item has at least the event of its opening
            raise UnknownItem(name, near(self._connection, name))
        events = [read_body(body, texts) for body, texts in lines]
        return sight.told(events[0].data["item"]["workflow"], events)

    def items(self, query: ItemQuery) -> list[Found]:
        """A page of items: the longest overdue first where overdue ones are asked for, else as the query says."""
        wanted = _filtered(select(*_FOUND), query)
        if query.by_date:
            dated = wanted.where(ITEM.c.due_at.is_not(None)).order_by(ITEM.c.due_at, ITEM.c.id)
            found = self._connection.execute(dated.limit(query.limit)).all()
            undated = wanted.where(ITEM.c.due_at.is_(None)).order_by(ITEM.c.id).limit(query.limit - len(found))
            rest = self._connection.execute(undated).all() if len(found) < query.limit else ()
            return [_found(row, query.sight) for row in (*found, *rest)]
        if query.overdue_at is not None:
            if query.after is not None:
                due_at, row = query.after
                later = ITEM.c.due_at > due_at
                wanted = wanted.where(ITEM.c.due_at >= due_at, or_(later, ITEM.c.id > row))
            wanted = wanted.order_by(ITEM.c.due_at, ITEM.c.id)
        else:
            if query.after is not None:
                wanted = wanted.where(ITEM.c.id > query.after[1])
            wanted = wanted.order_by(ITEM.c.id)
        return [_found(row, query.sight) for row in self._connection.execute(wanted.limit(query.limit))]

    def count(self, query: ItemQuery) -> int:
        """How many items there are in all; `limit` and `after` do not matter."""
        return int(self._connection.execute(_filtered(select(func.count()).select_from(ITEM), query)).scalar_one())

    def definitions(self) -> list[Definition]:
        """All that was ever published, oldest first.

        Raises:
            NewerThanProgram: the tables were brought up to date while this program was running.
        """
        revision = self.house().get("schema", migrations.HEAD)
        if revision != migrations.HEAD:
            raise NewerThanProgram(place(self._connection.engine.url), revision, migrations.HEAD)
        table = DEFINITION.c
        ordered = select(DEFINITION).order_by(table.published_at, table.kind, table.name, table.version)
        return [_definition(row) for row in self._connection.execute(ordered)]

    def definition(self, hash: str) -> Definition | None:  # noqa: A002  as the port says
        """A definition by the hash of its text; the newest version where it was published more than once."""
        wanted = select(DEFINITION).where(DEFINITION.c.hash == hash).order_by(DEFINITION.c.version.desc()).limit(1)
        row = self._connection.execute(wanted).first()
        return None if row is None else _definition(row)

    def moved_meetings(self) -> Mapping[tuple[str, str], datetime | None]:
        """When meetings are really held that were moved; None for those called off."""
        rows = self._connection.execute(select(MEETING.c.body, MEETING.c.key, MEETING.c.at))
        return {(row.body, row.key): None if row.at is None else from_micros(row.at) for row in rows}

    def taken(self, bodies: Iterable[str]) -> Mapping[tuple[str, str], int]:
        """How many items are on the agenda of each meeting of these bodies."""
        counted = (
            select(WAITING.c.body, WAITING.c.key, func.count(WAITING.c.item_id.distinct()))
            .where(WAITING.c.body.in_(list(bodies)), WAITING.c.on_agenda)
            .group_by(WAITING.c.body, WAITING.c.key)
        )
        return {(body, key): count for body, key, count in self._connection.execute(counted)}

    def timers(self) -> Iterator[Mapping[str, Any]]:
        """Every timer that is still to fire, the next first."""
        columns = (ITEM.c.reference.label("item"), TIMER.c.visit, TIMER.c.name, TIMER.c.fire_at)
        joined = select(*columns).join_from(TIMER, ITEM, ITEM.c.id == TIMER.c.item_id)
        yield from self._rows(
            joined.order_by(TIMER.c.fire_at, TIMER.c.item_id, TIMER.c.visit, TIMER.c.name), ("fire_at",)
        )

    def outbox(self) -> Iterator[Mapping[str, Any]]:
        """Everything that left, waits to leave, or was given up (neither `next_at` nor `done_at`)."""
        columns = [c for c in OUTBOX.c if c.name != "item_id"]
        told = select(ITEM.c.reference.label("item"), *columns)
        joined = told.join_from(OUTBOX, ITEM, ITEM.c.id == OUTBOX.c.item_id, isouter=True)
        for row in self._rows(joined.order_by(OUTBOX.c.id), ("next_at", "done_at")):
            payload = json.loads(put_back(row["payload"].encode(), row["texts"]))
            yield {**{name: value for name, value in row.items() if name != "texts"}, "payload": payload}

    def incidents(self) -> Iterator[Mapping[str, Any]]:
        """What needs, or needed, a person."""
        columns = [c for c in INCIDENT.c if c.name != "item_id"]
        told = select(ITEM.c.reference.label("item"), *columns)
        joined = told.join_from(INCIDENT, ITEM, ITEM.c.id == INCIDENT.c.item_id, isouter=True)
        yield from self._rows(joined.order_by(INCIDENT.c.id), ("at", "settled_at"))

    def schedules(self) -> list[Scheduled]:
        """Everything recurring, the next first."""
        ordered = select(SCHEDULE).order_by(SCHEDULE.c.next_at, SCHEDULE.c.name)
        return [
            Scheduled(row.name, row.workflow, json.loads(row.payload), from_micros(row.next_at))
            for row in self._connection.execute(ordered)
        ]

    def next_look(self, after: datetime) -> datetime | None:
        """The first instant after this one at which time does something to an item, or something recurring is next."""
        columns = (ITEM.c.next_at, SCHEDULE.c.next_at)
        found = [self._connection.execute(select(func.min(c)).where(c > to_micros(after))).scalar() for c in columns]
        return min((from_micros(micros) for micros in found if micros is not None), default=None)

    def removals(self) -> Mapping[str, Removal]:
        """Documents and texts that are removed, or are to be."""
        return removals_in(self._connection)

    def typed(self, row: int) -> list[Typed]:
        """All that was typed at the item of this row."""
        return list(typed(self._connection, row))

    def kept_back(self, sha256: str) -> list[Typed]:
        """What was taken out of events and letters until somebody decides about the removal of this name."""
        kept = self._connection.execute(select(REMOVAL.c.kept).where(REMOVAL.c.sha256 == sha256)).scalar()
        return [] if kept is None else read_kept(kept)

    def called(self, rows: Iterable[int]) -> list[str]:
        """References of the items at these rows."""
        found = select(ITEM.c.reference).where(ITEM.c.id.in_(set(rows))).order_by(ITEM.c.id)
        return list(self._connection.execute(found).scalars())

    def naming(self, sha256: str) -> list[str]:
        """References of the items whose histories name a document."""
        place = func.instr if self._connection.dialect.name == "sqlite" else _position
        named = select(EVENT.c.item_id).where(place(EVENT.c.body, f'"sha256":"{sha256}"'.encode()) > 0)
        found = select(ITEM.c.reference).where(ITEM.c.id.in_(named)).order_by(ITEM.c.id)
        return list(self._connection.execute(found).scalars())

    def has_unused(self, before: datetime) -> bool:
        """Whether a document was uploaded before then, and nothing refers to it."""
        unused = (DOCUMENT.c.attached_at.is_(None), DOCUMENT.c.kept_at < to_micros(before))
        return self._connection.execute(select(DOCUMENT.c.sha256).where(*unused).limit(1)).first() is not None

    def house(self) -> Mapping[str, str]:
        """The facts about this database."""
        return dict(self._connection.execute(_HOUSE).all())

    def _rows(self, wanted: Select[Any], instants: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
        """Rows as plain values for JSON, a page at a time; instants as text in UTC."""
        rows = self._connection.execute(wanted, execution_options={"yield_per": _PAGE})
        for row in rows.mappings():
            yield {name: _told(value) if name in instants else value for name, value in row.items()}


def removals_in(connection: Connection) -> dict[str, Removal]:
    """What is removed, or is to be, by its SHA-256."""
    rows = connection.execute(select(REMOVAL.c.sha256, REMOVAL.c.facts))
    return {sha256: removal_of(json.loads(facts)) for sha256, facts in rows}


def _position(text: ColumnElement[Any], part: bytes) -> ColumnElement[int]:
    return func.position(literal(part).op("IN")(text))


@lru_cache(_KEPT)
def _one(sight: Sight, *, by_key: bool) -> Select[Any]:
    """The item of one name, as far as it is in sight. Kept, for making a statement takes longer than running it."""
    column = ITEM.c.key if by_key else ITEM.c.reference
    return select(*_FOUND).where(column == bindparam("name"), *in_sight(sight))


def is_key(name: str) -> bool:
    """Whether a name has the form of an identifier: 32 hexadecimal digits."""
    return _KEY.fullmatch(name) is not None


def near(connection: Connection, name: str) -> tuple[str, ...]:
    """References around a name in the order of the alphabet, for "did you mean"; quick however many there are.

    It may have been typed in other letters than references mostly have: `PA/2026-27-Q4/ghft`.
    """
    head, slash, tail = name.rpartition("/")
    found: dict[str, None] = {}
    for each in dict.fromkeys((name, f"{head.upper()}{slash}{tail.lower()}" if slash else name.upper())):
        before = select(ITEM.c.reference).where(ITEM.c.reference < each).order_by(ITEM.c.reference.desc()).limit(_NEAR)
        after = select(ITEM.c.reference).where(ITEM.c.reference >= each).order_by(ITEM.c.reference).limit(_NEAR)
        found |= dict.fromkeys((*connection.execute(before).scalars(), *connection.execute(after).scalars()))
    return tuple(found)


def _filtered(wanted: Select[Any], query: ItemQuery) -> Select[Any]:
    """The query's conditions. Where items are listed by their dates, no other condition may choose the index."""
    apart = plain if query.overdue_at is not None or query.by_date else _itself
    if query.workflow is not None:
        wanted = wanted.where(apart(ITEM.c.workflow) == query.workflow)
    if query.stage is not None:
        whole, last = place_of(ITEM.c.stage, f" {query.stage} "), place_of(ITEM.c.stage, f".{query.stage} ")
        wanted = wanted.where(or_(whole > 0, last > 0))
    if query.owner is not None:
        wanted = wanted.where(place_of(ITEM.c.owner, f" {query.owner} ") > 0)
    if query.subject is not None:
        wanted = wanted.where(ITEM.c.subject == query.subject)
    if query.status is not None:
        wanted = wanted.where(ITEM.c.status == query.status)
    if query.open_only:
        wanted = wanted.where(ITEM.c.ended_at.is_(None))
    if query.overdue_at is not None:
        wanted = wanted.where(ITEM.c.due_at.is_not(None), ITEM.c.due_at < to_micros(query.overdue_at))
    return wanted.where(*in_sight(query.sight))


def _itself(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column


def _found(row: Any, sight: Sight) -> Found:
    return Found(row[0], row[1], sight.shown(item_from_json(row[2])))


def _definition(row: Any) -> Definition:
    return Definition(
        row.hash, row.kind, row.name, row.version, bytes(row.source), from_micros(row.published_at), row.published_by
    )


def _told(micros: int | None) -> str | None:
    return None if micros is None else stamp(from_micros(micros))
