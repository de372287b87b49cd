"""Statements of the hot path: written once in Core, compiled once per dialect, run on the driver's own cursor.

That keeps one text for both databases at the speed of hand-written SQL; everything that is not hot goes through
SQLModel or Core as usual.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import ClauseElement


class Prepared:
    """One statement with named parameters (or one for each dialect), ready for a cursor of either driver."""

    __slots__ = ("_clause", "_texts")

    def __init__(self, clause: Executable | Mapping[str, Executable]) -> None:
        self._clause = clause
        self._texts: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def text(self, dialect: Dialect) -> tuple[str, Mapping[str, Any]]:
        """The driver's text, and the values that are part of the statement itself."""
        found = self._texts.get(dialect.name)
        if found is None:
            named = type(dialect)(paramstyle="named" if dialect.name == "sqlite" else "pyformat")  # type: ignore[call-arg]
            clause = self._clause[dialect.name] if isinstance(self._clause, Mapping) else self._clause
            compiled = cast(ClauseElement, clause).compile(dialect=named)
            fixed = {name: value for name, value in compiled.params.items() if value is not None}
            found = self._texts[dialect.name] = (str(compiled), fixed)
        return found


class Hot:
    """The driver's own connection inside a transaction of SQLAlchemy's pool."""

    __slots__ = ("_cursor", "_dialect", "_driver")

    def __init__(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        self._driver = driver
        self._dialect = connection.dialect
        self._cursor: Any = self._driver.cursor()

    def one(self, statement: Prepared, values: Mapping[str, Any]) -> Any:
        """The first row, or None."""
        text, fixed = statement.text(self._dialect)
        return self._cursor.execute(text, {**fixed, **values}).fetchone()

    def all(self, statement: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """All rows."""
        text, fixed = statement.text(self._dialect)
        return list(self._cursor.execute(text, {**fixed, **values}).fetchall())

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """How many rows were changed."""
        text, fixed = statement.text(self._dialect)
        self._cursor.execute(text, {**fixed, **values})
        return int(self._cursor.rowcount)

    def run_many(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> Ran:
        """Run it for each row; ask `changed` of the answer once the block of `together` is over."""
        if not rows:
            return Ran(None)
        text, fixed = statement.text(self._dialect)
        cursor = self._driver.cursor()
        values = [{**fixed, **row} for row in rows] if fixed else rows
        if len(values) == 1:
            cursor.execute(text, values[0])
        else:
            cursor.executemany(text, values)
        return Ran(cursor)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Statements that travel to the server as one, their answers awaited at the end; on SQLite nothing travels."""
        if self._dialect.name == "sqlite":
            yield
        else:
            with self._driver.pipeline():
                yield


class Ran:
    """A statement that was run for many rows."""

    __slots__ = ("_cursor",)

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    @property
    def changed(self) -> int:
        """How many rows were changed."""
        return 0 if self._cursor is None else int(self._cursor.rowcount)
