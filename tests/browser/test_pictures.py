"""The pictures in docs/pictures: taken from the running pages, and again with QA_PICTURES=1."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from qa_workflow.service.ports.store import ItemQuery
from tests.browser.conftest import AsPerson
from tests.browser.harness import Live
from tests.web.site import ROOT, Site

PICTURES = ROOT / "docs" / "pictures"
TALLEST = 1400
AGAIN = "take the pictures: QA_PICTURES=1 python3 dev.py test tests/browser/test_pictures.py"


@pytest.fixture
def site(busy_site: Site) -> Site:
    """A house full of life."""
    return busy_site


@pytest.fixture
def take(tmp_path: Path) -> Camera:
    """Takes pictures, into the documents where that is asked for."""
    return Camera(PICTURES if os.environ.get("QA_PICTURES") == "1" else tmp_path)


class Camera:
    """Pictures of pages, as much of them as is worth looking at."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        size = page.viewport_size
        assert size is not None
        whole = int(page.evaluate("() => document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": size["width"], "height": min(whole, TALLEST)})
        page.screenshot(path=self._folder / f"{name}.png")
        page.set_viewport_size(size)
        assert (PICTURES / f"{name}.png").is_file(), "QA_PICTURES=1 python3 dev.py test tests/browser -k pictures"


def test_a_quality_lead(as_person: AsPerson, live_site: Live, take: Camera) -> None:
    page = as_person("second-quality-lead", width=1100)
    page.goto("/")
    take(page, "my-items")
    found = live_site.site.engine.items(ItemQuery(workflow="provider_assurance", stage="quality_lead_feedback"))[0]
    page.goto(f"/items/{found.reference}")
    take(page, "item")
    page.goto(f"/advance/send_feedback/{found.reference}")
    take(page, "advance")
    phone = as_person("second-quality-lead", width=390)
    phone.goto("/")
    take(phone, "my-items-phone")


def test_a_governance_officer(as_person: AsPerson, take: Camera) -> None:
    page = as_person("governance-officer", width=1100)
    page.goto("/overdue")
    take(page, "overdue")
    page.goto("/calendar")
    take(page, "calendar")
    page.goto("/waits")
    take(page, "waits")


def test_an_administrator(as_person: AsPerson, take: Camera) -> None:
    page = as_person("administrator", width=1100)
    page.goto("/workflows/provider_assurance")
    take(page, "workflow")
    page.goto("/machine-room")
    take(page, "machine-room")
