"""Signing in and out in the pages, and a session that ends in the middle of something."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.service.people import accounts, codes, invitations, sessions, throttle
from qa_workflow.service.people.gate import Gate
from qa_workflow.store import create
from qa_workflow.web import WebSettings, carrying, create_app
from qa_workflow.wiring import Parts, join
from tests.web.site import ROOT, Site

PASSWORD = "lantern otter gravel"  # noqa: S105  of nobody
BASE = "http://testserver"
PICTURE = re.compile(r'<svg [^>]*><title>The key as a QR code</title>.*<path [^>]*stroke="#000"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@pytest.fixture
def site(site: Site) -> Site:
    """The usual site, with passwords that are hashed quickly."""
    parts = replace(site.parts, gate=Gate(site.house, Argon2Passwords(memory=8)))
    return _with(site, parts, site.settings)


def _with(site: Site, parts: Parts, settings: WebSettings) -> Site:
    site.parts, site.settings = parts, settings
    site.app = create_app(parts, settings, site.wall)
    return site


@pytest.fixture
def client(site: Site) -> TestClient:
    return site.client()


def invite(site: Site, person: str) -> str:
    """The path of an invitation."""
    invited = invitations.invite(site.parts.gate, person, actor="administrator", base=BASE, now=site.wall.now())
    assert invited.link is not None
    return invited.link.removeprefix(BASE)


def account(site: Site, person: str) -> None:
    """Give somebody an account with the usual password."""
    key = invite(site, person).rpartition("/")[2]
    invitations.accept(site.parts.gate, key, PASSWORD, now=site.wall.now())


def fields(answer: Response, action: str | None = None) -> dict[str, str]:
    """The hidden fields of a form of a page: of the one with this action, or of the last."""
    forms = re.findall(r"<form([^>]*)>(.*?)</form>", answer.text, re.DOTALL)
    bodies = [body for head, body in forms if action is None or f'action="{action}"' in html.unescape(head)]
    assert bodies, answer.text
    return {html.unescape(n): html.unescape(v) for n, v in HIDDEN.findall(bodies[-1])}


def typed_password(person: str) -> dict[str, str]:
    return {"name": person, "password": PASSWORD}


def test_nobody_sees_a_page_before_signing_in_and_everybody_gets_where_they_were_going(
    site: Site, client: TestClient
) -> None:
    account(site, "ghc-contact")
    sent = client.get("/items?workflow=provider_assurance")
    assert (sent.status_code, sent.headers["location"]) == (
        303,
        "/sign-in?next=%2Fitems%3Fworkflow%3Dprovider_assurance",
    )
    page = client.get(sent.headers["location"])
    done = client.post("/sign-in", data={**fields(page, "/sign-in"), **typed_password("ghc-contact")})
    assert (done.status_code, done.headers["location"]) == (303, "/items?workflow=provider_assurance")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/\x09/evil.example", "x"],
)
def test_signing_in_leads_nowhere_else(site: Site, client: TestClient, elsewhere: str) -> None:
    account(site, "ghc-contact")
    done = client.post("/sign-in", data={"next": elsewhere, **typed_password("ghc-contact")})
    assert (done.status_code, done.headers["location"]) == (303, "/")


def test_a_wrong_password_says_so_once_for_every_reason(site: Site, client: TestClient) -> None:
    account(site, "ghc-contact")
    texts = set()
    for name in ("ghc-contact", "nobody"):
        refused = client.post("/sign-in", data={"name": name, "password": "something else entirely"})
        assert refused.status_code == 422
        assert "something else entirely" not in refused.text
        assert f'value="{name}"' in refused.text
        texts.add(re.sub(r"nobody|ghc-contact|nonce=\"[^\"]*\"|content=\"[^\"]*\"", "", refused.text))
    assert len(texts) == 1
    assert client.post("/sign-in", data={"name": "", "password": ""}).status_code == 422


def test_too_many_tries_say_how_long_to_wait(client: TestClient) -> None:
    for _ in range(5):
        client.post("/sign-in", data={"name": "ghc-contact", "password": "x"})
    refused = client.post("/sign-in", data={"name": "ghc-contact", "password": "x"})
    assert refused.status_code == 429
    assert "Try again in 15 minutes" in refused.text


def test_who_tries_a_password_on_every_name_waits_by_where_they_come_from(site: Site) -> None:
    """Also with the codes of somebody whose password they know; elsewhere people come in meanwhile."""
    account(site, "ghc-contact")
    account(site, "administrator")
    secret = enrolled(site, "administrator")
    half, session = sessions.begin(site.house, "administrator", level=sessions.CODE_WANTED, now=site.wall.now())
    for number in range(throttle.MOST[throttle.SOURCE]):
        throttle.count(site.house, f"nobody-{number}", "203.0.113.7", site.wall.now())
    site.wall.advance(minutes=1)
    for address, statuses in (("203.0.113.7", (429, 429)), ("198.51.100.1", (303, 303))):
        client = TestClient(site.app, follow_redirects=False, headers={"Origin": BASE}, client=(address, 50_000))
        by_name = client.post("/sign-in", data=typed_password("ghc-contact"))
        client.cookies.clear()
        client.cookies.set(site.settings.cookie, half)
        given = {"form_key": session.form_key, "code": pyotp.TOTP(secret).at(site.wall.now())}
        by_code = client.post("/sign-in/code", data=given)
        assert (by_name.status_code, by_code.status_code) == statuses, address


def enrolled(site: Site, person: str) -> str:
    """The secret of somebody's one-time codes, which they have just set up."""
    half, _ = sessions.begin(site.house, person, level=sessions.CODE_WANTED, now=site.wall.now())
    secret = codes.new_secret()
    accounts.enrol(site.parts.gate, half, secret, pyotp.TOTP(secret).at(site.wall.now()), now=site.wall.now())
    return secret


def test_a_code_is_asked_of_nobody_who_did_not_give_a_password_first(site: Site, client: TestClient) -> None:
    """Nor of who took longer over it than ten minutes, nor of who is in; the page says where to begin."""
    account(site, "administrator")
    late = site.client()
    assert "Set up one-time codes" in late.post("/sign-in", data=typed_password("administrator")).text
    assert late.get("/sign-in/code").status_code == 200
    site.wall.advance(minutes=10)
    within = site.client("quality-lead")
    for each in (client, late, within):
        shown = each.get("/sign-in/code")
        assert (shown.status_code, shown.headers["location"]) == (303, "/sign-in")
        given = each.post("/sign-in/code", data={"code": "000000", **(site.key(within) if each is within else {})})
        assert (given.status_code, "Sign in again from the beginning" in given.text) == (401, True)
        assert "set-cookie" not in given.headers


def test_the_cookie_is_bound_to_the_site(site: Site) -> None:
    """Not for scripts, not for other sites, and on https not for plain http or another host."""
    account(site, "ghc-contact")
    plain = site.client().post("/sign-in", data=typed_password("ghc-contact")).headers["set-cookie"]
    assert re.fullmatch(r"qa=[\w-]{43}; HttpOnly; Path=/; SameSite=lax", plain)
    secure = create_app(site.parts, WebSettings(url="https://quality.example.org"), site.wall)
    with TestClient(secure, base_url="https://quality.example.org", follow_redirects=False) as client:
        set_cookie = client.post("/sign-in", data=typed_password("ghc-contact")).headers["set-cookie"]
        assert re.fullmatch(r"__Host-qa=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", set_cookie)
        client.cookies.clear()
        dropped = client.post("/sign-out").headers.get_list("set-cookie")[-1]
    assert re.fullmatch(r'__Host-qa=""; expires=[^;]+; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure', dropped), (
        "a browser forgets it only by the marks that it was kept with"
    )


def test_signed_out_the_old_cookie_opens_nothing(site: Site) -> None:
    """A copy of it does not either."""
    client = site.client("ghc-contact")
    stolen = client.cookies[site.settings.cookie]
    assert client.get("/").status_code == 200
    done = client.post("/sign-out", data=site.key(client))
    assert (done.status_code, done.headers["location"]) == (303, "/sign-in")
    assert f'{site.settings.cookie}=""' in done.headers["set-cookie"], "the browser forgets it, too"
    client.cookies.set(site.settings.cookie, stolen)
    assert client.get("/").status_code == 303


def test_signing_in_ends_the_session_before_and_gives_another_cookie(site: Site) -> None:
    """Who planted a cookie in somebody's browser gains nothing by it."""
    account(site, "ghc-contact")
    client = site.client("lay-member")
    planted = client.cookies[site.settings.cookie]
    client.post("/sign-in", data={**site.key(client), **typed_password("ghc-contact")})
    assert sessions.find(site.house, planted, now=site.wall.now()) is None


def test_the_address_of_an_invitation_is_told_to_nobody(site: Site, client: TestClient) -> None:
    """The page's own style sheet would be asked for with it, and stand with it in the log of every proxy."""
    path = invite(site, "ghc-contact")
    page = client.get(path)
    again = client.post(path, data={**fields(page), "password": "one", "again": "other"})
    for answer in (page, again):
        assert answer.headers["referrer-policy"] == "strict-origin"


def test_who_decides_sets_codes_up_and_then_gives_one_each_time(site: Site, client: TestClient) -> None:
    account(site, "administrator")
    page = client.post("/sign-in", data={"next": "/people", **typed_password("administrator")})
    assert page.status_code == 200
    assert "Set up one-time codes" in page.text
    assert client.get("/").status_code == 303, "half a sign-in opens nothing"
    secret = fields(page, "/sign-in/code")["secret"]
    assert f"secret={secret}" in html.unescape(page.text)
    assert PICTURE.search(page.text)
    again = client.post("/sign-in/code", data={**fields(page, "/sign-in/code"), "code": "000000"})
    assert again.status_code == 422
    assert fields(again, "/sign-in/code")["secret"] == secret, "the app has it already"
    shown = pyotp.TOTP(secret).at(site.wall.now())
    done = client.post("/sign-in/code", data={**fields(again, "/sign-in/code"), "code": f"{shown[:3]} {shown[3:]}"})
    assert (done.status_code, done.headers["location"]) == (303, "/people")

    site.wall.advance(minutes=1)
    other = site.client()
    page = other.post("/sign-in", data=typed_password("administrator"))
    assert "Enter your one-time code" in page.text
    assert secret not in page.text.replace(" ", "")
    assert not PICTURE.search(page.text)
    shown = pyotp.TOTP(secret).at(site.wall.now())
    done = other.post("/sign-in/code", data={**fields(page, "/sign-in/code"), "code": shown})
    assert (done.status_code, done.headers["location"]) == (303, "/")


def test_an_invitation_sets_a_password_and_goes_in(site: Site, client: TestClient) -> None:
    path = invite(site, "ghc-contact")
    page = client.get(path)
    assert page.status_code == 200
    differ = client.post(path, data={**fields(page), "password": PASSWORD, "again": "another"})
    weak = client.post(path, data={**fields(page), "password": "Password1234", "again": "Password1234"})
    assert (differ.status_code, weak.status_code) == (422, 422)
    assert "Password1234" not in weak.text
    done = client.post(path, data={**fields(page), "password": PASSWORD, "again": PASSWORD})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    over = client.get(path)
    assert over.status_code == 422
    assert "used already" in over.text


# --- The demonstration ------------------------------------------------------------------------------------------------


def test_one_click_is_offered_and_taken_in_the_demonstration_alone(site: Site, tmp_path: Path) -> None:
    """Not on a rehearsal that was started otherwise; not on a real database that was started as the demonstration."""
    create(f"sqlite:///{tmp_path / 'real.db'}").dispose()
    real = join(f"sqlite:///{tmp_path / 'real.db'}")
    real.engine.publish([ROOT / "workflows"], actor=None)
    for parts, demonstration, works in ((site.parts, True, True), (site.parts, False, False), (real, True, False)):
        app = create_app(parts, WebSettings(demonstration=demonstration), site.wall)
        with TestClient(app, follow_redirects=False) as client:
            assert ("/sign-in/as" in client.get("/sign-in").text) is works
            assert ("Keeps agendas, minutes and the one list of what is late" in client.get("/sign-in").text) is works
            answer = client.post("/sign-in/as", data={"person": "administrator"})
            assert (answer.status_code, client.get("/").status_code) == ((303, 200) if works else (422, 303))
    real.store.dispose()


# --- A session that ends in the middle of something -------------------------------------------------------------------


@pytest.fixture
def ended(site: Site) -> TestClient:
    """A quality lead whose session ends while a form is open."""
    account(site, "ghc-contact")
    client = site.client("ghc-contact")
    site.wall.advance(minutes=31)
    return client


TYPED = {"text": 'Line one\nLine "two" <b>&amp;', "revision": "3", "request": "0" * 32}
REFERENCE, GHFT = "PA/2026-27-Q4/ghc", "PA/2026-27-Q4/ghft"


def test_nothing_typed_is_lost_when_a_session_has_ended(site: Site, ended: TestClient) -> None:
    """The page that asks to sign in carries it; after signing in, one button sends it to where it was going."""
    page = ended.post(f"/comment/{REFERENCE}", data={**TYPED, **site.key(ended)})
    assert page.status_code == 401
    assert "What you typed was kept" in page.text
    wrong = ended.post("/sign-in", data={**fields(page, "/sign-in"), "name": "ghc-contact", "password": "wrong"})
    kept = ended.post("/sign-in", data={**fields(wrong, "/sign-in"), **typed_password("ghc-contact")})
    assert kept.status_code == 200
    assert "<h1>What you typed was kept</h1>" in kept.text
    assert "Line &#34;two&#34; &lt;b&gt;&amp;amp;" in kept.text
    assert site.key(ended)["form_key"] not in kept.text
    again = fields(kept, f"/comment/{REFERENCE}")
    assert {name: again[name].replace("\r\n", "\n") for name in TYPED} == TYPED
    assert f'action="/comment/{REFERENCE}"' in kept.text
    assert ended.post(f"/comment/{REFERENCE}", data=again).status_code == 303
    assert site.engine.history(REFERENCE)[-1].reason == TYPED["text"]


def test_what_was_kept_is_told_with_labels_and_titles(site: Site) -> None:
    """As it stood in its form: titles of choices and people, a day as one text; nothing that only a program reads."""
    client = site.client("quality-lead")
    typed = {
        "field.rating": "partial",
        "field.actions": "Count falls by ward\nTrain the new staff",
        "field.actions_due_on.day": "1",
        "field.actions_due_on.month": "9",
        "field.actions_due_on.year": "2027",
        "field.minutes.ticket": "a ticket",
        "reason": "as agreed",
        "revision": "7",
        "request": "0" * 32,
    }
    advance = told(client.post(f"/advance/cqrg_review.accept/{GHFT}", data={**typed, "form_key": "0" * 43}))
    assert advance == {
        "Level of assurance": "Partial",
        "Actions agreed": "Count falls by ward\nTrain the new staff",
        "Actions due on": "1 9 2027",
        "Reason": "as agreed",
    }
    assign = {"choice": "cqrg_review:second-quality-lead", "reason": "leave", "form_key": "0" * 43}
    assert told(client.post(f"/assign/{GHFT}", data=assign)) == {"To whom": "Second quality lead", "Reason": "leave"}
    many = {
        "list": "q=2026-27",
        "1.items": "an item.7",
        "1.ways": "provider_assurance:cqrg_review.accept",
        "1.trigger": "provider_assurance:cqrg_review.accept",
        "1.cqrg_review.accept.field.rating": "partial",
        "1.cqrg_review.accept.field.actions_due_on.day": "1",
        "1.cqrg_review.accept.field.actions_due_on.month": "9",
        "2.trigger": "cqrg_action:verified.close",
        "2.verified.close.reason": "Minute 7",
        "go": "preview",
        "form_key": "0" * 43,
    }
    assert told(client.post("/bulk", data=many)) == {
        "What is decided": "Closed by the group",
        "Level of assurance": "Partial",
        "Actions due on": "1 9",
        "Reason": "Minute 7",
    }
    comment = {"text": "See ward 3", "audience": "colleagues", "form_key": "0" * 43}
    said = {"Comment": "See ward 3", "Who it is for": "Colleagues only"}
    assert told(client.post(f"/comment/{GHFT}", data=comment)) == said
    opening = {"subject": "ghft", "period": "2027-28 Q2", "form_key": "0" * 43}
    about = told(client.post("/open/provider_assurance", data=opening))
    assert about == {"About": "Gloucestershire Hospitals NHS Foundation Trust", "Period": "2027-28 Q2"}


def told(page: Response) -> dict[str, str]:
    """The list of what was typed."""
    rows = re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", page.text, re.DOTALL)
    return {html.unescape(name): html.unescape(value) for name, value in rows}


def test_it_is_carried_through_the_one_time_code_too(site: Site) -> None:
    account(site, "administrator")
    client = site.client("administrator")
    site.wall.advance(hours=8)
    page = client.post("/comment/x", data={**TYPED, **site.key(client)})
    page = client.post("/sign-in", data={**fields(page, "/sign-in"), **typed_password("administrator")})
    form = fields(page, "/sign-in/code")
    kept = client.post("/sign-in/code", data={**form, "code": pyotp.TOTP(form["secret"]).at(site.wall.now())})
    assert fields(kept, "/comment/x")["text"] == TYPED["text"]


def test_files_are_not_kept_and_are_named(site: Site, ended: TestClient) -> None:
    answer = ended.post(
        f"/advance/submit/{REFERENCE}",
        data={"field.note": "typed", **site.key(ended)},
        files={"field.report": ("quarter four.pdf", b"%PDF-1.7", "application/pdf")},
    )
    assert answer.status_code == 401
    assert "quarter four.pdf" in answer.text
    kept = ended.post("/sign-in", data={**fields(answer, "/sign-in"), **typed_password("ghc-contact")})
    assert "Choose this file again: quarter four.pdf" in kept.text
    assert 'name="field.report" type="file"' in kept.text
    assert 'enctype="multipart/form-data"' in kept.text


def test_a_form_of_another_session_comes_back_whole(site: Site) -> None:
    """Signed out and in again in another window, while the form stood open."""
    client = site.client("ghc-contact")
    answer = client.post(f"/comment/{REFERENCE}", data={**TYPED, "form_key": "0" * 43})
    assert answer.status_code == 409
    assert fields(answer, f"/comment/{REFERENCE}")["text"] == TYPED["text"]
    assert fields(answer, f"/comment/{REFERENCE}")["form_key"] == site.key(client)["form_key"]


def test_a_part_of_a_page_does_not_take_the_whole_away(ended: TestClient) -> None:
    """What looks for news every few seconds is refused, and what stands in the page stays there."""
    answer = ended.get(f"/live/{REFERENCE}?revision=1", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "forged",
    [
        "{",
        "[]",
        "1",
        '["//evil.example",[],[]]',
        '["javascript:alert(1)",[],[]]',
        '["/x",[["a"]],[]]',
        '["/x",[["a",1]],[]]',
        "[" * 100_000,
    ],
)
def test_what_no_page_of_ours_wrote_is_not_carried(site: Site, client: TestClient, forged: str) -> None:
    account(site, "ghc-contact")
    done = client.post("/sign-in", data={"kept": forged, **typed_password("ghc-contact")})
    assert done.status_code == 303


def test_passwords_are_never_carried(ended: TestClient) -> None:
    answer = ended.post("/account/password", data={"password": "old secret", "new_password": "new secret"})
    assert answer.status_code == 401
    assert "secret" not in answer.text


def test_what_is_carried_is_what_was_typed() -> None:
    kept = carrying.Kept("/x?y=1", (("a", "1"), ("a", "2"), ("b", "ü\u2028")), (("f", "g.pdf"),))
    path, pairs, files = json.loads(kept.text())
    assert (path, [tuple(p) for p in pairs], [tuple(f) for f in files]) == (kept.path, [*kept.fields], [*kept.files])


def test_where_nobody_has_a_password_yet_the_page_says_how_the_first_comes_in(site: Site) -> None:
    """Once somebody has one, it is told no more: whoever else comes asks an administrator."""
    page = html.unescape(site.client().get("/sign-in").text)
    assert f"qa-workflow person invite administrator --as administrator --at {BASE}<" in page
    account(site, "quality-lead")
    assert "person invite" not in site.client().get("/sign-in").text


def test_the_demonstration_needs_no_first_person(site: Site) -> None:
    _with(site, site.parts, replace(site.settings, demonstration=True))
    assert "person invite" not in site.client().get("/sign-in").text
