"""The floor: hand-written SQL on the bare driver that leaves the same rows behind, byte for byte, and decides nothing.

It is handed rows that were worked out beforehand. So it has no rules to judge, no dates to count, no JSON to write and
no hash to compute: all that the engine needs beyond it is the price of the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import make_url

from qa_workflow.store.database import _POSTGRESQL_OPTIONS, sqlite_driver

Row = tuple[Any, ...]

TAKE = (
    "SELECT id, state, head, (SELECT answer FROM request WHERE key = ?),"
    " (SELECT value FROM house WHERE name = 'epoch') FROM item WHERE key = ?"
)
CLAIM = "SELECT id, state, head FROM item WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY next_at, id LIMIT ?"
ADD_EVENT = "INSERT INTO event (item_id, seq, at, body, hash) VALUES (?, ?, ?, ?, ?)"
DROP_TIMERS = "DELETE FROM timer WHERE item_id = ? AND visit = ?"
DROP_WAITING = "DELETE FROM waiting WHERE item_id = ? AND visit = ?"
ADD_TIMER = "INSERT INTO timer (item_id, visit, name, fire_at) VALUES (?, ?, ?, ?)"
ADD_WAITING = "INSERT INTO waiting (body, key, item_id, visit, on_agenda) VALUES (?, ?, ?, ?, ?)"
MOVE = (
    "UPDATE item SET cycle = ?, status = ?, stage = ?, owner = ?, due_at = ?, next_at = ?, revision = ?, head = ?,"
    " state = ?, ended_at = ? WHERE id = ? AND revision = ?"
)
ADD_LETTER = (
    "INSERT INTO outbox (key, item_id, seq, kind, recipient, payload, next_at, attempts)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
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


class Raw:
    """A connection of the bare driver, set up as the product sets its own up."""

    def __init__(self, url: str, synchronous: str) -> None:
        address = make_url(url)
        self.is_sqlite = address.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._driver: Any = sqlite_driver().module.connect(address.database, cached_statements=256)
            self._driver.isolation_level = None
            for setting in (f"synchronous={synchronous}", "foreign_keys=ON", "trusted_schema=OFF"):
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


def take(raw: Raw, rows: Rows) -> None:
    """Lock and read one item."""
    raw.cursor.execute(raw.text(TAKE, " FOR UPDATE OF item"), (rows.request, rows.key)).fetchone()


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


def advance(raw: Raw, rows: Rows) -> None:
    """One item moved in a transaction of its own."""
    raw.begin()
    take(raw, rows)
    write(raw, rows)
    raw.commit()


def advance_all(raw: Raw, decisions: Sequence[Rows]) -> None:
    """Move after move."""
    for rows in decisions:
        advance(raw, rows)


def bulk(raw: Raw, decisions: Sequence[Rows], batch: int) -> None:
    """Many items, one after the other, in transactions of the product's size."""
    for start in range(0, len(decisions), batch):
        raw.begin()
        for rows in decisions[start : start + batch]:
            take(raw, rows)
            write(raw, rows)
        raw.commit()


def sweep(raw: Raw, decisions: Sequence[Rows], now: int, batch: int) -> None:
    """What is due is claimed and written, a batch a transaction, one driver call for each kind of statement."""
    claim = raw.text(CLAIM, " FOR UPDATE SKIP LOCKED")
    done = 0
    while True:
        raw.begin()
        found = raw.cursor.execute(claim, (now, batch)).fetchall()
        part = decisions[done : done + len(found)]
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
