"""The floor: hand-written SQL on the bare driver that leaves the same rows behind, byte for byte, and decides nothing.

It is handed rows that were worked out beforehand (`Rows`). So it has no rules to judge, no dates to count, no JSON to
write and no hash to compute: all that the engine needs beyond it is the price of the engine.

No program can be handed its rows, so there is a second floor, which is handed values (`Values`): it reads the item's
state, writes the JSON of state, events, letters and answers, and chains the events to what it has read. It still judges
nothing and counts nothing: what is between it and the product is the price of deciding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from msgspec.json import decode
from sqlalchemy.engine import make_url

from qa_workflow.engine.events import link
from qa_workflow.engine.json_text import ENCODER, canonical
from qa_workflow.store.chain import letter_mark
from qa_workflow.store.database import _POSTGRESQL_OPTIONS, sqlite_driver

Row = tuple[Any, ...]

TAKE = (
    "SELECT id, state, head, (SELECT answer FROM request WHERE key = ?),"
    " (SELECT value FROM house WHERE name = 'epoch') FROM item WHERE key = ?"
)
CLAIM = "SELECT id, state, head FROM item WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY next_at, id LIMIT ?"
ADD_EVENT = "INSERT INTO event (item_id, seq, at, body, hash, texts) VALUES (?, ?, ?, ?, ?, ?)"
DROP_TIMERS = "DELETE FROM timer WHERE item_id = ? AND visit = ?"
DROP_WAITING = "DELETE FROM waiting WHERE item_id = ? AND visit = ?"
ADD_TIMER = "INSERT INTO timer (item_id, visit, name, fire_at) VALUES (?, ?, ?, ?)"
ADD_WAITING = "INSERT INTO waiting (body, key, item_id, visit, on_agenda) VALUES (?, ?, ?, ?, ?)"
MOVE = (
    "UPDATE item SET cycle = ?, status = ?, stage = ?, owner = ?, due_at = ?, next_at = ?, revision = ?, head = ?,"
    " state = ?, ended_at = ? WHERE id = ? AND revision = ?"
)
ADD_LETTER = (
    "INSERT INTO outbox (key, item_id, seq, kind, recipient, payload, next_at, texts, attempts)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)"
)
ADD_ANSWER = "INSERT INTO request (key, answer, at) VALUES (?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Rows:
    """All that one decision writes, in the order of the columns above."""

    key: str
    request: str | None
    events: Sequence[Row]
    dropped: Sequence[Row]
    unseated: Sequence[Row]
    timers: Sequence[Row]
    waiting: Sequence[Row]
    item: Row
    letters: Sequence[Row]
    answers: Sequence[Row]

    def after(self, found: Row) -> Rows:  # noqa: ARG002  nothing depends on what was read
        """What is written once the item has been read."""
        return self


@dataclass(frozen=True, slots=True)
class Values:
    """The same before anything of it is JSON: rows with gaps, and what goes into the gaps."""

    rows: Rows
    events: Sequence[Any]
    texts: Sequence[Any]
    state: Any
    letters: Sequence[Any]
    answers: Sequence[Any]

    @classmethod
    def of(cls, rows: Rows) -> Values:
        """What some rows say."""
        return cls(
            rows,
            [decode(event[_BODY]) for event in rows.events],
            [None if event[_TEXTS] is None else decode(event[_TEXTS]) for event in rows.events],
            decode(rows.item[_STATE]),
            [decode(letter[_PAYLOAD]) for letter in rows.letters],
            [decode(answer[_ANSWER]) for answer in rows.answers],
        )

    @property
    def key(self) -> str:
        return self.rows.key

    @property
    def request(self) -> str | None:
        return self.rows.request

    def after(self, found: Row) -> Rows:
        """What is written once the item has been read: its state as JSON, and the hash that its history ends with."""
        rows = self.rows
        _, state, head, *_ = found
        decode(state)
        letters: list[Row] = []
        for row, payload in zip(rows.letters, self.letters, strict=True):
            text = canonical(payload).decode()
            letter_mark(row[_KIND], row[_RECIPIENT], text)
            letters.append((*row[:_PAYLOAD], text, *row[_PAYLOAD + 1 :]))
        events: list[Row] = []
        for row, line, texts in zip(rows.events, self.events, self.texts, strict=True):
            body = canonical(line)
            head = link(head, body)
            beside = None if texts is None else ENCODER.encode(texts).decode()
            events.append((*row[:_BODY], body, head, beside))
        item = rows.item
        written = ENCODER.encode(self.state).decode()
        return replace(
            rows,
            events=events,
            item=(*item[:_HEAD], head, written, *item[_STATE + 1 :]),
            letters=letters,
            answers=[
                (row[0], ENCODER.encode(answer).decode(), *row[_ANSWER + 1 :])
                for row, answer in zip(rows.answers, self.answers, strict=True)
            ],
        )


_BODY, _TEXTS, _HEAD, _STATE, _KIND, _RECIPIENT, _PAYLOAD, _ANSWER = 3, 5, 7, 8, 3, 4, 5, 1
"""Places in the rows of ADD_EVENT, MOVE, ADD_LETTER and ADD_ANSWER."""


class Decided(Protocol):
    """A decision that a floor writes."""

    @property
    def key(self) -> str: ...

    @property
    def request(self) -> str | None: ...

    def after(self, found: Row) -> Rows: ...


def as_rows(rows: Rows) -> Decided:
    """Rows as they are, for the bare floor."""
    return rows


class Raw:
    """A connection of the bare driver, set up as the product sets its own up."""

    def __init__(self, url: str, synchronous: str) -> None:
        address = make_url(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._driver: Any = sqlite_driver().module.connect(address.database, cached_statements=256)
            self._driver.isolation_level = None
            for setting in (f"synchronous={synchronous}", "foreign_keys=ON", "trusted_schema=OFF", "secure_delete=ON"):
                self._driver.execute(f"PRAGMA {setting}")
        else:
            import psycopg

            plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
            self._driver = psycopg.connect(plain, options=_POSTGRESQL_OPTIONS, autocommit=True)
        self.cursor = self._driver.cursor()
        self._texts: dict[str, str] = {}

    def text(self, sql: str, lock: str = "") -> str:
        """The statement in the driver's own writing; SQLite knows no row locks."""
        found = self._texts.get(sql)
        if found is None:
            found = self._texts[sql] = sql if self.is_sqlite else sql.replace("?", "%s") + lock
        return found

    def begin(self) -> None:
        self.cursor.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")

    def commit(self) -> None:
        self.cursor.execute("COMMIT")

    def each(self, sql: str, rows: Iterable[Row]) -> None:
        """One statement for each row; on PostgreSQL one round trip for each."""
        text, cursor = self.text(sql), self.cursor
        for row in rows:
            cursor.execute(text, row)

    def many(self, sql: str, rows: Sequence[Row]) -> None:
        """The driver's own way to run one statement for many rows; psycopg sends them without waiting in between."""
        if rows:
            self.cursor.executemany(self.text(sql), rows)

    def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Put many rows into a table, as fast as the driver can; not for measuring."""
        names = ", ".join(columns)
        if self.is_sqlite:
            marks = ", ".join("?" * len(columns))
            self.cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  our own names
        else:
            with self.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def rows(self, sql: str, values: Row = ()) -> list[Any]:
        """What a query finds."""
        return list(self.cursor.execute(self.text(sql), values).fetchall())

    def stream(self, sql: str, page: int) -> Any:
        """A query whose rows are fetched a page at a time, as bare values."""
        cursor = self._driver.cursor() if self.is_sqlite else self._driver.cursor("stream", binary=True)
        if self.is_sqlite:
            cursor.arraysize = page
        else:
            cursor.itersize = page
        cursor.execute(self.text(sql))
        return cursor

    def close(self) -> None:
        self._driver.close()


def take(raw: Raw, decision: Decided) -> Row:
    """Lock and read one item."""
    values = (decision.request, decision.key)
    found: Row = raw.cursor.execute(raw.text(TAKE, " FOR UPDATE OF item"), values).fetchone()
    return found


def write(raw: Raw, rows: Rows) -> None:
    """One decision, statement after statement."""
    raw.each(ADD_EVENT, rows.events)
    raw.each(DROP_TIMERS, rows.dropped)
    raw.each(DROP_WAITING, rows.unseated)
    raw.each(ADD_TIMER, rows.timers)
    raw.each(ADD_WAITING, rows.waiting)
    raw.each(MOVE, (rows.item,))
    raw.each(ADD_LETTER, rows.letters)
    raw.each(ADD_ANSWER, rows.answers)


def advance(raw: Raw, decision: Decided) -> None:
    """One item moved in a transaction of its own."""
    raw.begin()
    write(raw, decision.after(take(raw, decision)))
    raw.commit()


def advance_all(raw: Raw, decisions: Sequence[Decided]) -> None:
    """Move after move."""
    for decision in decisions:
        advance(raw, decision)


def bulk(raw: Raw, decisions: Sequence[Decided], batch: int) -> None:
    """Many items, one after the other, in transactions of the product's size."""
    for start in range(0, len(decisions), batch):
        raw.begin()
        for decision in decisions[start : start + batch]:
            write(raw, decision.after(take(raw, decision)))
        raw.commit()


def sweep(raw: Raw, decisions: Sequence[Decided], now: int, batch: int) -> None:
    """What is due is claimed and written, a batch a transaction, one driver call for each kind of statement."""
    claim = raw.text(CLAIM, " FOR UPDATE SKIP LOCKED")
    done = 0
    while True:
        raw.begin()
        found = raw.cursor.execute(claim, (now, batch)).fetchall()
        part = [decision.after(row) for decision, row in zip(decisions[done : done + len(found)], found, strict=True)]
        done += len(found)
        raw.many(ADD_EVENT, [row for rows in part for row in rows.events])
        raw.many(DROP_TIMERS, [row for rows in part for row in rows.dropped])
        raw.many(DROP_WAITING, [row for rows in part for row in rows.unseated])
        raw.many(ADD_TIMER, [row for rows in part for row in rows.timers])
        raw.many(ADD_WAITING, [row for rows in part for row in rows.waiting])
        raw.many(MOVE, [rows.item for rows in part])
        raw.many(ADD_LETTER, [row for rows in part for row in rows.letters])
        raw.many(ADD_ANSWER, [row for rows in part for row in rows.answers])
        raw.commit()
        if len(found) < batch:
            return
