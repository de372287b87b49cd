"""The port `Lists`: places are found in the order of an index, and states are read only for the lines shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, false, func, or_, select, tuple_, union_all

from qa_workflow.clock import to_micros
from qa_workflow.engine import EVERYTHING, Sight
from qa_workflow.engine.codec import item_from_json
from qa_workflow.service.ports.lists import Lane, Listed, Place, Search, Word
from qa_workflow.store.places import place_of
from qa_workflow.store.statements import ITEM

Conditions = tuple[ColumnElement[bool], ...]
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
_LINES = (
    select(ITEM.c.id, ITEM.c.state, _PARENT.c.reference)
    .join_from(ITEM, _PARENT, _PARENT.c.key == ITEM.c.parent_id, isouter=True)
    .where(ITEM.c.id.in_(bindparam("rows", expanding=True)))
)


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
        return self._by_date([(*_lane(lane), *_seen(sight)) for lane in lanes], limit, after)

    def count_waiting(
        self, lanes: Sequence[Lane], most: int, overdue_at: datetime | None = None, sight: Sight = EVERYTHING
    ) -> int:
        """How many items these lanes have, or are late with; counting stops at `most` in each."""
        late = (ITEM.c.due_at < to_micros(overdue_at),) if overdue_at is not None else ()
        return self._count([(*_lane(lane), *late, *_seen(sight)) for lane in lanes], most)

    def found(self, search: Search, limit: int, after: Place | None = None, sight: Sight = EVERYTHING) -> list[Place]:
        """Places of what was searched for."""
        wanted = (*_conditions(search), *_seen(sight))
        return self._newest(wanted, limit, after) if search.newest else self._by_date([wanted], limit, after)

    def count_found(self, search: Search, most: int, sight: Sight = EVERYTHING) -> int:
        """How many were found; counting stops at `most`."""
        return self._count([(*_conditions(search), *_seen(sight))], most)

    def standing(
        self, places: Sequence[tuple[str, str]], lanes: Sequence[Lane], limit: int, sight: Sight = EVERYTHING
    ) -> list[Place]:
        """What stands at these stages of these workflows in these lanes, the soonest due first.

        Of each lane the first `_NEAR` are looked at: no index has the stages, and there may be very many at others.
        """
        parts = []
        for lane in lanes:
            for is_undated in (False, True):
                when = ITEM.c.due_at.is_(None) if is_undated else ITEM.c.due_at.is_not(None)
                near = select(ITEM.c.due_at, ITEM.c.id, ITEM.c.workflow, ITEM.c.stage)
                near = near.where(*_lane(lane), when, *_seen(sight))
                first = near.order_by(ITEM.c.due_at, ITEM.c.id).limit(_NEAR).subquery().c
                at = (and_(first.workflow == name, place_of(first.stage, f" {path} ") > 0) for name, path in places)
                parts.append(select(first.due_at, first.id).where(or_(false(), *at)))
        return sorted(Place(due_at is None, due_at or 0, row) for due_at, row in self._all(parts))[:limit]

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

    def lines(self, rows: Sequence[int]) -> list[Listed]:
        """The lines at these rows, in this order."""
        told = self._connection.execute(_LINES, {"rows": rows}).all()
        found = {row: Listed(row, item_from_json(state), parent) for row, state, parent in told}
        return [found[row] for row in rows if row in found]

    def sub_items(self, key: str, limit: int) -> list[int]:
        """Rows of the items that hang on this one: those that are open first, each in the order of opening."""
        found: list[int] = []
        for over in (_OPEN, ITEM.c.ended_at.is_not(None)):
            wanted = select(ITEM.c.id).where(ITEM.c.parent_id == key, over).order_by(ITEM.c.id)
            found += self._connection.execute(wanted.limit(limit - len(found))).scalars()
        return found

    def revision(self, name: str, sight: Sight = EVERYTHING) -> int | None:
        """At which revision an item of this reference is."""
        wanted = select(ITEM.c.revision).where(ITEM.c.reference == name, *_seen(sight))
        return self._connection.execute(wanted).scalar()

    def _by_date(self, several: Sequence[Conditions], limit: int, after: Place | None) -> list[Place]:
        """First what has a date, by it; then what has none. Each of several conditions is read in its own order."""
        places: list[Place] = []
        if after is None or not after.is_undated:
            later = (tuple_(ITEM.c.due_at, ITEM.c.id) > (after.due_at, after.number),) if after else ()
            dated = select(ITEM.c.due_at, ITEM.c.id).order_by(ITEM.c.due_at, ITEM.c.id).limit(limit)
            parts = [dated.where(ITEM.c.due_at.is_not(None), *wanted, *later) for wanted in several]
            places = sorted(Place(False, due_at, row) for due_at, row in self._all(parts))[:limit]
        if len(places) < limit:
            beyond = (ITEM.c.id > after.number,) if after is not None and after.is_undated else ()
            undated = select(ITEM.c.due_at, ITEM.c.id).order_by(ITEM.c.id).limit(limit - len(places))
            parts = [undated.where(ITEM.c.due_at.is_(None), *wanted, *beyond) for wanted in several]
            places += sorted(Place(True, 0, row) for _, row in self._all(parts))[: limit - len(places)]
        return places

    def _all(self, parts: Sequence[Select[Any]]) -> Iterable[Any]:
        """What several queries find, asked as one."""
        if not parts:
            return ()
        found = parts[0] if len(parts) == 1 else union_all(*(select(part.subquery()) for part in parts))
        return self._connection.execute(found).all()

    def _newest(self, wanted: Conditions, limit: int, after: Place | None) -> list[Place]:
        earlier = (ITEM.c.id < after.row,) if after is not None else ()
        rows = select(ITEM.c.id).where(*wanted, *earlier).order_by(ITEM.c.id.desc()).limit(limit)
        return [Place(True, 0, -row) for row in self._connection.execute(rows).scalars().all()]

    def _count(self, several: Sequence[Conditions], most: int) -> int:
        parts = [select(ITEM.c.id).where(*wanted).limit(most) for wanted in several]
        if not parts:
            return 0
        counts = [select(func.count()).select_from(part.subquery()).scalar_subquery() for part in parts]
        return sum(self._connection.execute(select(*counts)).one())


def _lane(lane: Lane) -> Conditions:
    about = (ITEM.c.subject == lane.subject,) if lane.subject is not None else ()
    return (ITEM.c.owner == lane.owner, _OPEN, *about)


def _conditions(search: Search) -> Conditions:
    found: list[ColumnElement[bool]] = [_word(word) for word in search.words]
    for column, value in (
        (ITEM.c.workflow, search.workflow),
        (ITEM.c.subject, search.subject),
        (ITEM.c.status, search.status),
    ):
        if value is not None:
            found.append(column == value)
    if search.stage is not None:
        whole, last = place_of(ITEM.c.stage, f" {search.stage} "), place_of(ITEM.c.stage, f".{search.stage} ")
        found.append(or_(whole > 0, last > 0))
    if search.owners is not None:
        found.append(and_(_OPEN, ITEM.c.owner.in_(search.owners)) if search.owners else false())
    if search.open_only:
        found += [_OPEN, ITEM.c.owner >= ""]  # which the index of open items has, so that no item need be counted
    if search.overdue_at is not None:
        found.append(ITEM.c.due_at < to_micros(search.overdue_at))
    return tuple(found)


def _word(word: Word) -> ColumnElement[bool]:
    """A word that names nothing is looked for in the index of references, so that no item need be read."""
    known = [
        *([ITEM.c.subject.in_(sorted(word.subjects))] if word.subjects else []),
        *([ITEM.c.workflow.in_(sorted(word.workflows))] if word.workflows else []),
    ]
    if known:
        return or_(*known)
    named = select(ITEM.c.id).where(place_of(func.lower(ITEM.c.reference), word.text.lower()) > 0)
    return ITEM.c.id.in_(named)


def _seen(sight: Sight) -> Conditions:
    """Only what somebody may see."""
    if sight.everything:
        return ()
    about, within = ITEM.c.subject.in_(sorted(sight.subjects)), ITEM.c.workflow.in_(sorted(sight.workflows))
    if not sight.workflows:
        return (about,)
    return (or_(about, within),) if sight.subjects else (within,)
