"""Keys for programs: how far they reach, how long, and that they can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

from qa_workflow.errors import UsageFault
from qa_workflow.service.people import tokens
from qa_workflow.service.ports.access import Account
from tests.web.programs import API, EVERY, Program, tag
from tests.web.site import ROOT, Site

REVIEW = "PA/2026-27-Q4/ghc"


def test_without_a_key_nothing_is_told(site: Site) -> None:
    """Nor is a body read: what is wrong with it is nobody's business."""
    nobody = Program(site, None)
    assert nobody.get("/items", 401)["code"] == "key_wanted"
    assert nobody.client.get(f"{API}/items").headers["www-authenticate"].startswith("Bearer")
    assert nobody.client.post(f"{API}/items", content=b"{").status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer qaw_", "Bearer qaw_" + "x" * 43, "Bearer " + "x" * 9000, "Basic YTpi", "é"]
)
def test_a_key_that_is_none_opens_nothing(site: Site, header: str) -> None:
    nobody = Program(site, None)
    answer = nobody.client.get(f"{API}/me", headers={b"Authorization": header.encode("latin-1")})
    assert nobody.read(answer, 401)["code"] == "key_wanted"


def test_a_wrong_key_is_not_made_good_by_a_session(site: Site) -> None:
    """Who shows a key is judged by it alone; otherwise another site's request could carry any word as a key."""
    client = site.client("quality-lead")
    assert client.get(f"{API}/me").status_code == 200
    assert client.get(f"{API}/me", headers={"Authorization": "Bearer qaw_wrong"}).status_code == 401


@pytest.mark.parametrize(("scope", "reads", "acts", "administers"), [
    (tokens.READ, 200, 403, 403),
    (tokens.ACT, 200, 200, 403),
    (tokens.ADMINISTER, 200, 403, 200),
])  # fmt: skip
def test_a_key_reaches_as_far_as_its_scopes(site: Site, scope: str, reads: int, acts: int, administers: int) -> None:
    program = Program(site, "administrator", scope)
    item = program.item(REVIEW)
    assert program.client.get(f"{API}/items").status_code == reads
    answer = program.send(f"/items/{item['id']}/comment", {"text": "Hello"}, If_Match=tag(item))
    assert answer.status_code == acts
    assert program.client.get(f"{API}/machine").status_code == administers
    assert program.get("/me")["scopes"] == [s for s in EVERY if s in (scope, tokens.READ)]


def test_scopes_give_no_right(site: Site) -> None:
    assert Program(site, "quality-lead", *EVERY).get("/machine", 403)["code"] == "not_yours"


def test_a_key_taken_back_opens_nothing(site: Site) -> None:
    program = Program(site, "quality-lead")
    program.get("/me")
    (token,) = tokens.of(site.house, "quality-lead", now=site.wall.now())
    with pytest.raises(UsageFault, match="not there any more"):
        tokens.take_back(site.house, "lay-member", token.id, now=site.wall.now())
    tokens.take_back(site.house, "quality-lead", token.id, now=site.wall.now())
    program.get("/me", 401)


def test_a_key_ends_with_its_time(site: Site) -> None:
    program = Program(site, "quality-lead")
    site.wall.advance(days=29, hours=23)
    program.get("/me")
    site.wall.advance(hours=1)
    program.get("/me", 401)


def test_a_key_ends_with_its_person(site: Site, tmp_path: Path) -> None:
    """Somebody who is not in the house any more acts through no program either."""
    program = Program(site, "quality-lead")
    told = yaml.safe_load((ROOT / "workflows" / "governance.yaml").read_text(encoding="utf-8"))
    told["people"]["quality-lead"]["to"] = date(2027, 5, 1)
    path = tmp_path / "governance.yaml"
    path.write_text(yaml.safe_dump(told, sort_keys=False), encoding="utf-8")
    site.engine.publish([path], actor=None)
    program.get("/me", 401)


def test_a_key_ends_with_the_account(site: Site) -> None:
    """A closed account opens nothing, also where its person is still in the house."""
    program = Program(site, "quality-lead")
    now = site.wall.now()
    account = Account("quality-lead", "active", now, now)
    site.house.write(lambda work: work.unit.access.put_account(account))
    program.get("/me")
    site.house.write(lambda work: work.unit.access.put_account(replace(account, status="closed")))
    program.get("/me", 401)


def test_the_house_keeps_no_key(site: Site) -> None:
    program = Program(site, "quality-lead")
    with site.parts.store.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM token")).all()
        told = connection.execute(text("SELECT body FROM record WHERE stream = 'access'")).all()
    assert rows
    assert told
    assert program.key not in str(rows) + str(told)


def test_twenty_keys_are_enough(site: Site) -> None:
    def give(label: str) -> None:
        tokens.give(site.house, "quality-lead", label=label, scopes=["read"], days=1, cookie=None, now=site.wall.now())

    for number in range(tokens.MOST):
        give(f"number {number}")
    with pytest.raises(tokens.TooManyTokens):
        give("one more")
    site.wall.advance(days=1)
    give("after those have run out")


def test_when_a_key_was_used_is_written_down_once_a_minute(site: Site) -> None:
    program = Program(site, "quality-lead")
    for _ in range(3):
        program.get("/me")
    (first,) = tokens.of(site.house, "quality-lead", now=site.wall.now())
    assert first.used_at == site.wall.now()
    site.wall.advance(seconds=59)
    program.get("/me")
    (second,) = tokens.of(site.house, "quality-lead", now=site.wall.now())
    assert second.used_at == first.used_at


def test_only_the_key_that_was_used_is_said_to_have_been(site: Site) -> None:
    used, unused = Program(site, "quality-lead"), Program(site, "quality-lead")
    used.get("/me")
    found = tokens.of(site.house, "quality-lead", now=site.wall.now())
    assert [each.used_at for each in found].count(None) == 1
    unused.get("/me")
    assert None not in [each.used_at for each in tokens.of(site.house, "quality-lead", now=site.wall.now())]


def test_a_pages_session_may_call_and_changes_only_with_the_pages_key(site: Site) -> None:
    client = site.client("quality-lead")
    item = client.get(f"{API}/items/by-reference/{REVIEW}").json()
    path, sent = f"{API}/items/{item['id']}/comment", {"json": {"text": "Hello"}}
    key = client.headers.pop("X-Form-Key")
    headers = {"If-Match": tag(item)}
    assert client.post(path, headers=headers, **sent).status_code == 409  # type: ignore[arg-type]
    assert client.post(path, headers={**headers, "X-Form-Key": key}, **sent).status_code == 200  # type: ignore[arg-type]
    from_elsewhere = {**headers, "X-Form-Key": key, "Origin": "https://elsewhere.example.org"}
    refused = client.post(path, headers=from_elsewhere, **sent)  # type: ignore[arg-type]
    assert (refused.status_code, refused.json()["code"]) == (403, "other_site")
