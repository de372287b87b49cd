"""The statements that carry items: how one is taken, how a decision is written, how the sweep finds what is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Text,
    any_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from qa_workflow.store.prepared import Prepared
from qa_workflow.store.tables import metadata

HOUSE = metadata.tables["house"]
DEFINITION = metadata.tables["definition"]
ITEM = metadata.tables["item"]
EVENT = metadata.tables["event"]
RECORD = metadata.tables["record"]
TIMER = metadata.tables["timer"]
WAITING = metadata.tables["waiting"]
MEETING = metadata.tables["meeting"]
OUTBOX = metadata.tables["outbox"]
REQUEST = metadata.tables["request"]
SCHEDULE = metadata.tables["schedule"]
INCIDENT = metadata.tables["incident"]
DOCUMENT = metadata.tables["document"]
REMOVAL = metadata.tables["removal"]
STEP = metadata.tables["step"]
SEARCHABLE = metadata.tables["searchable"]

_ANSWERED = select(REQUEST.c.answer).where(REQUEST.c.key == bindparam("request")).scalar_subquery()
IDENTITY = Prepared(select(HOUSE.c.value).where(HOUSE.c.name == "id"))
_EPOCH = select(HOUSE.c.value).where(HOUSE.c.name == "epoch").scalar_subquery()
_TAKEN = select(ITEM.c.id, ITEM.c.state, ITEM.c.head, _ANSWERED, _EPOCH)
TAKE_REFERENCE = Prepared(_TAKEN.where(ITEM.c.reference == bindparam("name")).with_for_update(of=ITEM))
TAKE_KEY = Prepared(_TAKEN.where(ITEM.c.key == bindparam("name")).with_for_update(of=ITEM))
_KEYED = select(ITEM.c.id, ITEM.c.state, ITEM.c.head, ITEM.c.key, _EPOCH)
_LISTED: Mapping[str, Any] = {
    "sqlite": ITEM.c.key.in_(select(func.json_each(bindparam("names")).table_valued("value").c.value)),
    "postgresql": ITEM.c.key == any_(bindparam("names", type_=postgresql.ARRAY(Text))),
}
TAKE_ALL = Prepared(
    {name: _KEYED.where(there).order_by(ITEM.c.key).with_for_update(of=ITEM) for name, there in _LISTED.items()}
)
"""`names` is a list on PostgreSQL, and on SQLite the same as JSON."""
_FOUND = select(ITEM.c.id, ITEM.c.state, ITEM.c.head, _EPOCH)
TAKE_ROW = Prepared(_FOUND.where(ITEM.c.id == bindparam("row")).with_for_update(of=ITEM))
ANSWER = Prepared(select(REQUEST.c.answer).where(REQUEST.c.key == bindparam("request")))
REVISION = Prepared(select(ITEM.c.revision).where(ITEM.c.id == bindparam("row")))

CLAIM_DUE = Prepared(
    _FOUND.where(ITEM.c.next_at.is_not(None), ITEM.c.next_at <= bindparam("now"))
    .order_by(ITEM.c.next_at, ITEM.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=ITEM, skip_locked=True)
)

_NEW = tuple(c.name for c in ITEM.c if c.name != "id")
_PLACE: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
PLACE = Prepared(
    {
        name: insert_(ITEM).values({c: bindparam(c) for c in _NEW}).on_conflict_do_nothing().returning(ITEM.c.id)
        for name, insert_ in _PLACE.items()
    }
)
"""A new item row; no row comes back where its identifier, reference or cycle is taken."""

FOUND = ("cycle", "status", "stage", "owner", "due_at", "next_at", "revision", "head", "state", "ended_at")
"""The columns of an item row that a decision changes, in the order of the table."""
_NEWS: Mapping[str, Any] = {name: bindparam(f"new_{name}") for name in FOUND}
_MOVING = (*(f"new_{name}" for name in FOUND), "row", "seen")
_THERE = update(ITEM).where(ITEM.c.id == bindparam("row"))
_AS_SEEN = case((ITEM.c.revision == bindparam("seen"), bindparam("new_revision", type_=BigInteger)))


def _moving(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Compare and set. On SQLite the number of rows changed tells; PostgreSQL is made to refuse (a revision is never
    null), so that nobody need wait for the number before the commit is sent."""
    return {
        "sqlite": _THERE.where(ITEM.c.revision == bindparam("seen")).values(values),
        "postgresql": _THERE.values({**values, "revision": _AS_SEEN}),
    }


MOVE = Prepared(_moving(_NEWS), _MOVING)
_EARLIEST = select(func.min(TIMER.c.fire_at)).where(TIMER.c.item_id == bindparam("row")).scalar_subquery()
MOVE_EARLIEST = Prepared(_moving({**_NEWS, "next_at": _EARLIEST}), _MOVING)
"""As MOVE, where visits that were not touched keep timers of their own; `new_next_at` is not looked at."""

REPIN = Prepared(
    update(ITEM)
    .where(ITEM.c.id == bindparam("row"))
    .values(version=bindparam("new_version"), definition=bindparam("new_definition")),
    ("row", "new_version", "new_definition"),
)
"""The version that an item goes on under, where it was moved to another one."""

_EVENT = ("item_id", "seq", "at", "body", "hash", "texts")
_NUMBER: Mapping[str, Any] = {
    "sqlite": select(func.coalesce(func.max(EVENT.c.written_in), 0) + literal_column("1")).scalar_subquery(),
    "postgresql": func.txid_current(),
}
ADD_EVENT = Prepared(
    {
        name: insert(EVENT).inline().values({**{each: bindparam(each) for each in _EVENT}, "written_in": number})
        for name, number in _NUMBER.items()
    },
    _EVENT,
)
"""SQLite lets one write after the other, and PostgreSQL numbers who write beside each other."""
_OF_VISIT = ("row", "a_visit")
ADD_TIMER = Prepared(insert(TIMER), ("item_id", "visit", "name", "fire_at"))
DROP_TIMERS = Prepared(
    delete(TIMER).where(TIMER.c.item_id == bindparam("row"), TIMER.c.visit == bindparam("a_visit")), _OF_VISIT
)
ADD_WAITING = Prepared(insert(WAITING), ("body", "key", "item_id", "visit", "on_agenda"))
DROP_WAITING = Prepared(
    delete(WAITING).where(WAITING.c.item_id == bindparam("row"), WAITING.c.visit == bindparam("a_visit")), _OF_VISIT
)
ADD_STEP = Prepared(insert(STEP), ("item_id", "visit", "stage", "owner", "due_at", "first_at"))
DROP_STEPS = Prepared(delete(STEP).where(STEP.c.item_id == bindparam("row")), ("row",))
ADD_SEARCHABLE = Prepared(
    insert(SEARCHABLE), ("item_id", "workflow", "subject", "reference", "about", "is_undisclosed")
)
TELL_SEARCHABLE = Prepared(
    update(SEARCHABLE)
    .where(SEARCHABLE.c.item_id == bindparam("row"))
    .values(about=bindparam("new_about"), is_undisclosed=bindparam("now_undisclosed")),
    ("new_about", "now_undisclosed", "row"),
)
"""What an item is about is something else than before."""
_LETTER = ("key", "item_id", "seq", "kind", "recipient", "payload", "next_at", "texts")
ADD_LETTER = Prepared(
    insert(OUTBOX).inline().values({**{name: bindparam(name) for name in _LETTER}, "attempts": literal_column("0")}),
    _LETTER,
)
ADD_ANSWER = Prepared(insert(REQUEST), ("key", "answer", "at"))
NEXT_AT = Prepared(select(ITEM.c.next_at, ITEM.c.revision, ITEM.c.reference).where(ITEM.c.id == bindparam("row")))
PUT_OFF = Prepared(update(ITEM).where(ITEM.c.id == bindparam("row")).values(next_at=bindparam("until")))

KEEP = Prepared(
    {
        name: insert_(DOCUMENT)
        .values({name: bindparam(name) for name in ("sha256", "size", "kept_at")})
        .on_conflict_do_update(
            index_elements=[DOCUMENT.c.sha256],
            set_={"kept_at": bindparam("kept_at")},
            where=DOCUMENT.c.attached_at.is_(None),
        )
        for name, insert_ in _PLACE.items()
    }
)
"""An upload; one of which nothing has been made yet begins to count anew."""
ATTACH = Prepared(
    update(DOCUMENT)
    .where(
        DOCUMENT.c.sha256 == bindparam("name"),
        or_(DOCUMENT.c.attached_at.is_not(None), DOCUMENT.c.kept_at >= bindparam("since")),
    )
    .values(attached_at=func.coalesce(DOCUMENT.c.attached_at, bindparam("at")))
    .returning(DOCUMENT.c.sha256)
)
"""A document is evidence from now on; no row comes back where its upload is no longer good, or never was."""
LAST_RECORD = Prepared(
    select(RECORD.c.seq, RECORD.c.hash)
    .where(RECORD.c.stream == bindparam("stream"))
    .order_by(RECORD.c.seq.desc())
    .limit(1)
)
ADD_RECORD = Prepared(insert(RECORD))
LOOK_AGAIN = Prepared(
    update(ITEM)
    .where(
        ITEM.c.id == bindparam("row"),
        ITEM.c.ended_at.is_(None),
        or_(ITEM.c.next_at.is_(None), ITEM.c.next_at > bindparam("at")),
    )
    .values(next_at=bindparam("at"))
)
RENEW = Prepared(
    update(OUTBOX)
    .where(
        OUTBOX.c.id == bindparam("letter"),
        OUTBOX.c.attempts == bindparam("tries"),
        OUTBOX.c.next_at.is_not(None),
    )
    .values(next_at=bindparam("until"))
)
LEASE = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("letter"))
    .values(next_at=bindparam("until"), batch=bindparam("of_batch"), attempts=OUTBOX.c.attempts + literal_column("1")),
    ("until", "of_batch", "letter"),
)
