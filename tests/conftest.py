"""Settings of every test run: real databases as fixtures, quick tests first, nothing taken from the caller's shell."""

import gc
import os
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from qa_workflow import garbage
from tests.databases import Databases, PostgresqlDatabases, PostgresqlPatterns, Prepare, SqliteDatabases, server_url
from tests.memory import in_memory
from tests.postgres import PostgresServer, PostgresUnavailable

SERVER = "QA_WORKFLOW_TEST_POSTGRESQL"  # names a server to use instead of our own; its user may create databases

for _name in [name for name in os.environ if name.startswith("QA_WORKFLOW_") and name != SERVER]:
    del os.environ[_name]  # a test never opens the database that somebody works with

# Compiled once and not by each of the hundred processes of a run: in a container that is often forbidden.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

_memory = in_memory()
if _memory is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _memory)  # where pytest makes the folders of `tmp_path`

QUICKEST = ("unit", "service", "store", "web")
"""Rooms of the tests, by what one test takes there; the others come after them."""

OFTEN = 10_000
"""How many values more there are, each time that the newest are looked through for circles; Python's own is 700."""

settings.register_profile("house", deadline=None, print_blob=True)
if "CI" not in os.environ:  # there hypothesis has a profile of its own: the same examples every time
    settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: going through it again and again for circles took half of the time."""
    with garbage.uncollected():
        return (yield)


def pytest_collection_finish() -> None:
    """What was collected is left out when later tests' circles are looked for, and that is done less often.

    Half a million values were gone through time and again: seven of a hundred seconds.
    """
    gc.collect()
    garbage.pass_over_what_is_loaded()
    gc.set_threshold(OFTEN)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick ones first, so that a fault shows early; then those marked slow, the longest first.

    Several processes take one after the other in this order (`dev.py test`), and so end at nearly the same moment.
    """
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[int, int]:
    slow = item.get_closest_marker("slow")
    if slow is not None:
        return len(QUICKEST) + 1, -int(slow.kwargs.get("seconds", 0))
    room = item.path.relative_to(item.config.rootpath).parts[1]
    return QUICKEST.index(room) if room in QUICKEST else len(QUICKEST), 0


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a PostgreSQL server for this process, running from the first test that asks to the end of the session."""
    named = os.environ.get(SERVER)
    if named:
        yield server_url(named).render_as_string(hide_password=False)
        return
    try:
        server = PostgresServer()
    except PostgresUnavailable as error:
        why = f"PostgreSQL does not start here ({error}); name a server in {SERVER} to run this test"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with server:
        yield server.url


@pytest.fixture(scope="session")
def sqlite_patterns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where prepared SQLite databases are kept for copying."""
    return tmp_path_factory.mktemp("patterns")


@pytest.fixture(scope="session")
def postgresql_patterns(postgresql_server: str) -> Iterator[PostgresqlPatterns]:
    """The prepared PostgreSQL databases, which are copied."""
    with PostgresqlPatterns(postgresql_server) as patterns:
        yield patterns


@pytest.fixture
def sqlite_databases(tmp_path: Path, sqlite_patterns: Path) -> Databases:
    return SqliteDatabases(tmp_path, sqlite_patterns)


@pytest.fixture
def postgresql_databases(postgresql_patterns: PostgresqlPatterns) -> Iterator[Databases]:
    maker = PostgresqlDatabases(postgresql_patterns)
    yield maker
    maker.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """A maker of databases; a test that uses it runs once on each kind."""
    maker: Databases = request.getfixturevalue(f"{request.param}_databases")
    return maker


@pytest.fixture
def database_url(databases: Databases) -> str:
    """URL of a fresh, empty database; a test that uses it runs once on each kind."""
    return databases.fresh()


@pytest.fixture
def prepared_database(databases: Databases) -> Callable[[Prepare], str]:
    """`prepared_database(function)`: URL of a fresh copy of the database that `function(url)` makes once a session."""
    return databases.prepared


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for a lock end at once, in databases that are opened from here on."""
    from qa_workflow.store import database

    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    monkeypatch.setattr(database, "_POSTGRESQL_OPTIONS", "-c lock_timeout=50ms")
