"""The pages over some examples of docs/language.md, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa_workflow.store import create
from qa_workflow.testing import FakeClock
from qa_workflow.web import WebSettings, create_app
from qa_workflow.wiring import join
from tests.unit.engine.pattern_page import folder
from tests.web.site import BEGUN, Site


@contextmanager
def examples_site(place: Path, *names: str) -> Iterator[Site]:
    """A site with the examples of these names published, under the small commissioner of the page."""
    address = f"sqlite:///{place / 'site.db'}"
    create(address, BEGUN).dispose()
    parts, wall, settings = join(address), FakeClock("2027-04-01T09:00"), WebSettings()
    every = folder(place / "workflows")
    parts.engine.publish([every / f"{name}.yaml" for name in ("governance", *names)], actor=None)
    found = Site(create_app(parts, settings, wall), parts, wall, settings)
    yield found
    found.close()
