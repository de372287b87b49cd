"""An office on a fresh database of each kind, and another pair of hands on the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from qa_workflow.store.house import open_store
from tests.databases import Databases, Prepare
from tests.store.office import Office, Opened, make


@pytest.fixture
def office_url(prepared_database: Callable[[Prepare], str]) -> str:
    """URL of a rehearsal with everything published and nothing opened."""
    return prepared_database(make)


@pytest.fixture
def sqlite_url(sqlite_databases: Databases) -> str:
    """As `office_url`, for what only a file can suffer."""
    return sqlite_databases.prepared(make)


@pytest.fixture
def postgresql_url(postgresql_databases: Databases) -> str:
    """As `office_url`, for what only a server can do."""
    return postgresql_databases.prepared(make)


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens offices, and closes them when the test is over."""
    stores = []

    def office(url: str) -> Office:
        store = open_store(url)
        stores.append(store)
        return Office(store)

    yield office
    for store in stores:
        store.dispose()


@pytest.fixture
def office(office_url: str, opened: Opened) -> Office:
    """An office with everything published and nothing opened."""
    return opened(office_url)
