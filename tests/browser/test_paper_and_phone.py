"""What people take away from the screen: pages on paper, and lists on a phone."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qa_workflow.service.ports.store import ItemQuery
from tests.browser.conftest import AsPerson
from tests.browser.harness import Live, check_accessible
from tests.web.site import Site


@pytest.fixture
def site(busy_site: Site) -> Site:
    """A house full of life."""
    return busy_site


def on_paper(page: Page, name: str, folder: Path) -> int:
    """Prints the page, and says on how many sheets."""
    printed = page.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True)
    page.emulate_media(media="print")
    return len(re.findall(rb"/Type\s*/Page\b", printed))


def items_by_sheet(printed: Path) -> list[int]:
    """How many items' links each sheet has: Chromium writes what a sheet links to in plain words."""
    data = printed.read_bytes()
    objects = dict(re.findall(rb"(?s)\n(\d+) 0 obj\n(.*?)\nendobj", data))
    sheets = [each for each in objects.values() if re.match(rb"<</Type\s*/Page\b", each)]
    named = (re.findall(rb"(\d+) 0 R", b"".join(re.findall(rb"/Annots \[(.*?)\]", sheet))) for sheet in sheets)
    return [sum(b"/items/" in objects[number] for number in numbers) for numbers in named]


ARIAL = 311.3
"""How wide the words below are in Arial of 16 pixels, and in the free letters that are made to its measure."""
A_LINE = 24


def allowed(page: Page, pixels: int) -> float:
    """So many pixels; in proportion more, and a line, where a machine has only wider letters than the page asks for."""
    width: float = page.evaluate(
        """() => {
            const pen = document.createElement("canvas").getContext("2d");
            pen.font = "16px Arial, sans-serif";
            return pen.measureText("the quick brown fox jumps over the lazy dog").width;
        }"""
    )
    return pixels if width < ARIAL * 1.01 else pixels * width / ARIAL + A_LINE


def test_a_long_list_begins_on_the_first_sheet(as_person: AsPerson, live_site: Live, tmp_path: Path) -> None:
    live_site.site.push(timedelta(days=30))  # by then enough is late
    page = as_person("governance-officer")
    for path in ("/overdue", "/items"):
        page.goto(path)
        on_paper(page, "list", tmp_path)
        sheets = items_by_sheet(tmp_path / "list.pdf")
        assert sum(sheets) == page.locator("main a[href^='/items/']:visible").count() > 5, sheets
        assert sheets[0] >= 5, sheets
        assert sheets[-1], "a sheet for nothing"
        rows = page.locator("main tr").all()
        assert {row.evaluate("row => getComputedStyle(row).breakInside") for row in rows} == {"avoid"}
        page.emulate_media(media="null")


def test_the_calendar_is_printed_without_what_one_presses(as_person: AsPerson, tmp_path: Path) -> None:
    page = as_person("governance-officer")
    for view, most in (("list", 1), ("table", 2)):
        page.goto(f"/calendar?view={view}")
        assert page.locator("main a", has_text="Change or call off").first.is_visible()
        assert on_paper(page, view, tmp_path) <= most
        left = [link.get_attribute("href") or "" for link in page.locator("main a:visible").all()]
        assert [address for address in left if not re.match("/items/|.*#day-", address)] == []
        page.emulate_media(media="null")


def test_a_list_is_printed_compact_without_what_one_presses(as_person: AsPerson, tmp_path: Path) -> None:
    page = as_person("governance-officer")
    page.goto("/overdue?workflow=cqrg_action&late_from=1")
    lines = page.locator("main tbody tr").count()
    assert lines > 2
    assert on_paper(page, "overdue", tmp_path) <= 1 + lines // 5
    expect(page.locator("thead").first).to_be_visible()
    for hidden in ("main form", "main nav", "main button", "main select", "summary", ".nhsuk-header__navigation"):
        assert [each for each in page.locator(hidden).all() if each.is_visible()] == [], hidden
    expect(page.get_by_text(re.compile("^Only: workflow .*; calendar days late at least 1"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"/overdue\?workflow=cqrg_action&late_from=1, as it was on \d"))).to_be_visible()
    for link in page.locator("main tbody a").all()[:5]:
        assert link.evaluate("link => link.getClientRects().length") <= 1, "a reference is broken across lines"


def test_an_item_is_printed_without_what_its_buttons_leave_behind(
    as_person: AsPerson, live_site: Live, tmp_path: Path
) -> None:
    """What a step leads to is said beside the step's name, which stands on its button on the screen.

    The words of the picture are printed where somebody opened them: unasked, they were a sheet more.
    """
    found = live_site.site.engine.items(ItemQuery(workflow="provider_assurance", stage="quality_lead_feedback"))[0]
    page = as_person("second-quality-lead")
    page.goto(f"/items/{found.reference}")
    on_paper(page, "item", tmp_path)
    expect(page.locator("main p", has_text="Send the feedback. Leads to")).to_be_visible()
    expect(page.locator("#comment")).to_be_hidden()
    expect(page.get_by_text("The diagram as a list")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_text("The diagram as a list").click()
    on_paper(page, "item", tmp_path)
    expect(page.get_by_text("(the item is here)")).to_be_visible()
    assert not any(each.is_visible() for each in page.locator("main textarea, main button, main .nhsuk-button").all())


def test_on_a_phone_a_table_of_the_framework_is_read_from_the_left_too(as_person: AsPerson) -> None:
    """A sentence flush right is hard to read: previews are such tables."""
    page = as_person("administrator", width=320)
    page.goto("/governance")
    cells = page.locator("main .nhsuk-table--responsive tbody :is(th, td)")
    assert {cell.evaluate("cell => getComputedStyle(cell).textAlign") for cell in cells.all()} == {"left"}


@pytest.mark.parametrize(("path", "most"), [("/overdue", 110), ("/items", 132), ("/", 160)])
def test_on_a_phone_a_line_of_a_list_is_a_card_of_few_lines(as_person: AsPerson, path: str, most: int) -> None:
    page = as_person("governance-officer", width=360)
    page.goto(path)
    rows = [row for row in page.locator("main .qa-lines tbody tr").all() if row.is_visible()]
    heights = sorted(row.evaluate("row => row.offsetHeight") for row in rows)
    assert heights, path
    assert heights[len(heights) // 2] <= allowed(page, most), heights
    assert page.locator("main .qa-lines td").first.evaluate("cell => getComputedStyle(cell).textAlign") == "left"
    check_accessible(page)


def test_on_a_phone_the_overdue_board_begins_on_the_first_screen_and_keeps_what_matters(as_person: AsPerson) -> None:
    """By when, how late, with whom: none of it is what a card leaves out."""
    page = as_person("governance-officer", width=360)
    page.goto("/overdue")
    first = page.locator("main .qa-lines tbody tr").first
    head, box = page.locator("h1").bounding_box(), first.bounding_box()
    assert head is not None
    assert box is not None
    assert box["y"] - head["y"] - head["height"] <= allowed(page, 260)
    for cell in (".qa-due", ".qa-due .qa-late", ".qa-with", ".qa-stage"):
        expect(first.locator(cell)).to_be_visible()
        assert first.locator(cell).evaluate("cell => cell.innerText.trim()"), cell
    expect(first.locator(".qa-due")).to_contain_text(re.compile(r"\d+ \w+ 20\d\d"))


def test_on_a_phone_a_reason_that_was_given_is_on_the_card(as_person: AsPerson, live_site: Live) -> None:
    page = as_person("governance-officer", width=360)
    page.goto("/overdue")
    reference = page.locator("main .qa-lines tbody a").first.inner_text()
    expect(page.locator("main .qa-reason").first).to_be_hidden()
    live_site.site.engine.comment(reference, "The data came late.", actor="governance-officer", why_late=True)
    page.reload()
    expect(page.get_by_text("The data came late.")).to_be_visible()
