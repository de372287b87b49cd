"""Statements of the hot path: written once in SQLAlchemy's Core, compiled once per dialect, run on the driver's own cursor.

That keeps one text for both databases at the speed of hand-written SQL; everything that is not hot goes through
SQLModel or Core as usual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import ClauseElement


class Prepared:
    """One statement with named parameters, ready for a cursor of either driver."""

    __slots__ = ("_clause", "_texts")

    def __init__(self, clause: Executable) -> None:
        self._clause = clause
        self._texts: dict[str, tuple[str, Mapping[str, Any]]] = {}

    def text(self, dialect: Dialect) -> tuple[str, Mapping[str, Any]]:
        """The driver's text, and the values that are part of the statement itself."""
        found = self._texts.get(dialect.name)
        if found is None:
            named = type(dialect)(paramstyle="named" if dialect.name == "sqlite" else "pyformat")  # type: ignore[call-arg]
            assert isinstance(self._clause, ClauseElement)
            compiled = self._clause.compile(dialect=named)
            fixed = {name: value for name, value in compiled.params.items() if value is not None}
            found = self._texts[dialect.name] = (str(compiled), fixed)
        return found


class Hot:
    """A driver cursor inside a transaction of SQLAlchemy's pool."""

    __slots__ = ("_cursor", "_dialect")

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor, self._dialect = cursor, dialect

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

    def run_many(self, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> int:
        """How many rows were changed by running it for each."""
        if not rows:
            return 0
        text, fixed = statement.text(self._dialect)
        self._cursor.executemany(text, [{**fixed, **row} for row in rows] if fixed else rows)
        return int(self._cursor.rowcount)
