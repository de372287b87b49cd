"""API: people, as administrators look after them: two people for what reaches far, nothing lost, nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from qa_workflow.service.people import people
from tests.web.programs import API, Program, tag
from tests.web.site import Site

NEW = {
    "name": "new-lead",
    "title": "A new quality lead",
    "organisation": "glos_icb",
    "roles": ["quality_lead"],
    "reason": "joins the team",
}


@pytest.fixture
def admin(site: Site) -> Program:
    return Program(site, "administrator")


@pytest.fixture
def officer(site: Site) -> Program:
    return Program(site, "governance-officer")


def test_somebody_new_gets_their_role_from_two_people(admin: Program, officer: Program) -> None:
    answer = admin.send("/people", NEW)
    told = admin.read(answer, 201)
    assert answer.headers["location"] == f"{API}/people/new-lead"
    assert (told["roles"], told["pending"]["change"]) == ([], {"roles": ["quality_lead"]})
    (mine,) = admin.get("/confirmations")["waiting"]
    assert "two people are needed" in mine["why_not"]
    (theirs,) = officer.get("/confirmations")["waiting"]
    assert (theirs["why_not"], theirs["gains"]) == (None, ["open", "hold", "assign", "record", "see_all"])
    key = {"key": theirs["pending"]["key"]}
    path = "/confirmations/new-lead/confirm"
    assert admin.post(path, key, 422)["code"] == "four_eyes"
    assert officer.post(path, {"key": "0" * 12}, 409)["code"] == "person_changed"
    assert officer.post(path, key)["roles"] == ["quality_lead"]
    assert officer.get("/confirmations") == {"waiting": []}


def test_a_change_that_waits_can_come_to_nothing(admin: Program, officer: Program) -> None:
    key = admin.post("/people", NEW, 201)["pending"]["key"]
    told = officer.post("/confirmations/new-lead/reject", {"key": key, "reason": "Not yet"})
    assert (told["pending"], told["roles"]) == (None, [])


def test_entering_somebody_under_a_key_enters_them_once(admin: Program) -> None:
    answers = [admin.send("/people", NEW, Idempotency_Key="new-lead-0001") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert answers[0].headers["etag"] == answers[1].headers["etag"]
    assert answers[1].headers["idempotency-replayed"] == "true"
    assert admin.post("/people", NEW, 400)["code"] == "bad_person"


def test_only_what_is_sent_changes_and_nobody_writes_over_another(admin: Program) -> None:
    before = admin.get("/people/lay-member")
    path = "/people/lay-member/change"
    assert admin.post(path, {"title": "Lay chair"}, 428)["code"] == "revision_missing"
    assert admin.post(path, {"title": "Lay chair"}, 400, If_Match='"7"')["code"] == "bad_revision"
    after = admin.post(path, {"title": "Lay chair"}, If_Match=tag(before))
    assert after["title"] == "Lay chair"
    assert {name: after[name] for name in ("email", "roles", "organisation", "to")} == {
        name: before[name] for name in ("email", "roles", "organisation", "to")
    }
    assert admin.post(path, {"title": "Lay member"}, 409, If_Match=tag(before))["code"] == "person_changed"
    longer = admin.post(path, {"to": "2027-12-31"}, If_Match=tag(after))
    assert longer["to"] == "2027-12-31"
    forever = admin.post(path, {"to": None}, If_Match=tag(longer))
    assert (forever["to"], forever["pending"]["change"]) == ("2027-12-31", {"to": None})


def test_what_means_nothing_is_refused_in_words(admin: Program) -> None:
    told = admin.post("/people", {**NEW, "roles": ["qualty_lead"]}, 400)
    assert "did you mean 'quality_lead'?" in told["detail"]
    for wrong in ({"from": "9999-12-31"}, {"roles": None}, {"rights": ["publish"]}):
        admin.post("/people", {**NEW, **wrong}, 422)
    admin.get("/people/nobody-here", 404)
    admin.post("/people/nobody-here/leave", {"last_day": "2027-08-01"}, 404)


def test_cover_is_arranged_and_ends(admin: Program, site: Site) -> None:
    lead = Program(site, "quality-lead")
    wish = {"substitute": "second-quality-lead", "from": "2027-07-12", "until": "2027-07-30"}
    set_ = lead.post("/me/cover", wish, Idempotency_Key="cover-0001")
    expected = {"substitute": "second-quality-lead", "covered": "quality-lead", **_days(wish)}
    assert set_ == {"covers": [expected], "pending": None} == lead.post("/me/cover", wish, Idempotency_Key="cover-0001")
    assert admin.get("/people/quality-lead")["covers"] == [expected]
    ended = admin.post(
        "/people/quality-lead/cover/end", {"covered": "quality-lead", "substitute": "second-quality-lead"}
    )
    assert ended["covers"] == []
    assert admin.post("/people/quality-lead/cover", wish) == {"covers": [expected], "pending": None}
    waits = admin.post("/people/director-of-quality/cover", {**wish, "substitute": "lay-member"})
    assert (waits["covers"], waits["pending"]["by"]) == ([], "administrator")
    assert lead.post("/me/cover", {**wish, "substitute": "ghc-contact"}, 422)["code"] == "no_cover"
    lead.post("/people/lay-member/cover", wish, 403)


def test_who_leaves_hands_over_what_they_hold(admin: Program, site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = next(
        each for each in lead.get("/items", owner="quality_lead", limit=200)["items"] if each["status"] == "open"
    )
    stage = item["stage"] if isinstance(item["stage"], str) else item["stage"][0]
    lead.act(item, "claim", {"stage": stage})
    held = admin.get("/people/quality-lead")["held"]
    assert item["reference"] in [each["reference"] for each in held]
    told = admin.post("/people/quality-lead/leave", {"last_day": "2027-07-31"}, 422)
    assert told["code"] == "still_holds"
    gone = admin.post("/people/quality-lead/leave", {"last_day": "2027-07-31", "to": "second-quality-lead"})
    assert gone["to"] == "2027-07-31"
    assert admin.get("/people/quality-lead")["held"] == []


def test_accounts_are_closed_by_somebody_else(admin: Program) -> None:
    assert admin.post("/people/clinical-lead/sign-out", {}) == {"sessions": 0, "keys": 0, "feeds": 0}
    assert admin.post("/people/clinical-lead/close", {}) == {"gone": True}
    assert admin.get("/people/clinical-lead")["standing"]["status"] == "closed"
    assert admin.post("/people/administrator/close", {}, 403)["code"] == "not_yours"


def test_no_key_lets_anybody_in(admin: Program) -> None:
    """An invitation is a way in that outlasts the key; who finds an administrator's key shall not become anybody."""
    for verb in ("invite", "forget-codes", "codes"):
        admin.post(f"/people/clinical-lead/{verb}", {}, 404)


def test_signing_out_everywhere_takes_every_key_back(site: Site, admin: Program) -> None:
    """Who fears that somebody else acts in their name does this; a thief makes a key first."""
    site.client("quality-lead")
    lead, other = Program(site, "quality-lead"), Program(site, "quality-lead", "read")
    assert lead.post("/me/sign-out-everywhere", {}) == {"sessions": 1, "keys": 2, "feeds": 0}
    for program in (lead, other):
        program.get("/me", 401)
    third = Program(site, "quality-lead")
    assert admin.post("/people/quality-lead/sign-out", {}) == {"sessions": 0, "keys": 1, "feeds": 0}
    third.get("/me", 401)
    admin.get("/me")


@pytest.mark.parametrize("verb", ["change", "leave", "cover", "cover/end", "sign-out", "close"])
def test_only_who_administers_looks_after_people(site: Site, verb: str) -> None:
    person = people.person(site.house, "lay-member")
    headers: Any = {"If_Match": f'"{person.revision}"'}
    lead = Program(site, "quality-lead")
    assert lead.post(f"/people/lay-member/{verb}", {}, 403, **headers)["code"] == "not_yours"
    reader = Program(site, "administrator", "read", "act")
    assert reader.post(f"/people/lay-member/{verb}", {}, 403, **headers)["code"] == "scope_wanted"
    assert people.person(site.house, "lay-member").revision == person.revision


def test_a_key_takes_itself_back(site: Site) -> None:
    lead = Program(site, "quality-lead")
    (key,) = lead.get("/me/keys")["keys"]
    assert lead.key not in str(key)
    assert Program(site, "lay-member").post(f"/me/keys/{key['id']}/take-back", {}, 404)["code"] == "not_found"
    lead.post(f"/me/keys/{key['id']}/take-back", {})
    lead.get("/me", 401)


def _days(wish: dict[str, str]) -> dict[str, str]:
    return {name: wish[name] for name in ("from", "until")}


def test_a_change_of_a_person_under_a_key_is_done_once_and_answered_alike(admin: Program) -> None:
    revision = admin.get("/people/lay-member")["revision"]
    headers: Any = {"If_Match": f'"{revision}"', "Idempotency_Key": "0b9f2c54-8f0e-4d53-9a57-6f0a2f7a3c11"}
    body = {"title": "Lay member, finance", "reason": "Asked for"}
    first, again = (admin.post("/people/lay-member/change", body, **headers) for _ in range(2))
    assert first == again
    assert (first["title"], first["revision"] != revision) == ("Lay member, finance", True)
