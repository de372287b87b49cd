"""Every page there is, in its states: nothing for axe to find, nothing beyond 320 px, nothing in the console.

Pages are found by walking over the routes, so that a new page is tried without anybody adding it here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import pytest
from httpx2 import Response
from playwright.sync_api import Browser, BrowserContext, Page

from qa_workflow.service.people import sessions
from qa_workflow.service.ports.store import ItemQuery
from tests.browser.harness import Live, Watch, check_accessible, served
from tests.web.filling import forms
from tests.web.routes import Way, ways
from tests.web.site import Site

PEOPLE = ("governance-officer", "quality-lead", "administrator", "ghc-contact", None)
DIFFERENT = ("/", "/items", "/overdue")
"""Pages that show each person something of their own."""
FILES = (
    *("/governance/file", "/workflows/{name}/file", "/drafts/words/", "/calendar/closed/"),
    *("/published/documents/", "/record-file/"),
)
NOT_PAGES = ("/api/", "/metrics", "/healthz", "/readyz", "/live", "/documents/", "/feeds/", "/oidc/", *FILES)
WANTED = {
    "/add/{reference:path}": "test_wanted_pages.py",
    "/bulk": "test_quality_lead.py",
    "/drafts/{number:int}": "test_editor.py",
    "/drafts/{number:int}/changes": "test_editor.py",
    "/drafts/{number:int}/impact": "test_impact.py",
    "/invitation/{key}": "test_signing_in.py",
    "/machine-room/proof": "test_machine_room.py",
    "/move-meeting/{body}/{key}": "test_governance_officer.py",
    "/remove/{sha256}/{reference:path}": "test_wanted_pages.py",
    "/resume/{reference:path}": "test_wanted_pages.py",
    "/sign-in/code": "test_signing_in.py",
    "/sign-in/identity": "test_wanted_pages.py",
    "/sign-in/identity/back": "test_wanted_pages.py",
    "/sign-in/identity/out": "test_wanted_pages.py",
}
"""What an address alone does not open: it wants a draft, a choice or a key. Where each of these pages is looked at."""
MOST = 4
"""Items of which each page is looked at."""
FILLABLE = "main form[method=post]:has(textarea, input:not([type=hidden]))"
REFUSING = {
    ("quality-lead", "empty"): {"account", "open"},
    ("quality-lead", "busy"): {"account", "open", "assign", "bulk", "comment", "hold"},
    ("administrator", "empty"): {"account", "open", "calendars", "new-person", "people"},
    ("administrator", "busy"): {
        *("account", "open", "calendars", "new-person", "people", "assign", "comment", "correct", "fill")
    },
}
"""What at least refuses a form with nothing in it, by who sends it and how full the house is."""
AS_THEY_STAND = {"fill", "people", "machine-room"}
"""What may be sent without a change: a form that carries what is there already, or asks for nothing that must be."""
BY_CHANCE = re.compile(r'(nonce" content=|nonce=|"form_key" value=|clock says |as it was on )[^>]*')
"""What is another in each answer or house, and makes no other page: keys, and the hour of the rehearsal."""
ALIKE = 80
"""Pages at least that are not the same: the whole of a page is compared, with every word and attribute."""
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
def site(request: pytest.FixtureRequest) -> Site:
    """A house full of life, and one in which nothing has happened."""
    found: Site = request.getfixturevalue(f"{request.param}_site")
    return found


@pytest.fixture
def visitor(browser: Browser, live_site: Live) -> Iterator[_Visitor]:
    """Somebody who looks at everything."""
    with visiting(browser, live_site) as found:
        yield found


@contextmanager
def visiting(browser: Browser, live_site: Live) -> Iterator[_Visitor]:
    """Somebody who is in a house for a while; what went wrong there unseen is told at the end."""
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


@pytest.mark.slow(seconds=60)
def test_every_page_is_accessible(browser: Browser, busy_site: Site, empty_site: Site) -> None:
    """In a house full of life, and in one in which nothing has happened; a page that is the same in both, once."""
    judged: set[str] = set()
    for site in (busy_site, empty_site):
        with served(site) as live, visiting(browser, live) as visitor:
            _look_at_every_page(visitor, site, judged)
    assert len(judged) > ALIKE


def _look_at_every_page(visitor: _Visitor, site: Site, judged: set[str]) -> None:
    """Each by the first who may open it; what is different for each, by each."""
    people = [(visitor.page(person), site.client(person)) for person in PEOPLE]
    tried: Counter[str] = Counter()
    full = bool(site.engine.items(limit=1))
    missed = {way.path for way in _pages(site) if full or "reference" not in way.parameters}
    for path, address in _addresses(site):
        for page, client in people:
            answer = client.get(address)
            if _is_page(answer):
                whole = BY_CHANCE.sub("", answer.text)
                if whole not in judged:
                    page.goto(address)
                    check_accessible(page)
                    judged.add(whole)
                tried[address] += 1
                missed.discard(path)
                if address not in DIFFERENT:
                    break
    assert [tried[address] for address in DIFFERENT] == [len(PEOPLE) - 1] * len(DIFFERENT)
    assert missed == {path for path in WANTED if full or "reference" not in path}


@pytest.mark.slow(seconds=10)
@pytest.mark.parametrize("person", ["quality-lead", "administrator"])
def test_every_refused_form_is_accessible(
    visitor: _Visitor, live_site: Live, person: str, request: pytest.FixtureRequest
) -> None:
    """Each form of each page, sent with nothing in it: it comes back with what is missing, or it needed nothing."""
    page, client = visitor.page(person), live_site.site.client(person)
    refused, accepted = set(), set()
    for _, address in _addresses(live_site.site):
        answer = client.get(address)
        if not _is_page(answer) or not _may_be_filled_in(answer):
            continue
        page.goto(address)
        for number in range(page.locator(FILLABLE).count()):
            if number:
                page.goto(address)
            form = page.locator(FILLABLE).nth(number)
            form.evaluate("form => { form.noValidate = true }")
            with page.expect_navigation() as moved:
                form.evaluate("form => form.requestSubmit()")
            sent = urlsplit(moved.value.request.url).path.split("/")[1]
            if moved.value.status in (400, 409, 422):
                check_accessible(page)
                refused.add(sent)
            else:
                assert moved.value.status == 200, (address, moved.value.status)
                accepted.add(address.split("/")[1])
    assert refused >= REFUSING[person, request.node.callspec.params["site"]]
    assert accepted <= AS_THEY_STAND


def test_what_is_not_there_and_what_is_not_yours(visitor: _Visitor) -> None:
    page = visitor.page("ghc-contact")
    for address in ("/nowhere", "/items/PA/2026-27-Q4/ghft", "/machine-room"):
        page.goto(address)
        check_accessible(page)


def _is_page(answer: Response) -> bool:
    """Whether this person gets a page there, and is not led elsewhere."""
    return answer.status_code == 200 and "text/html" in answer.headers["content-type"]


def _may_be_filled_in(answer: Response) -> bool:
    """Whether it has a form of its own with more than a button; those that it has not need no browser to be found."""
    return any(set(each.types) - {"hidden", "submit"} for each in forms(answer) if each.method == "post")


def _pages(site: Site) -> Iterator[Way]:
    """Every way to a page."""
    for way in ways(site.app):
        if way.method == "GET" and not way.path.startswith(NOT_PAGES) and way.path != "/sign-out":
            yield way


def _addresses(site: Site) -> list[tuple[str, str]]:
    """Every address that answers with a page, with something real in its place; and the path that it is of."""
    references = _references(site)
    found: dict[tuple[str, str], None] = {}
    for way in _pages(site):
        for reference in references if "reference" in way.parameters else [""]:
            parts = {**PARTS, "reference": reference, "draft": "1", "id": "1", "number": "1"}
            address = re.sub(r"{(\w+)(:\w+)?}", lambda part: quote(parts.get(part[1], "nothing")), way.path)  # noqa: B023
            found[way.path, address] = None
    return list(found)


def _references(site: Site) -> list[str]:
    """Items that differ: overdue, one with branches open, closed, one with long texts; and none."""
    everything = list(site.engine.all_items(ItemQuery()))
    kinds = {
        (item.workflow, item.status, len(list(item.leaves())) > 1, item.is_overdue(site.house.now())): item.reference
        for item in everything
    }
    return [*sorted(kinds.values())[:MOST], *([] if everything else ["PA/none"])]
