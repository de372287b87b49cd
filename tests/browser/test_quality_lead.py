"""A quality lead's day in a real browser: with a mouse, with the keyboard alone, without JavaScript, in company."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from qa_workflow.service.items.attachments import attach
from tests.browser.conftest import AsPerson
from tests.browser.harness import Keyboard, Live
from tests.web.filling import PDF

GHFT = "PA/2026-27-Q4/ghft"
ACCEPT = f"/advance/cqrg_review.accept/{GHFT}"
MINUTES: FilePayload = {"name": "minutes.pdf", "mimeType": "application/pdf", "buffer": PDF}
Axe = Callable[[Page], None]


def test_an_item_is_moved_on_with_its_evidence_in_a_few_steps(as_person: AsPerson, live_site: Live) -> None:
    """From My items: a link, a file, a rating, a button."""
    page = as_person("quality-lead")
    page.goto("/")
    page.get_by_role("link", name=f"Record minutes and rating for {GHFT}").click()
    page.locator("input[type=file]").first.set_input_files(MINUTES)
    page.get_by_label("Reasonable").check()
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_text("Record minutes and rating: done.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(GHFT)
    item = live_site.site.engine.item(GHFT)
    assert (item.fields["rating"], item.fields["minutes"]["name"]) == ("reasonable", "minutes.pdf")


def test_the_same_with_the_keyboard_alone(
    as_person: AsPerson, keyboard: Callable[[Page], Keyboard], live_site: Live
) -> None:
    """Sending a report back needs no file, which no browser lets a keyboard choose in a test."""
    page = as_person("quality-lead")
    page.goto("/")
    hands = keyboard(page)
    hands.press(page.get_by_role("link", name=f"Send back to the provider for {GHFT}"))
    expect(page.get_by_role("heading", level=1, name="Send back to the provider")).to_be_visible()
    hands.press(page.get_by_role("button", name="Send back to the provider"))
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    hands.press(page.get_by_role("link", name="Enter a reason"))
    expect(page.get_by_label("Reason", exact=True)).to_be_focused()
    page.keyboard.type("The falls data are missing.")
    hands.press(page.get_by_role("button", name="Send back to the provider"))
    expect(page.get_by_text("Send back to the provider: done.")).to_be_visible()
    assert live_site.site.engine.history(GHFT)[-1].reason == "The falls data are missing."


def test_the_same_without_javascript(as_person: AsPerson, live_site: Live) -> None:
    page = as_person("quality-lead", javascript=False)
    page.goto("/")
    page.get_by_role("link", name=f"Record minutes and rating for {GHFT}").click()
    page.locator("input[type=file]").first.set_input_files(MINUTES)
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose: level of assurance")
    expect(page.get_by_text("Attached: minutes.pdf")).to_be_visible()
    page.get_by_label("Partial").check()
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_text("Record minutes and rating: done.")).to_be_visible()
    assert live_site.site.engine.item(GHFT).fields["rating"] == "partial"


def test_what_an_answer_means_stands_below_it(as_person: AsPerson) -> None:
    page = as_person("quality-lead")
    page.goto(ACCEPT)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        meanings = page.locator(".nhsuk-radios__hint")
        assert meanings.count() == 4
        for meaning in meanings.all():
            answer, said = (part.bounding_box() for part in (meaning.locator("xpath=../label"), meaning))
            assert answer is not None
            assert said is not None
            assert said["y"] > answer["y"] + answer["height"] / 2


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reason_that_need_not_be_given_is_folded_away_until_somebody_gives_one(
    as_person: AsPerson, keyboard: Callable[[Page], Keyboard], axe: Axe, javascript: bool
) -> None:
    """By the keyboard, without a script, and open where it comes back filled; one that is asked for is never folded."""
    page = as_person("quality-lead", javascript=javascript)
    page.goto(f"/advance/cqrg_review.return/{GHFT}")
    expect(page.get_by_label("Reason", exact=True)).to_be_visible()
    page.goto(ACCEPT)
    reason, hands = page.get_by_label("Reason (optional)"), keyboard(page)
    expect(reason).to_be_hidden()
    hands.press(page.locator("summary", has_text="Give a reason"))
    hands.type(reason, "Minute 7")
    if javascript:
        axe(page)
        page.reload()
        expect(reason).to_be_visible()
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose: level of assurance")
    expect(reason).to_be_visible()
    expect(reason).to_have_value("Minute 7")


def test_two_people_on_one_item_see_each_other(as_person: AsPerson) -> None:
    """One reads, one types, a third acts: the reader's page changes by itself, the typed text stays where it is."""
    reader, typist, actor = (as_person(name) for name in ("second-quality-lead", "quality-lead", "committee-chair"))
    reader.goto(f"/items/{GHFT}")
    reader.get_by_label("Comment").fill("Half a sen")
    typist.goto(f"/advance/cqrg_review.return/{GHFT}")
    typist.get_by_label("Reason", exact=True).fill("Two wards are missing.")
    actor.goto(f"/advance/cqrg_review.return/{GHFT}")
    actor.get_by_label("Reason", exact=True).fill("The falls data are missing.")
    actor.get_by_role("button", name="Send back to the provider").click()
    expect(actor.get_by_text("Send back to the provider: done.")).to_be_visible()

    expect(reader.get_by_text("This page was brought up to date:")).to_be_visible()
    expect(reader.locator("#now")).to_contain_text("Provider's report, with Provider contact")
    expect(reader.get_by_label("Comment")).to_have_value("Half a sen")
    expect(typist.get_by_text("While you were typing, the item has moved on:")).to_be_visible()
    expect(typist.locator("#live")).to_contain_text("Committee chair")
    expect(typist.get_by_label("Reason", exact=True)).to_have_value("Two wards are missing.")

    typist.get_by_role("button", name="Send back to the provider").click()
    expect(typist.get_by_role("heading", level=1)).to_contain_text("This step is no longer open")
    expect(typist.get_by_label("Reason", exact=True)).to_have_value("Two wards are missing.")


def test_my_items_change_by_themselves(as_person: AsPerson, live_site: Live) -> None:
    page = as_person("quality-lead")
    page.goto("/")
    expect(page.get_by_text("4 items wait for you")).to_be_visible()
    live_site.site.engine.claim(GHFT, actor="second-quality-lead")
    expect(page.get_by_text("3 items wait for you")).to_be_visible()


def test_several_items_are_decided_together(as_person: AsPerson, live_site: Live) -> None:
    page = as_person("quality-lead")
    page.goto("/items?owner=quality_lead")
    for reference in (GHFT, "PA/2026-27-Q4/ghc"):
        page.get_by_label(f"Choose {reference}").check()
    page.get_by_role("button", name="Decide on the chosen items together").click()
    page.get_by_label("Record minutes and rating").check()
    page.locator("input[type=file]").first.set_input_files(MINUTES)
    page.get_by_label("Reasonable").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("2 of 2 items would move")).to_be_visible()
    page.get_by_role("button", name="Do it for 2 items").click()
    expect(page.get_by_role("status")).to_contain_text("2 of 2 items moved")
    assert live_site.site.engine.item(GHFT).visits[0].stage == "quality_lead_feedback"


def test_items_at_several_steps_are_decided_on_one_sheet_without_javascript(
    as_person: AsPerson, live_site: Live
) -> None:
    """The fields of a way are seen where it is chosen, without a script."""
    engine = live_site.site.engine
    minutes = attach(live_site.site.house, "minutes.pdf", PDF)
    engine.advance(GHFT, "accept", actor="quality-lead", fields={"minutes": minutes, "rating": "reasonable"})
    other = "PA/2026-27-Q4/ghc"
    page = as_person("second-quality-lead", javascript=False)
    page.goto("/items?owner=quality_lead")
    for reference in (GHFT, other):
        page.get_by_label(f"Choose {reference}").check()
    page.get_by_role("button", name="Decide on the chosen items together").click()
    sent, back = (page.locator("section").filter(has_text=reference) for reference in (GHFT, other))
    expect(back.get_by_label("Reason", exact=True)).to_be_hidden()
    back.get_by_label("Send back to the provider").check()
    back.get_by_label("Reason", exact=True).fill("The falls data are missing.")
    sent.get_by_label("Feedback to the provider").fill("Well done.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("2 of 2 items would move")).to_be_visible()
    page.get_by_role("button", name="Do it for 2 items").click()
    expect(page.get_by_role("status")).to_contain_text("2 of 2 items moved")
    assert engine.item(other).visits[0].stage == "provider_report"
    assert engine.item(GHFT).visits[0].stage != "quality_lead_feedback"


@pytest.mark.parametrize(
    ("person", "path", "heading"),
    [
        ("quality-lead", "/", "My items"),
        ("ghft-contact", "/", "My items"),
        ("healthwatch-officer", "/", "My items"),
        ("quality-lead", "/items", "Items"),
        ("quality-lead", "/items?q=nothing+of+the+kind", "Items"),
        ("quality-lead", f"/items/{GHFT}", f"{GHFT}: Provider assurance"),
        ("ghft-contact", "/items/QA/2026-27/ghft", "QA/2026-27/ghft: Quality Account review"),
        ("quality-lead", ACCEPT, f"Record minutes and rating: {GHFT}"),
        ("quality-lead", "/fill/QA/2026-27/ghft", "Fill in fields: QA/2026-27/ghft"),
        ("quality-lead", f"/hold/{GHFT}", f"Put on hold: {GHFT}"),
        ("quality-lead", f"/assign/{GHFT}", f"Give it to somebody: {GHFT}"),
        ("governance-officer", f"/cancel/{GHFT}", f"Cancel this item: {GHFT}"),
        ("governance-officer", f"/change-date/{GHFT}", f"Change the date with authority: {GHFT}"),
        ("governance-officer", f"/correct/{GHFT}", f"Correct: {GHFT}"),
        ("quality-lead", "/open", "Open a new item"),
        ("quality-lead", "/open/provider_assurance", "Open a new item: Provider assurance"),
        (None, "/published", "What is published"),
        ("quality-lead", "/items/nothing", "There is no such page"),
    ],
)
def test_a_page_is_accessible(as_person: AsPerson, axe: Axe, person: str | None, path: str, heading: str) -> None:
    """And it is the page that was meant: one that tells of a fault is accessible, too."""
    page = as_person(person)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    axe(page)


def test_a_refused_form_is_accessible(as_person: AsPerson, axe: Axe, live_site: Live) -> None:
    """Errors of every kind, a doubt about a patient, and somebody who was quicker."""
    page = as_person("quality-lead")
    page.goto(ACCEPT)
    page.get_by_label("Day").fill("31")
    page.get_by_text("Give a reason").click()
    page.get_by_label("Reason (optional)").fill("Mr B, 943 476 5919")
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_role("alert")).to_contain_text("Actions due on must include a month and a year")
    expect(page.get_by_text("looks like an NHS number")).to_be_visible()
    axe(page)
    live_site.site.engine.record(GHFT, {"rating": "minimal"}, actor="second-quality-lead")
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_text("Somebody was quicker")).to_be_visible()
    axe(page)
    live_site.site.engine.cancel(GHFT, actor="governance-officer", reason="opened by mistake")
    page.get_by_role("button", name="Record minutes and rating").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This step is no longer open")
    axe(page)


def test_the_screens_of_a_decision_for_many_are_accessible(as_person: AsPerson, axe: Axe) -> None:
    page = as_person("quality-lead")
    page.goto("/items?owner=quality_lead")
    page.get_by_role("button", name="Decide on the chosen items together").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one item")
    axe(page)
    page.goto("/items?owner=quality_lead")
    for box in page.get_by_role("checkbox", name="Choose").all():
        box.check()
    page.get_by_role("button", name="Decide on the chosen items together").click()
    axe(page)
    page.get_by_label("Send back to the provider").check()
    axe(page)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a reason")
    axe(page)
    page.get_by_label("Reason", exact=True).fill("The falls data are missing.")
    page.get_by_role("button", name="Preview").click()
    axe(page)
    page.get_by_role("button", name="Do it for 4 items").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Done")
    axe(page)


def test_a_long_item_is_accessible(as_person: AsPerson, axe: Axe, live_site: Live) -> None:
    """Long words, many comments, sub-items, a hold, a document with a long name."""
    from qa_workflow.service.items.attachments import attach

    site = live_site.site
    given = {
        "minutes": attach(site.house, "r" * 300 + ".pdf", PDF),
        "rating": "partial",
        "actions": ["W" * 200, "Train the new staff"],
        "actions_due_on": "2027-09-01",
    }
    site.engine.advance(GHFT, "accept", actor="quality-lead", fields=given)
    for number in range(30):
        site.engine.comment(GHFT, f"{number} " + "long" * 60, actor="quality-lead")
    site.engine.hold(GHFT, actor="quality-lead", reason="Waiting for the coroner.")
    page = as_person("quality-lead")
    page.goto(f"/items/{GHFT}")
    expect(page.get_by_text("On hold since")).to_be_visible()
    axe(page)
    page.goto("/items?workflow=cqrg_action")
    axe(page)
