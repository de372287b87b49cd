"""What a writing transaction does beside moving items: definitions, meetings, schedules, letters, histories."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, text, update

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.engine import Item
from qa_workflow.engine.codec import item_to_json
from qa_workflow.engine.events import first_link, link
from qa_workflow.engine.item import stamp
from qa_workflow.engine.json_text import canonical
from qa_workflow.engine.texts import put_back
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.store import Definition, Scheduled, Searchable, Sending, Settled, Typed
from qa_workflow.service.removals import Removal
from qa_workflow.service.time.incidents import GIVEN_UP
from qa_workflow.store import statements as sql
from qa_workflow.store.access import ACCOUNT, account_facts
from qa_workflow.store.lent import Lent, OnConnection
from qa_workflow.store.prepared import Hot
from qa_workflow.store.texts import family, lay, unask, written_kept

NEVER_PUT_OFF_SO_LONG = timedelta(days=1)
"""No letter waits longer for its next try; the longest wait between two is half of it."""


def incident_facts(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What history says of an incident when it arises: of its words, which may repeat what people typed, their hash."""
    said = {name: row[name] for name in ("kind", "item_id", "letter")}
    return {**said, "hash": sha256(row["what"].encode()).hexdigest()}


class Upkeep(OnConnection):
    """One half of the port `Unit`; the other, which writes items, builds on it."""

    def __init__(self, connection: Connection | Lent) -> None:
        super().__init__(connection)
        self._hot = Hot(self._lent)

    @cached_property
    def _house(self) -> str:
        """The database's identity, asked for by the transaction that needs it: another backup may stand here by now."""
        return str(self._hot.one(sql.IDENTITY, {})[0])

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
        self.record(streams.DEFINITIONS, at, "published", {**definition.signed, **plain, "by": by})

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
        """Rows of the items whose dates depend on a meeting, in the order in which they are to be locked."""
        table = sql.WAITING
        wanted = (
            select(table.c.item_id).where(table.c.body == body, table.c.key == key).distinct().order_by(table.c.item_id)
        )
        return list(self._connection.execute(wanted).scalars())

    def seated(self, body: str) -> list[int]:
        """Rows of the items on any agenda of a body, in the order in which they are to be locked."""
        table = sql.WAITING
        wanted = select(table.c.item_id).where(table.c.body == body, table.c.on_agenda).distinct()
        return list(self._connection.execute(wanted.order_by(table.c.item_id)).scalars())

    def schedule(self, entry: Scheduled, now: datetime) -> None:
        """Set (or set anew) when something is next; on record, but for what the house does every day."""
        self._drop_schedule(entry.name)
        plain = {"name": entry.name, "workflow": entry.workflow, "payload": json.dumps(entry.payload)}
        self._connection.execute(insert(sql.SCHEDULE).values({**plain, "next_at": to_micros(entry.next_at)}))
        if entry.workflow:
            self.record(streams.PLANS, now, "planned", {**plain, "next_at": stamp(entry.next_at)})

    def adopt(self, now: datetime) -> None:
        """What was there before its kind was on record is so from now on, as it stands."""
        self._adopt_plans(now)
        lines = map(json.loads, self._bodies(streams.INCIDENTS))
        known = {line["data"]["incident"] for line in lines if line["kind"] == "arose"}
        for row in self._connection.execute(select(sql.INCIDENT).order_by(sql.INCIDENT.c.id)).mappings().all():
            if row["id"] not in known:
                facts = {"incident": row["id"], **incident_facts(dict(row))}
                self.record(streams.INCIDENTS, from_micros(row["at"]), "arose", facts)
        if not self._bodies(streams.ACCOUNTS):
            for row in self._connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.person)).mappings().all():
                self.record(streams.ACCOUNTS, from_micros(row["changed_at"]), "kept", account_facts(dict(row)))

    def _bodies(self, stream: str) -> Sequence[bytes]:
        return self._connection.execute(select(sql.RECORD.c.body).where(sql.RECORD.c.stream == stream)).scalars().all()

    def _adopt_plans(self, now: datetime) -> None:
        planned = select(sql.RECORD.c.seq).where(sql.RECORD.c.stream == streams.PLANS)
        if self._connection.execute(planned.limit(1)).first():
            return
        for r in self._connection.execute(select(sql.SCHEDULE).order_by(sql.SCHEDULE.c.name)).all():
            self.schedule(Scheduled(r.name, r.workflow, json.loads(r.payload), from_micros(r.next_at)), now)

    def claim_schedules(self, now: datetime, limit: int) -> list[Scheduled]:
        """Lock what is next by now, earliest first; others' locks are passed by."""
        table = sql.SCHEDULE
        due = select(table).where(table.c.next_at <= to_micros(now)).order_by(table.c.next_at, table.c.name)
        rows = self._connection.execute(due.limit(limit).with_for_update(skip_locked=True))
        return [Scheduled(r.name, r.workflow, json.loads(r.payload), from_micros(r.next_at)) for r in rows]

    def unschedule(self, name: str, now: datetime, planned_for: datetime | None = None) -> bool:
        """Nothing recurs under this name any more; False if nothing did, or it was planned for another time."""
        found = self._drop_schedule(name, planned_for)
        if found:
            self.record(streams.PLANS, now, "dropped", {"name": name})
        return found

    def _drop_schedule(self, name: str, planned_for: datetime | None = None) -> bool:
        gone = delete(sql.SCHEDULE).where(sql.SCHEDULE.c.name == name)
        if planned_for is not None:
            gone = gone.where(sql.SCHEDULE.c.next_at == to_micros(planned_for))
        return self._connection.execute(gone).rowcount > 0

    def claim_letters(self, kinds: Sequence[str], now: datetime, lease_until: datetime, limit: int) -> list[Sending]:
        """Lease what must leave. With a person's first row come all that wait for that person, as one batch.

        A batch is named after its first letter and keeps its name, so that a repeated message is known as a repeat.
        What waits for a time that nobody puts anything off to was put off by a clock that was wrong, and waits no more.
        """
        table = sql.OUTBOX
        by_a_wrong_clock = update(table).where(table.c.next_at > to_micros(now + NEVER_PUT_OFF_SO_LONG))
        self._connection.execute(by_a_wrong_clock.values(next_at=to_micros(now)))
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
            payload = json.loads(put_back(row.payload.encode(), row.texts))
            sendings.append(
                Sending(row.id, row.key, row.kind, row.item_id, row.recipient, payload, row.attempts + 1, batch)
            )
        until = to_micros(lease_until)
        self._hot.run_many(sql.LEASE, [(until, s.batch, s.id) for s in sendings])
        return sendings

    def send_again(self, letter: str, now: datetime) -> int:
        """What was given up under this key, or in this batch, waits again as if never tried; how many letters."""
        table = sql.OUTBOX
        of_letter = or_(table.c.batch == letter, table.c.key == letter)
        given_up = update(table).where(of_letter, table.c.next_at.is_(None), table.c.done_at.is_(None))
        again = given_up.values(next_at=to_micros(now), attempts=0, error=None)
        return int(self._connection.execute(again).rowcount)

    def look_again(self, row: int, now: datetime) -> None:
        """The sweep looks at an item that was put off, unless it is over or is looked at sooner anyway."""
        self._hot.run(sql.LOOK_AGAIN, {"row": row, "at": to_micros(now)})

    def look_later(self, row: int, until: datetime) -> None:
        """The sweep passes an item by until then, because what time does to it waits."""
        self._hot.run(sql.PUT_OFF, {"row": row, "until": to_micros(until)})

    def look_in_time(self) -> None:
        """The sweep looks at all that it passed by when their timers say; so it does at what could not be decided.

        That may have been so because the clock was wrong, and it was put off to an hour after what the clock said.
        """
        item, timer = sql.ITEM, sql.TIMER
        first = select(func.min(timer.c.fire_at)).where(timer.c.item_id == item.c.id).scalar_subquery()
        self._connection.execute(update(item).where(item.c.next_at > first).values(next_at=first))

    def unsettled(self, kind: str) -> list[int]:
        """Numbers of the incidents of that kind that still need a person."""
        table = sql.INCIDENT
        wanted = select(table.c.id).where(table.c.kind == kind, table.c.settled_at.is_(None)).order_by(table.c.id)
        return list(self._connection.execute(wanted).scalars())

    def about(self, kind: str, row: int) -> dict[str, int]:
        """Numbers of the incidents of that kind about an item that still need a person, by their `letter`."""
        table = sql.INCIDENT
        wanted = select(table.c.letter, table.c.id).where(
            table.c.kind == kind, table.c.item_id == row, table.c.settled_at.is_(None), table.c.letter.is_not(None)
        )
        return {row.letter: row.id for row in self._connection.execute(wanted)}

    def take_incident(self, number: int) -> Mapping[str, Any] | None:
        """An incident, locked; None if there is none of that number."""
        table = sql.INCIDENT
        found = self._connection.execute(select(table).where(table.c.id == number).with_for_update()).mappings().first()
        return None if found is None else dict(found)

    def settle(self, number: int, settled: Settled) -> None:
        """An incident is settled, and on record."""
        table, done = sql.INCIDENT, {"outcome": settled.outcome, "reason": settled.reason}
        values = {"settled_at": to_micros(settled.at), "settled_by": settled.by, **done}
        changed = update(table).where(table.c.id == number).values(values).returning(table.c.kind)
        kind = self._connection.execute(changed).scalar_one()
        self.record(
            streams.INCIDENTS, settled.at, "settled", {"incident": number, "kind": kind, "by": settled.by, **done}
        )

    def confirm(self, ids: Sequence[int], now: datetime) -> None:
        """These have left."""
        table = sql.OUTBOX
        self._connection.execute(
            update(table).where(table.c.id.in_(ids)).values(next_at=None, done_at=to_micros(now), error=None)
        )

    def renew(self, sendings: Sequence[Sending], lease_until: datetime) -> bool:
        """Lease these again before they leave; False when one of them has left or has passed to another meanwhile."""
        rows = [{"letter": s.id, "tries": s.attempts, "until": to_micros(lease_until)} for s in sendings]
        return all(self._hot.run(sql.RENEW, row) == 1 for row in rows)

    def failed(self, ids: Sequence[int], again_at: datetime | None, error: str, now: datetime) -> None:
        """These have not left; they are tried again, or (None) given up, which is an incident.

        What has left meanwhile by another's hand stays as it is.
        """
        table = sql.OUTBOX
        unsent = select(table).where(table.c.id.in_(ids), table.c.done_at.is_(None)).order_by(table.c.id)
        rows = list(self._connection.execute(unsent.with_for_update()))
        next_at = to_micros(again_at) if again_at else None
        changed = update(table).where(table.c.id.in_([row.id for row in rows])).values(next_at=next_at, error=error)
        self._connection.execute(changed)
        if again_at is None:
            batches: dict[str, list[Any]] = {}
            for row in rows:
                batches.setdefault(row.batch or row.key, []).append(row)
            for letter, together in batches.items():
                self._given_up(letter, together, error, now)

    def _given_up(self, letter: str, rows: Sequence[Any], error: str, now: datetime) -> None:
        """Letters that would have left as one, and never will by themselves."""
        first, many = rows[0], len(rows)
        if first.recipient is None:
            self.incident("errand", error, first.item_id, now, letter)
            return
        notices, were = ("a notice", "was") if many == 1 else (f"{many} notices", "were")
        what = f"{notices} for {first.recipient} {were} not delivered: {error}"
        self.incident("message", what, first.item_id, now, letter)

    def incident(self, kind: str, what: str, row: int | None, now: datetime, letter: str | None = None) -> None:
        """Something needs a person. Said once: in the same words not again while it stands, nor once it is given up."""
        table = sql.INCIDENT
        same = select(table.c.id).where(
            table.c.kind == kind,
            table.c.what == what,
            table.c.item_id.is_not_distinct_from(row),
            table.c.letter.is_not_distinct_from(letter),
            or_(table.c.settled_at.is_(None), table.c.outcome == GIVEN_UP),
        )
        if self._connection.execute(same.limit(1)).first() is None:
            values = {"at": to_micros(now), "kind": kind, "item_id": row, "what": what, "letter": letter}
            number = self._connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
            self.record(streams.INCIDENTS, now, "arose", {"incident": number, **incident_facts(values)})

    def number(self, reference: str) -> int:
        """The next running number for `{number}` in references that read like this one otherwise."""
        name = f"number:{reference}"
        self.alone(name)
        last = self._connection.execute(select(sql.HOUSE.c.value).where(sql.HOUSE.c.name == name)).scalar()
        number = (self._greatest_number(reference) if last is None else int(last)) + 1
        self.set_house(name, str(number))
        return number

    def _greatest_number(self, reference: str) -> int:
        """The greatest in use: also of items from when a workflow's numbers ran over all organisations."""
        before, _, behind = reference.partition("{number}")
        named = sql.ITEM.c.reference
        likely = select(named).where(named.startswith(before, autoescape=True), named.endswith(behind, autoescape=True))
        found = self._connection.execute(likely).scalars()
        numbers = (each[len(before) : len(each) - len(behind)] for each in found)
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    def keep(self, sha256: str, size: int, now: datetime) -> None:
        """A document is about to be kept."""
        values = {"sha256": sha256, "size": size, "kept_at": to_micros(now)}
        self._hot.run(sql.KEEP, values)

    def drop_unused(self, before: datetime, limit: int) -> list[str]:
        """Forget documents that were uploaded before then, and to which nothing refers."""
        table = sql.DOCUMENT
        unused = (table.c.attached_at.is_(None), table.c.kept_at < to_micros(before))
        names = self._connection.execute(select(table.c.sha256).where(*unused).order_by(table.c.sha256).limit(limit))
        gone = delete(table).where(table.c.sha256.in_(list(names.scalars())), *unused).returning(table.c.sha256)
        return list(self._connection.execute(gone).scalars())

    def set_removal(self, sha256: str, removal: Removal | None, kept: Sequence[Typed] = ()) -> None:
        """A document or a text is to be removed, or is; None: it stays."""
        table = sql.REMOVAL
        self._connection.execute(delete(table).where(table.c.sha256 == sha256))
        if removal is not None:
            facts = canonical(removal.facts()).decode()
            held = written_kept(kept) if kept else None
            self._connection.execute(insert(table).values(sha256=sha256, facts=facts, kept=held))

    def lay(self, texts: Sequence[Typed]) -> None:
        """Let these lie where they belong, in place of what lies there."""
        lay(self._connection, texts)

    def unask(self, texts: Sequence[Typed]) -> None:
        """Forget what could be compared with a guess at what was asked when these were typed."""
        unask(self._connection, texts)

    def tell_anew(self, row: int, item: Item, searchable: Searchable) -> None:
        """Write an item that is locked as its history makes it, where only texts of it have changed."""
        table = sql.ITEM
        self._connection.execute(update(table).where(table.c.id == row).values(state=item_to_json(item)))
        self._hot.run_many(sql.TELL_SEARCHABLE, [(*searchable, row)])

    def family(self, key: str) -> list[int]:
        """Rows of an item, of those above it and of all their sub-items, in the order of locking."""
        return family(self._connection, key)

    def set_house(self, name: str, value: str) -> None:
        """Change a fact about this database."""
        table = sql.HOUSE
        if self._connection.execute(update(table).where(table.c.name == name).values(value=value)).rowcount == 0:
            self._connection.execute(insert(table).values(name=name, value=value))

    def alone(self, name: str) -> None:
        """Wait until no other transaction works on what this name stands for; on SQLite none ever does."""
        if not self._hot.is_sqlite:
            self._connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
