"""What a provider's contact reads of the review group's decision before the feedback is sent, and after."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from qa_workflow.service.items.attachments import attach
from tests.browser.conftest import AsPerson
from tests.browser.harness import Live
from tests.web.filling import PDF

GHFT = "PA/2026-27-Q4/ghft"
Axe = Callable[[Page], None]


def test_the_rating_is_there_when_the_feedback_has_been_sent(as_person: AsPerson, live_site: Live, axe: Axe) -> None:
    """Till then the page says so to the contact; and to staff, that the contact does not see it."""
    site = live_site.site
    minutes = attach(site.house, "group-minutes.pdf", PDF)
    fields = {"rating": "reasonable", "minutes": minutes}
    site.engine.advance(GHFT, "accept", actor="quality-lead", fields=fields)
    theirs, ours = as_person("ghft-contact"), as_person("quality-lead")
    theirs.goto(f"/items/{GHFT}")
    waits = theirs.get_by_text("are shown here once “Send the feedback” is done.")
    expect(waits).to_be_visible()
    expect(theirs.get_by_role("link", name="group-minutes.pdf")).to_have_count(0)
    axe(theirs)
    ours.goto(f"/items/{GHFT}")
    expect(ours.get_by_text("does not see this yet, but once “Send the feedback” is done").first).to_be_visible()
    axe(ours)
    feedback = {"feedback": "Well done, and more of it."}
    site.engine.advance(GHFT, "send_feedback", actor="second-quality-lead", fields=feedback)
    theirs.reload()
    expect(waits).to_have_count(0)
    expect(theirs.get_by_text("Well done, and more of it.").first).to_be_visible()
    expect(theirs.get_by_role("link", name="group-minutes.pdf").first).to_be_visible()
