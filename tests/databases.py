"""Fresh, real databases for tests: a SQLite file, or a database on a PostgreSQL server, made in milliseconds.

Both makers answer the same three calls, so that a test written once runs on both.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

Prepare = Callable[[str], None]


class Databases(Protocol):
    """A maker of databases for one test."""

    kind: str

    def fresh(self) -> str:
        """URL of a new, empty database; every call makes another."""

    def prepared(self, prepare: Prepare) -> str:
        """URL of a new database as `prepare(url)` leaves one; it is called once a session, then copied.

        `prepare` must be a function of a module, and must have closed its connections when it returns.
        """

    def remove(self) -> None:
        """Take away what this maker made."""


class SqliteDatabases:
    """Files in the folder of one test. `patterns` keeps what was prepared, for all tests of a process."""

    kind = "sqlite"

    def __init__(self, folder: Path, patterns: Path) -> None:
        self._folder, self._patterns = folder, patterns
        self._names = (f"test{'' if number == 1 else number}.db" for number in count(1))

    def fresh(self) -> str:
        return _sqlite_url(self._folder / next(self._names))

    def prepared(self, prepare: Prepare) -> str:
        pattern = self._patterns / f"{_name_of(prepare)}.db"
        if not pattern.exists():
            making = pattern.with_suffix(".making")
            prepare(_sqlite_url(making))
            making.rename(pattern)
        path = self._folder / next(self._names)
        shutil.copyfile(pattern, path)
        return _sqlite_url(path)

    def remove(self) -> None:
        """pytest clears the folder."""


class PostgresqlPatterns:
    """What was prepared on a server for all tests of a process, and the one connection that makes databases there.

    Use as a context; at its end what was prepared is dropped.
    """

    _numbers = count(1)

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True)
        self.names: dict[str, str] = {}
        """From the name of a prepared database's function to its name here."""

    def make(self, pattern: str) -> str:
        """The name of a new database that is a copy of another."""
        name = f"qa_test_{os.getpid()}_{next(self._numbers)}"
        command = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._connection.execute(command.format(Identifier(name), Identifier(pattern)))
        return name

    def url(self, name: str) -> str:
        """Of one of its databases."""
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, names: Iterable[str]) -> None:
        """Drop databases; what is still connected to them is cut off."""
        for name in names:
            self._connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._connection:
            self.drop(self.names.values())


class PostgresqlDatabases:
    """Databases on one server, dropped after the test even when something is still connected."""

    kind = "postgresql"

    def __init__(self, patterns: PostgresqlPatterns) -> None:
        self._patterns = patterns
        self._made: list[str] = []

    def fresh(self) -> str:
        return self._copied("template0")

    def prepared(self, prepare: Prepare) -> str:
        name, names = _name_of(prepare), self._patterns.names
        if name not in names:
            prepare(self.fresh())
            names[name] = self._made.pop()
        return self._copied(names[name])

    def remove(self) -> None:
        self._patterns.drop(self._made)
        self._made.clear()

    def _copied(self, pattern: str) -> str:
        self._made.append(self._patterns.make(pattern))
        return self._patterns.url(self._made[-1])


def server_url(text: str) -> URL:
    """A server's URL as people write it, with the driver that we use."""
    return make_url(text).set(drivername="postgresql+psycopg")


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def _name_of(prepare: Prepare) -> str:
    return f"{prepare.__module__}.{prepare.__qualname__}".replace(".", "_")
