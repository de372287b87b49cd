"""A few numbers about the whole house, each from an index, for those who watch the machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, select

from qa_workflow.clock import to_micros
from qa_workflow.store import migrations
from qa_workflow.store.house import revision_of
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import INCIDENT, ITEM, OUTBOX
from qa_workflow.store.tables import metadata

SESSION = metadata.tables["session"]
LATE = timedelta(minutes=5)
"""By this much no timer is late while somebody watches the clock."""


_INCIDENTS = select(func.count()).select_from(INCIDENT).where(INCIDENT.c.settled_at.is_(None))


@dataclass(frozen=True, slots=True)
class Figures:
    """How many of each there are now. A letter that was given up needs a person, as an incident does."""

    items_open: int
    items_overdue: int
    letters_waiting: int
    letters_given_up: int
    incidents_open: int
    sessions: int


def figures(store: SqlStore, *, now: datetime, wall: datetime) -> Figures:
    """The numbers, in one look.

    Args:
        now: by the database's clock, for what is due.
        wall: by the machine's, for sessions.
    """
    item, letter = ITEM.c, OUTBOX.c
    overdue = and_(item.due_at.is_not(None), item.due_at < to_micros(now), item.ended_at.is_(None))
    wanted: tuple[Select[Any], ...] = (
        select(func.count()).select_from(ITEM).where(item.ended_at.is_(None)),
        select(func.count()).select_from(ITEM).where(overdue),
        select(func.count()).select_from(OUTBOX).where(letter.done_at.is_(None), letter.next_at.is_not(None)),
        select(func.count()).select_from(OUTBOX).where(letter.done_at.is_(None), letter.next_at.is_(None)),
        _INCIDENTS,
        select(func.count()).select_from(SESSION).where(SESSION.c.ends_at > to_micros(wall)),
    )
    with store.looking() as connection:
        return Figures(*(int(connection.execute(each).scalar_one()) for each in wanted))


def needing_a_person(store: SqlStore) -> int:
    """How many incidents nobody has settled."""
    with store.looking() as connection:
        return int(connection.execute(_INCIDENTS).scalar_one())


def is_of_this_program(store: SqlStore) -> bool:
    """Whether the tables are of this program's version; they may have been changed since the database was opened.

    Raises:
        StorageFault: it does not answer, or has tables that this program does not know.
    """
    return revision_of(store.engine) == migrations.HEAD


def is_left_alone(store: SqlStore, now: datetime) -> bool:
    """Whether timers are late, so that nobody can be watching the clock."""
    late = select(ITEM.c.id).where(ITEM.c.next_at < to_micros(now - LATE)).limit(1)
    with store.looking() as connection:
        return connection.execute(late).first() is not None
