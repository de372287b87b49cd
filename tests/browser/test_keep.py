"""What is typed into a form outlives a reload and a session that ends, until it is saved or the person signs out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import AsPerson
from tests.browser.harness import Live

WORDS = "Half a sentence that took"


@pytest.fixture
def page(as_person: AsPerson, live_site: Live) -> Page:
    """An item's page, as a quality lead sees it."""
    found = as_person("quality-lead")
    found.goto(f"/items/{live_site.site.engine.items()[0].reference}")
    return found


def comment(page: Page) -> Locator:
    return page.get_by_label("Comment", exact=True)


def kept(page: Page) -> int:
    found: int = page.evaluate("() => Object.keys(sessionStorage).length")
    return found


def test_what_was_typed_is_put_back_after_a_reload(page: Page) -> None:
    comment(page).fill(WORDS)
    page.reload()
    expect(comment(page)).to_have_value(WORDS)
    expect(page.get_by_text("What you typed here before was put back.")).to_be_visible()


def test_it_can_be_started_again_without_it(page: Page) -> None:
    comment(page).fill(WORDS)
    page.reload()
    page.get_by_role("button", name="Start again without it").click()
    expect(comment(page)).to_have_value("")
    assert kept(page) == 0
    page.reload()
    expect(comment(page)).to_have_value("")


def test_what_was_saved_is_not_put_back(page: Page) -> None:
    comment(page).fill(WORDS)
    page.get_by_label("Everybody who may see this item").check()
    page.get_by_role("button", name="Add the comment").click()
    expect(page.locator(".nhsuk-notification-banner--success")).to_be_visible()
    assert kept(page) == 0
    page.reload()
    expect(comment(page)).to_have_value("")


def test_what_was_sent_in_vain_is_not_forgotten_for_something_else_that_was_saved(page: Page) -> None:
    """Too large, or never arrived: then something else is done, and the words are still there."""
    item = page.url
    page.route("**/comment/**", lambda route: route.fulfill(status=413, content_type="text/html", body="Too large"))
    comment(page).fill(WORDS)
    page.get_by_label("Everybody who may see this item").check()
    page.get_by_role("button", name="Add the comment").click()
    expect(page.get_by_text("Too large")).to_be_visible()
    page.goto(item)
    expect(comment(page)).to_have_value(WORDS)
    page.get_by_role("link", name="Put on hold").click()
    page.get_by_label("Reason", exact=True).fill("Something else")
    page.get_by_role("button", name="Put on hold").click()
    expect(page.locator(".nhsuk-notification-banner--success")).to_be_visible()
    expect(comment(page)).to_have_value(WORDS)


def test_what_is_deleted_again_is_not_kept(page: Page) -> None:
    comment(page).fill(WORDS)
    comment(page).fill("")
    assert kept(page) == 0


def test_who_signs_out_leaves_nothing_behind(page: Page) -> None:
    """The next person at this desk finds no words of theirs."""
    comment(page).fill(WORDS)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert kept(page) == 0
