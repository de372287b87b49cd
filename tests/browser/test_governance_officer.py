"""A governance officer's morning in a real browser: what is late, the same as a file, another date, by keyboard too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qa_workflow.service.ports.store import ItemQuery
from tests.browser.conftest import AsPerson
from tests.browser.harness import Keyboard, Live
from tests.web.site import Site


@pytest.fixture
def site(busy_site: Site) -> Site:
    """A house in which some things are late."""
    return busy_site


def _latest(live: Live) -> str:
    """What has been late for longest, of the actions: their dates may be changed."""
    now = live.site.house.now()
    return live.site.engine.items(ItemQuery(workflow="cqrg_action", open_only=True, overdue_at=now))[0].reference


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_late_by_a_link_as_a_file_and_with_another_date(
    as_person: AsPerson, live_site: Live, javascript: bool, tmp_path: Path
) -> None:
    reference = _latest(live_site)
    page = as_person("governance-officer", javascript=javascript)
    page.goto("/")
    page.get_by_role("link", name="Overdue", exact=True).click()
    page.get_by_text("Filters", exact=True).click()
    page.get_by_role("link", name="30 calendar days late or more").click()
    expect(page.get_by_text("Only: calendar days late at least 30. Show all that is late")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    kept = tmp_path / "late.csv"
    download.value.save_as(kept)
    assert reference in kept.read_text("utf-8-sig")
    page.get_by_role("link", name=reference).first.click()
    page.get_by_role("link", name="Change the date with authority").first.click()
    page.get_by_label("Day").fill("30")
    page.get_by_label("Month").fill("9")
    page.get_by_label("Year").fill("2027")
    page.get_by_label("Basis").fill("Decision of the review group")
    page.get_by_role("button", name="See what follows").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved yet")
    expect(page.get_by_label("Basis")).to_have_value("Decision of the review group")
    page.get_by_label("Reason").fill("The audit begins in September.")
    page.get_by_role("button", name="See what follows").click()
    expect(page.locator("main")).to_contain_text("would be due on 30 September 2027")
    page.get_by_role("button", name="Change the date with authority").click()
    expect(page.get_by_text("30 September 2027").first).to_be_visible()
    due = live_site.site.engine.item(reference).due()
    assert due is not None
    assert (due.on, due.first_on != due.on) == ("2027-09-30", True)


def test_why_something_is_late_is_said_from_the_board_and_leads_back_to_it(
    as_person: AsPerson, live_site: Live
) -> None:
    """What was begun and left there before is put back, and the reason stays a reason: its box was unticked by that."""
    page = as_person("governance-officer")
    page.goto(f"/items/{_latest(live_site)}")
    page.get_by_label("Comment", exact=True).fill("Still waiting")
    page.get_by_role("button", name="Add the comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose who it is for")
    page.get_by_label("Comment", exact=True).fill("Still waiting for the audit.")
    page.goto("/overdue?late_from=1")
    page.get_by_role("link", name=f"Say why {_latest(live_site)} is late").click()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Still waiting for the audit.")
    expect(page.get_by_label("This is why it is late")).to_be_checked()
    page.get_by_role("button", name="Add the comment").click()
    page.get_by_label("Everybody who may see this item").check()
    page.get_by_role("button", name="Add the comment").click()
    expect(page).to_have_url(re.compile(r"/overdue\?late_from=1$"))
    expect(page.get_by_text(f"It is on record why {_latest(live_site)} is late.")).to_be_visible()
    expect(page.get_by_text("Still waiting for the audit.")).to_be_visible()


def test_the_board_by_the_keyboard_alone(as_person: AsPerson, keyboard: Callable[[Page], Keyboard]) -> None:
    page = as_person("governance-officer")
    page.goto("/overdue")
    hands = keyboard(page)
    hands.press(page.locator("summary", has_text="Filters"))
    hands.press(page.get_by_role("link", name="10 calendar days late or more"))
    expect(page).to_have_url(re.compile(r"/overdue\?.*10"))
    hands.press(page.locator("main table a").first)
    expect(page.get_by_role("heading", level=2, name=re.compile("Why th"))).to_be_visible()


def test_a_meeting_is_moved_from_the_calendar_and_each_screen_is_accessible(
    as_person: AsPerson, axe: Callable[[Page], None]
) -> None:
    page = as_person("governance-officer")
    page.goto("/calendar?month=2027-08")
    page.get_by_role("link", name="Change or call off").first.click()
    axe(page)
    page.get_by_role("button", name="See what it moves").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a reason")
    axe(page)
    page.get_by_label("Day").fill("30")
    page.get_by_label("Month").fill("aug")
    page.get_by_label("Reason").fill("The chair is away")
    page.get_by_role("button", name="See what it moves").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the meeting would move")
    axe(page)
    page.get_by_role("button", name="Hold it at this time").click()
    expect(page.get_by_role("heading", name="Look at the day again")).to_be_visible()
    axe(page)
    page.get_by_label("I mean 30 August 2027").check()  # a bank holiday
    page.get_by_role("button", name="Hold it at this time").click()
    expect(page.get_by_text("is held on Monday 30 August 2027")).to_be_visible()
