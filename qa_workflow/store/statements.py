"""The statements that carry items: how one is taken, how a decision is written, how the sweep finds what is due."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, insert, select, update

from qa_workflow.store.prepared import Prepared
from qa_workflow.store.tables import EventRow, ItemRow, OutboxRow, RequestRow, TimerRow, WaitingRow

ITEM = ItemRow.__table__  # type: ignore[attr-defined]
EVENT = EventRow.__table__  # type: ignore[attr-defined]
TIMER = TimerRow.__table__  # type: ignore[attr-defined]
OUTBOX = OutboxRow.__table__  # type: ignore[attr-defined]
REQUEST = RequestRow.__table__  # type: ignore[attr-defined]
WAITING = WaitingRow.__table__  # type: ignore[attr-defined]

_ANSWERED = select(REQUEST.c.answer).where(REQUEST.c.key == bindparam("request")).scalar_subquery()
_TAKEN = select(ITEM.c.id, ITEM.c.state, ITEM.c.head, _ANSWERED)
TAKE_REFERENCE = Prepared(_TAKEN.where(ITEM.c.reference == bindparam("name")).with_for_update(of=ITEM))
TAKE_KEY = Prepared(_TAKEN.where(ITEM.c.key == bindparam("name")).with_for_update(of=ITEM))
TAKE_ROW = Prepared(select(ITEM.c.id, ITEM.c.state, ITEM.c.head).where(ITEM.c.id == bindparam("row")).with_for_update())
ANSWER = Prepared(select(REQUEST.c.answer).where(REQUEST.c.key == bindparam("request")))

CLAIM_DUE = Prepared(
    select(ITEM.c.id, ITEM.c.state, ITEM.c.head)
    .where(ITEM.c.next_at.is_not(None), ITEM.c.next_at <= bindparam("now"))
    .order_by(ITEM.c.next_at, ITEM.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)

_FOUND = ("status", "stage", "owner", "due_at", "revision", "head", "state", "ended_at", "cycle")
_MOVED = update(ITEM).where(ITEM.c.id == bindparam("row"), ITEM.c.revision == bindparam("seen"))
MOVE = Prepared(_MOVED.values({name: bindparam(f"new_{name}") for name in (*_FOUND, "next_at")}))
_EARLIEST = select(func.min(TIMER.c.fire_at)).where(TIMER.c.item_id == bindparam("row")).scalar_subquery()
MOVE_EARLIEST = Prepared(_MOVED.values({**{name: bindparam(f"new_{name}") for name in _FOUND}, "next_at": _EARLIEST}))
"""As MOVE, where visits that were not touched keep timers of their own."""

ADD_EVENT = Prepared(insert(EVENT))
ADD_TIMER = Prepared(insert(TIMER))
DROP_TIMERS = Prepared(delete(TIMER).where(TIMER.c.item_id == bindparam("row"), TIMER.c.visit == bindparam("a_visit")))
ADD_WAITING = Prepared(insert(WAITING))
DROP_WAITING = Prepared(delete(WAITING).where(WAITING.c.item_id == bindparam("row"), WAITING.c.visit == bindparam("a_visit")))
ADD_LETTER = Prepared(
    insert(OUTBOX).values(
        {name: bindparam(name) for name in ("key", "item_id", "seq", "kind", "recipient", "payload", "next_at")} | {"attempts": 0}
    )
)
ADD_ANSWER = Prepared(insert(REQUEST))
PUT_OFF = Prepared(update(ITEM).where(ITEM.c.id == bindparam("row")).values(next_at=bindparam("until")))
