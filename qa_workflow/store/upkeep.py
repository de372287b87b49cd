"""What a writing transaction does beside moving items: definitions, meetings, schedules, letters, histories."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.engine.events import canonical, first_link, link
from qa_workflow.engine.item import stamp
from qa_workflow.service.ports import Definition, Scheduled, Sending
from qa_workflow.store import statements as sql
from qa_workflow.store.prepared import Hot


class Upkeep:
    """One half of the port `Unit`; the other, which writes items, builds on it. `house` is the database's identity."""

    def __init__(self, connection: Connection, house: str) -> None:
        self._connection, self._house = connection, house
        self._hot = Hot(connection)

    def publish(self, definition: Definition) -> None:
        """Keep a definition, byte for byte, as the newest version of its name."""
        plain = {
            "kind": definition.kind,
            "name": definition.name,
            "version": definition.version,
            "hash": definition.hash,
        }
        at, by = definition.published_at, definition.published_by
        values = {**plain, "source": definition.source, "published_at": to_micros(at), "published_by": by}
        self._connection.execute(insert(sql.DEFINITION).values(values))
        self.record("definitions", at, "published", {**plain, "by": by})

    def record(self, stream: str, at: datetime, kind: str, data: Mapping[str, Any]) -> None:
        """Add a line to one of the house's own histories, chained to the line before. One transaction at a time."""
        self.alone(stream)
        last = self._hot.one(sql.LAST_RECORD, {"stream": stream})
        seq, head = (last[0] + 1, last[1]) if last else (1, first_link(self._house, stream))
        body = canonical({"schema": 1, "stream": stream, "seq": seq, "at": stamp(at), "kind": kind, "data": data})
        self._hot.run(
            sql.ADD_RECORD, {"stream": stream, "seq": seq, "at": to_micros(at), "body": body, "hash": link(head, body)}
        )

    def move_meeting(self, body: str, key: str, at: datetime | None, reason: str) -> None:
        """A meeting is held at another time, or (None) not at all."""
        table = sql.MEETING
        self._connection.execute(delete(table).where(table.c.body == body, table.c.key == key))
        self._connection.execute(
            insert(table).values(body=body, key=key, at=to_micros(at) if at else None, reason=reason)
        )

    def waiting_for(self, body: str, key: str) -> list[int]:
        """Rows of the items whose dates hang on a meeting, in the order in which they are to be locked."""
        table = sql.WAITING
        wanted = (
            select(table.c.item_id).where(table.c.body == body, table.c.key == key).distinct().order_by(table.c.item_id)
        )
        return list(self._connection.execute(wanted).scalars())

    def schedule(self, entry: Scheduled) -> None:
        """Set (or set anew) when something is next."""
        self.unschedule(entry.name)
        values = {
            "name": entry.name,
            "workflow": entry.workflow,
            "payload": json.dumps(entry.payload),
            "next_at": to_micros(entry.next_at),
        }
        self._connection.execute(insert(sql.SCHEDULE).values(values))

    def claim_schedules(self, now: datetime, limit: int) -> list[Scheduled]:
        """Lock what is next by now, earliest first; others' locks are passed by."""
        table = sql.SCHEDULE
        due = select(table).where(table.c.next_at <= to_micros(now)).order_by(table.c.next_at, table.c.name)
        rows = self._connection.execute(due.limit(limit).with_for_update(skip_locked=True))
        return [Scheduled(r.name, r.workflow, json.loads(r.payload), from_micros(r.next_at)) for r in rows]

    def unschedule(self, name: str) -> None:
        """Nothing recurs under this name any more."""
        self._connection.execute(delete(sql.SCHEDULE).where(sql.SCHEDULE.c.name == name))

    def claim_letters(self, kinds: Sequence[str], now: datetime, lease_until: datetime, limit: int) -> list[Sending]:
        """Lease what must leave. With a person's first row come all that wait for that person, as one batch.

        A batch is named after its first letter and keeps its name, so that a repeated message is known as a repeat.
        """
        table = sql.OUTBOX
        waiting = select(table).where(
            table.c.next_at.is_not(None), table.c.next_at <= to_micros(now), table.c.kind.in_(kinds)
        )
        ordered = waiting.order_by(table.c.next_at, table.c.id).with_for_update(skip_locked=True)
        rows = list(self._connection.execute(ordered.limit(limit)))
        people = {row.recipient for row in rows if row.recipient is not None}
        if people and len(rows) == limit:
            more = ordered.where(table.c.recipient.in_(people), table.c.id.not_in([row.id for row in rows]))
            rows += list(self._connection.execute(more))
        fresh: dict[str, str] = {}
        sendings: list[Sending] = []
        for row in rows:
            batch = row.batch
            if batch is None and row.recipient is not None:
                batch = fresh.setdefault(row.recipient, row.key)
            payload = json.loads(row.payload)
            sendings.append(
                Sending(row.id, row.key, row.kind, row.item_id, row.recipient, payload, row.attempts + 1, batch)
            )
        until = to_micros(lease_until)
        self._hot.run_many(sql.LEASE, [{"letter": s.id, "until": until, "of_batch": s.batch} for s in sendings])
        return sendings

    def confirm(self, ids: Sequence[int], now: datetime) -> None:
        """These have left."""
        table = sql.OUTBOX
        self._connection.execute(
            update(table).where(table.c.id.in_(ids)).values(next_at=None, done_at=to_micros(now), error=None)
        )

    def failed(self, ids: Sequence[int], again_at: datetime | None, error: str) -> None:
        """These have not left; they are tried again, or (None) given up."""
        next_at = to_micros(again_at) if again_at else None
        self._connection.execute(
            update(sql.OUTBOX).where(sql.OUTBOX.c.id.in_(ids)).values(next_at=next_at, error=error)
        )

    def incident(self, kind: str, what: str, row: int | None, now: datetime) -> None:
        """Something needs a person. Said once: while it stands unsettled in the same words, it is not said again."""
        table = sql.INCIDENT
        same = select(table.c.id).where(
            table.c.kind == kind,
            table.c.what == what,
            table.c.item_id.is_not_distinct_from(row),
            table.c.settled_at.is_(None),
        )
        if self._connection.execute(same.limit(1)).first() is None:
            self._connection.execute(insert(table).values(at=to_micros(now), kind=kind, item_id=row, what=what))

    def number(self, workflow: str) -> int:
        """The next running number for references of a workflow."""
        name = f"number:{workflow}"
        self.alone(name)
        last = self._connection.execute(select(sql.HOUSE.c.value).where(sql.HOUSE.c.name == name)).scalar()
        if last is None:
            opened = select(func.count()).select_from(sql.ITEM).where(sql.ITEM.c.workflow == workflow)
            last = self._connection.execute(opened).scalar_one()
        self.set_house(name, str(int(last) + 1))
        return int(last) + 1

    def keep(self, sha256: str, size: int, now: datetime) -> None:
        """A document is part of the evidence."""
        values = {"sha256": sha256, "size": size, "kept_at": to_micros(now)}
        self._hot.run(sql.KEEP, values)

    def set_house(self, name: str, value: str) -> None:
        """Change a fact about this database."""
        table = sql.HOUSE
        if self._connection.execute(update(table).where(table.c.name == name).values(value=value)).rowcount == 0:
            self._connection.execute(insert(table).values(name=name, value=value))

    def alone(self, name: str) -> None:
        """Wait until no other transaction works on what this name stands for; on SQLite none ever does."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
