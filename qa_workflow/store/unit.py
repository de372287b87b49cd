"""One writing transaction: an item is taken, a decision about it is written, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.engine.codec import item_from_json
from qa_workflow.engine.events import canonical, first_link, link
from qa_workflow.fault_points import passing
from qa_workflow.service.ports import Definition, Saving, Scheduled, Sending, Taken
from qa_workflow.service.refusals import AlreadyOpen, Stale, UnknownItem
from qa_workflow.store import statements as sql
from qa_workflow.store.chain import decided_at, event_rows, item_columns, letter_rows, timer_rows, waiting_rows
from qa_workflow.store.prepared import Hot
from qa_workflow.store.tables import (
    DefinitionRow,
    DocumentRow,
    HouseRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    RecordRow,
    ScheduleRow,
)

_KEY_LENGTH = 32


class SqlUnit:
    """The port `Unit` on a connection that has begun to write. `house` is the database's identity."""

    def __init__(self, connection: Connection, house: str) -> None:
        self._connection, self._house = connection, house
        self._hot = Hot(connection.connection.cursor(), connection.dialect)

    def take(self, name: str, request: str | None = None) -> Taken:
        statement = sql.TAKE_KEY if _is_key(name) else sql.TAKE_REFERENCE
        row = self._hot.one(statement, {"name": name, "request": request})
        if row is None:
            raise UnknownItem(name, self._near(name))
        passing("after_lock")
        return Taken(row[0], item_from_json(row[1]), row[2], row[3])

    def take_row(self, row: int) -> Taken:
        found = self._hot.one(sql.TAKE_ROW, {"row": row})
        if found is None:
            raise UnknownItem(str(row), ())
        return Taken(found[0], item_from_json(found[1]), found[2])

    def answer(self, request: str) -> str | None:
        row = self._hot.one(sql.ANSWER, {"request": request})
        return None if row is None else str(row[0])

    def save(self, saving: Saving) -> None:
        self.save_all((saving,))

    def save_all(self, savings: Sequence[Saving]) -> None:
        self._write([s for s in savings if s.decision.events], self._move)

    def create(self, saving: Saving) -> int:
        item = saving.decision.item
        columns = item_columns(saving, b"")
        row = ItemRow(
            **{**columns, "head": b""},
            key=item.id,
            reference=item.reference,
            workflow=item.workflow,
            version=item.version,
            definition=item.definition,
            subject=item.subject,
            period=item.period,
            opened_at=decided_at(saving.decision.events),
            parent_id=item.parent[0] if item.parent else None,
        )
        values = row.model_dump(exclude={"id"})
        try:
            with self._connection.begin_nested():
                found = self._connection.execute(insert(ItemRow).values(values).returning(sql.ITEM.c.id)).scalar_one()
        except IntegrityError as fault:
            raise AlreadyOpen(item.reference, saving.cycle) from fault
        seen = Taken(found, item, first_link(self._house, item.id))
        placed = Saving(
            seen, saving.decision, saving.definition, saving.owner, saving.letters, saving.request, saving.answer, saving.cycle, saving.agenda
        )
        self._write([placed], self._place)
        self.record(f"openings:{item.workflow}", from_micros(decided_at(saving.decision.events)), "opened", {"item": item.id, "reference": item.reference})
        return int(found)

    def _write(self, savings: Sequence[Saving], put: Any) -> None:
        events: list[dict[str, Any]] = []
        heads: list[bytes] = []
        for saving in savings:
            rows, head = event_rows(saving, saving.taken.head)
            events += rows
            heads.append(head)
        passing("before_event")
        self._hot.run_many(sql.ADD_EVENT, events)
        passing("after_event")
        self._replace_timers(savings)
        passing("after_timers")
        put(savings, heads)
        passing("after_state")
        letters = [row for s in savings if s.letters for row in letter_rows(s, decided_at(s.decision.events))]
        self._hot.run_many(sql.ADD_LETTER, letters)
        passing("after_outbox")
        answers = [
            {"key": s.request, "answer": s.answer or "", "at": decided_at(s.decision.events)} for s in savings if s.request is not None
        ]
        self._hot.run_many(sql.ADD_ANSWER, answers)

    def _replace_timers(self, savings: Sequence[Saving]) -> None:
        touched = [{"row": s.taken.row, "a_visit": visit} for s in savings for visit in s.decision.touched]
        known = [t for t, s in ((t, s) for s in savings for t in s.decision.touched) if t <= s.taken.item.last_visit]
        if known:
            self._hot.run_many(sql.DROP_TIMERS, touched)
            self._hot.run_many(sql.DROP_WAITING, touched)
        self._hot.run_many(sql.ADD_TIMER, [row for s in savings for row in timer_rows(s)])
        self._hot.run_many(sql.ADD_WAITING, [row for s in savings for row in waiting_rows(s, s.agenda)])

    def _move(self, savings: Sequence[Saving], heads: Sequence[bytes]) -> None:
        whole: list[dict[str, Any]] = []
        part: list[dict[str, Any]] = []
        for saving, head in zip(savings, heads, strict=True):
            values = {f"new_{name}": value for name, value in item_columns(saving, head).items()}
            values |= {"row": saving.taken.row, "seen": saving.taken.item.revision}
            decision = saving.decision
            if all(v.number in decision.touched for v in decision.item.visits):
                values["new_next_at"] = min((to_micros(t.fire_at) for t in decision.timers), default=None)
                whole.append(values)
            else:
                part.append(values)
        moved = self._hot.run_many(sql.MOVE, whole) + self._hot.run_many(sql.MOVE_EARLIEST, part)
        if moved != len(savings):
            raise Stale(savings[0].taken.item.reference)

    def _place(self, savings: Sequence[Saving], heads: Sequence[bytes]) -> None:
        """A new row already stands; it gets the head and the time of its first timer."""
        for saving, head in zip(savings, heads, strict=True):
            first = min((to_micros(t.fire_at) for t in saving.decision.timers), default=None)
            self._connection.execute(update(ItemRow).where(sql.ITEM.c.id == saving.taken.row).values(head=head, next_at=first))

    def claim_due(self, now: datetime, limit: int) -> list[Taken]:
        rows = self._hot.all(sql.CLAIM_DUE, {"now": to_micros(now), "most": limit})
        return [Taken(row[0], item_from_json(row[1]), row[2]) for row in rows]

    def put_off(self, row: int, until: datetime, why: str) -> None:
        self._hot.run(sql.PUT_OFF, {"row": row, "until": to_micros(until)})
        self.incident("timer", why, row, until)

    def publish(self, definition: Definition) -> None:
        row = DefinitionRow(
            hash=definition.hash,
            kind=definition.kind,
            name=definition.name,
            version=definition.version,
            source=definition.source,
            published_at=to_micros(definition.published_at),
            published_by=definition.published_by,
        )
        self._connection.execute(insert(DefinitionRow).values(row.model_dump()))
        facts = {"kind": definition.kind, "name": definition.name, "version": definition.version, "hash": definition.hash}
        self.record("definitions", definition.published_at, "published", {**facts, "by": definition.published_by})

    def record(self, stream: str, at: datetime, kind: str, data: Mapping[str, Any]) -> None:
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:stream))"), {"stream": stream})
        table = RecordRow.__table__  # type: ignore[attr-defined]
        last = self._connection.execute(
            select(table.c.seq, table.c.hash).where(table.c.stream == stream).order_by(table.c.seq.desc()).limit(1)
        ).first()
        seq, head = (last.seq + 1, last.hash) if last else (1, first_link(self._house, stream))
        body = canonical({"schema": 1, "stream": stream, "seq": seq, "at": at.isoformat(), "kind": kind, "data": data})
        values = {"stream": stream, "seq": seq, "at": to_micros(at), "body": body, "hash": link(head, body)}
        self._connection.execute(insert(RecordRow).values(values))

    def move_meeting(self, body: str, key: str, at: datetime | None, reason: str) -> None:
        table = MeetingRow.__table__  # type: ignore[attr-defined]
        self._connection.execute(delete(table).where(table.c.body == body, table.c.key == key))
        self._connection.execute(insert(table).values(body=body, key=key, at=to_micros(at) if at else None, reason=reason))

    def waiting_for(self, body: str, key: str) -> list[int]:
        table = sql.WAITING
        wanted = select(table.c.item_id).where(table.c.body == body, table.c.key == key).distinct().order_by(table.c.item_id)
        return list(self._connection.execute(wanted).scalars())

    def schedule(self, entry: Scheduled) -> None:
        self.unschedule(entry.name)
        values = {"name": entry.name, "workflow": entry.workflow, "payload": json.dumps(entry.payload), "next_at": to_micros(entry.next_at)}
        self._connection.execute(insert(ScheduleRow).values(values))

    def claim_schedules(self, now: datetime, limit: int) -> list[Scheduled]:
        table = ScheduleRow.__table__  # type: ignore[attr-defined]
        due = select(table).where(table.c.next_at <= to_micros(now)).order_by(table.c.next_at, table.c.name)
        rows = self._connection.execute(due.limit(limit).with_for_update(skip_locked=True))
        return [Scheduled(r.name, r.workflow, json.loads(r.payload), from_micros(r.next_at)) for r in rows]

    def unschedule(self, name: str) -> None:
        table = ScheduleRow.__table__  # type: ignore[attr-defined]
        self._connection.execute(delete(table).where(table.c.name == name))

    def claim_letters(self, now: datetime, lease_until: datetime, limit: int) -> list[Sending]:
        table = sql.OUTBOX
        due = select(table).where(table.c.next_at.is_not(None), table.c.next_at <= to_micros(now))
        rows = list(self._connection.execute(due.order_by(table.c.next_at, table.c.id).limit(limit).with_for_update(skip_locked=True)))
        sendings: list[Sending] = []
        fresh: dict[str, str] = {}
        for row in rows:
            batch = row.batch
            if batch is None and row.recipient is not None:
                batch = fresh.setdefault(row.recipient, row.key)
            self._connection.execute(
                update(table).where(table.c.id == row.id).values(next_at=to_micros(lease_until), batch=batch, attempts=row.attempts + 1)
            )
            payload = json.loads(row.payload)
            sendings.append(Sending(row.id, row.key, row.kind, row.item_id, row.recipient, payload, row.attempts + 1, batch))
        return sendings

    def confirm(self, ids: Sequence[int], now: datetime) -> None:
        table = sql.OUTBOX
        self._connection.execute(update(table).where(table.c.id.in_(ids)).values(next_at=None, done_at=to_micros(now), error=None))

    def failed(self, ids: Sequence[int], again_at: datetime | None, error: str) -> None:
        table = sql.OUTBOX
        next_at = to_micros(again_at) if again_at else None
        self._connection.execute(update(table).where(table.c.id.in_(ids)).values(next_at=next_at, error=error))

    def incident(self, kind: str, what: str, row: int | None, now: datetime) -> None:
        self._connection.execute(insert(IncidentRow).values(at=to_micros(now), kind=kind, item_id=row, what=what))

    def number(self, workflow: str) -> int:
        table = sql.ITEM
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"number:{workflow}"})
        name = f"number:{workflow}"
        house = HouseRow.__table__  # type: ignore[attr-defined]
        last = self._connection.execute(select(house.c.value).where(house.c.name == name)).scalar()
        number = int(last) + 1 if last else self._connection.execute(select(func.count()).where(table.c.workflow == workflow)).scalar_one() + 1
        self.set_house(name, str(number))
        return number

    def keep(self, sha256: str, size: int, now: datetime) -> None:
        table = DocumentRow.__table__  # type: ignore[attr-defined]
        if self._connection.execute(select(table.c.sha256).where(table.c.sha256 == sha256)).first() is None:
            self._connection.execute(insert(table).values(sha256=sha256, size=size, kept_at=to_micros(now)))

    def set_house(self, name: str, value: str) -> None:
        table = HouseRow.__table__  # type: ignore[attr-defined]
        if self._connection.execute(update(table).where(table.c.name == name).values(value=value)).rowcount == 0:
            self._connection.execute(insert(table).values(name=name, value=value))

    def children(self, key: str) -> list[int]:
        table = sql.ITEM
        wanted = select(table.c.id).where(table.c.parent_id == key, table.c.ended_at.is_(None)).order_by(table.c.id)
        return list(self._connection.execute(wanted).scalars())

    def _near(self, name: str) -> tuple[str, ...]:
        table = sql.ITEM
        start = f"{name[:3]}%"
        return tuple(self._connection.execute(select(table.c.reference).where(table.c.reference.like(start)).limit(200)).scalars())


def _is_key(name: str) -> bool:
    return len(name) == _KEY_LENGTH and all(c in "0123456789abcdef" for c in name)
