"""Whole tables read in order at the speed of the driver, a page at a time, and several of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from qa_workflow.store.prepared import Prepared

PAGE = 2000
Line = tuple[Any, ...]


def scan(connection: Connection, statement: Prepared) -> Iterator[Line]:
    """The rows of a statement without parameters, as plain tuples, within the connection's transaction."""
    driver: Any = connection.connection.driver_connection
    text = statement.text(connection.dialect)
    if connection.dialect.name == "sqlite":
        cursor = driver.cursor()
        cursor.arraysize = PAGE
    else:
        cursor = driver.cursor(f"scan_{id(statement)}", binary=True)
        cursor.itersize = PAGE
    try:
        cursor.execute(text.sql, text.placed({}))
        yield from cursor
    finally:
        cursor.close()


class Groups:
    """Rows in the order of their first column, handed out group by group to someone who goes through the same order."""

    def __init__(self, rows: Iterator[Line], stray: Callable[[Any, list[Line]], None]) -> None:
        """`stray` is told of every group that nobody asks for."""
        self._groups = ((key, list(lines)) for key, lines in groupby(rows, key=itemgetter(0)))
        self._stray = stray
        self._next = next(self._groups, None)

    def take(self, key: int) -> list[Line]:
        """The rows of this key; those of smaller keys are strays."""
        while self._next is not None and self._next[0] < key:
            self._stray(*self._next)
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != key:
            return []
        found = self._next[1]
        self._next = next(self._groups, None)
        return found

    def finish(self) -> None:
        """Nobody asks any more: what is left are strays."""
        while self._next is not None:
            self._stray(*self._next)
            self._next = next(self._groups, None)
