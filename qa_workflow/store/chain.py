"""Turning a decision into the rows that hold it: event bytes chained by hash, the item's columns, timers, letters.

What an event's bytes carry beside the event itself makes the other rows provable: the last event of a decision names
the item's owner, who has each dated step, its cycle, and the timers of the visits it touched; each event names the
letters that leave by it, and the request that asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from qa_workflow.clock import to_micros
from qa_workflow.engine import Item, Leaves, Timer
from qa_workflow.engine.codec import item_to_json
from qa_workflow.engine.dated import dated_apart
from qa_workflow.engine.events import link
from qa_workflow.engine.item import instant, stamp
from qa_workflow.engine.json_text import canonical
from qa_workflow.engine.texts import Apart
from qa_workflow.service.items.gist import folded
from qa_workflow.service.ports.store import Letter, Saving, Searchable

Row = tuple[Any, ...]
SCHEMA = 2
"""Of an event's bytes. Until 0.2 it was 1, and what people typed stood in them."""


def event_rows(saving: Saving, row: int, head: bytes, letters: Sequence[Sealed]) -> tuple[list[Row], bytes]:
    """Rows of the decision's events, each chained to the one before; and the new head."""
    rows: list[Row] = []
    decision = saving.decision
    marks = _marks(letters)
    last = decision.events[-1]
    for event in decision.events:
        line, apart = event.line(), Apart(saving.salt, str(event.seq), saving.fields)
        apart.line(line)
        line["schema"], line["item"] = SCHEMA, decision.item.id
        line["definition"], line["request"] = saving.definition, saving.request
        if event.seq in marks:
            line["letters"] = marks[event.seq]
        if saving.suspect is not None:
            line["clock_suspect"], line["recorded_at"] = True, stamp(saving.suspect)
        if event is last:
            line |= _beside(saving)
        stored = canonical(line)
        head = link(head, stored)
        rows.append((row, event.seq, micros(event.at), stored, head, apart.written))
    return rows, head


def _beside(saving: Saving) -> dict[str, Any]:
    decision = saving.decision
    found: dict[str, Any] = {"owner": saving.owner}
    if saving.holders:
        found["holders"] = {str(visit): owner for visit, owner in saving.holders.items()}
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


class Sealed(NamedTuple):
    """A letter whose payload is written, once for its row and for the mark that its event carries; its texts apart."""

    letter: Letter
    payload: str
    texts: str | None


def sealed(saving: Saving) -> list[Sealed]:
    """A decision's letters with their payloads written; people who are told the same share one text."""
    found: list[Sealed] = []
    said, text, texts = None, "", None
    for letter in saving.letters:
        if letter.payload is not said:
            said = letter.payload
            apart = Apart(saving.salt, f"{letter.seq}.{letter.number}", {})
            text, texts = canonical(_untyped(letter, apart)).decode(), apart.written
        found.append(Sealed(letter, text, texts))
    return found


def _untyped(letter: Letter, apart: Apart) -> Mapping[str, Any]:
    """What a letter says, without what people typed: no message says that, but what goes from item to item does."""
    said = letter.payload
    if letter.kind == Leaves.OPEN_SUB_ITEM:
        return {**said, "fields": apart.values(said["fields"])}
    return {**said, "reason": apart.text(said["reason"])} if letter.kind == Leaves.CANCEL_SUB_ITEMS else said


def _marks(letters: Sequence[Sealed]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for each in letters:
        letter = each.letter
        mark = letter_mark(letter.kind, letter.recipient, each.payload)
        found.setdefault(letter.seq, {})[str(letter.number)] = mark
    return found


def letter_mark(kind: str, recipient: str | None, payload: str) -> str:
    """What an event says of a letter: enough to tell when one was changed, added or taken away."""
    return sha256(f"{kind}\0{recipient or ''}\0{payload}".encode()).hexdigest()[:16]


def item_columns(saving: Saving, head: bytes, next_at: int | None) -> Row:
    """The columns of an item row that a decision changes, in the order of `statements.FOUND`."""
    item = saving.decision.item
    found = state_columns(item)
    return (
        saving.cycle,
        found["status"],
        found["stage"],
        saving.owner,
        found["due_at"],
        next_at,
        found["revision"],
        head,
        found["state"],
        found["ended_at"],
    )


def state_columns(item: Item) -> dict[str, Any]:
    """Those of them that follow from the item alone."""
    due = item.due()
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


def searchable_columns(item: Item, about: Searchable) -> dict[str, Any]:
    """What an item is found by."""
    names = {"workflow": item.workflow, "subject": item.subject, "reference": folded(item.reference)}
    return {**names, **about._asdict()}


def searchable_row(saving: Saving, row: int) -> Row:
    """The same as a row, of an item that is being opened."""
    return (row, *searchable_columns(saving.decision.item, saving.searchable or Searchable()).values())


def stages(item: Item) -> str:
    """The open stages as one searchable text, each between blanks."""
    return f" {' '.join(v.stage for v in item.leaves())} "


def timer_rows(row: int, timers: Sequence[Timer]) -> list[Row]:
    """Rows of timers."""
    return [(row, t.visit, t.name, to_micros(t.fire_at)) for t in timers]


def step_rows(saving: Saving, row: int) -> list[Row]:
    """Rows of the dated visits that the item's own row cannot tell."""
    return [
        (
            row,
            visit.number,
            visit.stage,
            saving.holders.get(visit.number, saving.owner),
            micros(visit.due.at),
            micros(visit.due.first_at),
        )
        for visit in dated_apart(saving.decision.item)
        if visit.due is not None
    ]


def waiting_rows(saving: Saving, row: int) -> list[Row]:
    """Rows that let a moved meeting find the visits that depend on it."""
    touched, item = saving.decision.touched, saving.decision.item
    if item.is_over:
        return []
    return [
        (s.body, s.key, row, v.number, s.body == saving.agenda.get(v.number))
        for v in item.visits
        if v.sittings and v.number in touched
        for s in v.sittings
    ]


def letter_rows(saving: Saving, row: int, letters: Sequence[Sealed]) -> list[Row]:
    """Rows for the outbox; made from item, event and number, a letter's key is the same for ever."""
    key, at = saving.decision.item.id, decided_at(saving)
    return [
        (letter_key(key, one.seq, one.number), row, one.seq, one.kind, one.recipient, each.payload, at, each.texts)
        for each in letters
        for one in (each.letter,)
    ]


def decided_at(saving: Saving) -> int:
    """The instant of a decision, in microseconds."""
    return micros(saving.decision.events[-1].at)


def letter_key(item: str, seq: int, number: int | str) -> str:
    """`item:event:number`."""
    return f"{item}:{seq}:{number}"


@lru_cache(maxsize=4096)  # one instant of a decision stands in all its rows, and items of one day share their dates
def micros(stamp: str) -> int:
    """Microseconds of a history's stamp."""
    return to_micros(instant(stamp))
