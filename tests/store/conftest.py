"""An office on a fresh database of each kind, and another pair of hands on the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from qa_workflow.store.house import open_store
from tests.databases import Prepare
from tests.store.office import Office, Opened, make


@pytest.fixture
def office_url(prepared_database: Callable[[Prepare], str]) -> str:
    """URL of a rehearsal with everything published and nothing opened."""
    return prepared_database(make)


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
