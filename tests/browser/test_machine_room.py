"""The machine room as an administrator uses it: an incident settled, a check watched, also without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from qa_workflow.web.proving import prover
from tests.browser.conftest import AsPerson
from tests.browser.harness import Live
from tests.web.site import Site


@pytest.fixture
def site(busy_site: Site) -> Site:
    """A house with something that needs a person."""
    with busy_site.house.store.writing() as unit:
        unit.incident("repeat", "when the next one opens cannot be worked out", None, busy_site.house.now())
    return busy_site


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(request: pytest.FixtureRequest, as_person: AsPerson) -> Page:
    """An administrator's."""
    return as_person("administrator", javascript=request.param)


def test_an_incident_is_given_up_with_the_keyboard(page: Page, live_site: Live) -> None:
    """Without a reason it comes back and says so."""
    page.goto("/machine-room")
    reason = page.get_by_label("Reason, for incident")
    reason.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A reason is needed")
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


def test_it_is_accessible_in_every_state(as_person: AsPerson, axe: Callable[[Page], None], live_site: Live) -> None:
    """With an incident, refused, while a check runs, with its result, and the doctor's page."""
    site, page = live_site.site, as_person("administrator")
    page.goto("/machine-room")
    axe(page)
    page.get_by_label("Reason, for incident").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("A reason is needed")
    axe(page)
    running = prover(site.app, site.parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(running), "is_running", property(lambda _: True))
        page.goto("/machine-room")
        expect(page.get_by_text("A check is under way")).to_be_visible()
        axe(page)
    running.start("administrator", site.house.now())
    running.wait()
    page.goto("/machine-room/doctor")
    expect(page.get_by_role("heading", level=1)).to_have_text("What could go wrong")
    axe(page)
    page.goto("/machine-room")
    expect(page.get_by_text("Everything proves itself")).to_be_visible()
    axe(page)
