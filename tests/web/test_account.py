"""One's own account in the pages."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest

from qa_workflow.calendar import local_date
from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.service.people import sessions
from qa_workflow.service.people.gate import Gate
from qa_workflow.web import create_app
from tests.web.filling import text
from tests.web.site import Site
from tests.web.test_people import day
from tests.web.test_signing_in import PASSWORD, account, fields

OTHER = "violin moss thunder"


@pytest.fixture
def site(site: Site) -> Site:
    site.parts = replace(site.parts, gate=Gate(site.house, Argon2Passwords(memory=8)))
    site.app = create_app(site.parts, site.settings, site.wall)
    return site


def test_another_password_signs_out_everywhere_else(site: Site) -> None:
    account(site, "ghc-contact")
    here, there = site.client("ghc-contact"), site.client("ghc-contact")
    form = {**site.key(here), "password": PASSWORD, "new_password": OTHER, "again": OTHER}
    for wrong in ({"password": OTHER}, {"again": "x"}, {"new_password": "short", "again": "short"}):
        refused = here.post("/account/password", data={**form, **wrong})
        assert refused.status_code == 422
        assert OTHER not in refused.text
    assert here.post("/account/password", data=form).status_code == 303
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 303)
    assert site.client().post("/sign-in", data={"name": "ghc-contact", "password": OTHER}).status_code == 303


def test_codes_are_set_up_by_choice_and_the_session_is_another(site: Site) -> None:
    account(site, "ghc-contact")
    client = site.client()
    client.post("/sign-in", data={"name": "ghc-contact", "password": PASSWORD})
    before = client.cookies[site.settings.cookie]
    page = client.get("/account/codes")
    secret = fields(page, "/account/codes")["secret"]
    wrong = client.post("/account/codes", data={**fields(page, "/account/codes"), "code": "000000"})
    assert wrong.status_code == 422
    assert fields(wrong, "/account/codes")["secret"] == secret
    shown = pyotp.TOTP(secret).at(site.wall.now())
    assert client.post("/account/codes", data={**fields(wrong, "/account/codes"), "code": shown}).status_code == 303
    assert client.cookies[site.settings.cookie] != before
    assert client.get("/account").status_code == 200
    page = site.client().post("/sign-in", data={"name": "ghc-contact", "password": PASSWORD})
    assert "Enter your one-time code" in page.text


def test_signed_out_everywhere_is_out_here_too(site: Site) -> None:
    client = site.client("quality-lead")
    cookie = client.cookies[site.settings.cookie]
    assert "takes back your keys for programs and your calendar feeds" in text(client.get("/account"))
    assert client.post("/account/sign-out-everywhere", data=site.key(client)).status_code == 303
    assert sessions.find(site.house, cookie, now=site.wall.now()) is None


def test_cover_for_leave_gives_the_substitute_what_is_open(site: Site) -> None:
    """Set by the one who goes; ended by either."""
    client = site.client("quality-lead")
    with site.house.looking() as (_, world):
        today = local_date(site.house.now(), world.governance.calendar.zone)
    days = {
        **day("cover-from", f"{today.day} {today.month} {today.year}"),
        **day("cover-until", f"{today.day} {today.month} {today.year + 1}"),
    }
    form = {**site.key(client), "substitute": "second-quality-lead", **days}
    wrong_days = ({"cover-until-year": "1999"}, {"cover-from-month": "13"})
    for wrong in ({"substitute": ""}, {"substitute": "ghc-contact"}, *wrong_days):
        assert client.post("/account/cover", data={**form, **wrong}).status_code == 422
    assert client.post("/account/cover", data=form).status_code == 303
    assert "stands in from" in text(client.get("/account"))  # who, and from when until when
    with site.house.looking() as (_, world):
        assert [each.name for each in world.actor("second-quality-lead", today).stands_in] == ["quality-lead"]
    other = site.client("second-quality-lead")
    page = other.get("/account")
    assert "in force" in page.text
    assert other.post("/account/cover/end", data=fields(page, "/account/cover/end")).status_code == 303
    with site.house.looking() as (_, world):
        assert world.actor("second-quality-lead", today).stands_in == ()


def test_nobody_is_told_who_works_elsewhere(site: Site) -> None:
    """Whom a provider's contact may choose from are people of that provider."""
    page = site.client("ghc-contact").get("/account").text
    assert "ghft-contact" not in page
    assert "quality-lead" not in page
