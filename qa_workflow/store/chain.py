"""Turning a decision into the rows that hold it: event bytes chained by hash, the item's columns, timers, letters.

What an event's bytes carry beside the event itself makes the other rows provable: the last event of a decision names
the item's owner, its cycle, and the timers of the visits it touched; each event names the letters that leave by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from qa_workflow.clock import to_micros
from qa_workflow.engine import Item, Timer
from qa_workflow.engine.codec import item_to_json
from qa_workflow.engine.dated import dated_apart
from qa_workflow.engine.events import canonical, link
from qa_workflow.engine.item import OPEN, instant
from qa_workflow.service.ports import Letter, Saving


def event_rows(saving: Saving, row: int, head: bytes) -> tuple[list[dict[str, Any]], bytes]:
    """Rows of the decision's events, each chained to the one before; and the new head."""
    rows: list[dict[str, Any]] = []
    decision = saving.decision
    letters = _marks(saving.letters)
    last = decision.events[-1]
    for event in decision.events:
        line = event.line()
        line |= {"schema": 1, "item": decision.item.id, "definition": saving.definition, "request": saving.request}
        if event.seq in letters:
            line["letters"] = letters[event.seq]
        if event is last:
            line |= _beside(saving)
        stored = canonical(line)
        head = link(head, stored)
        rows.append({"item_id": row, "seq": event.seq, "at": micros(event.at), "body": stored, "hash": head})
    return rows, head


def _beside(saving: Saving) -> dict[str, Any]:
    decision = saving.decision
    found: dict[str, Any] = {"owner": saving.owner}
    if saving.cycle is not None:
        found["cycle"] = saving.cycle
    if decision.touched:
        found["timers"] = timers_by_visit(decision.touched, decision.timers)
    return found


def timers_by_visit(visits: frozenset[int] | Sequence[int], timers: Sequence[Timer]) -> dict[str, dict[str, int]]:
    """All the timers that these visits have from now on: by visit and name, the instant in microseconds."""
    found: dict[str, dict[str, int]] = {str(number): {} for number in visits}
    for timer in timers:
        found.setdefault(str(timer.visit), {})[timer.name] = to_micros(timer.fire_at)
    return found


def _marks(letters: Sequence[Letter]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for letter in letters:
        found.setdefault(letter.seq, {})[str(letter.number)] = letter_mark(
            letter.kind, letter.recipient, _payload(letter)
        )
    return found


def letter_mark(kind: str, recipient: str | None, payload: str) -> str:
    """What an event says of a letter: enough to tell when one was changed, added or taken away."""
    return sha256(f"{kind}\0{recipient or ''}\0{payload}".encode()).hexdigest()[:16]


def item_columns(saving: Saving, head: bytes) -> dict[str, Any]:
    """The columns of an item row that a decision changes."""
    return {**state_columns(saving.decision.item), "owner": saving.owner, "head": head, "cycle": saving.cycle}


def state_columns(item: Item) -> dict[str, Any]:
    """Those of them that follow from the item alone."""
    due = item.due() if item.status == OPEN else None
    return {
        "status": item.status,
        "stage": stages(item),
        "due_at": micros(due.at) if due else None,
        "revision": item.revision,
        "state": item_to_json(item),
        "ended_at": micros(item.ended_at) if item.ended_at else None,
    }


def born_columns(item: Item) -> dict[str, Any]:
    """The columns of an item row that never change."""
    return {
        "key": item.id,
        "reference": item.reference,
        "workflow": item.workflow,
        "version": item.version,
        "definition": item.definition,
        "subject": item.subject,
        "period": item.period,
        "opened_at": micros(item.opened_at),
        "parent_id": item.parent[0] if item.parent else None,
    }


def stages(item: Item) -> str:
    """The open stages as one searchable text, each between blanks."""
    return f" {' '.join(v.stage for v in item.leaves())} "


def timer_rows(row: int, timers: Sequence[Timer]) -> list[dict[str, Any]]:
    """Rows of timers."""
    return [{"item_id": row, "visit": t.visit, "name": t.name, "fire_at": to_micros(t.fire_at)} for t in timers]


def step_rows(saving: Saving, row: int) -> list[dict[str, Any]]:
    """Rows of the dated visits that the item's own row cannot tell."""
    return [
        {
            "item_id": row,
            "visit": visit.number,
            "stage": visit.stage,
            "owner": saving.holders.get(visit.number, saving.owner),
            "due_at": micros(visit.due.at),
            "first_at": micros(visit.due.first_at),
        }
        for visit in dated_apart(saving.decision.item)
        if visit.due is not None
    ]


def waiting_rows(saving: Saving, row: int) -> list[dict[str, Any]]:
    """Rows that let a moved meeting find the visits that hang on it."""
    touched, item = saving.decision.touched, saving.decision.item
    if item.is_over:
        return []
    return [
        {"body": s.body, "key": s.key, "item_id": row, "visit": v.number, "on_agenda": _is_on(saving.agenda, v.stage)}
        for v in item.visits
        if v.number in touched
        for s in v.sittings
    ]


def _is_on(agenda: Mapping[str, bool], stage: str) -> bool:
    return agenda.get(stage, False)


def letter_rows(saving: Saving, row: int, at: int) -> list[dict[str, Any]]:
    """Rows for the outbox; made from item, event and number, a letter's key is the same for ever."""
    return [
        {
            "key": letter_key(saving.decision.item.id, letter.seq, letter.number),
            "item_id": row,
            "seq": letter.seq,
            "kind": letter.kind,
            "recipient": letter.recipient,
            "payload": _payload(letter),
            "next_at": at,
        }
        for letter in saving.letters
    ]


def _payload(letter: Letter) -> str:
    return canonical(letter.payload).decode()


def letter_key(item: str, seq: int, number: int | str) -> str:
    """`item:event:number`."""
    return f"{item}:{seq}:{number}"


def micros(stamp: str) -> int:
    """Microseconds of a history's stamp."""
    return to_micros(instant(stamp))
