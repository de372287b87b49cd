"""Signing in with an identity of another house, against a real provider in a process of its own."""

from __future__ import annotations

import base64
import hmac
import html
import json
import os
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from fastapi.testclient import TestClient
from httpx2 import Request, Response
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet, OctKey

from qa_workflow.clock import SystemClock
from qa_workflow.errors import UsageFault
from qa_workflow.service.people import accounts, identities, invitations, people
from qa_workflow.service.people.identities import IdentityProvider
from qa_workflow.settings import identity_settings
from qa_workflow.web import WebSettings, create_app
from qa_workflow.web.oidc import NotProved, Provider, ProviderAway, Way, way_of
from tests.web.site import Site
from tests.web.test_signing_in import TYPED, fields

CLAIMS = (
    {"sub": "lead", "email": "quality-lead@example.org", "email_verified": True, "roles": ["qa"]},
    {"sub": "stranger", "email": "stranger@example.org", "email_verified": True, "roles": ["qa"]},
    {"sub": "unverified", "email": "lay-member@example.org", "email_verified": False, "roles": ["qa"]},
    {"sub": "other", "email": "quality-lead@example.org", "email_verified": True, "roles": ["qa"]},
    {"sub": "no-roles", "email": "lay-member@example.org", "email_verified": True},
    {"sub": "by-name", "preferred_username": "lay-member"},
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a provider that runs, as it says itself once it listens."""
    claims = [part for each in CLAIMS for part in ("--user-claims", json.dumps(each))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", "0", *claims]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment) as it:
        assert it.stderr is not None
        said = iter(it.stderr.readline, "")
        running = (re.search(r"running on (http://\S+)", line) for line in said)
        address = next((found[1] for found in running if found), None)
        rest = Thread(target=deque, args=(said, 0))  # what nobody reads would stop it, once there is much of it
        rest.start()
        try:
            assert address is not None, "the provider does not run"
            yield address
        finally:
            it.terminate()
            rest.join()


@pytest.fixture
def provider(issuer: str) -> IdentityProvider:
    return IdentityProvider(issuer, "qa", "a secret of the test", "the test's provider")


@pytest.fixture
def site(site: Site, provider: IdentityProvider) -> Site:
    return serving(site, provider)


def serving(site: Site, provider: IdentityProvider) -> Site:
    """The site with a provider; by the machine's clock, since the provider's tokens are."""
    site.settings = WebSettings(identity=provider)
    site.wall.set(SystemClock().now())
    site.app = create_app(site.parts, site.settings, SystemClock())
    return site


def go(client: TestClient, path: str = "/sign-in/identity?next=/account") -> str:
    """Begin; where the browser is sent."""
    answer = client.get(path)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def there(address: str, sub: str) -> str:
    """Sign in at the provider; the path by which the browser comes back."""
    answer = httpx2.post(address, data={"sub": sub}, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    found = urlsplit(str(answer.headers["location"]))
    assert found.netloc == "testserver"
    return f"{found.path}?{found.query}"


def sign_in(client: TestClient, sub: str) -> Response:
    return client.get(there(go(client), sub))


def test_who_is_known_by_address_comes_in_and_is_known_by_the_identity_from_then_on(site: Site) -> None:
    """An address that changes hands, there or here, changes nobody's rights."""
    client = site.client()
    done = sign_in(client, "lead")
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert "quality-lead" in client.get("/account").text
    people.change(site.house, "quality-lead", {"email": None}, actor="administrator")
    people.change(site.house, "lay-member", {"email": "quality-lead@example.org"}, actor="administrator")
    again = site.client()
    assert sign_in(again, "lead").status_code == 303
    assert "(quality-lead)" in again.get("/account").text


def test_an_address_that_one_administrator_gave_brings_nobody_in_as_somebody_with_an_account(site: Site) -> None:
    """They would need no second person, no password and no code: their own address over there is enough."""
    gate, now = site.parts.gate, site.wall.now()
    link = invitations.invite(gate, "lay-member", actor="administrator", base="", now=now).link
    invitations.accept(gate, str(link).rpartition("/")[2], "lantern otter gravel", now=now)
    people.change(site.house, "quality-lead", {"email": None}, actor="administrator")
    people.change(site.house, "lay-member", {"email": "quality-lead@example.org"}, actor="administrator")
    invitations.invite(gate, "lay-member", actor="administrator", base="", now=now)
    refused = sign_in(site.client(), "lead")
    assert (refused.status_code, "nobody else has vouched for it" in refused.text) == (422, True)


def test_a_letter_that_only_looks_like_another_is_another(site: Site) -> None:
    """The sign for Kelvin is a small k in small letters; whoever owns one address does not own the other."""
    provider = IdentityProvider("https://login.example.org", "qa", "secret", person_claim="name")
    people.add(site.house, "kim", {"title": "Kim"}, actor="administrator")
    assert identities.sign_in(site.parts.gate, provider, {"sub": "1", "name": "Kim"}, now=site.wall.now())
    with pytest.raises(identities.NotKnownHere):
        identities.sign_in(site.parts.gate, provider, {"sub": "2", "name": "\u212aim"}, now=site.wall.now())


def test_who_came_from_there_is_led_to_sign_out_there_too(site: Site) -> None:
    """Otherwise one click on the button brings the next one at the same machine in as them."""
    client = site.client()
    sign_in(client, "lead")
    out = client.post("/sign-out", data=fields(client.get("/account"), "/sign-out"))
    assert out.headers["location"] == "/sign-in/identity/out"
    page = client.get(out.headers["location"])
    (address,) = re.findall(r'href="([^"]*end_session[^"]*)"', html.unescape(page.text))
    assert parse_qs(urlsplit(address).query) == {"client_id": ["qa"]}
    assert httpx2.get(address).status_code == 200
    assert client.get(out.headers["location"]).headers["location"] == "/sign-in"


def test_who_came_with_a_password_is_signed_out_here_alone(site: Site) -> None:
    client = site.client("quality-lead")
    out = client.post("/sign-out", data=fields(client.get("/account"), "/sign-out"))
    assert out.headers["location"] == "/sign-in"


def test_the_provider_is_asked_by_code_with_pkce(site: Site) -> None:
    """What goes over is the challenge; what answers it stays in the browser's cookie."""
    client = site.client()
    asked = parse_qs(urlsplit(go(client)).query)
    way = way_of(client.cookies["qa-way"])
    assert way is not None
    challenge = urlsafe_b64encode(sha256(way.verifier.encode()).digest()).decode().rstrip("=")
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])
    assert asked["code_challenge"] == [challenge]
    assert (asked["state"], asked["nonce"]) == ([way.state], [way.nonce])
    assert asked["redirect_uri"] == ["http://testserver/sign-in/identity/back"]
    assert "a secret of the test" not in str(asked)


@pytest.mark.parametrize("sub", ["stranger", "unverified"])
def test_who_is_not_known_here_is_told_so_on_the_sign_in_page(site: Site, sub: str) -> None:
    client = site.client()
    refused = sign_in(client, sub)
    assert refused.status_code == 422
    assert "<h1>Sign in</h1>" in refused.text
    assert "You signed in there, but not here" in refused.text
    assert client.get("/").status_code == 303


def test_a_second_identity_does_not_take_a_person_over(site: Site) -> None:
    sign_in(site.client(), "lead")
    assert "belongs to this person" in html.unescape(sign_in(site.client(), "other").text)


def test_a_closed_account_stays_closed(site: Site) -> None:
    sign_in(site.client(), "lead")
    accounts.close(site.parts.gate, "quality-lead", actor="administrator", now=site.wall.now())
    assert sign_in(site.client(), "lead").status_code == 422


def test_who_has_left_does_not_come_in_by_their_identity_either(site: Site) -> None:
    """It is good over there for longer than their work here."""
    gate, now = site.parts.gate, site.wall.now()
    provider = IdentityProvider("https://login.example.org", "qa", "secret", person_claim="name")
    person = {"sub": "1", "name": "lay-member"}
    identities.sign_in(gate, provider, person, now=now)
    people.change(site.house, "lay-member", {"to": site.house.now().date()}, actor="administrator")
    identities.sign_in(gate, provider, person, now=now)
    site.push(timedelta(days=1))
    with pytest.raises(identities.NotKnownHere, match="not open"):
        identities.sign_in(gate, provider, person, now=now)


def test_a_forged_state_leads_to_the_sign_in_page(site: Site) -> None:
    """Somebody else's way back, none at all, a state that was changed, and the provider's own no."""
    mine, other = site.client(), site.client()
    way_back = there(go(other), "lead")
    go(mine)
    third = site.client()
    changed = re.sub(r"state=[^&]*", "state=forged", there(go(third), "lead"))
    for client, path in (
        (mine, way_back),
        (site.client(), way_back),
        (third, changed),
        (mine, changed),
        (mine, "/sign-in/identity/back"),
        (other, "/sign-in/identity/back?error=access_denied&state=x"),
        (mine, "/sign-in/identity/back?code=&state=%ed%a0%80"),
    ):
        refused = client.get(path)
        assert refused.status_code == 422, path
        assert "did not come to its end" in refused.text
        assert client.get("/").status_code == 303


def test_a_code_is_not_taken_twice(site: Site) -> None:
    client = site.client()
    way_back = there(go(client), "lead")
    way = client.cookies["qa-way"]
    assert client.get(way_back).status_code == 303
    again = site.client()
    again.cookies.set("qa-way", way)
    assert again.get(way_back).status_code == 422


def test_a_token_of_another_attempt_or_another_client_is_not_believed(site: Site, provider: IdentityProvider) -> None:
    """A right state, with a token that was given for something else."""
    client = site.client()
    way_back = there(go(client), "lead")
    way = way_of(client.cookies["qa-way"])
    assert way is not None
    other = site.client()
    other.cookies.set("qa-way", replace(way, nonce="another").cookie())
    assert other.get(way_back).status_code == 422
    client = serving(site, replace(provider, client="somebody else")).client()
    way_back = there(go(client), "lead")
    cookie = client.cookies["qa-way"]
    client = serving(site, replace(provider, client="qa")).client()
    client.cookies.set("qa-way", cookie)
    assert client.get(way_back).status_code == 422


def test_a_role_over_there_can_be_asked_for_and_gives_none_here(site: Site, provider: IdentityProvider) -> None:
    """It lets in or not; roles are given by two people of this house."""
    serving(site, replace(provider, roles=frozenset({"qa", "admins"})))
    assert sign_in(site.client(), "no-roles").status_code == 422
    assert sign_in(site.client(), "lead").status_code == 303
    assert people.person(site.house, "quality-lead").person.roles == ("quality_lead",)


def test_another_claim_can_name_the_person(site: Site, provider: IdentityProvider) -> None:
    serving(site, replace(provider, person_claim="preferred_username"))
    assert sign_in(site.client(), "by-name").status_code == 303


def test_what_was_typed_is_kept_over_there_too(site: Site) -> None:
    """It waits here, under a key that the browser has; after coming back, one button sends it."""
    client = site.client()
    page = client.post("/comment/PA/2026-27-Q4/ghc", data=TYPED)
    assert page.status_code == 401
    leave = client.post("/sign-in/identity", data=fields(page, "/sign-in/identity"))
    assert leave.status_code == 200
    (link,) = re.findall(r'href="(/sign-in/identity\?[^"]*)"', leave.text)
    kept = client.get(there(go(client, html.unescape(link)), "lead"))
    assert kept.status_code == 200
    assert fields(kept, "/comment/PA/2026-27-Q4/ghc")["text"] == TYPED["text"]


def test_a_provider_that_is_away_is_said_to_be(site: Site, provider: IdentityProvider) -> None:
    serving(site, replace(provider, issuer="http://127.0.0.1:9"))
    refused = site.client().get("/sign-in/identity")
    assert refused.status_code == 422
    assert "provider cannot be reached" in html.unescape(refused.text)


def test_without_a_provider_there_is_no_such_page(site: Site) -> None:
    site.app = create_app(site.parts, WebSettings(), SystemClock())
    client = site.client()
    assert [client.get(path).status_code for path in ("/sign-in/identity", "/sign-in/identity/back")] == [404, 404]
    assert "/sign-in/identity" not in client.get("/sign-in").text


# --- What is believed -------------------------------------------------------------------------------------------------

ISSUER = "https://login.example.org"
NOW = datetime(2027, 7, 12, 9, tzinfo=UTC)
AT = int(NOW.timestamp())
WAY = Way("state", "nonce", "verifier")
GOOD = {"iss": ISSUER, "aud": "qa", "sub": "1", "nonce": "nonce", "iat": AT, "exp": AT + 300, "preferred_username": "a"}
KEY = ECKey.generate_key("P-256", {"kid": "1"})
ABOUT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/go",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/person",
    "jwks_uri": f"{ISSUER}/keys",
}


class Forger:
    """A provider that says whatever a test wants, in words that a right key has signed unless the test has another."""

    def __init__(self) -> None:
        self.token = signed()
        self.about: Mapping[str, object] = ABOUT
        self.person: object = {"sub": "1", "email": "ann@example.org"}

    def get(self, address: str, **_: object) -> Response:
        told = {ABOUT["jwks_uri"]: KeySet([KEY]).as_dict(), ABOUT["userinfo_endpoint"]: self.person}
        return Response(200, json=told.get(address, self.about), request=Request("GET", address))

    def believed(self) -> dict[str, object]:
        """What is believed of it."""
        found = Provider(IdentityProvider(ISSUER, "qa", "secret"))
        return dict(found.finish("https://quality.example.org", WAY, {"state": "state", "code": "c"}, NOW))


def signed(key: Key = KEY, algorithm: str = "ES256", without: str = "", kid: str = "1", **other: object) -> str:
    """A token with other claims, or without one."""
    claims = {name: value for name, value in {**GOOD, **other}.items() if name != without}
    return jwt.encode({"alg": algorithm, "kid": kid}, claims, key, algorithms=[algorithm])


def by_hand(algorithm: str, secret: bytes) -> str:
    """A good token's words, signed as a library would not: with any secret, or with none."""
    words = (json.dumps(part).encode() for part in ({"alg": algorithm, "kid": "1"}, GOOD))
    said = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in words)
    signature = urlsafe_b64encode(hmac.digest(secret, said, "sha256")).rstrip(b"=") if secret else b""
    return f"{said.decode()}.{signature.decode()}"


@pytest.fixture
def forger(monkeypatch: pytest.MonkeyPatch) -> Forger:
    found = Forger()
    monkeypatch.setattr(httpx2, "get", found.get)
    monkeypatch.setattr(OAuth2Client, "get", lambda _, address: found.get(address))
    monkeypatch.setattr(OAuth2Client, "fetch_token", lambda *_, **__: {"id_token": found.token})
    return found


def test_what_a_good_token_says_counts_before_what_is_told_beside_it(forger: Forger) -> None:
    """Nobody has signed what is told beside it."""
    forger.person = {"sub": "1", "email": "ann@example.org", "preferred_username": "somebody else"}
    assert forger.believed() == {**GOOD, "email": "ann@example.org"}


FORGED = {
    "another issuer": signed(iss="https://elsewhere.example"),
    "another client": signed(aud="another"),
    "another client, for us": signed(aud="another", azp="qa"),
    "us, for another client": signed(aud="qa", azp="another"),
    "us among others, for nobody": signed(aud=["qa", "another"]),
    "another attempt": signed(nonce="another"),
    "too late": signed(exp=AT - 61),
    "of tomorrow": signed(iat=AT + 61),
    "another key": signed(ECKey.generate_key("P-256")),
    "another method": signed(OctKey.import_key("guessed" * 5), "HS256"),
    "no method": by_hand("none", b""),
    "a key that all may read, as a secret": by_hand("HS256", KEY.as_pem(private=False)),
    "a key that they do not name": signed(kid="2"),
    **{f"no {name}": signed(without=name) for name in ("iss", "aud", "nonce", "exp", "sub")},
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_token_is_believed_from_that_provider_alone_for_us_now_and_this_attempt(forger: Forger, token: str) -> None:
    forger.token = token
    with pytest.raises(NotProved):
        forger.believed()


def test_what_is_told_beside_a_token_is_about_the_same_person(forger: Forger) -> None:
    for told in ({"sub": "2", "email": "ann@example.org"}, {"email": "ann@example.org"}, ["1"], 1):
        forger.person = told
        with pytest.raises(NotProved):
            forger.believed()


def test_a_provider_that_calls_itself_otherwise_is_not_asked(forger: Forger) -> None:
    """Its description would lead to pages and keys of another."""
    forger.about = ABOUT | {"issuer": "https://elsewhere.example"}
    with pytest.raises(ProviderAway):
        forger.believed()


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"])
def test_a_provider_that_does_not_say_where_to_go_is_as_good_as_away(forger: Forger, name: str) -> None:
    for address in (7, ["a"], "go", "http://["):
        forger.about = {**ABOUT, name: address}
        found = Provider(IdentityProvider(ISSUER, "qa", "secret"))
        with pytest.raises(ProviderAway):
            found.begin("https://quality.example.org", going="/", kept="")
        assert found.way_out() is None


def test_of_a_providers_pages_one_that_need_not_be_may_be_left_out(forger: Forger) -> None:
    forger.about = {**ABOUT, "end_session_endpoint": None, "userinfo_endpoint": None}
    assert forger.believed() == GOOD
    forger.about = {name: said for name, said in ABOUT.items() if name != "token_endpoint"}
    with pytest.raises(ProviderAway):
        forger.believed()


def test_a_role_that_is_not_told_as_one_lets_nobody_in(site: Site) -> None:
    provider = IdentityProvider(ISSUER, "qa", "secret", person_claim="name", roles=frozenset({"qa"}))
    for roles in (7, True, {"admins": "qa"}, [["qa"]], "other", None):
        told = {"sub": "1", "name": "lay-member", "roles": roles}
        with pytest.raises(identities.NotKnownHere, match="not given you access"):
            identities.sign_in(site.parts.gate, provider, told, now=site.wall.now())


def test_an_address_counts_where_the_provider_says_that_it_was_verified(site: Site) -> None:
    """One that says nothing of it may let people write any address they like."""
    provider = IdentityProvider(ISSUER, "qa", "secret")
    told = {"sub": "1", "email": "quality-lead@example.org"}
    with pytest.raises(identities.NotKnownHere, match="verified"):
        identities.sign_in(site.parts.gate, provider, told, now=site.wall.now())


def test_the_same_number_at_another_provider_is_somebody_else(site: Site) -> None:
    one, other = (IdentityProvider(issuer, "qa", "s", person_claim="name") for issuer in (ISSUER, f"{ISSUER}/other"))
    gate, now = site.parts.gate, site.wall.now()
    identities.sign_in(gate, one, {"sub": "1", "name": "lay-member"}, now=now)
    with pytest.raises(identities.NotKnownHere):
        identities.sign_in(gate, other, {"sub": "1"}, now=now)


@pytest.mark.parametrize(
    "text", ["", "[" * 50_000, "[]", "7", '{"state": 1, "nonce": "n", "verifier": "v"}', "no JSON"]
)
def test_a_cookie_that_was_not_written_here_is_none(text: str) -> None:
    """Whatever is in it: it comes to a page that everybody may open."""
    assert way_of(base64.urlsafe_b64encode(text.encode()).decode()) is None


def test_the_way_back_leads_to_our_own_pages_alone_and_is_forgotten(site: Site) -> None:
    """The cookie is the browser's, which may have written it itself."""
    client = site.client()
    way_back = there(go(client), "lead")
    way = way_of(client.cookies["qa-way"])
    assert way is not None
    client.cookies.clear()
    client.cookies.set("qa-way", replace(way, next="//elsewhere.example").cookie(), domain="testserver.local", path="/")
    done = client.get(way_back)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "qa-way" not in client.cookies


@pytest.mark.parametrize(
    ("url", "start", "end"),
    [(None, "qa-way=", "SameSite=lax"), ("https://quality.example.org", "__Host-qa-way=", "SameSite=lax; Secure")],
)
def test_what_a_sign_in_under_way_remembers_is_bound_to_the_site(
    site: Site, provider: IdentityProvider, url: str | None, start: str, end: str
) -> None:
    """Not for scripts, and not for longer than somebody may take."""
    app = create_app(site.parts, WebSettings(url=url, identity=provider), SystemClock())
    with TestClient(app, base_url=url or "http://testserver", follow_redirects=False) as client:
        cookie = client.get("/sign-in/identity").headers["set-cookie"]
    assert cookie.startswith(start)
    assert cookie.endswith(f"; HttpOnly; Max-Age=600; Path=/; {end}")


# --- Settings ---------------------------------------------------------------------------------------------------------

SET = {
    "QA_WORKFLOW_IDENTITY_ISSUER": "https://login.example.org/tenant",
    "QA_WORKFLOW_IDENTITY_CLIENT": "qa",
    "QA_WORKFLOW_IDENTITY_SECRET": "hidden",
}


def test_the_environment_says_who_vouches_for_people() -> None:
    found = identity_settings({**SET, "QA_WORKFLOW_IDENTITY_ROLES": "qa admins", "HOME": "/"})
    assert found is not None
    assert (found.issuer, found.client, found.roles) == (
        SET["QA_WORKFLOW_IDENTITY_ISSUER"],
        "qa",
        frozenset({"qa", "admins"}),
    )
    assert "hidden" not in repr(found)
    assert identity_settings({}) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"QA_WORKFLOW_IDENTITY_SECRET": ""},
        {"QA_WORKFLOW_IDENTITY_ISSUER": "http://login.example.org"},
        {"QA_WORKFLOW_IDENTITY_ISSUER": "login.example.org"},
        {"QA_WORKFLOW_IDENTITY_CLEINT": "qa"},
    ],
)
def test_settings_that_mean_nothing_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageFault, match=r"IDENTITY_|https"):
        identity_settings({**SET, **wrong})
