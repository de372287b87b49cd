"""The port `Store` on SQLAlchemy: one writing transaction or one consistent look at a time, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select

from qa_workflow.fault_points import passing
from qa_workflow.store.explain import explain, explained, place
from qa_workflow.store.faults import NotInitialised, is_passing
from qa_workflow.store.lent import Lent
from qa_workflow.store.reader import SqlReader
from qa_workflow.store.statements import HOUSE
from qa_workflow.store.unit import SqlUnit


class SqlStore:
    """Where items live.

    Attributes:
        engine: the pool of connections, for what this package does beyond the port.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._looking = engine.execution_options(**_looks(engine.dialect.name))
        self._id: str | None = None

    @property
    def id(self) -> str:
        """The identity that every history of this database is chained to."""
        if self._id is None:
            with self.looking() as connection:
                self._id = connection.execute(select(HOUSE.c.value).where(HOUSE.c.name == "id")).scalar()
            if self._id is None:
                raise NotInitialised(place(self.engine.url))
        return self._id

    @contextmanager
    def writing(self) -> Iterator[SqlUnit]:
        """A transaction; committed at the end of the block, undone by any exception.

        Raises:
            Passing: nothing was saved, and the same transaction may succeed when tried again.
            Uncertain: the connection broke during the commit.
            StorageFault: the database cannot do it.
        """
        house = self.id
        with self._lending() as lent:
            unit = SqlUnit(lent, house)
            lent.refused = unit.refused
            yield unit

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection that has begun to write, for what is no use case (making, restoring)."""
        with self._lending() as lent:
            yield lent.connection

    @contextmanager
    def _lending(self) -> Iterator[Lent]:
        with explained(self.engine.url):
            lent = Lent(self.engine)
            try:
                lent.begin()
                try:
                    yield lent
                    passing("before_commit")
                except BaseException:
                    lent.undo()
                    raise
                try:
                    lent.commit()
                except Exception as fault:
                    lent.undo()
                    raise explain(fault, self.engine.url, committing=True) or fault from fault
            finally:
                lent.give_back()
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

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _looks(dialect: str) -> dict[str, object]:
    if dialect == "sqlite":
        return {"reading": True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
