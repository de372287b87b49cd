"""Houses for the browser: one full of life, one in which nothing has happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.testing.players import live
from tests.web.site import BEGUN, Site, copied, site_at

LONG = "Ausführlichkeitsnachweisverpflichtung" * 9
"""A word of 333 letters, as no page expects it."""


@pytest.fixture(scope="session")
def busy_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four months in which people did their part, most in time; with one item that has long texts."""
    folder = tmp_path_factory.mktemp("busy")
    with site_at(folder, new=True) as site:
        live(site.parts, BEGUN + timedelta(days=130), folder / "papers")
        item = site.engine.items(ItemQuery(workflow="cqrg_action", open_only=True))[0]
        site.engine.comment(item.id, f"{LONG} {'and so on ' * 100}", actor="quality-lead", why_late=True)
        site.engine.record(item.id, {"progress": LONG}, actor="quality-lead")
    return folder


@pytest.fixture
def busy_site(busy_database: Path, tmp_path: Path) -> Iterator[Site]:
    """The pages over a copy of it; what a module calls `site` is what its `live_site` serves."""
    with copied(busy_database, tmp_path / "busy") as found:
        yield found


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Definitions, and nothing opened yet."""
    folder = tmp_path_factory.mktemp("empty")
    with site_at(folder, new=True):
        return folder


@pytest.fixture
def empty_site(empty_database: Path, tmp_path: Path) -> Iterator[Site]:
    """The pages over a copy of it."""
    with copied(empty_database, tmp_path / "empty") as found:
        yield found
