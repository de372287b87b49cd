"""A site for each test: the shipped workflows, a quarter lived through, and clients signed in by role."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.site import LIVED, Site, site_at


@pytest.fixture(scope="session")
def lived_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rehearsal with a quarter of life in it; copied for each test, never used itself."""
    folder = tmp_path_factory.mktemp("lived")
    with site_at(folder, new=True) as site:
        site.push(LIVED)
    return folder


@pytest.fixture
def site(lived_database: Path, tmp_path: Path) -> Iterator[Site]:
    """The pages over a copy of the lived database, on SQLite."""
    folder = tmp_path / "site"
    shutil.copytree(lived_database, folder)
    with site_at(folder) as found:
        yield found
