"""A connection lent by the pool for one transaction: the driver's own, and SQLAlchemy's when somebody asks for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Dialect, Engine


class Lent:
    """One connection. Most moves of an item never need SQLAlchemy's, which costs as much as a small statement.

    Attributes:
        driver: the driver's own connection.
    """

    __slots__ = ("_asked", "_engine", "_pooled", "dialect", "driver")

    def __init__(self, engine: Engine, connection: Connection | None = None) -> None:
        """Take one from the pool; `connection` is one that was taken by other means, and is given back by them."""
        self._engine, self._asked = engine, connection
        self._pooled: Any = engine.raw_connection() if connection is None else connection.connection
        self.driver: Any = self._pooled.driver_connection
        self.dialect: Dialect = engine.dialect

    @classmethod
    def of(cls, connection: Connection) -> Lent:
        """The same for a connection of SQLAlchemy that somebody else gives back."""
        return cls(connection.engine, connection)

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, within the transaction that is under way on the driver's."""
        if self._asked is None:
            self._asked = Connection(self._engine, connection=self._pooled)
        return self._asked

    def give_back(self) -> None:
        """The transaction is over."""
        if self._asked is None:
            self._pooled.close()
        else:
            self._asked.close()

    def discard(self) -> None:
        """It is not to be used again."""
        self._pooled.invalidate()


class OnConnection:
    """Something that works on a connection within a transaction."""

    def __init__(self, connection: Connection | Lent) -> None:
        self._lent = connection if isinstance(connection, Lent) else Lent.of(connection)

    @property
    def _connection(self) -> Connection:
        return self._lent.connection
