"""The port `Boards`: dated steps by the index of due dates, those of an item's own row and those told apart, as one.

An item with rows in `step` is found there and nowhere else; every other item by its own due date. Both halves are read
in the same order, so that merging them costs no more than the page.

As those of lists, statements are kept under their questions, in which instants are parameters.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from heapq import merge
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)

from qa_workflow.clock import EPOCH, from_micros, to_micros
from qa_workflow.engine import EVERYTHING, Event, Item, Sight
from qa_workflow.engine.codec import item_from_json
from qa_workflow.engine.events import Kind, read_body
from qa_workflow.engine.item import HELD
from qa_workflow.service.ports.boards import (
    Figure,
    Held,
    Holding,
    Part,
    Place,
    SavedView,
    StepQuery,
    Stuck,
    Tale,
    Unseated,
    Waits,
)
from qa_workflow.service.time.incidents import ERRAND, STANDS_STILL
from qa_workflow.store import saved_views
from qa_workflow.store.places import at_stage, place_of, plain
from qa_workflow.store.sights import in_sight, is_own_alone
from qa_workflow.store.statements import EVENT, INCIDENT, ITEM, OUTBOX, RECORD, STEP, WAITING
from qa_workflow.store.tables import metadata

FIGURE = metadata.tables["figure"]
Conditions = Iterator[ColumnElement[bool]]
_APART = exists(select(literal_column("1")).select_from(STEP).where(STEP.c.item_id == ITEM.c.id).correlate(ITEM))
_TELLING = frozenset(
    kind.encode()
    for kind in (
        Kind.COMMENTED,
        Kind.HELD,
        Kind.RESUMED,
        Kind.DATE_CHANGED,
        Kind.MEETING_MOVED,
        Kind.MOVED,
        Kind.ASSIGNED,
        Kind.RELEASED,
        Kind.RECORDED,
        Kind.CORRECTED,
    )
)
"""Kinds of events that can tell why something is late."""
_KIND, _NO_REASON, _DUE = b'"kind":"', b'"reason":null', b'"due":'
_ROWS: BindParameter[int] = bindparam("rows", expanding=True)
_ITEMS = select(ITEM.c.id, ITEM.c.state).where(ITEM.c.id.in_(_ROWS))
_EVENTS = (
    select(EVENT.c.item_id, EVENT.c.body, EVENT.c.texts)
    .where(EVENT.c.item_id.in_(_ROWS))
    .order_by(EVENT.c.item_id, EVENT.c.seq)
)
_KEPT = 200
"""Of each kind of statement, how many are kept."""
_MOST: BindParameter[int] = bindparam("most", type_=BigInteger)
_FIGURE = select(FIGURE.c.at, FIGURE.c.data).where(FIGURE.c.name == bindparam("name"))


class SqlBoards:
    """Boards on a connection within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def steps(self, query: StepQuery, limit: int, after: Place | None = None) -> list[Place]:
        """Places of dated steps, the earliest due first."""
        return list(islice(merge(*(self._half(half, query, limit, after) for half in _HALVES)), limit))

    def count(self, query: StepQuery, most: int) -> int:
        """How many there are; counting stops at `most`."""
        total = 0
        for half in _HALVES:
            if total < most:
                values = {**_instants(query), "most": most - total}
                total += int(self._connection.execute(_counting(half, _timeless(query)), values).scalar_one())
        return total

    def on_hold(self, query: StepQuery, limit: int) -> list[int]:
        """Rows of items on hold one of whose steps may fit."""
        values = {"most": limit}
        return list(self._connection.execute(_on_hold(_timeless(query)), values).scalars())

    def stuck(self, query: StepQuery, limit: int) -> list[Stuck]:
        """Items that could not go on by themselves, as the incidents say that are open."""
        rows = self._connection.execute(_stuck(_timeless(query)), {"most": limit})
        return [Stuck(row.reference, row.what, from_micros(row.at)) for row in rows]

    def undone(self, row: int) -> list[Stuck]:
        """What an item asked of other items and was not done, as the incidents say that are open."""
        rows = self._connection.execute(_UNDONE, {"row": row})
        return [Stuck(row.reference, row.what, from_micros(row.at)) for row in rows]

    def held(self, since: datetime | None, before: datetime) -> list[Held]:
        """Dated steps of open items in a span of time, counted by owner and subject."""
        query, found = StepQuery(since=since, before=before), list[Held]()
        for half in _HALVES:
            grouped = half.of((half.owner, ITEM.c.subject, func.count()), query).group_by(half.owner, ITEM.c.subject)
            rows = self._connection.execute(grouped, _instants(query))
            found += [Held(owner, subject, number) for owner, subject, number in rows]
        return found

    def items(self, rows: Sequence[int], sight: Sight) -> Mapping[int, Item]:
        """The items at these rows, as somebody with this sight of them is shown."""
        found = self._connection.execute(_ITEMS, {"rows": list(set(rows))}).all()
        return {row: sight.shown(item_from_json(state)) for row, state in found}

    def told(self, rows: Sequence[int]) -> Mapping[int, list[Event]]:
        """By row, what somebody gave a reason for, and what changed a due date; in order."""
        found: dict[int, list[Event]] = {}
        for row, body, texts in self._connection.execute(_EVENTS, {"rows": list(set(rows))}).all():
            if _tells(body):
                found.setdefault(row, []).append(read_body(body, texts))
        return found

    def waiting(self, meetings: Mapping[str, str], sight: Sight = EVERYTHING) -> Mapping[str, list[Waits]]:
        """By body, all that waits for a meeting, or still for an earlier one."""
        found: dict[str, list[Waits]] = {}
        for body, key in meetings.items():
            for row in self._connection.execute(_waiting(sight), {"body": body, "key": key}):
                due_at = row.due_at if row.is_apart else row.item_due_at
                waits = Waits(
                    row.item_id,
                    row.visit,
                    bool(row.on_agenda),
                    row.key,
                    row.definition,
                    row.stage or row.item_stage.strip(),
                    row.status == HELD,
                    None if due_at is None else from_micros(due_at),
                )
                found.setdefault(body, []).append(waits)
        return found

    def agendas(self, meetings: Collection[tuple[str, str]], sight: Sight) -> Mapping[tuple[str, str], list[str]]:
        """By meeting, the references on its agenda."""
        if not meetings:
            return {}
        bodies, keys = (sorted(set(each)) for each in zip(*meetings, strict=True))
        found: dict[tuple[str, str], list[str]] = {}
        for body, key, reference in self._connection.execute(_agendas(sight), {"bodies": bodies, "keys": keys}):
            if (body, key) in meetings:
                found.setdefault((body, key), []).append(reference)
        return {meeting: sorted(references) for meeting, references in found.items()}

    def unseated(self, parts: Sequence[Part], sight: Sight = EVERYTHING) -> list[Unseated]:
        """Open items at one of these stages that are on no agenda, or at several stages and so perhaps not for each."""
        rows = self._connection.execute(_unseated(StepQuery(parts=tuple(parts), sight=sight)))
        return [Unseated(row.id, row.definition, row.stage.strip(), row.subject) for row in rows]

    def tales(self, after: int, limit: int, sight: Sight = EVERYTHING) -> list[tuple[int, Tale]]:
        """Items with their whole histories, in the order of rows, those after this row."""
        wanted = select(ITEM.c.id, ITEM.c.state).where(ITEM.c.id > after, *in_sight(sight)).order_by(ITEM.c.id)
        states = self._connection.execute(wanted.limit(limit)).all()
        if not states:
            return []
        events = self._connection.execute(_EVENTS, {"rows": [row.id for row in states]}).all()
        histories = {
            row: [read_body(line.body, line.texts) for line in lines]
            for row, lines in groupby(events, key=attrgetter("item_id"))
        }
        return [(row, Tale(item_from_json(state), histories.get(row, ()))) for row, state in states]

    def number_of_items(self, most: int, sight: Sight = EVERYTHING) -> int:
        """How many items there are; counting stops at `most`."""
        return int(self._connection.execute(_number_of_items(sight), {"most": most}).scalar_one())

    def figure(self, name: str) -> Figure | None:
        """Figures that were worked out before."""
        row = self._connection.execute(_FIGURE, {"name": name}).first()
        return None if row is None else Figure(from_micros(row.at), row.data)

    def saved_views(self, person: str, page: str) -> list[SavedView]:
        """The lists that a person keeps for a page, by name."""
        return saved_views.of(self._connection, person, page)

    def recorded(self, stream: str, since: datetime, limit: int) -> list[Mapping[str, Any]]:
        """Lines of one of the house's own histories, the latest first."""
        wanted = select(RECORD.c.body).where(RECORD.c.stream == stream, RECORD.c.at >= to_micros(since))
        lines = self._connection.execute(wanted.order_by(RECORD.c.seq.desc()).limit(limit)).scalars()
        return [json.loads(line) for line in lines]

    def _half(self, half: _Half, query: StepQuery, limit: int, after: Place | None) -> list[Place]:
        values = {**_instants(query), "most": limit}
        if after is not None:
            values |= {"after_due": after.due_at, "after_row": after.row, "after_visit": after.visit}
        wanted = _ordered(half, _timeless(query), is_later=after is not None)
        return [Place(*row) for row in self._connection.execute(wanted, values).all()]


def _tells(body: bytes) -> bool:
    """Whether an event may tell why something is late; seen without reading it, for most do not.

    Its names are in the order of the alphabet, so that its kind comes after all data, and its reason after that.
    """
    begin = body.rfind(_KIND) + len(_KIND)
    end = body.find(b'"', begin)
    return body[begin:end] in _TELLING and (body.find(_NO_REASON, end) < 0 or _DUE in body)


class SqlBoardsUnit(SqlBoards):
    """The port `BoardsUnit` on a connection that has begun to write."""

    def drop_figure(self, name: str) -> None:
        """Forget figures."""
        self._connection.execute(delete(FIGURE).where(FIGURE.c.name == name))

    def post(self, key: str, recipient: str, payload: Mapping[str, Any], at: datetime) -> None:
        """A message of the house's own to a person; a batch of its own, so that it leaves as it was written."""
        values = {"key": key, "seq": 0, "kind": "message", "recipient": recipient, "payload": json.dumps(payload)}
        self._connection.execute(insert(OUTBOX).values(**values, batch=key, attempts=0, next_at=to_micros(at)))

    def put_view(self, view: SavedView) -> None:
        """Keep a list, in place of the one of that name."""
        saved_views.put(self._connection, view)

    def drop_view(self, person: str, page: str, name: str) -> bool:
        """Forget a list; whether it was there."""
        return saved_views.drop(self._connection, person, page, name)

    def put_figure(self, name: str, figure: Figure) -> None:
        """Keep figures, in place of what was there."""
        values = {"at": to_micros(figure.at), "data": figure.data}
        changed = self._connection.execute(update(FIGURE).where(FIGURE.c.name == name).values(values))
        if changed.rowcount == 0:
            self._connection.execute(insert(FIGURE).values(name=name, **values))


class _Half:
    """Where one sort of dated steps is found."""

    def __init__(self, *, apart: bool) -> None:
        self.apart = apart
        table = STEP if apart else ITEM
        self.due_at: Any = table.c.due_at
        self.row: Any = STEP.c.item_id if apart else ITEM.c.id
        self.visit: Any = STEP.c.visit if apart else literal_column("0")
        self.owner: Any = table.c.owner
        self.order: Any = (self.due_at, self.row, self.visit) if apart else (self.due_at, self.row)

    def of(self, columns: Any, query: StepQuery) -> Select[Any]:
        """Its rows that fit, in no order; instants are parameters of their names."""
        wanted = select(*columns) if isinstance(columns, tuple) else select(columns)
        joined = wanted.join_from(STEP, ITEM, ITEM.c.id == STEP.c.item_id) if self.apart else wanted.select_from(ITEM)
        return joined.where(*self._conditions(query), *in_sight(query.sight))

    def _conditions(self, query: StepQuery) -> Conditions:
        due_at = self.due_at
        if is_own_alone(query.sight) and not self.apart:
            yield ITEM.c.ended_at.is_(None)  # by the index of one's own: however much there is of others' is passed by
            due_at = plain(due_at)
        yield due_at.is_not(None)
        if query.since is not None:
            yield due_at >= bindparam("since", type_=BigInteger)
        if query.before is not None:
            yield due_at < bindparam("before", type_=BigInteger)
        yield from self._change(query.changed)
        if query.first_before is not None:
            yield (STEP.c.first_at if self.apart else due_at) < bindparam("first_before", type_=BigInteger)
        yield from self.about(query)

    def about(self, query: StepQuery) -> Conditions:
        """What is wanted of them, but for their dates."""
        if query.workflow is not None:
            yield plain(ITEM.c.workflow) == query.workflow
        if query.subject is not None:
            yield plain(ITEM.c.subject) == query.subject
        if query.stage is not None:
            yield at_stage(STEP.c.stage if self.apart else ITEM.c.stage, query.stage)
        if query.parts is not None:
            yield or_(false(), *(self._part(part) for part in query.parts))
        if query.holdings is not None:
            yield or_(false(), *(self._holding(holding) for holding in query.holdings))

    def _change(self, changed: bool | None) -> Conditions:
        if self.apart:
            if changed is not None:
                yield (STEP.c.first_at != STEP.c.due_at) if changed else (STEP.c.first_at == STEP.c.due_at)
        else:
            yield false() if changed else ~_APART

    def _at(self, stage: str) -> ColumnElement[bool]:
        """At a stage by its path."""
        return STEP.c.stage == stage if self.apart else place_of(ITEM.c.stage, f" {stage} ") > 0

    def _part(self, part: Part) -> ColumnElement[bool]:
        found: list[ColumnElement[bool]] = [plain(ITEM.c.workflow) == part.workflow]
        if part.stages is not None:
            found.append(or_(false(), *(self._at(stage) for stage in sorted(part.stages))))
        if part.subjects is not None:
            found.append(plain(ITEM.c.subject).in_(sorted(part.subjects)))
        return and_(*found)

    def _holding(self, holding: Holding) -> ColumnElement[bool]:
        held = place_of(self.owner, f" {holding.name} ") > 0
        if holding.subjects is None:
            return held
        return and_(held, plain(ITEM.c.subject).in_(sorted(holding.subjects)))


class _Whole(_Half):
    """Items by columns of their own alone: also those of which only a stage that has branches would fit."""

    def _at(self, stage: str) -> ColumnElement[bool]:
        return or_(super()._at(stage), place_of(ITEM.c.stage, f" {stage}.") > 0)


_HALVES = (_Half(apart=False), _Half(apart=True))
_WHOLE = _Whole(apart=False)
_AFTER = [bindparam(f"after_{name}", type_=BigInteger) for name in ("due", "row", "visit")]


@lru_cache(_KEPT)
def _ordered(half: _Half, query: StepQuery, *, is_later: bool) -> Select[Any]:
    """The first places of one half."""
    wanted = half.of((half.due_at, ITEM.c.id, half.visit), query)
    if is_later:
        # The first condition walks the index, the second is for those that are due at the same instant.
        beyond = tuple_(half.due_at, ITEM.c.id, half.visit) > tuple_(*_AFTER)
        wanted = wanted.where(half.due_at >= _AFTER[0], beyond)
    return wanted.order_by(*half.order).limit(_MOST)


@lru_cache(_KEPT)
def _counting(half: _Half, query: StepQuery) -> Select[Any]:
    """How many there are in one half."""
    return select(func.count()).select_from(half.of(literal_column("1"), query).limit(_MOST).subquery())


@lru_cache(_KEPT)
def _on_hold(query: StepQuery) -> Select[Any]:
    """Items on hold, whatever their dates. Few are, and they have an index of their own."""
    held = ITEM.c.status == literal_column(f"'{HELD}'")
    return select(ITEM.c.id).where(held, *_WHOLE.about(query), *in_sight(query.sight)).order_by(ITEM.c.id).limit(_MOST)


@lru_cache(_KEPT)
def _stuck(query: StepQuery) -> Select[Any]:
    """Items about which an incident says that they wait for somebody. Incidents that are open are few."""
    is_open = (INCIDENT.c.kind.in_(STANDS_STILL), INCIDENT.c.settled_at.is_(None))
    joined = select(ITEM.c.reference, INCIDENT.c.what, INCIDENT.c.at).join_from(
        INCIDENT, ITEM, ITEM.c.id == INCIDENT.c.item_id
    )
    wanted = joined.where(*is_open, *_WHOLE.about(query), *in_sight(query.sight))
    return wanted.order_by(INCIDENT.c.at, INCIDENT.c.id).limit(_MOST)


_UNDONE = (
    select(ITEM.c.reference, INCIDENT.c.what, INCIDENT.c.at)
    .join_from(INCIDENT, ITEM, ITEM.c.id == INCIDENT.c.item_id)
    .where(INCIDENT.c.item_id == bindparam("row"), INCIDENT.c.kind == ERRAND, INCIDENT.c.settled_at.is_(None))
    .order_by(INCIDENT.c.at, INCIDENT.c.id)
)


@lru_cache(_KEPT)
def _number_of_items(sight: Sight) -> Select[Any]:
    """How many items there are in sight."""
    rows = select(literal_column("1")).select_from(ITEM).where(*in_sight(sight)).limit(_MOST).subquery()
    return select(func.count()).select_from(rows)


@lru_cache(_KEPT)
def _waiting(sight: Sight) -> Select[Any]:
    """What waits for a body's meeting; of a step that has its own row its own stage and date."""
    own = and_(STEP.c.item_id == WAITING.c.item_id, STEP.c.visit == WAITING.c.visit)
    return (
        select(
            WAITING.c.item_id, WAITING.c.visit, WAITING.c.on_agenda, WAITING.c.key, ITEM.c.definition, ITEM.c.status,
            STEP.c.stage, ITEM.c.stage.label("item_stage"),
            STEP.c.due_at, ITEM.c.due_at.label("item_due_at"), _APART.label("is_apart"),
        )
        .join_from(WAITING, ITEM, ITEM.c.id == WAITING.c.item_id)
        .outerjoin(STEP, own)
        .where(
            WAITING.c.body == bindparam("body", type_=Text),
            WAITING.c.key <= bindparam("key", type_=Text),
            *in_sight(sight),
        )
    )  # fmt: skip


@lru_cache(_KEPT)
def _agendas(sight: Sight) -> Select[Any]:
    """What stands on agendas of these bodies for these days; once, in however many branches it waits."""
    wanted = select(WAITING.c.body, WAITING.c.key, ITEM.c.reference).distinct()
    return wanted.join_from(WAITING, ITEM, ITEM.c.id == WAITING.c.item_id).where(
        WAITING.c.body.in_(bindparam("bodies", expanding=True)),
        WAITING.c.key.in_(bindparam("keys", expanding=True)),
        WAITING.c.on_agenda,
        *in_sight(sight),
    )


@lru_cache(_KEPT)
def _unseated(query: StepQuery) -> Select[Any]:
    """Open items at stages that meetings decide, on no agenda; and those at several, whatever they are on."""
    several = place_of(func.trim(ITEM.c.stage), " ") > 0
    seated = exists(select(literal_column("1")).where(WAITING.c.item_id == ITEM.c.id, WAITING.c.on_agenda))
    wanted = select(ITEM.c.id, ITEM.c.definition, ITEM.c.stage, ITEM.c.subject)
    return wanted.where(
        ITEM.c.ended_at.is_(None), or_(several, ~seated), *_HALVES[0].about(query), *in_sight(query.sight)
    )


def _timeless(query: StepQuery) -> StepQuery:
    """The same question whatever its instants are, under which its statement is kept."""
    return replace(
        query,
        since=query.since and EPOCH,
        before=query.before and EPOCH,
        first_before=query.first_before and EPOCH,
    )


def _instants(query: StepQuery) -> dict[str, int]:
    """The instants of a question, by the names of their parameters."""
    asked = {"since": query.since, "before": query.before, "first_before": query.first_before}
    return {name: to_micros(at) for name, at in asked.items() if at is not None}
