"""A real browser over a real site: `live_site`, `page`, `as_person`, `axe`, `keyboard`.

Whatever a page puts into the console as an error, a script that fails, and a file that is missing fail the test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa_workflow.service.people import sessions
from tests.browser.finding import REMEDY, find, flags
from tests.browser.harness import Keyboard, Live, Watch, check_accessible, served
from tests.browser.houses import busy_database, busy_site, empty_database, empty_site
from tests.web.conftest import lived_database, site
from tests.web.site import Site

__all__ = ["busy_database", "busy_site", "empty_database", "empty_site", "lived_database", "site"]
PATIENCE = 15_000
"""Milliseconds: what a busy machine may take; nothing waits that long where it works."""


class AsPerson(Protocol):
    """`as_person("quality-lead")`: a page of a browser in which that person is signed in; None for nobody."""

    def __call__(self, name: str | None, *, width: int = 1200, javascript: bool = True) -> Page: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These take longest, so they come last; whoever wants the others only says `-m 'not slow'`."""
    here = os.path.dirname(__file__)  # noqa: PTH120
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    with sync_playwright() as playwright:
        choice = find(playwright)
        if choice is None:
            if os.environ.get("CI"):
                pytest.fail(REMEDY)
            pytest.skip(REMEDY)
        started = playwright.chromium.launch(args=flags(), **choice)
        expect.set_options(timeout=PATIENCE)
        yield started
        started.close()


@pytest.fixture
def live_site(site: Site) -> Iterator[Live]:
    """The site of the test, served at an address."""
    with served(site) as live:
        yield live


@pytest.fixture
def as_person(browser: Browser, live_site: Live) -> Iterator[AsPerson]:
    """Browsers of their own for as many people as the test has; all are watched, and closed at the end."""
    watch, contexts = Watch(), []

    def open_page(name: str | None, *, width: int = 1200, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_site.url, viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        if name is not None:
            settled = live_site.site
            cookie, _ = sessions.begin(settled.house, name, level="full", now=settled.wall.now())
            context.add_cookies([{"name": settled.settings.cookie, "value": cookie, "url": live_site.url}])
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert watch.faults == []


@pytest.fixture
def page(as_person: AsPerson) -> Page:
    """A page of somebody who is not signed in."""
    return as_person(None)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)`: no accessibility fault, and nothing sticks out at 320 px."""
    return check_accessible


@pytest.fixture
def keyboard() -> Callable[[Page], Keyboard]:
    """`keyboard(page)`: hands that only know the keyboard."""
    return Keyboard
