"""A file that is held for as long as a process lives: by it others see that somebody is at work, and wait or stay away.

The lock is SQLite's own, on a file that stays empty: it is the same on every system, and the system lets go of it when
the process dies, however that happens. What is at work on PostgreSQL is seen by its connections.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from qa_workflow.store.explain import explained_file, path_of, place
from qa_workflow.store.faults import InUse

PROGRAM = "qa-workflow"
"""What our connections to PostgreSQL are called."""
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = :program AND pid <> pg_backend_pid()"
)
_LOOKS, _BETWEEN = 10, text("SELECT pg_sleep(0.2), pg_stat_clear_snapshot()")
"""A connection that was closed a moment ago is there a little longer."""


@contextmanager
def held(path: Path, *, alone: bool) -> Iterator[bool]:
    """Hold a file, alone or beside others who do not want it alone; tells whether it could be held.

    Raises:
        OSError: the file cannot be made.
    """
    if not path.exists():
        path.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE" if alone else "BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            is_ours = True
        except sqlite3.OperationalError:  # the file is there, and nothing is ever written into it
            is_ours = False
        yield is_ours


@contextmanager
def serving(url: URL) -> Iterator[None]:
    """While somebody serves this database, or runs its clock; several may.

    Raises:
        InUse: a backup is being restored into it.
    """
    path = path_of(url)
    if path is None:
        yield
        return
    with explained_file(path), held(_beside(path), alone=False) as is_ours:
        if not is_ours:
            raise InUse(place(url), "a backup is being restored into it; wait until that is done")
        yield


@contextmanager
def replacing(url: URL) -> Iterator[None]:
    """While a SQLite database is replaced: nobody serves it then.

    Raises:
        InUse: somebody does.
    """
    path = path_of(url)
    if path is None or not path.exists():
        yield
        return
    with explained_file(path), held(_beside(path), alone=True) as is_ours:
        if not is_ours:
            raise InUse(place(url), _STOP)
        yield


def require_alone(connection: Connection) -> None:
    """Refuse where other processes of ours are connected to the same database on PostgreSQL; raises `InUse`."""
    if connection.dialect.name != "postgresql":
        return
    for _ in range(_LOOKS):
        if not connection.execute(_OTHERS, {"program": PROGRAM}).scalar_one():
            return
        connection.execute(_BETWEEN)
    raise InUse(place(connection.engine.url), _STOP)


_STOP = "somebody serves it, and what people do there meanwhile would be lost; stop `qa-workflow run`, then restore"


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.served")
