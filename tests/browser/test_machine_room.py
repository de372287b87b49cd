"""The machine room as an administrator uses it: an incident settled, a check watched, also without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from qa_workflow.service import sessions
from qa_workflow.web.proving import prover
from tests.browser.harness import Live, Watch, check_accessible, served
from tests.web.site import site_at


@pytest.fixture
def live_site(busy_database: Path, tmp_path: Path) -> Iterator[Live]:
    """A house with something that needs a person."""
    folder = tmp_path / "site"
    shutil.copytree(busy_database, folder)
    with site_at(folder) as site, served(site) as found:
        with site.house.store.writing() as unit:
            unit.incident("repeat", "when the next one opens cannot be worked out", None, site.house.now())
        yield found


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, browser: Browser, live_site: Live) -> Iterator[Page]:
    """An administrator's; nothing goes wrong in its console."""
    watch, site = Watch(), live_site.site
    context = browser.new_context(base_url=live_site.url, java_script_enabled=request.param)
    watch.over(context)
    cookie, _ = sessions.begin(site.house, "administrator", level="full", now=site.wall.now())
    context.add_cookies([{"name": site.settings.cookie, "value": cookie, "url": live_site.url}])
    yield context.new_page()
    context.close()
    assert watch.faults == []


def test_an_incident_is_given_up_with_the_keyboard(page: Page, live_site: Live) -> None:
    """Without a reason it comes back and says so."""
    page.goto("/machine-room")
    reason = page.get_by_label("Reason, for incident")
    reason.focus()
    page.keyboard.press("Enter")
    assert "A reason is needed" in page.get_by_role("alert").inner_text()
    page.get_by_label("Reason, for incident").focus()
    page.keyboard.type("Opened by hand")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("was given up.").wait_for()
    assert live_site.site.engine.needing_a_person() == []


def test_a_check_is_started_and_its_end_is_seen(page: Page, live_site: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a script by itself; without one, by looking again."""
    running = prover(live_site.site.app, live_site.site.parts)
    page.goto("/machine-room")
    page.get_by_role("button", name="Check the whole history").click()
    page.wait_for_url("**/machine-room#proof")
    running.wait()
    with monkeypatch.context() as slow:
        slow.setattr(type(running), "is_running", property(lambda _: True))
        page.goto("/machine-room")
        page.get_by_text("A check is under way").wait_for()
    again = page.get_by_role("link", name="Look again how far it is")
    if not page.evaluate("() => typeof htmx !== 'undefined'"):
        again.click()
    page.get_by_text("Everything proves itself").wait_for()


def test_it_is_accessible_in_every_state(browser: Browser, live_site: Live) -> None:
    """With an incident, refused, while a check runs, with its result, and the doctor's page."""
    site = live_site.site
    context = browser.new_context(base_url=live_site.url)
    cookie, _ = sessions.begin(site.house, "administrator", level="full", now=site.wall.now())
    context.add_cookies([{"name": site.settings.cookie, "value": cookie, "url": live_site.url}])
    page = context.new_page()
    page.goto("/machine-room")
    check_accessible(page)
    page.get_by_label("Reason, for incident").press("Enter")
    page.get_by_role("alert").wait_for()
    check_accessible(page)
    running = prover(site.app, site.parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(running), "is_running", property(lambda _: True))
        page.goto("/machine-room")
        check_accessible(page)
    running.start("administrator", site.house.now())
    running.wait()
    page.goto("/machine-room/doctor")
    check_accessible(page)
    page.goto("/machine-room")
    check_accessible(page)
    context.close()
