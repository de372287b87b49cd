"""API: a request that is sent again is answered as before, and done once."""

from __future__ import annotations

import pytest

from tests.web.assurances import FOREIGN, OWN, REVIEW
from tests.web.programs import API, Program, tag
from tests.web.site import Site


def test_a_request_sent_again_is_answered_alike_and_done_once(site: Site) -> None:
    """Also when others have moved the item since, and with another revision: the answer was lost, not the request."""
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    path, body, key = f"/items/{item['id']}/return", {"reason": "Two wards are missing"}, "return-0001"
    path, body = f"/items/{item['id']}/advance", {"trigger": "return", **body}
    first = lead.send(path, body, If_Match=tag(item), Idempotency_Key=key)
    assert first.status_code == 200
    assert "idempotency-replayed" not in first.headers
    lead.act(first.json(), "comment", {"text": "Told them"})
    for revision in (tag(item), tag(lead.item(REVIEW))):
        again = lead.send(path, body, If_Match=revision, Idempotency_Key=key)
        assert again.headers["idempotency-replayed"] == "true"
        assert (again.status_code, again.content, again.headers["etag"]) == (
            first.status_code,
            first.content,
            first.headers["etag"],
        )
    assert len([e for e in site.engine.history(REVIEW) if e.trigger == "return"]) == 1


def test_one_key_is_for_one_request(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    done = lead.act(item, "comment", {"text": "First"}, Idempotency_Key="comment-1")
    other = lead.item(FOREIGN)
    for path, body, revision in (
        (f"/items/{item['id']}/comment", {"text": "Second"}, tag(done)),
        (f"/items/{other['id']}/comment", {"text": "First"}, tag(other)),
        (f"/items/{item['id']}/hold", {"reason": "First"}, tag(done)),
    ):
        told = lead.post(path, body, 422, If_Match=revision, Idempotency_Key="comment-1")
        assert told["code"] == "key_reused"
    told = lead.post("/items", {"workflow": "provider_assurance"}, 422, Idempotency_Key="comment-1")
    assert told["code"] == "key_reused"
    assert lead.item(REVIEW)["revision"] == done["revision"]


def test_two_peoples_keys_never_meet(site: Site) -> None:
    lead, officer = Program(site, "quality-lead"), Program(site, "governance-officer")
    first = lead.act(lead.item(REVIEW), "comment", {"text": "Same"}, Idempotency_Key="the-same-key")
    second = officer.act(first, "comment", {"text": "Same"}, Idempotency_Key="the-same-key")
    assert second["revision"] == first["revision"] + 1


def test_a_refused_request_may_be_sent_mended_under_its_key(site: Site) -> None:
    """Only what was done is remembered."""
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    lead.act(item, "advance", {"trigger": "return"}, 422, Idempotency_Key="try-again-1")
    done = lead.act(item, "advance", {"trigger": "return", "reason": "Why"}, Idempotency_Key="try-again-1")
    assert (done["stage"], done["revision"]) == ("provider_report", item["revision"] + 1)


def test_opening_under_a_key_opens_once(site: Site) -> None:
    officer = Program(site, "governance-officer")
    wish = {"workflow": "provider_assurance", "subject": "ghft", "period": "2030-31 Q1", "reason": "Ahead of time"}
    answers = [officer.send("/items", wish, Idempotency_Key="open-2030-q1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].headers["location"] == f"{API}/items/{answers[0].json()['id']}"
    assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true", "true"]
    assert officer.post("/items", wish, 409)["code"] == "already_open"


@pytest.mark.parametrize("key", ["short", "with blanks in it", "ä" * 10, "x" * 129])
def test_a_key_that_is_none_is_refused(site: Site, key: str) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    headers = {b"If-Match": tag(item).encode(), b"Idempotency-Key": key.encode("latin-1")}
    answer = lead.client.post(f"{API}/items/{item['id']}/comment", json={"text": "x"}, headers=headers)
    assert lead.read(answer, 400)["code"] == "bad_key"


def test_a_bulk_decision_sent_again_moves_nothing_again(site: Site) -> None:
    """The preview's answer for each is what happens; sent again, each is answered as it was then."""
    lead = Program(site, "quality-lead")
    items = [lead.item(reference) for reference in (OWN, FOREIGN)]
    seen = [{"id": item["id"], "revision": item["revision"]} for item in items]
    wish = {"items": seen, "trigger": "return", "reason": "Two wards are missing"}
    preview = lead.post("/bulk-advance", {**wish, "preview": True}, Idempotency_Key="bulk-0001")
    assert preview["preview"] is True
    assert [lead.item(item["reference"]) for item in items] == items
    first = lead.post("/bulk-advance", wish, Idempotency_Key="bulk-0002")
    assert [each["done"] for each in first["outcomes"]] == [True, True]
    assert first["outcomes"] == preview["outcomes"]
    moved = [lead.item(item["reference"]) for item in items]
    assert [item["stage"] for item in moved] == ["provider_report"] * 2
    lead.act(moved[0], "comment", {"text": "Meanwhile"})
    assert lead.post("/bulk-advance", wish, Idempotency_Key="bulk-0002") == first
    sent = [lead.send("/bulk-advance", wish, Idempotency_Key=key) for key in ("bulk-0002", "bulk-0009")]
    assert [each.headers.get("Idempotency-Replayed") for each in sent] == ["true", None]
    assert lead.item(moved[1]["reference"]) == moved[1]


def test_a_bulk_decision_under_a_key_of_another_is_refused(site: Site) -> None:
    lead = Program(site, "quality-lead")
    items = [lead.item(reference) for reference in (OWN, FOREIGN)]
    seen = [{"id": item["id"], "revision": item["revision"]} for item in items]
    wish = {"trigger": "return", "reason": "Two wards are missing"}
    lead.post("/bulk-advance", {**wish, "items": seen[:1]}, Idempotency_Key="bulk-0003")
    told = lead.post("/bulk-advance", {**wish, "items": seen[1:]}, 422, Idempotency_Key="bulk-0003")
    assert told["code"] == "key_reused"
    assert lead.item(FOREIGN) == items[1]
