"""A day is chosen from a month beside its three boxes: with the keyboard alone, in words, and never the only way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import AsPerson
from tests.browser.harness import Keyboard

HOLD = "/hold/PA/2026-27-Q4/ghft"
Axe = Callable[[Page], None]
Hands = Callable[[Page], Keyboard]


@pytest.fixture
def page(as_person: AsPerson) -> Page:
    """A form with a day, on Saturday 10 July 2027."""
    found = as_person("quality-lead")
    found.goto(HOLD)
    return found


def boxes(page: Page) -> list[str]:
    return [page.get_by_label(part, exact=True).input_value() for part in ("Day", "Month", "Year")]


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Choose a day")


def day(page: Page, words: str) -> Locator:
    return page.get_by_role("gridcell", name=words)


def test_a_day_is_chosen_with_the_keyboard_alone(page: Page, keyboard: Hands) -> None:
    """From today by days, weeks, months and years; the focus comes back, and the day is said in words."""
    keyboard(page).press(button(page))
    expect(day(page, "Saturday 10 July 2027")).to_be_focused()
    for key, words in (
        ("ArrowRight", "Sunday 11 July 2027"),
        ("ArrowDown", "Sunday 18 July 2027"),
        ("Home", "Monday 12 July 2027"),
        ("ArrowUp", "Monday 5 July 2027"),
        ("End", "Sunday 11 July 2027"),
        ("ArrowLeft", "Saturday 10 July 2027"),
        ("PageDown", "Tuesday 10 August 2027"),
        ("Shift+PageDown", "Thursday 10 August 2028"),
        ("Shift+PageUp", "Tuesday 10 August 2027"),
        ("PageUp", "Saturday 10 July 2027"),
    ):
        page.keyboard.press(key)
        expect(day(page, words)).to_be_focused()
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(button(page)).to_be_focused()
    assert boxes(page) == ["10", "8", "2027"]
    expect(page.get_by_text("Tuesday 10 August 2027")).to_be_visible()


def test_a_month_later_than_the_last_of_a_month_is_the_last_of_the_next(page: Page) -> None:
    page.get_by_label("Day", exact=True).fill("31")
    page.get_by_label("Month", exact=True).fill("jan")
    page.get_by_label("Year", exact=True).fill("2028")
    button(page).click()
    expect(day(page, "Monday 31 January 2028")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("PageDown")
    expect(day(page, "Tuesday 29 February 2028")).to_be_focused()


def test_escape_leaves_the_boxes_as_they_are_and_gives_the_focus_back(page: Page, keyboard: Hands) -> None:
    page.get_by_label("Day", exact=True).fill("3")
    keyboard(page).press(button(page), "Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(button(page)).to_be_focused()
    assert boxes(page) == ["3", "", ""]


def test_the_months_turn_and_the_focus_stays_on_their_button(page: Page, keyboard: Hands) -> None:
    button(page).click()
    hands = keyboard(page)
    hands.press(page.get_by_role("button", name="Next month"))
    expect(page.get_by_role("grid", name="August 2027")).to_be_visible()
    expect(page.get_by_role("button", name="Next month")).to_be_focused()
    hands.press(day(page, "Tuesday 10 August 2027"), "Space")
    assert boxes(page) == ["10", "8", "2027"]


def test_a_bank_holiday_is_told_in_words(page: Page, axe: Axe) -> None:
    """In the name of its day, below its month, and below the boxes for who typed it; a weekend is no news."""
    button(page).click()
    page.keyboard.press("PageDown")
    holiday = "Monday 30 August 2027, Late Summer Bank Holiday, not a working day"
    expect(day(page, holiday)).to_be_visible()
    expect(page.get_by_text("30 August: Late Summer Bank Holiday", exact=True)).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    for part, text in (("Day", "30"), ("Month", "Aug"), ("Year", "2027")):
        page.get_by_label(part, exact=True).fill(text)
    told = page.get_by_text("Monday 30 August 2027: Late Summer Bank Holiday, not a working day")
    expect(told).to_be_visible()
    axe(page)
    page.get_by_label("Day", exact=True).fill("31")
    expect(page.get_by_text("Tuesday 31 August 2027", exact=True)).to_be_visible()


def test_what_was_chosen_is_kept_like_what_was_typed(page: Page) -> None:
    button(page).click()
    day(page, "Wednesday 28 July 2027").click()
    page.reload()
    assert boxes(page) == ["28", "7", "2027"]
    expect(page.get_by_text("Wednesday 28 July 2027")).to_be_visible()
    page.get_by_role("button", name="Start again without it").click()
    expect(page.get_by_text("Wednesday 28 July 2027")).to_be_hidden()


def test_on_a_small_phone_every_day_can_be_touched(as_person: AsPerson) -> None:
    page = as_person("quality-lead", width=320)
    page.goto(HOLD)
    button(page).click()
    for cell in (day(page, "Thursday 1 July 2027"), day(page, "Saturday 31 July 2027")):
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert min(box["width"], box["height"]) >= 36


def test_without_javascript_the_boxes_are_all_there_is(as_person: AsPerson) -> None:
    page = as_person("quality-lead", javascript=False)
    page.goto(HOLD)
    expect(page.get_by_label("Day", exact=True)).to_be_visible()
    expect(button(page)).to_have_count(0)
