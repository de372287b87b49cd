"""Statements of the hot path: written once in Core, compiled once per dialect, run on the driver's own cursor.

That keeps one text for both databases at the speed of hand-written SQL; everything that is not hot goes through
SQLModel or Core as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Dialect
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import ClauseElement

from qa_workflow.store.lent import Lent

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A statement as a driver wants it: its text, and how values given by name, or in the agreed order, are placed."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    arrange: Callable[[Row], Row] | None
    """From the agreed order to the text's own; None where they are the same."""

    def placed(self, values: Mapping[str, Any]) -> Row:
        """Values by name, in the places where the text wants them."""
        return tuple([values[name] if name in values else self.fixed[name] for name in self.names])


class Prepared:
    """One statement with parameters (or one for each dialect), ready for a cursor of either driver.

    `order` names the parameters as they come where it is run for many rows: tuples are placed by the driver itself,
    at half the price of mappings.
    """

    __slots__ = ("_clause", "_order", "_texts")

    def __init__(self, clause: Executable | Mapping[str, Executable], order: Sequence[str] = ()) -> None:
        self._clause, self._order = clause, tuple(order)
        self._texts: dict[str, Text] = {}

    def text(self, dialect: Dialect) -> Text:
        """The statement in the driver's own writing."""
        found = self._texts.get(dialect.name)
        if found is None:
            found = self._texts[dialect.name] = self._compiled(dialect)
        return found

    def _compiled(self, dialect: Dialect) -> Text:
        placing = type(dialect)(paramstyle="qmark" if dialect.name == "sqlite" else "numeric_dollar")  # type: ignore[call-arg]
        clause = self._clause[dialect.name] if isinstance(self._clause, Mapping) else self._clause
        compiled: Any = cast(ClauseElement, clause).compile(dialect=placing)
        names = tuple(compiled.positiontup)
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return Text(str(compiled), names, fixed, _arranging(self._order, names, fixed))


def _arranging(order: Row, names: Row, fixed: Mapping[str, Any]) -> Callable[[Row], Row] | None:
    if not order or order == names:
        return None
    known = (*order, *fixed)
    constant, pick = tuple(fixed.values()), itemgetter(*[known.index(name) for name in names])
    return lambda row: cast(Row, pick((*row, *constant)))


class Hot:
    """The driver's own connection inside a transaction."""

    __slots__ = ("_cursor", "_dialect", "_lent", "is_sqlite")

    def __init__(self, lent: Lent) -> None:
        self._lent = lent
        self._dialect = lent.dialect
        self._cursor: Any = lent.cursor()
        self.is_sqlite = lent.is_sqlite

    def one(self, statement: Prepared, values: Mapping[str, Any]) -> Any:
        """The first row, or None."""
        text = statement.text(self._dialect)
        if self._lent.pipe is None:
            return self._cursor.execute(text.sql, text.placed(values)).fetchone()
        rows = self._lent.ask(text.sql, text.placed(values)).rows
        return rows[0] if rows else None

    def all(self, statement: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """All rows."""
        text = statement.text(self._dialect)
        if self._lent.pipe is None:
            return list(self._cursor.execute(text.sql, text.placed(values)).fetchall())
        return self._lent.ask(text.sql, text.placed(values)).rows

    def run(self, statement: Prepared, values: Mapping[str, Any]) -> int:
        """How many rows were changed."""
        text = statement.text(self._dialect)
        if self._lent.pipe is None:
            return int(self._cursor.execute(text.sql, text.placed(values)).rowcount)
        return self._lent.ask(text.sql, text.placed(values)).changed

    def run_many(self, statement: Prepared, rows: Sequence[Row]) -> int:
        """Run it for each row; how many rows were changed, where that is known at once (SQLite)."""
        if not rows:
            return 0
        text = statement.text(self._dialect)
        if text.arrange is not None:
            rows = [text.arrange(row) for row in rows]
        if self._lent.pipe is not None:
            for row in rows:
                self._lent.pipe.send(text.sql, row)
            return 0
        if len(rows) == 1:
            self._cursor.execute(text.sql, rows[0])
        else:
            self._cursor.executemany(text.sql, rows)
        return int(self._cursor.rowcount)

    def together(self) -> AbstractContextManager[object]:
        """Statements that travel to the server as one, their answers awaited at the end."""
        return self._lent.together()
