"""A site for each test: the shipped workflows, a quarter lived through, and clients signed in by role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.disclosing import Hidden
from tests.web.site import LIVED, Site, copied, site_at


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
    with copied(lived_database, tmp_path / "site") as found:
        yield found


@pytest.fixture(scope="module")
def shared_site(lived_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests of a module, to which it is nothing what one of them does there."""
    with copied(lived_database, tmp_path_factory.mktemp("shared") / "site") as found:
        yield found


@pytest.fixture
def hidden(site: Site, tmp_path: Path) -> Hidden:
    """An item of which something is not disclosed to the subject's own people."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    return Hidden(site, folder)
