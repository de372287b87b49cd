"""Fresh, real databases for tests: a SQLite file, or a database on a PostgreSQL server, made in milliseconds.

Both makers answer the same three calls, so that a test written once runs on both.
"""

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Protocol

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


class PostgresqlDatabases:
    """Databases on one server, dropped after the test even when something is still connected."""

    kind = "postgresql"
    _numbers = count(1)

    def __init__(self, server: str, patterns: dict[str, str]) -> None:
        """`patterns`: from the name of a prepared database's function to its name on the server, for all tests."""
        self._server, self._patterns = make_url(server), patterns
        self._made: list[str] = []

    def fresh(self) -> str:
        return self._create("template0")

    def prepared(self, prepare: Prepare) -> str:
        name = _name_of(prepare)
        if name not in self._patterns:
            url = self._create("template0")
            prepare(url)
            self._patterns[name] = self._made.pop()
        return self._create(self._patterns[name])

    def remove(self) -> None:
        drop(self._server, self._made)
        self._made.clear()

    def _create(self, pattern: str) -> str:
        name = f"qa_test_{os.getpid()}_{next(self._numbers)}"
        command = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        with _administer(self._server) as server:
            server.execute(command.format(Identifier(name), Identifier(pattern)))
        self._made.append(name)
        return self._server.set(database=name).render_as_string(hide_password=False)


def drop(server: URL, names: list[str]) -> None:
    """Drop databases; what is still connected to them is cut off."""
    if not names:
        return
    with _administer(server) as connection:
        for name in names:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def server_url(text: str) -> URL:
    """A server's URL as people write it, with the driver that we use."""
    return make_url(text).set(drivername="postgresql+psycopg")


def _administer(server: URL) -> psycopg.Connection:
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def _name_of(prepare: Prepare) -> str:
    return f"{prepare.__module__}.{prepare.__qualname__}".replace(".", "_")
