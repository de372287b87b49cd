"""The port `Lists`: places are found in the order of an index, and states are read only for the lines shown.

The statements are made from what is asked and from nothing that was found, and making one takes ten times as long as
running it. So each is kept under its question; limits, instants and places to go on from are parameters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    tuple_,
    union_all,
)

from qa_workflow.clock import to_micros
from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.engine.codec import item_from_json
from qa_workflow.service.ports.lists import Lane, Listed, Place, Search, Word
from qa_workflow.store.places import at_stage, place_of
from qa_workflow.store.sights import in_sight
from qa_workflow.store.statements import ITEM, SEARCHABLE

Conditions = tuple[ColumnElement[bool], ...]
Statement = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]
_OPEN = ITEM.c.ended_at.is_(None)
_PARENT = ITEM.alias("parent")


def _owners() -> Any:
    """Every different owner, each found from the one before by one step in the index."""
    first = select(func.min(ITEM.c.owner).label("owner")).where(_OPEN).cte("owners", recursive=True)
    after = select(func.min(ITEM.c.owner)).where(_OPEN, ITEM.c.owner > first.c.owner).scalar_subquery()
    found = first.union_all(select(after).where(first.c.owner.is_not(None)))
    return select(found.c.owner).where(found.c.owner.is_not(None))


_OWNERS = _owners()
_NEAR = 200
"""How far a lane is looked along for what stands at a certain stage."""
_KEPT = 200
"""Of each kind of statement, how many are kept."""
_NOW: ColumnElement[int] = bindparam("now", type_=BigInteger)
_AFTER: tuple[ColumnElement[int], ...] = (
    bindparam("after_due", type_=BigInteger),
    bindparam("after_row", type_=BigInteger),
)
_LIMIT: ColumnElement[int] = bindparam("most", type_=BigInteger)
_LINES = (
    select(ITEM.c.id, ITEM.c.state, _PARENT.c.reference, _PARENT.c.workflow, _PARENT.c.subject)
    .join_from(ITEM, _PARENT, _PARENT.c.key == ITEM.c.parent_id, isouter=True)
    .where(ITEM.c.id.in_(bindparam("rows", expanding=True)))
)
_ROW = select(ITEM.c.id).where(ITEM.c.key == bindparam("key"))
_SUB_ITEMS = [
    select(ITEM.c.id).where(ITEM.c.parent_id == bindparam("key"), over).order_by(ITEM.c.id).limit(_LIMIT)
    for over in (_OPEN, ITEM.c.ended_at.is_not(None))
]
"""Rows of the sub-items of one item: those that are open, and those that are over."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items are wanted, as far as they may be seen; `is_late`: only those that are overdue."""

    of: tuple[Lane, ...] | Search
    sight: Sight
    is_late: bool = False

    def each(self) -> list[Conditions]:
        """The conditions of each lane, or of the search. Each is read in its own order."""
        late = (ITEM.c.due_at < _NOW,) if self.is_late else ()
        of, sight = self.of, self.sight
        several = [_conditions(of, sight)] if isinstance(of, Search) else [_lane(lane) for lane in of]
        return [(*wanted, *late, *in_sight(sight)) for wanted in several]


class SqlLists:
    """Lists on a connection within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def owners(self) -> list[str]:
        """Every different text of owners that open items have."""
        return list(self._connection.execute(_OWNERS).scalars().all())

    def waiting(
        self, lanes: Sequence[Lane], limit: int, after: Place | None = None, sight: Sight = EVERYTHING
    ) -> list[Place]:
        """The first places of these lanes together, the soonest due first."""
        return self._by_date(Wanted(tuple(lanes), sight), {}, limit, after) if lanes else []

    def count_waiting(
        self, lanes: Sequence[Lane], most: int, overdue_at: datetime | None = None, sight: Sight = EVERYTHING
    ) -> int:
        """How many items these lanes have, or are late with; counting stops at `most` in each."""
        wanted = Wanted(tuple(lanes), sight, is_late=overdue_at is not None)
        return self._count(wanted, _at(overdue_at), most) if lanes else 0

    def found(self, search: Search, limit: int, after: Place | None = None, sight: Sight = EVERYTHING) -> list[Place]:
        """Places of what was searched for."""
        wanted, values = _searched(search, sight), _at(search.overdue_at)
        if not search.newest:
            return self._by_date(wanted, values, limit, after)
        earlier = {"after_row": after.row} if after is not None else {}
        rows = self._execute(_newest(wanted, is_later=after is not None), {**values, **earlier}, limit)
        return [Place(True, 0, -row) for (row,) in rows]

    def count_found(self, search: Search, most: int, sight: Sight = EVERYTHING) -> int:
        """How many were found; counting stops at `most`."""
        return self._count(_searched(search, sight), _at(search.overdue_at), most)

    def standing(
        self, places: Sequence[tuple[str, str]], lanes: Sequence[Lane], limit: int, sight: Sight = EVERYTHING
    ) -> list[Place]:
        """What stands at these stages of these workflows in these lanes, the soonest due first.

        Of each lane the first `_NEAR` are looked at: no index has the stages, and there may be very many at others.
        """
        if not lanes:
            return []
        found = self._connection.execute(_standing(tuple(places), tuple(lanes), sight)).all()
        return sorted(Place(due_at is None, due_at or 0, row) for due_at, row in found)[:limit]

    def ended(self, workflow: str, stage: str, limit: int, after: Place | None = None) -> list[Place]:
        """Places of what came to its end at this stage, the last that did so first."""
        order = (ITEM.c.ended_at.desc(), ITEM.c.id.desc())
        wanted = select(ITEM.c.ended_at, ITEM.c.id).where(
            ITEM.c.stage == f" {stage} ", ITEM.c.workflow == workflow, ITEM.c.ended_at.is_not(None)
        )
        if after is not None:
            wanted = wanted.where(tuple_(ITEM.c.ended_at, ITEM.c.id) < (-after.due_at, after.row))
        found = self._connection.execute(wanted.order_by(*order).limit(limit)).all()
        return [Place(False, -ended_at, -row) for ended_at, row in found]

    def lines(self, rows: Sequence[int], sight: Sight) -> list[Listed]:
        """The lines at these rows, in this order, as somebody with this sight of them is shown."""
        told = self._connection.execute(_LINES, {"rows": rows}).all()
        found = {
            row: Listed(row, sight.shown(item_from_json(state)), parent if sight.reaches(*of_parent) else None)
            for row, state, parent, *of_parent in told
        }
        return [found[row] for row in rows if row in found]

    def row(self, key: str) -> int | None:
        """The row of an item."""
        return self._connection.execute(_ROW, {"key": key}).scalar()

    def sub_items(self, key: str, limit: int) -> list[int]:
        """Rows of the sub-items of this one: those that are open first, each in the order of opening."""
        found: list[int] = []
        for wanted in _SUB_ITEMS:
            if len(found) < limit:
                found += self._connection.execute(wanted, {"key": key, "most": limit - len(found)}).scalars()
        return found

    def revision(self, name: str, sight: Sight = EVERYTHING) -> int | None:
        """At which revision an item of this reference is."""
        wanted = select(ITEM.c.revision).where(ITEM.c.reference == name, *in_sight(sight))
        return self._connection.execute(wanted).scalar()

    def _by_date(self, wanted: Wanted, values: Mapping[str, int], limit: int, after: Place | None) -> list[Place]:
        """First what has a date, by it; then what has none."""
        places: list[Place] = []
        if after is None or not after.is_undated:
            later = {"after_due": after.due_at, "after_row": after.number} if after is not None else {}
            found = self._execute(_dated(wanted, is_later=after is not None), {**values, **later}, limit)
            places = sorted(Place(False, due_at, row) for due_at, row in found)[:limit]
        if len(places) < limit:
            is_later = after is not None and after.is_undated
            beyond = {"after_row": after.number} if after is not None and is_later else {}
            rest = limit - len(places)
            found = self._execute(_undated(wanted, is_later=is_later), {**values, **beyond}, rest)
            places += sorted(Place(True, 0, row) for _, row in found)[:rest]
        return places

    def _count(self, wanted: Wanted, values: Mapping[str, int], most: int) -> int:
        return sum(self._execute(_counts(wanted), values, most)[0])

    def _execute(self, statement: Statement, values: Mapping[str, int], most: int) -> Sequence[Any]:
        return self._connection.execute(statement, {**values, "most": most}).all()


@lru_cache(_KEPT)
def _dated(wanted: Wanted, *, is_later: bool) -> Statement:
    """The first of what has a date, the soonest due first, of each lane."""
    order = (ITEM.c.due_at, ITEM.c.id)
    later = (tuple_(*order) > tuple_(*_AFTER),) if is_later else ()
    first = select(*order).where(ITEM.c.due_at.is_not(None), *later).order_by(*order).limit(_LIMIT)
    return _together([first.where(*conditions) for conditions in wanted.each()])


@lru_cache(_KEPT)
def _undated(wanted: Wanted, *, is_later: bool) -> Statement:
    """The first of what has no date, in the order of opening, of each lane."""
    later = (ITEM.c.id > _AFTER[1],) if is_later else ()
    first = select(ITEM.c.due_at, ITEM.c.id).where(ITEM.c.due_at.is_(None), *later).order_by(ITEM.c.id).limit(_LIMIT)
    return _together([first.where(*conditions) for conditions in wanted.each()])


@lru_cache(_KEPT)
def _newest(wanted: Wanted, *, is_later: bool) -> Statement:
    """The last opened first, of what one search finds."""
    (conditions,) = wanted.each()
    earlier = (ITEM.c.id < _AFTER[1],) if is_later else ()
    return select(ITEM.c.id).where(*conditions, *earlier).order_by(ITEM.c.id.desc()).limit(_LIMIT)


@lru_cache(_KEPT)
def _counts(wanted: Wanted) -> Statement:
    """How many there are of each lane, in one row.

    All that is open is counted in the order of its own index. Where most items are open, SQLite would rather begin with
    the first of the table, thinking that the open ones lie everywhere; but what ended long ago lies before them all.
    """
    parts = [select(ITEM.c.id).where(*conditions).limit(_LIMIT) for conditions in wanted.each()]
    if wanted.of == Search(open_only=True):
        parts = [part.order_by(ITEM.c.owner) for part in parts]
    return select(*(select(func.count()).select_from(part.subquery()).scalar_subquery() for part in parts))


@lru_cache(_KEPT)
def _standing(places: tuple[tuple[str, str], ...], lanes: tuple[Lane, ...], sight: Sight) -> Statement:
    """What stands at these places among the first of each lane, those with a date and those without."""
    parts = []
    for conditions in Wanted(lanes, sight).each():
        for when in (ITEM.c.due_at.is_not(None), ITEM.c.due_at.is_(None)):
            near = select(ITEM.c.due_at, ITEM.c.id, ITEM.c.workflow, ITEM.c.stage).where(*conditions, when)
            first = near.order_by(ITEM.c.due_at, ITEM.c.id).limit(_NEAR).subquery().c
            at = (and_(first.workflow == name, place_of(first.stage, f" {path} ") > 0) for name, path in places)
            parts.append(select(first.due_at, first.id).where(or_(false(), *at)))
    return _together(parts)


def _together(parts: Sequence[Select[Any]]) -> Statement:
    """What several queries find, asked as one."""
    return parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))


def _searched(search: Search, sight: Sight) -> Wanted:
    """What a search asks for, whenever it is asked."""
    return Wanted(replace(search, overdue_at=None), sight, is_late=search.overdue_at is not None)


def _at(overdue_at: datetime | None) -> Mapping[str, int]:
    return {} if overdue_at is None else {"now": to_micros(overdue_at)}


def _lane(lane: Lane) -> Conditions:
    about = (ITEM.c.subject == lane.subject,) if lane.subject is not None else ()
    return (ITEM.c.owner == lane.owner, _OPEN, *about)


def _conditions(search: Search, sight: Sight) -> Conditions:
    found: list[ColumnElement[bool]] = []
    if search.words:
        has_all = (_has(word, sight) for word in search.words)
        found.append(ITEM.c.id.in_(select(SEARCHABLE.c.item_id).where(*in_sight(sight, SEARCHABLE.c), *has_all)))
    for column, value in (
        (ITEM.c.workflow, search.workflow),
        (ITEM.c.subject, search.subject),
        (ITEM.c.status, search.status),
    ):
        if value is not None:
            found.append(column == value)
    if search.stage is not None:
        found.append(at_stage(ITEM.c.stage, search.stage))
    if search.owners is not None:
        found.append(and_(_OPEN, ITEM.c.owner.in_(search.owners)) if search.owners else false())
    if search.open_only:
        found += [_OPEN, ITEM.c.owner >= ""]  # which the index of open items has, so that no item need be counted
    return tuple(found)


def _has(word: Word, sight: Sight) -> ColumnElement[bool]:
    """Whether an item in sight is found by a word."""
    of = SEARCHABLE.c
    about = place_of(of.about, word.text) > 0
    if not sight.everything:  # found by what is not shown, it would be told
        is_shown = or_(~of.is_undisclosed, of.workflow.in_(sorted(sight.workflows))) if sight.workflows else None
        about = and_(about, ~of.is_undisclosed if is_shown is None else is_shown)
    known = [
        *([of.subject.in_(sorted(word.subjects))] if word.subjects else []),
        *([of.workflow.in_(sorted(word.workflows))] if word.workflows else []),
    ]
    return or_(place_of(of.reference, word.text) > 0, about, *known)
