"""API: whoever sees only a part of the house is told nothing of the rest: no name, no number, no other answer."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from qa_workflow.engine.policy import line
from tests.web.programs import API, Program, tag
from tests.web.site import Site, statements

CONTACT, OWN = "ghc-contact", "ghc"
FOREIGN, MISSING = "PA/2026-27-Q4/ghft", "PA/2026-27-Q4/nobody"
LEAVE = {"from": "2027-07-12", "until": "2027-07-30"}
READS = [
    "/me", "/organisations", "/bodies", "/bodies/nowhere/meetings", "/bodies/cqrg_hospitals/meetings",
    "/items?status=any&limit=200",
    "/items?subject=nowhere", "/items?subject=ghft&total=true", "/items?owner=nobody", "/items?search=ghft&total=true",
    "/overdue", "/overdue?body=nowhere", "/overdue?body=cqrg_hospitals", "/overdue?subject=nowhere",
    "/overdue?subject=ghft", "/overdue?owner=nobody", "/calendar?month=2027-07", "/calendar?body=nowhere",
    "/calendar?owner=nobody", "/waits", "/waits?body=cqrg_hospitals", "/misses", "/misses?body=cqrg_hospitals",
    "/lateness", "/lateness?body=cqrg_hospitals", "/lateness/bodies", "/confirmations", "/feeds", "/lists/overdue",
    "/events?limit=200",
]  # fmt: skip
WRITES: list[tuple[str, dict[str, Any]]] = [
    ("/items", {"workflow": "provider_assurance", "subject": "nowhere", "period": "2026-27 Q4"}),
    ("/items", {"workflow": "provider_assurance", "period": "2026-27 Q4"}),
    ("/feeds", {"about": "body:nowhere"}),
    ("/feeds", {"about": "body:cqrg_hospitals"}),
    ("/feeds", {"about": "bodies"}),
    ("/exports/overdue", {"format": "csv", "filters": {"body": "nowhere"}}),
    ("/exports/overdue", {"format": "csv"}),
    ("/exports/items", {"format": "csv", "filters": {"subject": "nowhere"}}),
    ("/exports/items", {"format": "csv", "filters": {"owner": "nobody"}}),
    ("/exports/items", {"format": "csv", "filters": {"status": "any"}}),
    ("/me/cover", {"substitute": "nobody", **LEAVE}),
    ("/me/cover/end", {"covered": "nobody", "substitute": CONTACT}),
    ("/me/cover/end", {"covered": CONTACT, "substitute": "nobody"}),
    ("/me/cover/end", {"covered": "nobody", "substitute": "no-one"}),
]


@pytest.fixture
def contact(site: Site) -> Program:
    return Program(site, CONTACT)


@pytest.fixture
def others(site: Site) -> set[str]:
    """Names of organisations, people and bodies that are none of the contact's business, however they are written."""
    with site.house.looking() as (_, world):
        governance = world.governance
        own = line(OWN, governance)
        organisations = {o.name for o in governance.organisations.values() if o.kind == "provider"} - own
        people = {p.name for p in governance.people.values() if p.organisation not in own} - governance.roles.keys()
        bodies = {
            b.name for b in governance.bodies.values() if set(b.reviews) & organisations and not own & set(b.reviews)
        }
    assert {"ghft", "ghft-contact", "cqrg_hospitals"} <= organisations | people | bodies
    return organisations | people | bodies


@pytest.mark.parametrize("path", READS)
def test_no_answer_names_what_is_not_theirs(contact: Program, others: set[str], path: str) -> None:
    asked = path.partition("?")[2] + path
    told = contact.client.get(API + path).text
    assert [name for name in sorted(others) if _names(told, name) and name not in asked] == []


@pytest.mark.parametrize(("path", "body"), WRITES, ids=lambda part: part if isinstance(part, str) else json.dumps(part))
def test_no_refusal_names_what_is_not_theirs(
    contact: Program, others: set[str], path: str, body: dict[str, Any]
) -> None:
    told = contact.send(path, body).text
    assert [name for name in sorted(others) if _names(told, name) and name not in json.dumps(body)] == []


@pytest.mark.parametrize("part", ["", "/steps", "/history", "/explanation"])
def test_a_condition_of_the_workflow_is_not_told_with_the_item(
    site: Site, contact: Program, others: set[str], part: str
) -> None:
    """That of the Quality Account names the providers that need none; a step of the clock was passed by for it."""
    assert any("passed" in event.data for event in site.engine.history("QA/2026-27/ghc"))
    told = contact.client.get(f"{API}/items/{site.engine.item('QA/2026-27/ghc').id}{part}").text
    assert [name for name in sorted(others) if _names(told, name)] == []


@pytest.mark.parametrize("lead", ["ghft-kontact", "nobody at all"])
def test_a_person_who_is_not_known_is_refused_without_the_names_of_those_who_are(
    site: Site, contact: Program, others: set[str], lead: str
) -> None:
    item = site.engine.open("cqrg_action", actor="quality-lead", subject=OWN)
    item = site.engine.record(item, {"action": "Fewer falls", "due_on": "2027-09-30"}, actor="quality-lead")
    body = {"trigger": "start", "fields": {"lead": lead}}
    told = contact.send(f"/items/{item.id}/advance", body, If_Match=f'"{item.revision}"').text
    assert "is not a known person" in told
    assert [name for name in sorted(others) if _names(told, name)] == []


def _names(text: str, name: str) -> bool:
    """Whether a text has a name as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None


def test_a_refusal_to_open_does_not_count_what_others_have(contact: Program) -> None:
    """The number that the item would have had says how many there are."""
    told = contact.post("/items", {"workflow": "cqrg_action", "subject": OWN}, 403)
    assert "ACT/" not in told["detail"]


def test_a_body_that_is_not_theirs_is_as_good_as_none(contact: Program) -> None:
    for ways in (
        [contact.get(f"/bodies/{name}/meetings", 404) for name in ("cqrg_hospitals", "cqrg_hospitalx")],
        [contact.get("/overdue", 400, body=name) for name in ("cqrg_hospitals", "cqrg_hospitalx")],
        [contact.get("/calendar", 400, body=name) for name in ("cqrg_hospitals", "cqrg_hospitalx")],
        [contact.post("/feeds", {"about": f"body:{name}"}, 400) for name in ("cqrg_hospitals", "cqrg_hospitalx")],
    ):
        assert _bare(ways[0], "cqrg_hospitals") == _bare(ways[1], "cqrg_hospitalx")
    assert contact.get("/bodies/governing_body/meetings")["meetings"], "it meets in public"


def test_a_feed_of_all_bodies_has_the_meetings_that_its_owner_may_know_of(
    site: Site, contact: Program, others: set[str]
) -> None:
    address = contact.post("/feeds", {"about": "bodies"}, 201)["address"]
    told = site.client(None).get(f"/feeds/{address.rpartition('/')[2]}").text.replace("\r\n ", "")
    assert "UID:meeting-governing_body-" in told
    assert [name for name in sorted(others) if f"meeting-{name}-" in told or f"/{name}" in told] == []


def test_a_person_of_another_house_is_as_good_as_none(contact: Program) -> None:
    told = [contact.post("/me/cover", {"substitute": name, **LEAVE}, 400) for name in ("ghft-contact", "ghfx-contact")]
    assert _bare(told[0], "hft-") == _bare(told[1], "hfx-")
    wishes = [{"covered": CONTACT, "substitute": name} for name in ("ghft-contact", "ghfx-contact")]
    told = [contact.post("/me/cover/end", wish, 422) for wish in wishes]
    assert _bare(told[0], "hft-") == _bare(told[1], "hfx-")


def test_a_foreign_item_is_asked_for_no_longer_than_none(site: Site, contact: Program) -> None:
    """Nothing more is asked of the database about it, so it cannot be told by the time either."""
    foreign = Program(site, "quality-lead").item(FOREIGN)
    contact.get("/me")  # that the key is in use is written down once a minute
    missing = {**foreign, "id": "0" * 32, "reference": MISSING}
    asking: list[Callable[[Any], Any]] = [
        *(
            partial(lambda path, one: contact.get(f"/items/{one['id']}{path}", 404), path)
            for path in ("", "/history", "/explanation", "/steps", "/sub-items", "/parent", f"/documents/{'a' * 64}")
        ),
        *(
            partial(lambda verb, body, one: contact.act(one, verb, body, 404), verb, body)
            for verb, body in (("comment", {"text": "Hello"}), ("advance", {"trigger": "submit"}), ("claim", {}))
        ),
        lambda one: contact.get(f"/items/by-reference/{one['reference']}", 404),
    ]
    for number, ask in enumerate(asking):
        asked = [_statements(site, partial(ask, one)) for one in (foreign, missing)]
        assert asked[0] == asked[1] != [], number


def test_a_cursor_of_somebody_else_opens_no_list(site: Site, contact: Program) -> None:
    """Nor does one that was made up: it holds a place, and no right."""
    lead = Program(site, "quality-lead")
    for path in ("/items", "/overdue", "/events"):
        cursor = lead.get(path, limit=1)["next"]
        assert contact.get(path, 400, cursor=cursor)["code"] == "bad_cursor"


def test_what_a_provider_cannot_see_cannot_be_changed_into_sight(site: Site, contact: Program) -> None:
    """An upload of their own, and a step of a foreign item with it: the answer is that of an item that is not there."""
    foreign = Program(site, "quality-lead").item(FOREIGN)
    wish = {"items": [{"id": foreign["id"], "revision": foreign["revision"]}], "trigger": "return", "reason": "Why"}
    told = contact.post("/bulk-advance", {**wish, "preview": True})["outcomes"]
    assert [(each["code"], each["reference"], each["stages"]) for each in told] == [("not_found", None, [])]
    contact.send(f"/items/{foreign['id']}/comment", {"text": "x"}, If_Match=tag(foreign))
    assert Program(site, "quality-lead").item(FOREIGN) == foreign


def _bare(told: Any, name: str) -> str:
    return json.dumps(told).replace(name, "?")


def _statements(site: Site, ask: Any) -> list[str]:
    with statements(site) as asked:
        ask()
    return asked


def test_where_a_list_goes_on_tells_nobody_how_many_items_others_have(site: Site) -> None:
    """It names the item that was last; a row of the database is counted over all."""
    lead = Program(site, "quality-lead")
    for subject in (OWN, "ghft"):
        site.engine.open("cqrg_action", actor="quality-lead", subject=subject)
    lists: dict[str, dict[str, Any]] = {"/items": {"status": "any"}, "/me/items": {}, "/overdue": {}}
    for path, query in [("/items", {}), *lists.items()]:
        told = lead.get(path, limit=1, **query)
        place, _ = json.loads(b64decode(told["next"] + "==", altchars=b"-_"))
        key = (told.get("items") or told["steps"])[-1]["id"]
        assert re.fullmatch(rf"([01][.])?-?[0-9]+[.]-?{key}([.][0-9]+)?", place), f"{path}: {place}"


def test_numbers_in_references_run_for_each_organisation(site: Site) -> None:
    """A provider who has the first and the second of its own learns nothing of those that others had in between."""
    opened = [site.engine.open("cqrg_action", actor="quality-lead", subject=each) for each in (OWN, "ghft", OWN)]
    first, other, second = (int(item.reference.rpartition("/")[2]) for item in opened)
    assert (second, other) == (first + 1, 1)
