"""An administrator sees what a draft means, moves the items, and closes a day: with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

import pytest
from playwright.sync_api import Page, expect

from qa_workflow.service.definitions import drafting
from tests.browser.harness import Live
from tests.web.site import ROOT, Site

SHIPPED = (ROOT / "workflows" / "provider_assurance.yaml").read_text(encoding="utf-8")
RENAMED = SHIPPED.replace("provider_report", "report_of_provider")
Axe = Callable[[Page], None]


def begun(site: Site) -> drafting.Draft:
    based_on = sha256(SHIPPED.encode()).hexdigest()
    return drafting.begin(
        site.house, "workflow", "provider_assurance", RENAMED.encode(), based_on, actor="administrator"
    )


def published(site: Site) -> None:
    draft = begun(site)
    ready = drafting.propose(site.house, draft.id, draft.revision, "", actor="administrator")
    drafting.approve(site.house, draft.id, str(ready.proposed_hash), actor="governance-officer")


def test_what_a_draft_means_is_asked_and_shown(as_person: Callable[..., Page], live_site: Live, axe: Axe) -> None:
    """The stage that is gone is offered by the name it is likely called now; one press shows the rest."""
    page = as_person("administrator")
    page.goto(f"/drafts/{begun(live_site.site).id}/impact")
    expect(page.get_by_role("heading", name=re.compile("^Needs a choice"))).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Show what this means").click()
    expect(page.get_by_role("heading", name=re.compile("^Needs a choice"))).to_have_count(0)
    expect(page.get_by_role("heading", name=re.compile("^Changes"))).to_be_visible()
    axe(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_items_are_moved_with_a_reason(
    as_person: Callable[..., Page], live_site: Live, axe: Axe, javascript: bool
) -> None:
    published(live_site.site)
    page = as_person("administrator", javascript=javascript)
    page.goto("/workflows/provider_assurance/migrate")
    page.get_by_role("button", name="Show what this means").click()
    page.get_by_role("button", name="Move the items").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a reason")
    if javascript:
        axe(page)
    page.get_by_label("Reason").fill("A better name")
    page.get_by_role("button", name="Move the items").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Items were moved")
    if javascript:
        axe(page)


def test_a_day_is_closed_after_a_look(as_person: Callable[..., Page], axe: Axe) -> None:
    page = as_person("administrator")
    page.goto("/calendars")
    axe(page)
    page.get_by_label("Day", exact=True).fill("6")
    page.get_by_label("Month", exact=True).fill("8")
    page.get_by_label("Year", exact=True).fill("2027")
    page.get_by_role("button", name="See what it moves").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter why")
    axe(page)
    page.get_by_label("Why").fill("Offices move")
    page.get_by_role("button", name="See what it moves").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the day would move")
    axe(page)
    page.get_by_role("button", name="Add it to a draft").click()
    expect(page).to_have_url(re.compile(r"/drafts/\d+/changes"))
    expect(page.locator("main")).to_contain_text("6 August 2027 is closed (Offices move)")
