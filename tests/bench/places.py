"""The databases that are measured, each under the durability that the line names."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa_workflow.store.house import open_store
from qa_workflow.store.sql_store import SqlStore
from tests.bench.floor import Raw
from tests.databases import Databases, PostgresqlDatabases, PostgresqlPatterns, SqliteDatabases
from tests.postgres import PostgresServer, PostgresUnavailable


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of database, and what it does at a commit."""

    name: str
    databases: Databases
    synchronous: str = "FULL"

    @property
    def is_sqlite(self) -> bool:
        return self.databases.kind == "sqlite"

    def store(self, url: str) -> SqlStore:
        """The product's store on a database."""
        return open_store(url, synchronous=self.synchronous)

    def raw(self, url: str) -> Raw:
        """The bare driver on it."""
        return Raw(url, self.synchronous)

    def settle(self, url: str) -> None:
        """Leave nothing for later that would disturb a measurement: dead rows, statistics, the write-ahead log."""
        raw = self.raw(url)
        raw.cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if self.is_sqlite else "VACUUM ANALYZE")
        if self.is_sqlite:
            raw.cursor.fetchall()
        raw.close()


@contextmanager
def places(*, postgresql: bool = True) -> Iterator[list[Place]]:
    """SQLite twice and PostgreSQL once, gone at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qa-bench-")))
        (folder / "patterns").mkdir()
        sqlite = SqliteDatabases(folder, folder / "patterns")
        found = [Place("SQLite NORMAL", sqlite, "NORMAL"), Place("SQLite FULL", sqlite, "FULL")]
        if postgresql:
            try:
                server = stack.enter_context(PostgresServer(durable=True))
            except PostgresUnavailable as why:
                print(f"PostgreSQL is left out: {why}")
            else:
                maker = PostgresqlDatabases(stack.enter_context(PostgresqlPatterns(server.url)))
                stack.callback(maker.remove)
                found.append(Place("PostgreSQL", maker))
        yield found


def server_version(where: list[Place]) -> str | None:
    """PostgreSQL's own number, if it takes part."""
    for place in where:
        if not place.is_sqlite:
            raw = place.raw(place.databases.fresh())
            version = str(raw.rows("SHOW server_version")[0][0])
            raw.close()
            return version
    return None
