"""The editor of definitions: checked and drawn as one types, nothing typed is lost, and all of it without a mouse."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import AsPerson
from tests.browser.harness import Keyboard, Live
from tests.web.site import ROOT

LINES = 500
QUALITY_ACCOUNT = ROOT / "workflows" / "quality_account.yaml"


@pytest.fixture
def page(as_person: AsPerson) -> Page:
    """Somebody who may publish."""
    return as_person("administrator")


def begin(page: Page, name: str = "quality_account") -> str:
    """A draft of a published workflow, opened; its address."""
    page.goto(f"/workflows/{name}")
    page.get_by_role("button", name="Change it in a draft").click()
    expect(editor(page)).to_be_visible()
    return page.url


def editor(page: Page) -> Locator:
    """The script's, which has taken the place of the plain field."""
    return page.get_by_role("textbox", name="Text", exact=True).and_(page.locator(".cm-content"))


def write(page: Page, text: str) -> None:
    """At the end of the text."""
    editor(page).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text(text)


def kept(page: Page) -> list[str]:
    """What this browser keeps of drafts."""
    found: list[str] = page.evaluate("() => Object.keys(localStorage).filter(key => key.startsWith('qa-draft:'))")
    return found


def faults(page: Page) -> Locator:
    return page.locator("[data-faults-list] li")


def test_a_fault_in_500_lines_is_underlined_within_a_second(page: Page) -> None:
    """From the last key to the underline, with the check by the server in between; the best of three, since other
    tests run beside this one."""
    begin(page)
    before = QUALITY_ACCOUNT.read_text(encoding="utf-8").count("\n")
    write(page, "".join(f"# remark {n}\n" for n in range(LINES - before)))
    expect(page.get_by_text("Saved at")).to_be_visible()
    underlined = page.locator(".cm-lintRange-error")
    assert underlined.count() == 0
    took = []
    for _ in range(3):
        page.keyboard.insert_text("titel: something")
        typed = monotonic()
        expect(underlined).to_have_text("titel")
        took.append(monotonic() - typed)
        expect(faults(page)).to_contain_text([f"Line {LINES + 1}: the key 'titel' does not exist here"])
        expect(page.get_by_text("1 fault in this text.")).to_be_visible()
        page.keyboard.press("Shift+Home")
        page.keyboard.press("Backspace")
        expect(underlined).to_have_count(0)
    assert min(took) < 1


def test_a_fault_that_is_mended_is_no_longer_underlined(page: Page) -> None:
    begin(page)
    write(page, "titel: something")
    expect(page.locator(".cm-lintRange-error")).to_be_visible()
    for _ in "titel: something":
        page.keyboard.press("Backspace")
    expect(page.get_by_text("Nothing is wrong with this text.")).to_be_visible()
    expect(page.locator(".cm-lintRange-error")).to_have_count(0)


def test_the_list_of_faults_leads_to_their_places(page: Page) -> None:
    """With the keyboard: Enter on a fault puts the cursor on it."""
    begin(page)
    write(page, "titel: something")
    page.keyboard.press("ControlOrMeta+Home")
    fault = faults(page).get_by_role("link")
    fault.focus()
    page.keyboard.press("Enter")
    expect(editor(page)).to_be_focused()
    page.keyboard.insert_text("retention")
    expect(page.locator(".cm-line").last).to_have_text("retention: something")


def test_the_picture_is_drawn_anew(page: Page) -> None:
    """Also while something else is wrong with the text."""
    begin(page, "cqrg_action")
    write(page, "\n  put_aside: {end: completed, foo: x}\n")
    expect(page.get_by_label("Picture of this draft").get_by_text("Put aside")).to_be_visible()
    expect(page.get_by_text("The text cannot be drawn as it is now")).to_be_hidden()
    write(page, "\nstages")
    expect(page.get_by_text("The text cannot be drawn as it is now")).to_be_visible()
    expect(page.get_by_label("Picture of this draft").get_by_text("Put aside")).to_be_visible()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("\nrele", "release"),
        ("\n  aside:\n    owner: quality_l", "quality_lead"),
        ("\n  aside:\n    transitions:\n      go: {to: committ", "committee"),
        ("\n  aside:\n    transitions:\n      go: {to: committee, needs: [data_ch", "data_checks"),
        ("\n  aside:\n    meeting: governing_b", "governing_body"),
        ("\n  aside:\n    due: {rule: 5 working days after entry, basis: stat", "statute"),
        ("\n  aside:\n    remind:\n      - wh", "when"),
    ],
)
def test_keys_and_names_are_completed(page: Page, typed: str, offered: str) -> None:
    """Keys from the schema; stages and fields from the text; roles and bodies from the governance file."""
    begin(page)
    write(page, typed)
    page.keyboard.press("Control+Space")
    option = page.get_by_role("option", name=offered).first
    expect(option).to_be_visible()
    assert offered in option.inner_text().split()[0]


def test_what_is_typed_is_saved_after_a_pause(page: Page) -> None:
    """And what the browser kept until then is forgotten."""
    address = begin(page)
    write(page, "# a remark")
    expect(page.get_by_text("Saved at")).to_be_visible()
    assert kept(page) == []
    page.goto(address)
    expect(editor(page)).to_contain_text("A provider's Quality Account")
    page.goto(f"{address}/changes")
    expect(page.get_by_text("+ # a remark")).to_have_count(1)


def test_a_link_to_what_changes_takes_the_last_words_along(page: Page) -> None:
    """Not only what was saved before the pause was over."""
    begin(page)
    write(page, "# a last word")
    page.get_by_role("link", name="See what this draft changes").click()
    expect(page.get_by_role("heading", level=1, name="What changes")).to_be_visible()
    expect(page.get_by_text("+ # a last word")).to_have_count(1)


def test_a_draft_that_saved_itself_can_be_thrown_away(page: Page) -> None:
    """Every form of the page goes by the revision of the last save."""
    begin(page)
    write(page, "# a remark")
    expect(page.get_by_text("Saved at")).to_be_visible()
    page.get_by_role("button", name="Delete this draft").click()
    expect(page.get_by_text("The draft was thrown away")).to_be_visible()


def test_what_was_not_saved_survives_a_reload(page: Page) -> None:
    """It is offered, and put back only if wanted: the text as saved may be the better one."""
    address = begin(page)
    page.route("**/autosave", lambda route: route.abort())
    write(page, "# not saved yet")
    expect(page.get_by_text("What you type is kept in this browser")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Put it back").click()
    expect(editor(page)).to_be_focused()
    page.keyboard.press("ControlOrMeta+End")
    expect(page.locator(".cm-line").last).to_have_text("# not saved yet")
    page.unroute("**/autosave")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The draft was saved")).to_be_visible()
    assert kept(page) == []
    assert page.url == address


def test_what_was_not_saved_can_be_thrown_away(page: Page) -> None:
    begin(page)
    page.route("**/autosave", lambda route: route.abort())
    write(page, "# not saved yet")
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    assert kept(page) == []
    page.reload()
    expect(page.get_by_role("button", name="Put it back")).to_be_hidden()


def test_a_session_that_ends_loses_nothing(page: Page, live_site: Live) -> None:
    """The page says so; signed in again, what was typed is offered."""
    address = begin(page)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    write(page, "# typed without a session")
    expect(page.get_by_text("Your session has ended").first).to_be_visible()
    page.context.add_cookies([{"name": c["name"], "value": c["value"], "url": live_site.url} for c in cookies])
    page.goto(address)
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_text("Saved at")).to_be_visible()


def test_two_people_on_one_draft(page: Page, as_person: AsPerson) -> None:
    """The second is told who saved, and keeps what they typed."""
    address = begin(page)
    other = as_person("governance-officer")
    other.goto(address)
    write(page, "# mine")
    expect(page.get_by_text("Saved at")).to_be_visible()
    write(other, "# theirs")
    expect(other.locator("[data-keeper-said]")).to_contain_text("What you type is kept in this browser")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_role("alert")).to_contain_text("Somebody else has saved this draft")
    expect(other.get_by_role("alert")).to_contain_text("administrator saved it")
    other.get_by_role("button", name="Save", exact=True).click()
    expect(other.get_by_text("The draft was saved")).to_be_visible()


def test_typing_over_a_selection_leaves_the_console_clean(page: Page) -> None:
    """A browser left to itself puts the new text into an element with a style, which our policy refuses."""
    begin(page, "cqrg_action")
    editor(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("w")
    expect(page.locator(".cm-line")).to_have_text(["w"])
    page.keyboard.press("ControlOrMeta+z")
    expect(page.get_by_text("Nothing is wrong with this text.")).to_be_visible()


def test_a_change_is_published_by_a_second_person(
    page: Page, as_person: AsPerson, axe: Callable[[Page], None], keyboard: Callable[[Page], Keyboard]
) -> None:
    """Written, proposed with what it is for, looked at by somebody else, published; then gone back on in a draft."""
    begin(page, "cqrg_action")
    text = page.locator("#source").input_value()
    editor(page).click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text.replace("title: Closed\n", "title: Over and done\n"))
    page.get_by_role("button", name="Save and see what changes").click()
    expect(page.get_by_text("title is now “Over and done”; it was “Closed”")).to_be_visible()
    axe(page)
    hands = keyboard(page)
    hands.type(page.get_by_label("What it is for"), "Closed sounds unkind.")
    hands.press(page.get_by_role("button", name="Propose it"))
    expect(page.get_by_text("somebody else with the right to publish decides")).to_be_visible()
    axe(page)
    other = as_person("governance-officer", javascript=False)
    other.goto("/drafts")
    other.get_by_role("link", name="Review group action").click()
    expect(other.get_by_text("Closed sounds unkind.")).to_be_visible()
    other.get_by_role("button", name="Publish exactly this text").click()
    expect(other.get_by_text("Version 2 was published")).to_be_visible()
    page.goto("/workflows/cqrg_action/versions")
    expect(page.get_by_role("heading", level=2, name="Version 2")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Go back to version 1 in a draft").click()
    expect(page.get_by_text("Version 2 has been published since")).to_be_visible()
    page.get_by_role("button", name="Save and see what changes").click()
    expect(page.get_by_text("title is now “Closed”; it was “Over and done”")).to_be_visible()


def test_with_the_keyboard_alone(page: Page, keyboard: Callable[[Page], Keyboard]) -> None:
    """Into the text by Tab, a fault written and found, and out again by Tab: the editor is no trap."""
    page.goto("/workflows/cqrg_action")
    hands = keyboard(page)
    hands.press(page.get_by_role("button", name="Change it in a draft"))
    expect(editor(page)).to_be_visible()
    hands.reach(editor(page))
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("titel: x")
    expect(page.locator(".cm-lintRange-error")).to_be_visible()
    hands.press(faults(page).get_by_role("link"))
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Shift+End")
    page.keyboard.press("Backspace")
    expect(page.get_by_text("Nothing is wrong with this text.")).to_be_visible()
    hands.press(page.get_by_role("button", name="Save and see what changes"))
    expect(page.get_by_role("heading", level=1, name="What changes")).to_be_visible()


def test_without_javascript_the_text_is_written_in_a_plain_field(as_person: AsPerson) -> None:
    """The fault is told when it is saved."""
    page = as_person("administrator", javascript=False)
    page.goto("/workflows/cqrg_action")
    page.get_by_role("button", name="Change it in a draft").click()
    field = page.get_by_label("Text", exact=True)
    expect(page.get_by_text("Ctrl and Space complete a word")).to_be_hidden()
    field.fill(field.input_value() + "titel: x\n")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("the key 'titel' does not exist here")).to_be_visible()
    expect(page.get_by_text("1 fault in this text.")).to_be_visible()
    expect(page.get_by_role("group", name="Review group action")).to_be_visible()


def test_every_state_of_the_editor_is_accessible(page: Page, axe: Callable[[Page], None]) -> None:
    """At rest, with a fault, with completions open, with something to put back, and new."""
    begin(page)
    axe(page)
    page.route("**/autosave", lambda route: route.abort())
    write(page, "titel: x\n")
    expect(page.locator(".cm-lintRange-error")).to_be_visible()
    axe(page)
    page.keyboard.press("Control+Space")
    expect(page.get_by_role("listbox")).to_be_visible()
    axe(page)
    page.reload()
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()
    axe(page)
    page.goto("/drafts")
    axe(page)
    page.get_by_role("button", name="Start a new workflow").click()
    expect(page.get_by_text("Nothing is wrong with this text.")).to_be_visible()
    axe(page)
    page.goto("/governance")
    page.get_by_role("button", name="Change it in a draft").click()
    expect(editor(page)).to_be_visible()
    axe(page)


def test_what_changes_leads_to_the_line_of_a_fault(page: Page, axe: Callable[[Page], None]) -> None:
    """The cursor stands in it."""
    begin(page)
    write(page, "titel: x\n")
    page.get_by_role("button", name="Save and see what changes").click()
    axe(page)
    page.get_by_role("link", name="the key 'titel' does not exist here").click()
    expect(page.locator(".cm-activeLine")).to_have_text("titel: x")
    expect(editor(page)).to_be_focused()


@pytest.mark.parametrize("wide", [1280, 1600])
def test_the_whole_picture_stands_above_a_text_that_has_the_full_width(page: Page, wide: int) -> None:
    """Side by side, lines were cut and one stage and a half was to be seen."""
    page.set_viewport_size({"width": wide, "height": 800})
    begin(page, "provider_assurance")
    picture = page.get_by_role("region", name="Picture of this draft")
    drawn, seen = picture.locator("svg").bounding_box(), picture.bounding_box()
    text = page.locator(".cm-editor").bounding_box()
    assert drawn is not None
    assert seen is not None
    assert text is not None
    assert drawn["width"] <= seen["width"]
    assert drawn["height"] <= seen["height"]
    assert seen["y"] + seen["height"] <= text["y"]
    assert text["width"] > wide * 0.9


def test_on_a_wide_screen_the_picture_stays_beside_the_end_of_the_text(page: Page) -> None:
    """Whole, and large enough to be read; a line of the text has 90 characters all the same."""
    page.set_viewport_size({"width": 1920, "height": 1000})
    begin(page, "provider_assurance")
    editor(page).press("Control+End")
    picture = page.get_by_role("region", name="Picture of this draft")
    drawn, text = picture.locator("svg").bounding_box(), page.locator(".cm-content").bounding_box()
    assert drawn is not None
    assert text is not None
    assert 0 <= drawn["y"] < drawn["y"] + drawn["height"] <= 1000
    assert 760 <= drawn["width"] <= text["x"] - drawn["x"]
    assert text["width"] > 90 * 9
