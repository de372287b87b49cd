"""The port `Store` on SQLAlchemy: one writing transaction or one consistent look at a time, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, select

from qa_workflow.fault_points import passing
from qa_workflow.store.explain import explain, explained, place
from qa_workflow.store.faults import BUSY_SECONDS, NotInitialised, Uncertain, is_passing
from qa_workflow.store.lent import Lender, Lent
from qa_workflow.store.reader import SqlReader
from qa_workflow.store.statements import HOUSE
from qa_workflow.store.unit import SqlUnit

T = TypeVar("T")


class SqlStore:
    """Where items live.

    Attributes:
        engine: the pool of connections, for what this package does beyond the port.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._looking = engine.execution_options(**_looks(engine.dialect.name))
        self._lender = Lender(engine)

    @property
    def id(self) -> str:
        """The identity that every history of this database is chained to; a backup that is restored brings its own."""
        with self.looking() as connection:
            found = connection.execute(select(HOUSE.c.value).where(HOUSE.c.name == "id")).scalar()
        if found is None:
            raise NotInitialised(place(self.engine.url))
        return str(found)

    @property
    def url(self) -> str:
        """Where the database is, with the password, for what opens it anew."""
        return self.engine.url.render_as_string(hide_password=False)

    def writing(self) -> AbstractContextManager[SqlUnit]:
        """A transaction; committed at the end of the block, undone by any exception.

        Raises:
            Passing: nothing was saved, and the same transaction may succeed when tried again.
            Uncertain: the connection broke during the commit.
            StorageFault: the database cannot do it.
        """

        def unit(lent: Lent) -> SqlUnit:
            made = SqlUnit(lent)
            lent.refused = made.refused
            return made

        return self._lending(unit)

    def connected(self) -> AbstractContextManager[Connection]:
        """A connection that has begun to write, for what is no use case (making, restoring)."""
        return self._lending(lambda lent: lent.connection)

    @contextmanager
    def _lending(self, give: Callable[[Lent], T]) -> Iterator[T]:
        """What `give` makes of a connection. One context for all, because each would cost a move as much as a row."""
        committing = False
        try:
            lent = self._lender.lend()
            try:
                lent.begin()
                try:
                    yield give(lent)
                    passing("before_commit")
                    committing = True
                    lent.commit()
                except BaseException:
                    lent.undo()
                    raise
            finally:
                self._lender.take_back(lent)
        except Exception as fault:
            told = explain(fault, self.engine.url, committing=committing)
            if told is None:
                raise
            raise told from fault
        passing("after_commit")

    @contextmanager
    def reading(self) -> Iterator[SqlReader]:
        """One consistent look, which blocks nobody."""
        with self.looking() as connection:
            yield SqlReader(connection)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """The connection of one consistent look; it cannot write."""
        with explained(self.engine.url), self._looking.connect() as connection, connection.begin():
            yield connection

    def is_passing(self, fault: BaseException) -> bool:
        """Whether the same transaction may succeed when tried again."""
        return is_passing(fault)

    def is_uncertain(self, fault: BaseException) -> bool:
        """Whether the connection broke during the commit."""
        return isinstance(fault, Uncertain)

    def scrub(self) -> bool:
        """Empty SQLite's log, in which what was overwritten still stands; False where somebody reads it.

        It does not wait for them, for nobody could write meanwhile.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        with explained(self.engine.url):
            pooled = self.engine.raw_connection()
            try:
                cursor = pooled.cursor()
                cursor.execute("PRAGMA busy_timeout=0")
                try:
                    busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                finally:
                    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
            finally:
                pooled.close()
        return not busy

    def dispose(self) -> None:
        """Close all connections."""
        self._lender.forget()
        self.engine.dispose()


def _looks(dialect: str) -> dict[str, object]:
    if dialect == "sqlite":
        return {"reading": True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
