"""A connection lent by the pool for one writing transaction: the driver's own, and SQLAlchemy's when somebody asks.

To PostgreSQL, statements travel together: one that is asked for its rows waits for them, the others leave with the next
that is, at the latest with the commit. A move of an item travels twice: begin and look, write and commit. For
SQLAlchemy, which expects every statement to be answered at once, the pipe is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Dialect, Engine, QueuePool

if TYPE_CHECKING:
    from qa_workflow.store.pipe import Answer, Pipe


PREPARED = "prepared"
"""Where a connection keeps the names of its statements. When psycopg rolls back, it drops all of them, ours too."""


class Lent:
    """One connection. Most moves of an item never need SQLAlchemy's, which costs as much as a small statement.

    Attributes:
        driver: the driver's own connection.
        pipe: on PostgreSQL, while statements travel together.
    """

    __slots__ = ("_asked", "_engine", "_pooled", "dialect", "driver", "is_sqlite", "pipe", "refused")

    def __init__(self, engine: Engine, connection: Connection | None = None) -> None:
        """Take one from the pool; `connection` is one that was taken by other means, and is given back by them."""
        self._engine, self._asked = engine, connection
        self._pooled: Any = engine.raw_connection() if connection is None else connection.connection
        self.pipe: Pipe | None = None
        self.refused: Callable[[Exception], Exception | None] = _nothing
        """Tells what it means that a statement failed which nobody waited for."""
        self.driver: Any = self._pooled.driver_connection
        self.dialect: Dialect = engine.dialect
        self.is_sqlite = self.dialect.name == "sqlite"

    @classmethod
    def of(cls, connection: Connection) -> Lent:
        """The same for a connection of SQLAlchemy that somebody else gives back."""
        return cls(connection.engine, connection)

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, within the transaction that is under way on the driver's."""
        self.answer()
        if self._asked is None:
            self._asked = Connection(self._engine, connection=self._pooled)
        return self._asked

    @property
    def is_bare(self) -> bool:
        """Whether nobody has asked for SQLAlchemy's connection, and the driver's is as it was: sound, nothing begun."""
        return self._asked is None and self._pooled.is_valid and not self.driver.in_transaction

    def cursor(self) -> Any:
        """A cursor of the driver for statements with numbered places (SQLite's marks are in order anyway)."""
        if self.is_sqlite:
            return self.driver.cursor()
        from psycopg import RawCursor

        return RawCursor(self.driver)

    def begin(self) -> None:
        """Begin to write. The transaction is the driver's own: SQLAlchemy's costs as much again as a small commit."""
        if self.is_sqlite:
            self.driver.execute("BEGIN IMMEDIATE")
            return
        self.driver.autocommit = True  # or the driver would send its own BEGIN, and wait for it
        self._opened().send("BEGIN")

    def _opened(self) -> Pipe:
        from qa_workflow.store.pipe import Pipe  # PostgreSQL's driver need not be there for SQLite

        self.pipe = Pipe(self.driver, self._pooled.info.setdefault(PREPARED, {}))
        return self.pipe

    def together(self) -> AbstractContextManager[object]:
        """Statements within the block travel as one, also where the pipe was left before; on SQLite nothing travels."""
        return nullcontext() if self.is_sqlite or self.pipe is not None else self._reopened()

    @contextmanager
    def _reopened(self) -> Iterator[None]:
        self._opened()
        yield
        self.answer()

    def ask(self, sql: str, row: tuple[Any, ...]) -> Answer:
        """Run a statement through the pipe, and wait for its answer."""
        assert self.pipe is not None
        try:
            return self.pipe.ask(sql, row)
        except Exception as fault:
            raise self.refused(fault) or fault from fault

    def answer(self) -> None:
        """Wait for what is under way; from here on each statement is answered at once."""
        if self.pipe is not None:
            try:
                self._leave()
            except Exception as fault:
                raise self.refused(fault) or fault from fault

    def commit(self) -> None:
        """Make it last."""
        if self.pipe is None:
            self.driver.commit()
            return
        done = self.ask("COMMIT", ()).done
        self._leave()
        if done != "COMMIT":  # what it says where an error was passed over
            raise RuntimeError(f"the server answered a commit with {done!r}: nothing was saved")

    def undo(self) -> None:
        """Roll back; one that cannot even do that is not used again, and why it was undone is not forgotten."""
        try:
            if self.pipe is not None:
                with suppress(Exception):  # what failed in it is known, or of no interest any more
                    self._leave()
            self._pooled.info.pop(PREPARED, None)
            self.driver.rollback()
        except Exception:  # noqa: BLE001  the exception that matters is under way
            self._pooled.invalidate()

    def _leave(self) -> None:
        assert self.pipe is not None
        pipe, self.pipe = self.pipe, None
        pipe.leave()

    def give_back(self) -> None:
        """The transaction is over."""
        self.refused = _nothing  # it belongs to the unit, which keeps this: neither would be freed before a search
        if not self.is_sqlite and self._pooled.is_valid:
            self.driver.autocommit = False
        if self._asked is None:
            self._pooled.close()
        else:
            self._asked.close()


def _nothing(_: Exception) -> None:
    return None


class Lender:
    """Lends connections to write with. On SQLite the one that came back last stays at hand, and is lent first.

    To take one from the pool and to give it back costs a move as much as three of its rows. What the pool has beyond
    that is care for servers that go away, and a file does not.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keeps = engine.dialect.name == "sqlite" and isinstance(engine.pool, QueuePool)
        self._at_hand: list[Lent] = []

    def lend(self) -> Lent:
        """The one at hand, else one from the pool."""
        try:
            return self._at_hand.pop()
        except IndexError:
            return Lent(self._engine)

    def take_back(self, lent: Lent) -> None:
        """The transaction is over."""
        if self._keeps and not self._at_hand and lent.is_bare:
            lent.refused = _nothing
            self._at_hand.append(lent)
        else:
            lent.give_back()

    def forget(self) -> None:
        """Give back what is at hand."""
        while self._at_hand:
            self._at_hand.pop().give_back()


class OnConnection:
    """Something that works on a connection within a transaction."""

    def __init__(self, connection: Connection | Lent) -> None:
        self._lent = connection if isinstance(connection, Lent) else Lent.of(connection)

    @property
    def _connection(self) -> Connection:
        return self._lent.connection
