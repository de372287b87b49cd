"""One writing transaction: an item is taken, a decision about it is written, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import select

from qa_workflow.clock import from_micros, to_micros
from qa_workflow.engine import Timer
from qa_workflow.engine.codec import item_from_json
from qa_workflow.engine.events import first_link
from qa_workflow.fault_points import passing
from qa_workflow.service.items.uploads import LASTS, UploadLapsed
from qa_workflow.service.ports.store import Saving, Taken
from qa_workflow.service.ports.streams import OPENINGS, REARMED
from qa_workflow.service.refusals import AlreadyOpen, Stale, UnknownItem
from qa_workflow.store import statements as sql
from qa_workflow.store.access import SqlAccess
from qa_workflow.store.boards import SqlBoardsUnit
from qa_workflow.store.chain import (
    Row,
    born_columns,
    event_rows,
    item_columns,
    micros,
    sealed,
    timer_rows,
    timers_by_visit,
)
from qa_workflow.store.desk import SqlDesk
from qa_workflow.store.explain import is_moved_on
from qa_workflow.store.reader import SqlReader, is_key, near
from qa_workflow.store.sheets import Sheets, earliest
from qa_workflow.store.upkeep import Upkeep


class SqlUnit(Upkeep):
    """The port `Unit` on a connection that has begun to write."""

    _writing = ""

    @property
    def desk(self) -> SqlDesk:
        """Drafts of definitions."""
        return SqlDesk(self._connection)

    @property
    def boards(self) -> SqlBoardsUnit:
        """Figures, and lists that people keep."""
        return SqlBoardsUnit(self._connection)

    @property
    def access(self) -> SqlAccess:
        """Who may come in."""
        return SqlAccess(self._connection, self.record)

    def take(self, name: str, request: str | None = None) -> Taken:
        """Lock an item, by reference or identifier."""
        statement = sql.TAKE_KEY if is_key(name) else sql.TAKE_REFERENCE
        row = self._hot.one(statement, {"name": name, "request": request})
        if row is None:
            raise UnknownItem(name, near(self._connection, name))
        passing("after_lock")
        return Taken(row[0], item_from_json(row[1]), row[2], row[3], row[4] or "0")

    def take_all(self, keys: Sequence[str]) -> dict[str, Taken]:
        """Lock items by identifier with one statement, in the order of the identifiers."""
        wanted = [key for key in keys if is_key(key)]
        names = json.dumps(wanted) if self._hot.is_sqlite else wanted
        rows = self._hot.all(sql.TAKE_ALL, {"names": names}) if wanted else ()
        return {row[3]: Taken(row[0], item_from_json(row[1]), row[2], epoch=row[4] or "0") for row in rows}

    def take_row(self, row: int) -> Taken:
        """Lock an item by its row."""
        found = self._hot.one(sql.TAKE_ROW, {"row": row})
        if found is None:
            raise UnknownItem(str(row), ())
        return _taken(found)

    def answer(self, request: str) -> str | None:
        """What was answered under a request key, as committed by now."""
        row = self._hot.one(sql.ANSWER, {"request": request})
        return None if row is None else str(row[0])

    def keep_answer(self, request: str, answer: str, now: datetime) -> None:
        """Keep an answer that no one item's decision carries."""
        self._hot.run(sql.ADD_ANSWER, {"key": request, "answer": answer, "at": to_micros(now)})

    def look(self) -> SqlReader:
        """What this transaction sees."""
        return SqlReader(self._lent)

    def save(self, saving: Saving) -> None:
        """Write a decision about an item that was taken; raises `Stale` when the row has moved on."""
        self.save_all((saving,))

    def save_all(self, savings: Sequence[Saving]) -> None:
        """Write many decisions with few statements."""
        savings = [s for s in savings if s.decision.events]
        if savings:
            self._write(savings)

    def create(self, saving: Saving) -> int:
        """Write the decision that opens an item, and its line in the openings; gives its row."""
        item = saving.decision.item
        first = replace(saving.taken, item=item, head=first_link(self._house, item.id))
        saving = replace(saving, taken=first)
        _, head = event_rows(saving, 0, first.head, sealed(saving))
        found = zip(sql.FOUND, item_columns(saving, head, earliest(saving.decision.timers)), strict=True)
        values = {**born_columns(item), **dict(found)}
        placed = self._hot.one(sql.PLACE, values)
        if placed is None:
            raise AlreadyOpen(item.reference, saving.cycle)
        row = int(placed[0])
        self._write([replace(saving, taken=replace(first, row=row))], is_new=True)
        opened = from_micros(micros(item.opened_at))
        self.record(f"{OPENINGS}{item.workflow}", opened, "opened", {"item": item.id, "reference": item.reference})
        return row

    def claim_due(self, now: datetime, limit: int) -> list[Taken]:
        """Lock items whose next timer has come, earliest first; others' locks are passed by."""
        rows = self._hot.all(sql.CLAIM_DUE, {"now": to_micros(now), "most": limit})
        return [_taken(row) for row in rows]

    def rearm(self, taken: Taken, timers: Sequence[Timer]) -> None:
        """Write an item's timers anew without an event, because what they are counted from has changed around it."""
        visits = [v.number for v in taken.item.visits]
        due_at, revision, reference = self._hot.one(sql.NEXT_AT, {"row": taken.row})
        self._hot.run_many(sql.DROP_TIMERS, [(taken.row, number) for number in visits])
        self._hot.run_many(sql.ADD_TIMER, timer_rows(taken.row, timers))
        self._hot.run(sql.PUT_OFF, {"row": taken.row, "until": earliest(timers)})
        facts = {"item": taken.item.id, "revision": revision, "timers": timers_by_visit(visits, timers)}
        self.record(REARMED, from_micros(due_at or 0), "rearmed", {**facts, "reference": reference})

    def put_off(self, row: int, until: datetime, why: str) -> None:
        """A poisoned item is looked at again later, and an incident tells why, dated when it should have been done."""
        due_at = self._hot.one(sql.NEXT_AT, {"row": row})[0]
        self._hot.run(sql.PUT_OFF, {"row": row, "until": to_micros(until)})
        self.incident("timer", why, row, until if due_at is None else from_micros(due_at))

    def children(self, key: str) -> list[int]:
        """Rows of the open sub-items of this one."""
        table = sql.ITEM
        wanted = select(table.c.id).where(table.c.parent_id == key, table.c.ended_at.is_(None)).order_by(table.c.id)
        return list(self._connection.execute(wanted).scalars())

    def _write(self, savings: Sequence[Saving], *, is_new: bool = False) -> None:
        """Everything of some decisions, in the order of docs: events, timers, the item, letters, answers."""
        sheets = Sheets()
        for saving in savings:
            sheets.add(saving)
        self._writing = savings[0].taken.item.reference
        self._attach(sheets)
        try:
            with self._hot.together():
                moved = self._send(sheets)
        except Exception as fault:
            raise self.refused(fault) or fault from fault
        if self._hot.is_sqlite and not is_new and moved != len(savings):
            raise Stale(self._moved_on(savings))

    def _attach(self, sheets: Sheets) -> None:
        """Documents that are new to an item are evidence from now on; in one order, so that none wait for ever."""
        for name, at in sorted(sheets.attached.items()):
            values = {"name": name, "at": at, "since": at - LASTS // timedelta(microseconds=1)}
            if self._hot.one(sql.ATTACH, values) is None:
                raise UploadLapsed

    def refused(self, fault: Exception) -> Stale | None:
        """That an item has moved on, if that is why a statement failed; of several items the first is named."""
        return Stale(self._writing) if is_moved_on(fault) else None

    def _send(self, sheets: Sheets) -> int:
        """The statements; how many items were moved, where that is known at once (SQLite)."""
        run_many = self._hot.run_many
        passing("before_event")
        run_many(sql.ADD_EVENT, sheets.events)
        passing("after_event")
        run_many(sql.DROP_TIMERS, sheets.dropped)
        run_many(sql.DROP_WAITING, sheets.unseated)
        run_many(sql.ADD_TIMER, sheets.timers)
        run_many(sql.ADD_WAITING, sheets.waiting)
        run_many(sql.DROP_STEPS, sheets.untold)
        run_many(sql.ADD_STEP, sheets.steps)
        run_many(sql.ADD_SEARCHABLE, sheets.searchable)
        run_many(sql.TELL_SEARCHABLE, sheets.found_anew)
        passing("after_timers")
        run_many(sql.REPIN, sheets.pins)
        moved = run_many(sql.MOVE, sheets.moved) + run_many(sql.MOVE_EARLIEST, sheets.moved_partly)
        passing("after_state")
        run_many(sql.ADD_LETTER, sheets.letters)
        passing("after_outbox")
        run_many(sql.ADD_ANSWER, sheets.answers)
        return moved

    def _moved_on(self, savings: Sequence[Saving]) -> str:
        """The reference of the item whose row is not as its decision left it."""
        for saving in savings:
            found = self._hot.one(sql.REVISION, {"row": saving.taken.row})
            if found is None or found[0] != saving.decision.item.revision:
                return saving.taken.item.reference
        return savings[0].taken.item.reference


def _taken(row: Row) -> Taken:
    number, state, head, epoch = row
    return Taken(number, item_from_json(state), head, epoch=epoch or "0")
