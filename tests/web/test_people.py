"""People in the pages: entered, changed by two, covered, invited, gone."""

from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient

from qa_workflow.service.people import people, sessions
from tests.web.site import Site
from tests.web.test_signing_in import fields

NEW = {
    "name": "new-lead",
    "title": "A new quality lead",
    "organisation": "glos_icb",
    "roles": "quality_lead",
    "reason": "joins the team",
}
DAYS = ("day", "month", "year")
GHFT = "PA/2026-27-Q4/ghft"


def day(name: str, text: str) -> dict[str, str]:
    """The three boxes of a day."""
    return {f"{name}-{part}": value for part, value in zip(DAYS, text.split(), strict=True)}


@pytest.fixture
def admin(site: Site) -> TestClient:
    return site.client("administrator")


@pytest.fixture
def officer(site: Site) -> TestClient:
    return site.client("governance-officer")


def roles(site: Site, name: str) -> tuple[str, ...]:
    return people.person(site.house, name).person.roles


def enter(site: Site, admin: TestClient, **more: str) -> None:
    answer = admin.post("/new-person", data={**NEW, **more, **site.key(admin)})
    assert answer.status_code == 303, answer.text


def test_somebody_new_gets_their_role_from_two_people(site: Site, admin: TestClient, officer: TestClient) -> None:
    """The administrator enters, the governance officer reads what it gives, and confirms exactly that."""
    enter(site, admin)
    assert roles(site, "new-lead") == ()
    assert "Waits for your confirmation" not in admin.get("/").text, "what one proposed waits for somebody else"
    assert "Waits for your confirmation" in officer.get("/").text
    mine = admin.get("/confirmations")
    assert "two people are needed" in html.unescape(mine.text)
    assert 'value="confirm"' not in mine.text
    theirs = officer.get("/confirmations")
    assert "They would newly have the right to:" in theirs.text
    assert "open an item" in theirs.text
    done = officer.post("/confirmations", data={**fields(theirs, "/confirmations"), "decision": "confirm"})
    assert done.status_code == 303
    assert roles(site, "new-lead") == ("quality_lead",)
    assert "Nothing waits" in officer.get("/confirmations").text


def test_a_confirmation_of_something_else_is_refused(site: Site, admin: TestClient, officer: TestClient) -> None:
    """The change was proposed anew after the page was opened."""
    enter(site, admin)
    seen = fields(officer.get("/confirmations"), "/confirmations")
    admin.post("/people/new-lead", data={**NEW, "roles": "administrator", **site.key(admin)})
    refused = officer.post("/confirmations", data={**seen, "decision": "confirm"})
    assert refused.status_code == 422
    assert 'href="#change-new-lead"' in refused.text
    assert 'id="change-new-lead"' in refused.text
    assert roles(site, "new-lead") == ()


def test_who_has_no_right_sees_no_confirmations(site: Site) -> None:
    client = site.client("quality-lead")
    assert client.get("/confirmations").status_code == 403
    data = {"person": "quality-lead", "decision": "confirm", **site.key(client)}
    assert client.post("/confirmations", data=data).status_code == 403


def test_a_refused_form_comes_back_filled_with_the_reason_beside_each_field(site: Site, admin: TestClient) -> None:
    wrong = {**NEW, "name": "New Lead", "title": "Kept as typed", **day("from", "31 2 2027"), "email": "nobody"}
    refused = admin.post("/new-person", data={**wrong, **site.key(admin)})
    assert refused.status_code == 422
    assert 'href="#from"' in refused.text
    assert 'value="Kept as typed"' in refused.text
    assert 'value="31"' in refused.text
    refused = admin.post("/new-person", data={**NEW, "title": "", "email": "nobody", **site.key(admin)})
    assert {'href="#title"', 'href="#email"'} <= set(re.findall(r'href="#\w+"', refused.text))
    assert re.search(r'value="quality_lead"[^>]*checked', refused.text)


def test_two_administrators_do_not_overwrite_each_other(site: Site, admin: TestClient) -> None:
    seen = fields(admin.get("/people/lay-member"), "/people/lay-member")
    people.change(site.house, "lay-member", {"title": "The lay member"}, actor="administrator")
    refused = admin.post("/people/lay-member", data={**seen, "title": "Mine", "roles": "lay_member"})
    assert refused.status_code == 409
    assert 'value="Mine"' in refused.text
    assert people.person(site.house, "lay-member").person.title == "The lay member"


def test_saving_what_is_there_changes_nothing(site: Site, admin: TestClient) -> None:
    """What the form shows is what it sends: nobody loses a role by opening a page."""
    before = people.person(site.house, "quality-lead").person
    page = admin.get("/people/quality-lead").text
    texts = {n: html.unescape(v) for n, v in re.findall(r'name="(title|email)"[^>]*value="([^"]*)"', page)}
    (organisation,) = re.findall(r'<option value="(\w+)" selected', page)
    ticked = re.findall(r'name="roles"[^>]*value="(\w+)"[^>]*checked', page)
    data = {**fields(admin.get("/people/quality-lead"), "/people/quality-lead"), **texts, "organisation": organisation}
    done = admin.post("/people/quality-lead", data={**data, "roles": ticked})
    assert done.status_code == 303
    assert people.person(site.house, "quality-lead").person == before
    assert not people.person(site.house, "quality-lead").is_entered


def test_the_link_of_an_invitation_is_shown_once(site: Site, admin: TestClient) -> None:
    shown = admin.post("/people/lay-member/invite", data=site.key(admin))
    (path,) = re.findall(r"http://testserver(/invitation/[\w-]{43})", shown.text)
    assert site.client().get(path).status_code == 200
    assert path not in admin.get("/people/lay-member").text


def test_who_leaves_hands_over_and_is_signed_out(site: Site, admin: TestClient) -> None:
    """What they have taken on is listed; without somebody to take it, nothing happens."""
    site.engine.claim(GHFT, actor="quality-lead")
    cookie = site.client("quality-lead").cookies[site.settings.cookie]
    page = admin.get("/people/quality-lead").text
    assert "to be taken over by somebody" in page
    assert f">{GHFT}</a>" in page
    last = day("last", "1 7 2027")
    refused = admin.post("/people/quality-lead/leave", data={**last, **site.key(admin)})
    assert refused.status_code == 422
    assert sessions.find(site.house, cookie, now=site.wall.now()) is not None
    data = {**last, "taker": "second-quality-lead", **site.key(admin)}
    assert admin.post("/people/quality-lead/leave", data=data).status_code == 303
    assert site.engine.item(GHFT).visits[0].holder == "second-quality-lead"
    assert sessions.find(site.house, cookie, now=site.wall.now()) is None


def test_codes_accounts_and_sessions_are_looked_after(site: Site, admin: TestClient) -> None:
    for what, after in (("sign-out", "None yet"), ("codes", "None yet"), ("close", "Closed")):
        cookie = site.client("lay-member").cookies[site.settings.cookie]
        assert admin.post(f"/people/lay-member/{what}", data=site.key(admin)).status_code == 303
        assert sessions.find(site.house, cookie, now=site.wall.now()) is None, what
        assert f"<p>{after}." in admin.get("/people/lay-member").text, what
    own = admin.post("/people/administrator/close", data=site.key(admin))
    assert own.status_code == 422
    assert "another administrator" in own.text


@pytest.mark.parametrize("path", ["/people/nobody", "/people/Administrator", "/people/<script>"])
def test_nobody_has_no_page(admin: TestClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 404
    assert "<script>" not in answer.text.replace("<script src", "")


def test_an_administrator_arranges_cover_and_not_by_themselves_for_themselves(site: Site, admin: TestClient) -> None:
    days = {**day("cover-from", "12 7 2027"), **day("cover-until", "16 7 2027")}
    own = admin.post("/people/quality-lead/cover", data={"substitute": "administrator", **days, **site.key(admin)})
    assert own.status_code == 422
    data = {"substitute": "second-quality-lead", **days, **site.key(admin)}
    assert admin.post("/people/quality-lead/cover", data=data).status_code == 303
    page = admin.get("/people/quality-lead")
    assert "16 July 2027" in page.text
    ended = admin.post("/people/quality-lead/cover/end", data=fields(page, "/people/quality-lead/cover/end"))
    assert ended.status_code == 303


def test_cover_that_gives_more_than_somebody_has_waits_for_a_second_person(
    site: Site, admin: TestClient, officer: TestClient
) -> None:
    """The page says so, and the second person reads what it would give."""
    days = {**day("cover-from", "12 7 2027"), **day("cover-until", "16 7 2027")}
    data = {"substitute": "lay-member", **days, **site.key(admin)}
    assert admin.post("/people/director-of-quality/cover", data=data).status_code == 303
    page = html.unescape(admin.get("/people/director-of-quality").text)
    assert "It gives Lay member more than they have, so it waits to be confirmed by a second person." in page
    assert "Lay member is to stand in for Director of quality from 12 July 2027 until 16 July 2027." in page
    own = site.client("director-of-quality").get("/account").text
    for told in (page, own, html.unescape(admin.get("/people/director-of-quality").text)):
        assert "It waits for a second person" in told
        assert "Nothing is arranged." not in told
    theirs = officer.get("/confirmations")
    assert "Would stand in for Director of quality, from 12 July 2027 until 16 July 2027" in theirs.text
    done = officer.post("/confirmations", data={**fields(theirs, "/confirmations"), "decision": "confirm"})
    assert done.status_code == 303
    assert "16 July 2027" in admin.get("/people/director-of-quality").text
    assert "It waits for a second person" not in admin.get("/people/director-of-quality").text
