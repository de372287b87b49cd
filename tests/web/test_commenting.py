"""Whoever writes a comment says who it is for, where the people of an organisation read along."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from httpx2 import Response

from tests.web.filling import send, text
from tests.web.site import ROOT, Site

GHFT, TRUST = "PA/2026-27-Q4/ghft", "Gloucestershire Hospitals NHS Foundation Trust"
LEAD, CONTACT, OFFICER = "quality-lead", "ghft-contact", "governance-officer"


def _say(site: Site, person: str, **typed: str) -> Response:
    """What comes of the form of an item's page, filled in by somebody."""
    client = site.client(person)
    return send(client, "", typed, page=client.get(f"/items/{GHFT}"), action="/comment/")


def _said(site: Site) -> list[tuple[str | None, bool]]:
    return [(e.reason, "colleagues_only" in e.data) for e in site.engine.history(GHFT) if e.kind == "commented"]


@pytest.mark.parametrize("audience", ["", "x"])
def test_a_colleague_is_asked_who_it_is_for_and_nothing_is_chosen_beforehand(site: Site, audience: str) -> None:
    """Either choice, made by nobody, would be a slip: told to the provider, or never read by it."""
    page = site.client(LEAD).get(f"/items/{GHFT}").text
    assert "checked" not in re.findall(r'<input[^>]*name="audience"[^>]*>', page)
    assert f"Everybody who may see this item, {TRUST} too" in page
    assert f"Colleagues only: not {TRUST}" in page
    back = _say(site, LEAD, text="Ask the ward", audience=audience)
    assert (back.status_code, _said(site)) == (422, [])
    assert re.search(r'<a href="#audience">\s*Choose who it is for\s*</a>', back.text)
    assert "Ask the ward</textarea>" in back.text


def test_what_was_chosen_comes_back_with_a_comment_that_is_empty(site: Site) -> None:
    back = _say(site, LEAD, text="", audience="colleagues")
    assert back.status_code == 422
    assert re.search(r'value="colleagues"[^>]*checked', back.text)
    assert "Choose who it is for" not in back.text


@pytest.mark.parametrize(("audience", "is_kept"), [("everybody", False), ("colleagues", True)])
def test_the_comment_is_for_whom_it_was_said_to_be(site: Site, audience: str, *, is_kept: bool) -> None:
    assert _say(site, LEAD, text="Ask the ward", audience=audience).status_code == 303
    assert _said(site) == [("Ask the ward", is_kept)]
    assert ("Ask the ward" in text(site.client(CONTACT).get(f"/items/{GHFT}"))) is not is_kept


def test_the_subjects_people_are_not_asked_and_write_to_everybody(site: Site) -> None:
    assert _say(site, CONTACT, text="It comes on Monday").status_code == 303
    assert _said(site) == [("It comes on Monday", False)]
    back = _say(site, CONTACT, text="Hush", audience="colleagues")
    assert back.status_code == 422
    assert "writes to everybody who may see it" in text(back)


def test_nobody_is_asked_where_no_organisation_reads_along(site: Site, tmp_path: Path) -> None:
    (tmp_path / "governance.yaml").write_bytes((ROOT / "workflows" / "governance.yaml").read_bytes())
    (tmp_path / "note.yaml").write_text(
        "workflow: note\ntitle: Note\nreference: N/{number}\n"
        "stages:\n  at_hand: {owner: quality_lead, transitions: {end: {to: closed}}}\n  closed: {end: completed}\n"
    )
    site.engine.publish([tmp_path], actor=None)
    item = site.engine.open("note", actor=LEAD)
    client = site.client(LEAD)
    page = client.get(f"/items/{item.reference}")
    assert "Who is it for?" not in page.text
    assert send(client, "", {"text": "Ask"}, page=page, action="/comment/").status_code == 303


def test_what_holds_characters_that_nobody_sees_is_refused_as_it_is_in_a_field(site: Site) -> None:
    """They turn what stands beside them, command a terminal, or are all there is; a line or a tab is none."""
    for typed in ("txt\u202efdp.exe", "a\x1b[31mb", "a\x85b", "\u200b"):
        back = _say(site, LEAD, text=typed, audience="everybody")
        assert (back.status_code, "a character that cannot be seen" in text(back)) == (422, True), ascii(typed)
        back = send(site.client(OFFICER), f"/hold/{GHFT}", {"reason": typed})
        assert (back.status_code, "a character that cannot be seen" in text(back)) == (422, True), ascii(typed)
    assert (_said(site), site.engine.item(GHFT).hold) == ([], None)
    assert _say(site, LEAD, text="One\r\n\ttwo 😀 שלום", audience="everybody").status_code == 303


@pytest.mark.parametrize("form", ["hold", "cancel", "change-date", "correct", "advance/return"])
def test_a_form_that_asks_for_a_reason_says_who_reads_it(site: Site, form: str) -> None:
    """Reasons are for everybody; what is for colleagues only is said beside them."""
    person = "governance-officer" if form != "advance/return" else LEAD
    page = text(site.client(person).get(f"/{form}/{GHFT}"))
    assert f"where {TRUST} reads it too. What is for colleagues only goes into a comment." in page


def test_those_people_are_not_told_that_they_read_it(site: Site) -> None:
    site.engine.advance(GHFT, "return", actor=LEAD, reason="Appendix B is missing")
    page = text(site.client(CONTACT).get(f"/advance/provider_report.submit/{GHFT}"))
    assert "It stays in the history." in page
    assert "reads it too" not in page


def test_a_comment_on_what_is_late_is_the_reason_only_where_it_is_said_to_be(site: Site) -> None:
    """The tick is off beside a comment, and on where the overdue board leads."""
    client = site.client(OFFICER)
    late = re.findall(r'href="/items/([^"?#]+)[?]why=late&amp;back=/overdue#comment"', client.get("/overdue").text)[0]
    plain, asked = client.get(f"/items/{late}"), client.get(f"/items/{late}?why=late")
    assert ("Say why it is late</h2>" in plain.text, "Say why it is late</h2>" in asked.text) == (False, True)
    assert [bool(re.search(r'name="why_late"[^>]*checked', page.text)) for page in (plain, asked)] == [False, True]
    ways = "The overdue board shows it as the reason. To ask somebody for the reason, take the tick away"
    assert [ways in text(page) for page in (plain, asked)] == [False, True]
    told = {"text": "Short of staff", "audience": "everybody", "why_late": "yes"}
    assert send(client, "", told, page=asked, action="/comment/").status_code == 303
    told = {"text": "Who writes the minutes?", "audience": "everybody"}
    assert send(client, "", told, page=plain, action="/comment/").status_code == 303
    board = client.get("/overdue").text
    assert "Short of staff" in board
    assert "Who writes the minutes?" not in board
    history = text(client.get(f"/items/{late}"))
    assert "Said why it is late “Short of staff”" in history
    assert "Commented “Who writes the minutes?”" in history


def test_the_tick_comes_back_with_a_comment_that_is_refused(site: Site) -> None:
    client = site.client(OFFICER)
    late = re.findall(r'href="/items/([^"?#]+)[?]why=late&amp;back=/overdue#comment"', client.get("/overdue").text)[0]
    back = send(
        client, "", {"text": "", "why_late": "yes"}, page=client.get(f"/items/{late}?why=late"), action="/comment/"
    )
    assert back.status_code == 422
    assert re.search(r'name="why_late"[^>]*checked', back.text)


def test_what_is_in_time_is_not_asked_about(site: Site) -> None:
    assert 'name="why_late"' not in site.client(LEAD).get(f"/items/{GHFT}?why=late").text


def test_who_says_why_from_the_board_is_led_back_to_it_and_nowhere_else(site: Site) -> None:
    """With its filters; an address that somebody else made up is not followed."""
    client = site.client(OFFICER)
    late = re.findall(r'href="/items/([^"?#]+)[?]why=late', client.get("/overdue").text)[0]
    told = {"text": "Short of staff", "audience": "everybody", "why_late": "yes"}
    for back, led in (
        ("/overdue?late_from=1", "/overdue?late_from=1"),
        ("//example.org/overdue", f"/items/{late}"),
        ("/account", f"/items/{late}"),
    ):
        page = client.get(f"/items/{late}", params={"why": "late", "back": back})
        assert send(client, "", told, page=page, action="/comment/").headers["location"] == led
    page = client.get(f"/items/{late}?why=late")
    refused = send(client, "", {**told, "text": ""}, page=page, action="/comment/")
    assert "Nothing by which a patient can be identified" in refused.text
