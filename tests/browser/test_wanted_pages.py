"""Pages that want more than an address, and that no story of a person leads to: each in the state that opens it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from qa_workflow.service.items.attachments import attach
from qa_workflow.service.people.identities import IdentityProvider
from qa_workflow.web import WebSettings, create_app
from qa_workflow.web.oidc import CAME
from tests.browser.conftest import AsPerson
from tests.browser.harness import Live, served
from tests.browser.test_every_page import WANTED
from tests.web.filling import PDF
from tests.web.site import ROOT, Site

Axe = Callable[[Page], None]
GHFT = "PA/2026-27-Q4/ghft"
VISITS = """
workflow: visits
title: Site visits
reference: V/{number}
fields: {sites: list}
stages:
  planned: {owner: quality_lead, transitions: {go: {to: visiting, needs: sites}}}
  visiting:
    owner: quality_lead
    sub_items: {workflow: visit, each: sites, into: site, more: quality_lead}
    transitions: {joined: {to: over}}
  over: {end: completed}
"""
VISIT = """
workflow: visit
title: One visit
reference: V1/{number}
fields: {site: text}
stages:
  visiting: {owner: quality_lead, due: 10 working days after entry, transitions: {finish: {to: over}}}
  over: {end: visited}
"""


@pytest.mark.parametrize("name", sorted(set(WANTED.values())))
def test_the_file_that_is_named_for_a_page_looks_at_pages(name: str) -> None:
    assert "axe(page)" in (Path(__file__).parent / name).read_text(encoding="utf-8")


def test_a_file_that_names_a_patient_is_taken_out_by_two(as_person: AsPerson, axe: Axe, live_site: Live) -> None:
    """From the item's page, with the keyboard alone; the second person decides on a page of their own."""
    site = live_site.site
    kept = attach(site.house, "minutes.pdf", PDF)
    site.engine.record(GHFT, {"minutes": kept}, actor="governance-officer", reason="the group's own")
    page = as_person("governance-officer")
    page.goto(f"/items/{GHFT}")
    page.get_by_role("link", name=re.compile("^Say that it names a patient.*minutes.pdf")).press("Enter")
    axe(page)
    page.get_by_role("textbox").press_sequentially("It names the person who fell")
    page.get_by_role("textbox").press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/items/{GHFT}$"))
    expect(page.locator("main")).to_contain_text("minutes.pdf: kept back since")
    second = as_person("administrator")
    second.goto("/removals")
    axe(second)
    second.get_by_role("textbox").press("Enter")
    expect(second.locator("main")).to_contain_text("Say why, without naming anybody")
    axe(second)
    second.get_by_role("button", name="Remove minutes.pdf for good").press("Enter")
    expect(second.locator("main")).to_contain_text("removed on 10 July 2027 by")
    axe(second)
    page.goto(f"/items/{GHFT}")
    expect(page.locator("main")).to_contain_text("minutes.pdf: removed on")


def test_an_item_on_hold_is_resumed(as_person: AsPerson, axe: Axe, live_site: Live) -> None:
    live_site.site.engine.hold(GHFT, actor="quality-lead", reason="The group does not meet in August")
    page = as_person("quality-lead")
    page.goto(f"/resume/{GHFT}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Resume: {GHFT}")
    axe(page)
    page.locator("main form button").last.click()
    expect(page).to_have_url(re.compile(f"/items/{GHFT}$"))
    assert live_site.site.engine.item(GHFT).status == "open"


def test_a_sub_item_is_added(as_person: AsPerson, axe: Axe, live_site: Live, tmp_path: Path) -> None:
    """Where a workflow lets somebody do so; none of the shipped ones does."""
    engine, folder = live_site.site.engine, tmp_path / "workflows"
    shutil.copytree(ROOT / "workflows", folder)
    for name, text in (("visits.yaml", VISITS), ("visit.yaml", VISIT)):
        (folder / name).write_text(text, encoding="utf-8")
    engine.publish([folder], actor=None)
    visits = engine.open("visits", actor="quality-lead").reference
    engine.advance(visits, "go", actor="quality-lead", fields={"sites": ["North ward", "South ward"]})
    page = as_person("quality-lead")
    page.goto(f"/items/{visits}")
    page.get_by_role("link", name="Add a sub-item").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Add a sub-item: {visits}")
    axe(page)
    page.locator("main form button").last.click()
    axe(page)


@pytest.fixture
def house_with_identities(site: Site) -> Iterator[Live]:
    """A house that trusts another one's identities; that one is away."""
    identity = IdentityProvider("http://127.0.0.1:9", "qa", "a secret of the test", "the test's provider")
    site.settings = WebSettings(identity=identity)
    site.app = create_app(site.parts, site.settings, site.wall)
    with served(site) as live:
        yield live


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/sign-in/identity", "cannot be reached"),
        ("/sign-in/identity/back", "did not come to its end"),
        ("/sign-in/identity/out", "Sign in with the test's provider"),
    ],
)
def test_the_way_to_another_house_and_back(
    page: Page, axe: Axe, house_with_identities: Live, path: str, said: str
) -> None:
    """While it is away, each of them ends on the page from which one signs in, which says why."""
    page.context.add_cookies([{"name": CAME, "value": "1", "url": house_with_identities.url}])
    page.goto(f"{house_with_identities.url}{path}")
    expect(page.locator("main")).to_contain_text(said)
    axe(page)
