"""Many items quickly: one that the engine has really moved is copied under other names, with histories that verify."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from qa_workflow.clock import from_micros
from qa_workflow.engine.events import first_link, link
from qa_workflow.engine.item import stamp
from qa_workflow.engine.json_text import canonical
from qa_workflow.service.ports.streams import OPENINGS
from qa_workflow.store.chain import letter_mark
from tests.bench.floor import Raw, Row

ITEM = (
    "id", "key", "reference", "cycle", "workflow", "version", "definition", "subject", "period", "status", "stage",
    "owner", "due_at", "next_at", "revision", "head", "state", "opened_at", "ended_at", "parent_id",
)  # fmt: skip
EVENT = ("item_id", "seq", "at", "body", "hash", "texts")
TIMER = ("item_id", "visit", "name", "fire_at")
STEP = ("item_id", "visit", "stage", "owner", "due_at", "first_at")
SEARCHABLE = ("item_id", "workflow", "subject", "reference", "about", "is_undisclosed")
LETTER = ("key", "item_id", "seq", "kind", "recipient", "payload", "attempts", "next_at")
RECORD = ("stream", "seq", "at", "body", "hash")
_TABLES = {"item": ITEM, "event": EVENT, "timer": TIMER, "step": STEP, "searchable": SEARCHABLE, "outbox": LETTER}
_BLOCK = 20_000
"""Rows that are held at a time."""


class Pattern:
    """Everything in the database that belongs to one item."""

    def __init__(self, raw: Raw, key: str) -> None:
        self._house = str(raw.rows("SELECT value FROM house WHERE name = 'id'")[0][0])
        self._item: Row = raw.rows(f"SELECT {', '.join(ITEM)} FROM item WHERE key = ?", (key,))[0]  # noqa: S608
        self._row, self._key, self._reference = self._item[0], key, self._item[2]
        one = (self._row,)
        events = raw.rows("SELECT seq, at, body, texts FROM event WHERE item_id = ? ORDER BY seq", one)
        self._events = [(seq, at, _unasked(bytes(body)), texts) for seq, at, body, texts in events]
        self._timers = raw.rows("SELECT visit, name, fire_at FROM timer WHERE item_id = ?", one)
        self._steps = raw.rows("SELECT visit, stage, owner, due_at, first_at FROM step WHERE item_id = ?", one)
        self._searchable = raw.rows(
            "SELECT workflow, subject, about, is_undisclosed FROM searchable WHERE item_id = ?", one
        )
        self._letters = raw.rows(
            f"SELECT {', '.join(LETTER)} FROM outbox WHERE item_id = ? ORDER BY id",  # noqa: S608
            one,
        )

    def copy(self, row: int, key: str, reference: str, *, history: bool) -> dict[str, list[Row]]:
        """The rows of one copy, by table; `history`: with its events and letters, rightly chained."""
        names = ((self._key, key), (f'"{self._reference}"', f'"{reference}"'))
        item = dict(zip(ITEM, self._item, strict=True)) | {"id": row, "key": key, "reference": reference}
        item["cycle"] = item["cycle"] and f"{item['cycle']}/{row}"  # unique
        item["state"] = _renamed(item["state"], names)
        found: dict[str, list[Row]] = {"timer": [(row, *timer) for timer in self._timers]}
        found["step"] = [(row, *step) for step in self._steps]
        found["searchable"] = [(row, *each[:2], reference.lower(), *each[2:]) for each in self._searchable]
        if history:
            marks: list[tuple[str, str]] = []
            letters: list[Row] = []
            for values in self._letters:
                letter = dict(zip(LETTER, values, strict=True))
                payload = _renamed(letter["payload"], names)
                kind, who = letter["kind"], letter["recipient"]
                marks.append((letter_mark(kind, who, letter["payload"]), letter_mark(kind, who, payload)))
                letter |= {"key": _renamed(letter["key"], names), "item_id": row, "payload": payload}
                letters.append(tuple(letter.values()))
            found["outbox"] = letters
            head, events = first_link(self._house, key), list[Row]()
            for seq, at, body, texts in self._events:
                told = _renamed(body.decode(), (*names, *marks)).encode()
                head = link(head, told)
                events.append((row, seq, at, told, head, texts))
            found["event"], item["head"] = events, head
        found["item"] = [tuple(item.values())]
        return found


def copies(raw: Raw, pattern: Pattern, numbers: Sequence[int], *, history: bool = True) -> None:
    """Add copies; `numbers` are their rows and part of their names. The order is that of the rows."""
    made = (pattern.copy(n, f"{n:032x}", f"C/{n}", history=history) for n in numbers)
    while block := list(islice(made, _BLOCK)):
        tables = {
            "item": ITEM,
            "event": EVENT,
            "timer": TIMER,
            "step": STEP,
            "searchable": SEARCHABLE,
            "outbox": LETTER,
        }
        for table, columns in tables.items():
            if history or table not in ("event", "outbox"):
                raw.load(table, columns, chain.from_iterable(copy[table] for copy in block))


def openings(raw: Raw, workflow: str, numbers: Sequence[int], at: int) -> None:
    """The lines of the house's own history that name the copies."""
    stream = f"{OPENINGS}{workflow}"
    seq, head = raw.rows("SELECT seq, hash FROM record WHERE stream = ? ORDER BY seq DESC LIMIT 1", (stream,))[0]
    raw.load("record", RECORD, _lines(stream, seq, bytes(head), numbers, at))


def _lines(stream: str, seq: int, head: bytes, numbers: Sequence[int], at: int) -> Iterator[Row]:
    told = {"schema": 1, "stream": stream, "at": stamp(from_micros(at)), "kind": "opened"}
    for place, number in enumerate(numbers, 1):
        facts = {"item": f"{number:032x}", "reference": f"C/{number}"}
        body = canonical({**told, "seq": seq + place, "data": facts})
        head = link(head, body)
        yield stream, seq + place, at, body, head


def _unasked(body: bytes) -> bytes:
    """The event as if nobody had asked for it: nothing is answered for a copy."""
    return canonical({**json.loads(body), "request": None})


def _renamed(text: Any, names: Sequence[tuple[str, str]]) -> str:
    for before, after in names:
        text = text.replace(before, after)
    return str(text)
