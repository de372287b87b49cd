"""Turning a decision into the rows that hold it: event bytes chained by hash, the item's columns, timers, letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_workflow.clock import to_micros
from qa_workflow.engine import Event, Item
from qa_workflow.engine.codec import item_to_json
from qa_workflow.engine.events import body, canonical, link
from qa_workflow.engine.item import OPEN, instant
from qa_workflow.service.ports import Letter, Saving


def event_rows(saving: Saving, head: bytes) -> tuple[list[dict[str, Any]], bytes]:
    """Rows of the decision's events, each chained to the one before; and the new head."""
    rows: list[dict[str, Any]] = []
    item = saving.decision.item
    for event in saving.decision.events:
        stored = body(event, item=item.id, definition=saving.definition, request=saving.request)
        head = link(head, stored)
        rows.append({"item_id": saving.taken.row, "seq": event.seq, "at": micros(event.at), "body": stored, "hash": head})
    return rows, head


def item_columns(saving: Saving, head: bytes) -> dict[str, Any]:
    """The columns of an item row that a decision changes."""
    item = saving.decision.item
    due = item.due() if item.status == OPEN else None
    return {
        "status": item.status,
        "stage": stages(item),
        "owner": saving.owner,
        "due_at": micros(due.at) if due else None,
        "revision": item.revision,
        "head": head,
        "state": item_to_json(item),
        "ended_at": micros(item.ended_at) if item.ended_at else None,
        "cycle": saving.cycle,
    }


def stages(item: Item) -> str:
    """The open stages as one searchable text, each between blanks."""
    return f" {' '.join(v.stage for v in item.leaves())} "


def timer_rows(saving: Saving) -> list[dict[str, Any]]:
    """Rows of the timers of the visits that were touched."""
    return [
        {"item_id": saving.taken.row, "visit": t.visit, "name": t.name, "fire_at": to_micros(t.fire_at)}
        for t in saving.decision.timers
    ]


def waiting_rows(saving: Saving, agenda: Mapping[str, bool]) -> list[dict[str, Any]]:
    """Rows that let a moved meeting find the visits that hang on it."""
    touched, item = saving.decision.touched, saving.decision.item
    if item.is_over:
        return []
    return [
        {"body": s.body, "key": s.key, "item_id": saving.taken.row, "visit": v.number, "on_agenda": agenda.get(v.stage, False)}
        for v in item.visits
        if v.number in touched
        for s in v.sittings
    ]


def letter_rows(saving: Saving, at: int) -> list[dict[str, Any]]:
    """Rows for the outbox; the key is made from item, event and number, so the same letter has the same key for ever."""
    return [
        {
            "key": letter_key(saving.decision.item.id, letter),
            "item_id": saving.taken.row,
            "seq": letter.seq,
            "kind": letter.kind,
            "recipient": letter.recipient,
            "payload": canonical(letter.payload).decode(),
            "next_at": at,
        }
        for letter in saving.letters
    ]


def letter_key(item: str, letter: Letter) -> str:
    """`item:event:number`."""
    return f"{item}:{letter.seq}:{letter.number}"


def decided_at(events: tuple[Event, ...]) -> int:
    """The instant of a decision, from its events."""
    return micros(events[-1].at)


def micros(stamp: str) -> int:
    """Microseconds of a history's stamp."""
    return to_micros(instant(stamp))
