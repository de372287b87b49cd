"""Statements that travel to PostgreSQL together: libpq's pipeline, through psycopg's binding of it.

Each is prepared once for a connection, and nothing is sent before an answer is wanted. psycopg's cursors have a
pipeline, too; they send each statement by itself, and a statement costs them as much as a way to the server and back.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import count
from typing import Any, NamedTuple

from psycopg import Connection, OperationalError
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg.waiting import Ready, Wait

_NUMBERS = count(1)
_TEXT, _BINARY = 0, 1


class Answer(NamedTuple):
    """What a statement gave: its rows, how many it changed, and the server's word for what was done."""

    rows: list[tuple[Any, ...]]
    changed: int
    done: str


class Pipe:
    """A connection in pipeline mode, from being made until `leave`."""

    def __init__(self, driver: Connection[Any], prepared: dict[str, bytes]) -> None:
        """Begin; `prepared` are the names of this connection's statements by their texts, and grows with them."""
        self._driver, self._prepared = driver, prepared
        self._pg: PGconn = driver.pgconn
        self._encoding = driver.info.encoding
        self._is_unanswered = False
        self._pg.enter_pipeline_mode()

    def send(self, sql: str, row: Sequence[Any] = ()) -> None:
        """Run a statement with its places numbered (`$1`); what comes of it is known with the next answer."""
        self._is_unanswered = True
        name = self._prepared.get(sql) or self._prepare(sql)
        values: list[bytes | None] = []
        formats: list[int] = []
        for value in row:
            if value.__class__ is str:
                values.append(value.encode(self._encoding))
                formats.append(_BINARY)  # of known length: a text that holds a zero is refused, not cut off
            elif value is None or value.__class__ is bytes:
                values.append(value)
                formats.append(_BINARY)
            else:
                values.append(_written(value))
                formats.append(_TEXT)
        self._pg.send_query_prepared(name, values, param_formats=formats)

    def _prepare(self, sql: str) -> bytes:
        name = self._prepared[sql] = b"qa_%d" % next(_NUMBERS)
        self._pg.send_prepare(name, sql.encode())
        return name

    def ask(self, sql: str, row: Sequence[Any] = ()) -> Answer:
        """Run a statement and wait for its answer, and for those of all that were sent before."""
        self.send(sql, row)
        found = self.wait()[-1]
        reading = Transformer(self._driver)
        reading.set_pgresult(found)
        rows = reading.load_rows(0, found.ntuples, tuple)
        return Answer(rows, found.command_tuples or 0, (found.command_status or b"").decode())

    def wait(self) -> list[PGresult]:
        """Send all that is queued and wait for its answers; raises the first error, after which nothing was done."""
        self._is_unanswered = False
        self._pg.pipeline_sync()
        results = self._driver.wait(_exchanged(self._pg))
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result, self._encoding)
        return results

    def leave(self) -> None:
        """Wait for what is under way, if anything is; from here on each statement is answered at once."""
        if self._is_unanswered:  # or it would be one more way to the server and back, for nothing
            self.wait()
        self._pg.exit_pipeline_mode()


def _written(value: Any) -> bytes:
    """Neither text nor bytes, as PostgreSQL reads it."""
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, list) and all(isinstance(entry, str) and entry.isalnum() for entry in value):
        return f"{{{','.join(value)}}}".encode()
    raise TypeError(f"a {type(value).__name__} cannot be sent to the database")


def _exchanged(pg: PGconn) -> Generator[Wait, Ready | int, list[PGresult]]:
    """Send and read at once, so that neither side waits for the other for ever, up to the mark of `pipeline_sync`."""
    while pg.flush():
        if (yield Wait.RW) & Ready.R:
            pg.consume_input()
    results: list[PGresult] = []
    while True:
        while pg.is_busy():
            yield Wait.R
            pg.consume_input()
        result = pg.get_result()
        if result is None:  # the end of one statement's answer
            if pg.status == ConnStatus.BAD:
                raise OperationalError("the connection was lost")
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return results
        else:
            results.append(result)
