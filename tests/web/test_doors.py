"""Every route × every role × own and foreign organisation: denied by default, and a foreign item is as good as none."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from qa_workflow.calendar import local_date
from qa_workflow.service.world import World
from qa_workflow.web.doors import SIGNED_IN, Door
from tests.web.routes import Way, ways
from tests.web.site import Site, statements

MISSING = "PA/2026-27-Q4/nobody"
FOREIGN, OWN = "PA/2026-27-Q4/ghft", "PA/2026-27-Q4/ghc"
OUTSIDER = "ghc-contact"
"""A provider's contact: sees the items of that provider, and nothing of others."""
SAMPLES = {
    "reference": MISSING,
    "trigger": "submit",
    "field": "report",
    "name": "provider_assurance",
    "workflow": "provider_assurance",
    "version": "1",
    "draft": "999",
    "id": "0" * 32,
    "key": "0" * 32,
    "person": "quality-lead",
    "body": "governing_body",
    "token": "0" * 64,
    "feed": "0" * 64,
    "hash": "0" * 64,
    "sha256": "0" * 64,
    "page": "overdue",
    "number": "999",
    "kind": "workflow",
    "incident": "999",
    "seq": "1",
    "file": "items.csv",
    "year": "2027",
    "month": "7",
}
"""What stands for each part of an address; a route with a part that is not here must say what to try."""


def test_every_route_names_who_may_pass(shared_site: Site) -> None:
    assert [str(way) for way in ways(shared_site.app) if way.allow is None] == []


def test_a_route_that_does_not_is_found() -> None:
    """The test above can fail: a route added beside the doors, and one whose door was forgotten."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.get("/secret")(lambda: "everything")
    door = Door()
    door.get("/fine", SIGNED_IN)(lambda: "fine")
    app.include_router(door.router)
    assert [str(way) for way in ways(app) if way.allow is None] == ["GET /secret"]


def test_nobody_passes_without_signing_in_but_where_all_may(shared_site: Site) -> None:
    client = shared_site.client(None)
    for way in ways(shared_site.app):
        assert way.allow is not None
        answer = _ask(client, way)
        if way.allow.public:
            assert answer.status_code < 500, way
        elif way.path.startswith("/api/"):
            assert answer.status_code == 401, way
        else:
            assert _wants_sign_in(answer), f"{way}: {answer.status_code}"


def test_nobody_passes_without_the_right(shared_site: Site) -> None:
    """Each person × each route that asks for a right: refused exactly where none of their roles has it."""
    with shared_site.house.looking() as (_, world):
        people = _one_of_each_role(world, shared_site)
        granted = {person: _rights(world, shared_site, person) for person in people}
    tried = 0
    for person in people:
        client = shared_site.client(person)
        for way in ways(shared_site.app):
            assert way.allow is not None
            if way.allow.right is None:
                continue
            answer = _ask(client, way, **shared_site.key(client))
            refused = answer.status_code == 403
            assert refused is (way.allow.right not in granted[person]), f"{person}: {way}: {answer.status_code}"
            tried += 1
    assert tried > len(people)


def test_a_form_without_the_sessions_key_is_not_taken(shared_site: Site) -> None:
    client = shared_site.client("administrator")
    for way in ways(shared_site.app):
        assert way.allow is not None
        if way.method == "POST" and not way.allow.public and not way.path.startswith("/api/"):
            for key in ({}, {"form_key": "0" * 43}):
                answer = _ask(client, way, **key)
                assert answer.status_code in (403, 409), f"{way}: {answer.status_code}"


def test_a_foreign_item_is_as_good_as_none(shared_site: Site) -> None:
    """The same answer to the byte, but for the names that were asked for; and nothing more asked of the database."""
    client = shared_site.client(OUTSIDER)
    about_items = [
        way for way in ways(shared_site.app) if "reference" in way.parameters and not way.path.startswith("/api/")
    ]
    assert about_items
    _ask(client, about_items[0], **shared_site.key(client))  # so that what the house is made of is read by neither
    for way in about_items:
        with statements(shared_site) as for_foreign:
            foreign = _ask(client, way, reference=FOREIGN, **shared_site.key(client))
        with statements(shared_site) as for_missing:
            missing = _ask(client, way, **shared_site.key(client))
        assert (foreign.status_code, _bare(foreign, FOREIGN)) == (missing.status_code, _bare(missing, MISSING)), way
        assert for_foreign == for_missing, way


def test_ones_own_item_is_there(shared_site: Site) -> None:
    """So that the test above compares something."""
    client = shared_site.client(OUTSIDER)
    assert client.get(f"/items/{OWN}").status_code == 200
    assert client.get(f"/items/{FOREIGN}").status_code == 404


def test_no_page_of_a_provider_names_another(shared_site: Site) -> None:
    """Not an item, not a count, not a title: whatever such a person can open without knowing a reference."""
    client = shared_site.client(OUTSIDER)
    for way in ways(shared_site.app):
        if way.method == "GET" and not way.parameters and not way.path.startswith(("/api/v1/openapi", "/metrics")):
            answer = client.get(way.path)
            if answer.status_code == 200:
                for other in ("ghft", "care_homes", "primary_care"):
                    assert f"/{other}" not in answer.text, f"{way} names {other}"


def _ask(client: TestClient, way: Way, **fields: str) -> Response:
    parts = {name: fields.pop(name, SAMPLES.get(name)) for name in way.parameters}
    unknown = [name for name, value in parts.items() if value is None]
    assert not unknown, f"{way}: say in SAMPLES what to try for {unknown}"
    path = re.sub(r"{(\w+)(:\w+)?}", lambda found: str(parts[found[1]]), way.path)
    if way.method in ("GET", "HEAD"):
        return client.request(way.method, path)
    if path.startswith("/api/"):
        return client.request(way.method, path, json={}, headers={"If-Match": '"1"', "Idempotency-Key": "0" * 32})
    return client.request(way.method, path, data=fields)


def _wants_sign_in(answer: Response) -> bool:
    return answer.status_code == 401 or (
        answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    )


def _bare(answer: Response, reference: str) -> str:
    """The page without what differs on every visit: the name asked for, keys, nonces."""
    text = answer.text.replace(reference, "?").replace(reference.replace("/", "%2F"), "?")
    return re.sub(r"[A-Za-z0-9_-]{20,}", "*", text) + answer.headers.get("location", "").replace(reference, "?")


def _one_of_each_role(world: World, site: Site) -> list[str]:
    day = local_date(site.house.now(), world.governance.calendar.zone)
    found = {role: next((p.name for p in world.governance.holders(role, day)), None) for role in world.governance.roles}
    return sorted({name for name in found.values() if name is not None})


def _rights(world: World, site: Site, person: str) -> set[str]:
    actor = world.actor(person, local_date(site.house.now(), world.governance.calendar.zone))
    roles = {role for each in actor.persons() for role in each.roles}
    return {name for name, holders in world.governance.rights.items() if roles & set(holders)}


def test_who_is_not_signed_in_is_not_told_what_an_address_lacks(site: Site) -> None:
    """Whether a parameter is well written is between us and those who may pass."""
    asked = "/workflows/provider_assurance?version=none"
    statuses = {who: site.client(who).get(asked).status_code for who in (None, "ghft-contact", "governance-officer")}
    assert statuses == {None: 303, "ghft-contact": 403, "governance-officer": 400}
