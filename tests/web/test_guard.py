"""Headers bind the browser on every answer, also on the one that nobody foresaw."""

from __future__ import annotations

import re
import time
from collections.abc import MutableMapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa_workflow.service.people import sessions
from qa_workflow.web import WebSettings, create_app, guard
from qa_workflow.web.doors import PUBLIC, Door
from tests.web.programs import Program
from tests.web.site import Site

GHC = "PA/2026-27-Q4/ghc"
FORM = "application/x-www-form-urlencoded"


def _slip() -> None:
    raise ZeroDivisionError


def test_a_fault_that_nobody_foresaw_is_told_in_words_with_every_header(site: Site) -> None:
    door = Door()
    door.get("/slip", PUBLIC)(_slip)
    site.app.include_router(door.router)
    with TestClient(site.app) as client:
        answer = client.get("/slip")
    assert answer.status_code == 500
    assert "it is not your fault" in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/documents"])
def test_who_goes_away_in_the_midst_of_what_they_send_is_no_fault_of_ours(
    site: Site, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A browser that is closed over a large file would wake up whoever looks after the machine."""
    head: MutableMapping[str, Any] = {"type": "http.request", "body": b"--x\r\n", "more_body": True}
    coming, status = [head, {"type": "http.disconnect"}], list[int]()

    async def receive() -> MutableMapping[str, Any]:
        return coming.pop(0) if len(coming) > 1 else coming[0]

    async def send(message: MutableMapping[str, Any]) -> None:
        status.extend([message["status"]] if "status" in message else [])

    key = Program(site, "quality-lead").key
    headers = {"host": "testserver", "content-type": FORM, "authorization": f"Bearer {key}", "content-length": "900"}
    if path.startswith("/api"):
        headers["content-type"] = "multipart/form-data; boundary=x"
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": path, "query_string": b"", "scheme": "http"}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    site.loop.call(site.app, scope, receive, send)
    assert status == [400]
    assert not caplog.records


def test_a_page_lets_the_browser_run_frame_and_send_nothing_but_our_own(site: Site) -> None:
    """Should a text of somebody's ever stand in a page as a tag, it runs nothing and sends nothing anywhere."""
    client = site.client()
    first, second = (client.get("/sign-in").headers["content-security-policy"] for _ in range(2))
    policy = {name: set(sources) for name, *sources in (part.split() for part in first.split(";"))}
    ours, nothing = {"'self'"}, {"'none'"}
    own = re.compile(r"'nonce-[\w-]{22}'")
    for name in ("script-src", "style-src"):
        (nonce,) = policy.pop(name) - ours
        assert own.fullmatch(nonce)
        assert nonce not in second, "known from one page, it would let a text of the next one run"
    assert policy == {
        **dict.fromkeys(("default-src", "base-uri", "frame-ancestors"), nothing),
        **dict.fromkeys(("img-src", "font-src", "connect-src", "form-action"), ours),
    }


def test_no_page_is_kept_framed_or_told_to_other_sites(site: Site) -> None:
    """Somebody else at the same machine goes back in its history and finds nothing."""
    headers = site.client("quality-lead").get("/").headers
    assert {name: headers[name] for name in ("cache-control", "x-frame-options", "referrer-policy")} == {
        "cache-control": "no-store",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
    }
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers, "here people come by http"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "https://elsewhere.example", "Authorization": "Bearer qaw_x"},
        {"Origin": ""},
    ],
    ids=["another site", "a neighbour", "by origin", "no site", "another port", "with a key", "of nowhere"],
)
def test_what_comes_from_another_site_is_not_done(site: Site, headers: dict[str, str]) -> None:
    """A neighbour under the same domain is another site, too; and a key counts for programs alone."""
    client = site.client("quality-lead")
    answer = client.post("/sign-out", data=site.key(client), headers=headers)
    assert (answer.status_code, "nothing was done" in answer.text) == (403, True)
    assert client.get("/").status_code == 200


def test_a_program_in_a_page_of_another_site_acts_by_its_own_key_and_never_by_the_session_beside_it(site: Site) -> None:
    """No other site can have a browser send a key; so what shows one is done as its owner, or not at all."""
    elsewhere: dict[str, Any] = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}
    program = Program(site, "ghc-contact")
    cookie, _ = sessions.begin(site.house, "quality-lead", level="full", now=site.wall.now())
    program.client.cookies.set(site.settings.cookie, cookie)
    item = program.item(GHC)
    said = program.act(item, "comment", {"text": "By the program."}, **elsewhere)
    assert site.engine.history(GHC)[-1].actor == "ghc-contact"
    for shown in ("Bearer qaw_x", "Basic x", "Bearer"):
        program.act(said, "comment", {"text": "By nobody."}, 401, Authorization=shown, **elsewhere)
    del program.client.headers["Authorization"]
    program.act(said, "comment", {"text": "By the session."}, 403, **elsewhere)


@pytest.mark.parametrize("site_of", ["same-origin", "none"])
def test_what_a_browser_says_comes_from_here_is_done(site: Site, site_of: str) -> None:
    """From a page of ours, or by somebody's own hand; that counts for more than under which name the page came."""
    client = site.client("quality-lead")
    said = {"Sec-Fetch-Site": site_of, "Origin": "http://by-another-name"}
    assert client.post("/sign-out", data=site.key(client), headers=said).status_code == 303


def test_where_people_come_by_https_their_browser_comes_by_nothing_else(site: Site) -> None:
    """By plain http anybody on the way could show them a page of their own to sign in on."""
    app = create_app(site.parts, WebSettings(url="https://quality.example.org"), site.wall)
    with TestClient(app, base_url="https://quality.example.org") as client:
        assert client.get("/sign-in").headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("sent", "length", "status"), [(1000, None, 422), (1001, None, 413), (1, "1001", 413)], ids=["all", "more", "said"]
)
def test_no_more_is_taken_in_than_anything_needs_also_where_its_length_is_not_said(
    site: Site, monkeypatch: pytest.MonkeyPatch, sent: int, length: str | None, status: int
) -> None:
    """Sent in pieces it has no length beforehand; and what is said to be too long is not read to see whether it is."""
    monkeypatch.setattr(guard, "LARGEST", 1000)
    headers = {"Content-Type": FORM} | ({} if length is None else {"Content-Length": length})
    answer = site.client().post("/sign-in", content=(b"a" for _ in range(sent)), headers=headers)
    assert (answer.status_code, "nothing of it was saved" in answer.text) == (status, status == 413)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
def test_whatever_may_change_something_is_asked_from_where_it_comes(site: Site, method: str) -> None:
    """Before it is looked at whether there is such a door: the next one that is made has the guard already."""
    client = site.client("quality-lead")
    for path in ("/sign-out", "/api/v1/items"):
        assert client.request(method, path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_who_does_not_say_from_where_is_believed_without_a_session_alone(site: Site) -> None:
    """Programs say nothing of it; and neither do browsers that are too old to be trusted with a session."""
    client = site.client("quality-lead")
    del client.headers["Origin"]
    assert client.post("/sign-out", data=site.key(client)).status_code == 403
    client.cookies.clear()
    assert client.post("/sign-out").status_code == 303


def test_where_the_site_knows_its_address_only_that_is_its_own(site: Site) -> None:
    """A name that somebody else had point here is not, however the request is addressed; nor is a page that came by
    plain http, into which anybody on the way can write.
    """
    app = create_app(site.parts, WebSettings(url="https://quality.example.org"), site.wall)
    with TestClient(app, base_url="https://elsewhere.example", follow_redirects=False) as client:
        said = {"https://elsewhere.example": 403, "http://quality.example.org": 403, "https://quality.example.org": 303}
        for origin, status in said.items():
            assert client.post("/sign-out", headers={"Origin": origin}).status_code == status


def test_a_reference_that_is_no_text_is_as_good_as_none(site: Site) -> None:
    assert site.client("quality-lead").get("/items/PA%00x").status_code == 404


def test_a_form_of_nothing_but_separators_is_refused_before_it_is_taken_apart(site: Site) -> None:
    """Thirty megabytes of them kept the whole program busy for a quarter of a minute, and anybody could send them."""
    began = time.monotonic()
    answer = site.client().post("/sign-in", content=b"&" * 10_000_000, headers={"Content-Type": FORM})
    assert (answer.status_code, "more fields than any form here" in answer.text) == (400, True)
    assert time.monotonic() - began < 2
