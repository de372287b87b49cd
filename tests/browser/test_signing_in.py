"""Signing in, one's account and people, in a browser: by keyboard, without JavaScript, in their awkward states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import Page, expect

from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.service.people import invitations, people
from qa_workflow.service.people.gate import Gate
from qa_workflow.web import WebSettings, create_app
from tests.browser.conftest import AsPerson
from tests.browser.harness import Keyboard, Live, served
from tests.web.site import Site

PASSWORD = "lantern otter gravel"  # noqa: S105  of nobody


@pytest.fixture
def live_site(site: Site) -> Iterator[Live]:
    """The demonstration, with passwords that are hashed quickly."""
    site.parts = replace(site.parts, gate=Gate(site.house, Argon2Passwords(memory=8)))
    site.settings = WebSettings(demonstration=True)
    site.app = create_app(site.parts, site.settings, site.wall)
    with served(site) as live:
        yield live


def invitation(live: Live, person: str) -> str:
    """The path of an invitation."""
    gate, now = live.site.parts.gate, live.site.wall.now()
    link = invitations.invite(gate, person, actor="administrator", base="", now=now).link
    assert link is not None
    return link


@pytest.mark.parametrize("javascript", [True, False])
def test_from_an_invitation_to_ones_own_page_and_out_again(
    live_site: Live,
    as_person: AsPerson,
    keyboard: Callable[[Page], Keyboard],
    axe: Callable[[Page], None],
    javascript: bool,
) -> None:
    """A newcomer who decides: password, one-time codes, a code the next time; all by the keyboard."""
    page = as_person(None, javascript=javascript)
    hands = keyboard(page)
    page.goto(invitation(live_site, "committee-chair"))
    hands.type(page.locator("#password"), "Password1234").type(page.locator("#again"), "Password1234")
    hands.press(page.get_by_role("button", name="Set the password and sign in"))
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("guessers")
    if javascript:
        axe(page)
    hands.type(page.locator("#password"), PASSWORD).type(page.locator("#again"), PASSWORD)
    hands.press(page.get_by_role("button", name="Set the password and sign in"))
    expect(page.locator("h1")).to_have_text("Set up one-time codes")
    if javascript:
        axe(page)
    secret = page.locator('input[name="secret"]').input_value()
    hands.type(page.locator("#code"), pyotp.TOTP(secret).at(live_site.site.wall.now()))
    hands.press(page.get_by_role("button", name="Go on"))
    expect(page.locator("h1")).to_contain_text("My items")
    hands.press(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    live_site.site.wall.advance(minutes=1)
    hands.type(page.locator("#name"), "committee-chair").type(page.locator("#password"), PASSWORD)
    hands.press(page.get_by_role("button", name="Sign in", exact=True))
    hands.type(page.locator("#code"), pyotp.TOTP(secret).at(live_site.site.wall.now()))
    if javascript:
        axe(page)
    hands.press(page.get_by_role("button", name="Go on"))
    expect(page.locator("h1")).to_contain_text("My items")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_session_that_ends_during_a_long_form_loses_nothing(
    live_site: Live, as_person: AsPerson, axe: Callable[[Page], None], javascript: bool
) -> None:
    """Typed, the session gone, sent, signed in with one click of the demonstration, sent again: it is there."""
    page = as_person("quality-lead", javascript=javascript)
    page.goto("/hold/PA/2026-27-Q4/ghft")
    words = "First line of something long.\nSecond line, with “quotes” & an <angle>."
    page.locator("textarea").first.fill(words)
    live_site.site.wall.advance(minutes=31)
    page.locator("main form button").last.click()
    expect(page.locator("h1")).to_have_text("Sign in")
    expect(page.get_by_text("What you typed was kept")).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_role("button", name="Quality lead", exact=True).click()
    expect(page.locator("h1")).to_have_text("What you typed was kept")
    expect(page.get_by_text("Second line, with “quotes” & an <angle>.")).to_be_visible()
    if javascript:
        axe(page)
    page.get_by_role("button", name="Send it").click()
    page.goto("/items/PA/2026-27-Q4/ghft")
    expect(page.get_by_text("Second line, with “quotes” & an <angle>.").first).to_be_visible()


def test_people_in_every_state(live_site: Live, as_person: AsPerson, axe: Callable[[Page], None]) -> None:
    """Entered, refused, waiting, covered, invited, leaving; looked at on each page."""
    house = live_site.site.house
    page = as_person("administrator")
    page.goto("/new-person")
    axe(page)
    page.get_by_role("button", name="Add this person").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    axe(page)
    page.locator("#name").fill("new-lead")
    page.locator("#title").fill("A new quality lead whose title is so long that it does not fit into a narrow column")
    page.get_by_label("Quality lead", exact=True).check()
    page.get_by_role("button", name="Add this person").click()
    expect(page.get_by_role("heading", name="A change waits for a second person")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Invite to set a password").click()
    axe(page)
    page.goto("/people")
    axe(page)
    page.goto("/people/quality-lead")
    page.locator("#substitute").select_option("second-quality-lead")
    for label, day in (("First day of the cover", (1, 8, 2027)), ("Last day of the cover", (14, 8, 2027))):
        for part, value in zip(("Day", "Month", "Year"), day, strict=True):
            page.get_by_role("group", name=label).get_by_label(part).fill(str(value))
    page.get_by_role("button", name="Arrange cover").click()
    expect(page.get_by_text("14 August 2027").first).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Arrange cover").click()
    axe(page)
    page.get_by_role("button", name="Note the last day").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    axe(page)
    officer = as_person("governance-officer")
    officer.goto("/confirmations")
    axe(officer)
    officer.get_by_role("button", name="Confirm the change to").click()
    expect(officer.get_by_text("Nothing waits.")).to_be_visible()
    axe(officer)
    assert people.person(house, "new-lead").person.roles == ("quality_lead",)


def test_ones_own_account(live_site: Live, as_person: AsPerson, axe: Callable[[Page], None]) -> None:
    """With a password and without; refused; codes; cover that is in force."""
    page = as_person(None)
    page.goto(invitation(live_site, "ghc-contact"))
    axe(page)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    page.goto("/account")
    axe(page)
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Set up one-time codes").click()
    page.get_by_role("button", name="Set them up").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    axe(page)
    lead = as_person("quality-lead")
    lead.goto("/account")
    lead.get_by_role("button", name="Arrange cover").click()
    expect(lead.locator(".nhsuk-error-summary")).to_be_visible()
    axe(lead)
