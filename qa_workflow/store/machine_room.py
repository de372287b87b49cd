"""What an administrator asks of the database: what time does next, what does not leave, the last checkpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from qa_workflow.clock import from_micros
from qa_workflow.engine.item import stamp
from qa_workflow.store.proof.checkpoints import Checkpoint, checkpoint, latest, parse
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import HOUSE, ITEM, OUTBOX, SCHEDULE, TIMER

TAKEN = "checkpoint_taken"
"""The fact that a checkpoint was handed out, so that it can lie elsewhere."""
MOST = 50


@dataclass(frozen=True, slots=True)
class Next:
    """The next thing that time does: to an item (`timer` says what), or something recurring (`workflow`)."""

    at: datetime
    reference: str | None = None
    timer: str | None = None
    workflow: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """Something that could not leave so far, and will be tried again."""

    kind: str
    recipient: str | None
    item: str | None
    attempts: int
    next_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The last checkpoint; `taken_by` and `taken_at` where one of that number was handed out."""

    checkpoint: Checkpoint
    taken_by: str | None = None
    taken_at: str | None = None


def next_thing(store: SqlStore) -> Next | None:
    """What time does next, by the indexes of items and of what recurs."""
    item = select(ITEM.c.id, ITEM.c.reference, ITEM.c.next_at).where(ITEM.c.next_at.is_not(None))
    again = select(SCHEDULE.c.workflow, SCHEDULE.c.next_at).order_by(SCHEDULE.c.next_at, SCHEDULE.c.name).limit(1)
    found: list[Next] = []
    with store.looking() as connection:
        if (row := connection.execute(item.order_by(ITEM.c.next_at, ITEM.c.id).limit(1)).first()) is not None:
            first = select(TIMER.c.name).where(TIMER.c.item_id == row.id).order_by(TIMER.c.fire_at, TIMER.c.name)
            timer = connection.execute(first.limit(1)).scalar()
            found.append(Next(from_micros(row.next_at), row.reference, timer))
        if (line := connection.execute(again).first()) is not None:
            found.append(Next(from_micros(line.next_at), workflow=line.workflow))
    return min(found, key=lambda each: each.at, default=None)


def tried_letters(store: SqlStore) -> list[Letter]:
    """What could not leave so far, the next to be tried first."""
    wanted = (
        select(OUTBOX, ITEM.c.reference)
        .join_from(OUTBOX, ITEM, ITEM.c.id == OUTBOX.c.item_id, isouter=True)
        .where(OUTBOX.c.next_at.is_not(None), OUTBOX.c.error.is_not(None))
        .order_by(OUTBOX.c.next_at, OUTBOX.c.id)
        .limit(MOST)
    )
    with store.looking() as connection:
        return [
            Letter(row.kind, row.recipient, row.reference, row.attempts, from_micros(row.next_at), row.error)
            for row in connection.execute(wanted)
        ]


def last_checkpoint(store: SqlStore) -> Kept | None:
    """The newest checkpoint on record, and whether it was handed out."""
    with store.looking() as connection:
        made = latest(connection)
        text = connection.execute(select(HOUSE.c.value).where(HOUSE.c.name == TAKEN)).scalar()
    if made is None:
        return None
    taken: Mapping[str, Any] = json.loads(text) if text else {}
    return Kept(made, taken["by"], taken["at"]) if taken.get("number") == made.number else Kept(made)


def hand_out(store: SqlStore, by: str, now: datetime) -> tuple[int, str]:
    """Make a checkpoint that somebody takes out of the house, and note who did; its number, and its text."""
    text = checkpoint(store, now)
    number = parse(text).number
    with store.writing() as unit:
        unit.set_house(TAKEN, json.dumps({"number": number, "by": by, "at": stamp(now)}))
    return number, text
