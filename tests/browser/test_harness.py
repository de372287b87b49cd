"""The harness itself: what it must notice, it notices."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AsPerson
from tests.browser.harness import Keyboard, Live, Watch, check_accessible


def test_a_page_is_accessible_and_its_console_is_clean(as_person: AsPerson, axe: Callable[[Page], None]) -> None:
    page = as_person("quality-lead")
    page.goto("/")
    expect(page.get_by_role("heading", level=1, name="My items")).to_be_visible()
    axe(page)


def test_without_javascript_a_page_reads_the_same(as_person: AsPerson) -> None:
    page = as_person("quality-lead", javascript=False)
    page.goto("/")
    expect(page.get_by_role("heading", level=1, name="My items")).to_be_visible()


@pytest.mark.parametrize(
    ("slip", "event", "noticed"),
    [
        ("console.error('something is wrong')", "console", "something is wrong"),
        ("setTimeout(() => { throw new Error('a slip') })", "weberror", "a slip"),
        ("document.body.append(Object.assign(new Image(), {src: '/static/missing.svg'}))", "response", "missing.svg"),
        (
            "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')",
            "console",
            "Content Security Policy",
        ),
    ],
)
def test_a_fault_that_nobody_sees_is_noticed(
    browser: Browser, live_site: Live, slip: str, event: str, noticed: str
) -> None:
    """`as_person` asks for it at the end of every test."""
    watch, context = Watch(), browser.new_context(base_url=live_site.url)
    watch.over(context)
    page = context.new_page()
    page.goto("/")
    assert watch.faults == []
    with context.expect_event(event, lambda _: noticed in "".join(watch.faults)):
        page.evaluate(f"() => {{ {slip} }}")
    context.close()
    assert noticed in "".join(watch.faults)


def test_a_page_that_scrolls_sideways_is_noticed(page: Page) -> None:
    """axe does not see it."""
    page.goto("/")
    page.evaluate("() => { document.querySelector('h1').style.width = '400px' }")
    with pytest.raises(AssertionError, match="320 px"):
        check_accessible(page)


def test_a_link_to_no_place_is_noticed(page: Page) -> None:
    """An error summary whose link leads nowhere leaves people who do not see the page at its beginning."""
    page.goto("/")
    page.evaluate("() => document.querySelector('main a, a').setAttribute('href', '#nowhere')")
    with pytest.raises(AssertionError, match="nowhere"):
        check_accessible(page)


def test_a_fault_that_axe_knows_is_noticed(page: Page) -> None:
    page.goto("/")
    page.evaluate("() => document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        check_accessible(page)


def test_the_keyboard_notices_what_it_cannot_reach(page: Page) -> None:
    page.goto("/")
    Keyboard(page).reach(page.get_by_role("link", name="Accessibility"))
    with pytest.raises(AssertionError, match="not reached"):
        Keyboard(page, most=20).reach(page.get_by_role("heading", level=1))
