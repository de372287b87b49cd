"""Headers bind the browser on every answer, also on the one that nobody foresaw."""

from __future__ import annotations

import time

from fastapi.testclient import TestClient

from qa_workflow.web.doors import PUBLIC, Door
from tests.web.site import Site

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


def test_what_comes_from_another_site_is_not_done(site: Site) -> None:
    client = site.client("quality-lead")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        answer = client.post("/sign-out", data=site.key(client), headers=headers)
        assert (answer.status_code, "nothing was done" in answer.text) == (403, True)
    assert client.get("/").status_code == 200


def test_a_reference_that_is_no_text_is_as_good_as_none(site: Site) -> None:
    assert site.client("quality-lead").get("/items/PA%00x").status_code == 404


def test_a_form_of_nothing_but_separators_is_refused_before_it_is_taken_apart(site: Site) -> None:
    """Thirty megabytes of them kept the whole program busy for a quarter of a minute, and anybody could send them."""
    began = time.monotonic()
    answer = site.client().post("/sign-in", content=b"&" * 10_000_000, headers={"Content-Type": FORM})
    assert (answer.status_code, "more fields than any form here" in answer.text) == (400, True)
    assert time.monotonic() - began < 2
