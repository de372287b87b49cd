"""Every page there is, in its states: nothing for axe to find, nothing beyond 320 px, nothing in the console.

Pages are found by walking over the routes, so that a new page is tried without anybody adding it here.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from qa_workflow.service.people import sessions
from qa_workflow.service.ports.store import ItemQuery
from tests.browser.harness import Live, Watch, check_accessible, served
from tests.web.routes import ways
from tests.web.site import Site, site_at

PEOPLE = ("governance-officer", "quality-lead", "administrator", "ghc-contact", None)
DIFFERENT = ("/", "/items", "/overdue")
"""Pages that show each person something of their own; signed out, they are the way to sign in."""
NOT_PAGES = ("/api/", "/metrics", "/healthz", "/readyz", "/live", "/documents/", "/feeds/", "/oidc/")
MOST = 4
"""Items of which each page is looked at."""
PARTS = {
    "name": "provider_assurance",
    "workflow": "provider_assurance",
    "version": "1",
    "person": "quality-lead",
    "body": "governing_body",
    "trigger": "accept",
    "year": "2027",
    "month": "8",
    "page": "overdue",
    "seq": "1",
    "kind": "workflow",
}
"""What stands for the parts of an address that are not items; the others are asked for as they are missing, too."""


@pytest.fixture(params=["busy", "empty"])
def live_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Live]:
    """A house full of life, and one in which nothing has happened."""
    folder = tmp_path / "site"
    shutil.copytree(request.getfixturevalue(f"{request.param}_database"), folder)
    with site_at(folder) as site, served(site) as live_one:
        yield live_one


@pytest.fixture
def visitor(browser: Browser, live_site: Live) -> Iterator[_Visitor]:
    """Somebody who looks at everything."""
    found = _Visitor(browser, live_site)
    yield found
    found.close()
    assert found.watch.faults == []


class _Visitor:
    def __init__(self, browser: Browser, live_site: Live) -> None:
        self.watch, self._browser, self._live = Watch(), browser, live_site
        self._contexts: list[BrowserContext] = []

    def page(self, person: str | None) -> Page:
        context = self._browser.new_context(base_url=self._live.url, viewport={"width": 1200, "height": 900})
        self._contexts.append(context)
        self.watch.over(context)
        site = self._live.site
        if person is not None:
            cookie, _ = sessions.begin(site.house, person, level="full", now=site.wall.now())
            context.add_cookies([{"name": site.settings.cookie, "value": cookie, "url": self._live.url}])
        return context.new_page()

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def test_every_page_is_accessible(visitor: _Visitor, live_site: Live) -> None:
    """Each by the first who may open it; what is different for each, by each."""
    pages = {person: visitor.page(person) for person in PEOPLE}
    tried: dict[str, int] = {}
    for address in _addresses(live_site.site):
        for page in pages.values():
            if _is_page(page, address):
                page.goto(address)
                check_accessible(page)
                tried[address] = tried.get(address, 0) + 1
                if address not in DIFFERENT:
                    break
    assert all(tried[address] == len(PEOPLE) for address in DIFFERENT)
    assert len(tried) > 20


@pytest.mark.parametrize("person", ["quality-lead", "administrator"])
def test_every_refused_form_is_accessible(visitor: _Visitor, live_site: Live, person: str) -> None:
    """Each form of each page, sent with nothing in it: it comes back with what is missing, or it needed nothing."""
    page = visitor.page(person)
    refused = 0
    for address in _addresses(live_site.site):
        if not _is_page(page, address):
            continue
        page.goto(address)
        for number in range(page.locator("main form[method=post]:has(textarea, input:not([type=hidden]))").count()):
            page.goto(address)
            form = page.locator("main form[method=post]:has(textarea, input:not([type=hidden]))").nth(number)
            form.evaluate("form => { form.noValidate = true }")
            with page.expect_navigation() as moved:
                form.evaluate("form => form.requestSubmit()")
            if moved.value.status in (400, 409, 422):
                check_accessible(page)
                refused += 1
    # A house full of life has forms on every item; an empty one has at least those of one's own account.
    assert refused >= (10 if live_site.site.engine.items(limit=1) else 1)


def test_what_is_not_there_and_what_is_not_yours(visitor: _Visitor) -> None:
    page = visitor.page("ghc-contact")
    for address in ("/nowhere", "/items/PA/2026-27-Q4/ghft", "/machine-room"):
        page.goto(address)
        check_accessible(page)


def _is_page(page: Page, address: str) -> bool:
    """Whether this person gets a page there; the way to sign in counts for who is nobody yet."""
    answer = page.request.get(address)
    return answer.status < 300 and "text/html" in answer.headers.get("content-type", "")


def _addresses(site: Site) -> list[str]:
    """Every address that answers with a page, with something real in its place."""
    references = _references(site)
    found: dict[str, None] = {}
    for way in ways(site.app):
        if way.method != "GET" or way.path.startswith(NOT_PAGES) or way.path == "/sign-out":
            continue
        for reference in references if "reference" in way.parameters else [""]:
            parts = {**PARTS, "reference": reference, "draft": "1", "id": "1", "number": "1"}
            found[re.sub(r"{(\w+)(:\w+)?}", lambda part: quote(parts.get(part[1], "nothing")), way.path)] = None  # noqa: B023
    return list(found)


def _references(site: Site) -> list[str]:
    """Items that differ: overdue, one with branches open, closed, one with long texts; and none."""
    everything = list(site.engine.all_items(ItemQuery()))
    kinds = {
        (item.workflow, item.status, len(list(item.leaves())) > 1, item.is_overdue(site.house.now())): item.reference
        for item in everything
    }
    return [*sorted(kinds.values())[:MOST], *([] if everything else ["PA/none"])]
