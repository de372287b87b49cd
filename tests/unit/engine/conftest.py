"""What some patterns of docs/language.md need to be played for real: several items, and a clock that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock, engine_in
from qa_workflow.wiring import connect
from tests.databases import SqliteDatabases
from tests.unit.engine.pattern_page import folder

BEGUN = "2027-04-01T09:00"
"""Thursday 1 April 2027, ten in the morning in London."""


def with_examples(url: str) -> None:
    """A database in which all examples of the page are published."""
    with TemporaryDirectory() as name, engine_in(Path(name), folder(Path(name)), FakeClock(BEGUN), database=url):
        pass


@pytest.fixture
def clock() -> FakeClock:
    """Stands where the office's does."""
    return FakeClock(BEGUN)


@pytest.fixture
def office(sqlite_databases: SqliteDatabases, tmp_path: Path, clock: FakeClock) -> Iterator[Engine]:
    """An engine with all examples, on SQLite."""
    url = sqlite_databases.prepared(with_examples)
    with connect(url, clock=clock, documents=tmp_path / "documents") as engine:
        yield engine
