"""API: its promises: nobody writes over another, requests happen once, refusals say why, foreign is not there."""

from __future__ import annotations

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from qa_workflow.service.items.attachments import attach
from qa_workflow.web.api import description
from qa_workflow.web.api.codes import codes
from qa_workflow.web.api.models.glossary import MEANINGS
from tests.web.filling import PDF
from tests.web.programs import API, Program, tag
from tests.web.site import ROOT, Site

OWN, FOREIGN, MISSING = "PA/2026-27-Q4/ghc", "PA/2026-27-Q4/ghft", "PA/2026-27-Q4/nobody"
REVIEW = OWN
"""Reported, and now before its review group."""


# The revision that was looked at


def test_an_item_is_told_with_its_revision(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    answer = lead.client.get(f"{API}/items/{item['id']}")
    assert answer.headers["etag"] == tag(item)
    assert answer.json() == item


def test_a_change_without_the_revision_is_refused(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    for headers in ({}, {"If_Match": "*"}):
        told = lead.post(f"/items/{item['id']}/comment", {"text": "Seen"}, 428, **headers)
        assert told["code"] == "revision_missing"
    assert lead.item(REVIEW)["revision"] == item["revision"]


@pytest.mark.parametrize("header", ["7", 'W/"7"', '"seven"', '"-1"', '"1", "2"', '"99999999999999999999"'])
def test_a_revision_that_is_none_is_refused(site: Site, header: str) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    told = lead.post(f"/items/{item['id']}/comment", {"text": "Seen"}, 400, If_Match=header)
    assert told["code"] == "bad_revision"


def test_who_comes_second_is_told_who_did_what_and_when(site: Site) -> None:
    lead, officer = Program(site, "quality-lead"), Program(site, "governance-officer")
    seen = lead.item(REVIEW)
    now = lead.act(seen, "comment", {"text": "The group has met"})
    told = officer.act(seen, "hold", {"reason": "The provider asked for time"}, 409)
    assert told["code"] == "stale"
    assert (told["seen"], told["revision"]) == (seen["revision"], now["revision"])
    assert told["meanwhile"] == ["quality-lead commented on Saturday 10 July 2027 at 09:00"]
    assert officer.item(REVIEW)["status"] == "open"


def test_of_two_at_once_one_is_done_and_the_other_is_told(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    programs = [Program(site, "quality-lead") for _ in range(4)]

    def comment(program: Program) -> int:
        return program.send(f"/items/{item['id']}/comment", {"text": "Me"}, If_Match=tag(item)).status_code

    with ThreadPoolExecutor(len(programs)) as at_once:
        assert sorted(at_once.map(comment, programs)) == [200, 409, 409, 409]
    assert lead.item(REVIEW)["revision"] == item["revision"] + 1


# Once


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


# Refusals


def test_a_refusal_names_everything_that_is_in_the_way(site: Site) -> None:
    told = Program(site, "quality-lead").act(
        Program(site, "quality-lead").item(REVIEW), "advance", {"trigger": "accept"}, 422
    )
    assert told["code"] == "not_now"
    assert {each["code"] for each in told["obstacles"]} == {"missing"}
    assert len(told["obstacles"]) == 2


def test_a_refusal_speaks_of_what_a_program_sends(site: Site) -> None:
    """Not of the options of the command line, which has the same refusals."""
    lead, contact, administrator = (Program(site, who) for who in ("quality-lead", "ghc-contact", "administrator"))
    opened = lead.post("/items", {"workflow": "provider_assurance", "subject": "ghc"}, 422)
    assert opened["detail"].endswith('say which, as "2026-27 Q4"')
    item = lead.post("/items", {"workflow": "provider_assurance", "subject": "ghc", "period": "2032-33 Q1"}, 201)
    sent = contact.act(item, "advance", {"trigger": "submit", "fields": {"report": "q4.txt"}}, 400)
    assert sent["detail"] == "Report: a document is wanted; give the file itself, not a text"
    doubtful = lead.act(item, "comment", {"text": "943 476 5919"}, 422)
    assert doubtful["detail"].endswith(f"sending it again with no_patient {doubtful['no_patient']}")
    assert "`" not in administrator.post("/machine/incidents/99/try-again", {"reason": "x"}, 404)["detail"]


def test_recording_nothing_is_refused(site: Site) -> None:
    """An event in which nothing happened would make every other look stale."""
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    refused = lead.act(item, "record", {"fields": {}}, 422)
    assert (refused["code"], "nothing to record" in refused["detail"]) == ("nonsense", True)
    assert lead.item(REVIEW) == item


def test_what_is_over_takes_what_its_refusal_says_that_it_takes(site: Site) -> None:
    """A comment or a correction."""
    officer = Program(site, "governance-officer")
    over = officer.act(officer.item(REVIEW), "cancel", {"reason": "Opened twice"})
    refused = officer.act(over, "cancel", {"reason": "Opened twice"}, 422)
    assert refused["detail"].endswith("only a comment or a correction can still be added")
    said = officer.act(over, "comment", {"text": "The other one goes on"})
    officer.act(said, "correct", {"reason": "It was meant otherwise", "fields": {"feedback": "None"}})


@pytest.mark.parametrize(
    ("path", "body", "where", "what"),
    [
        ("/items", {"workflow": "x", "hunter2": 1}, "body", "workflow, subject, period, fields, reason"),
        ("/items", [], "body", "it is not an object"),
        ("/items", {"workflow": ""}, "body.workflow", "it has fewer characters than 1"),
        ("/bulk-advance", {"items": [], "trigger": "x"}, "body.items", "it has fewer entries than 1"),
        ("/exports/items", {"format": "pdf"}, "body.format", "it is not one of 'xlsx' or 'csv'"),
        ("/digest", {"wanted": "yes"}, "body.wanted", "it is neither true nor false"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_as_described_is_said_in_plain_words(
    site: Site, path: str, body: object, where: str, what: str
) -> None:
    """Not in those of the library that reads it; of a name that is not known, what is known there."""
    faults = Program(site, "quality-lead").post(path, body, 422)["faults"]
    said = next(each["what"] for each in faults if each["where"] == where)
    assert what in said
    assert "hunter2" not in json.dumps(faults)


def test_a_query_that_is_not_as_described_is_told_what_it_may_have(site: Site) -> None:
    """Also a text where a file is wanted."""
    lead = Program(site, "quality-lead")
    found = lead.get("/overdue", 422, bogus=1)["faults"][0]
    assert (found["where"], "late_from, late_to" in found["what"]) == ("query", True)
    assert lead.get("/items", 422, limit=0)["faults"][0]["what"] == "it is less than 1"
    text = lead.client.post(f"{API}/documents", data={"file": "report.pdf"}, files={"other": b"x"})
    assert lead.read(text, 422)["faults"][0]["what"] == "it is no file"


def test_who_may_not_is_told_who_may(site: Site) -> None:
    lead = Program(site, "quality-lead")
    told = lead.act(lead.item(REVIEW), "cancel", {"reason": "No need"}, 403)
    assert told["code"] == "not_allowed"
    assert "governance_officer" in told["detail"]


def test_nothing_that_was_sent_comes_back(site: Site) -> None:
    """A secret that was put into the wrong place is neither repeated nor logged."""
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    secret = "hunter2-in-the-wrong-place"  # noqa: S105
    for body in ({"text": 5, secret: secret}, {"txet": secret}, [secret], secret):
        answer = lead.send(f"/items/{item['id']}/comment", body, If_Match=tag(item))
        assert answer.status_code == 422
        assert secret not in answer.text
    for query in ({"limit": secret}, {"cursor": secret}, {"overdue": secret}):
        assert secret not in lead.client.get(f"{API}/items", params=query).text
    assert secret not in lead.client.get(f"{API}/items/by-reference/{MISSING}").text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"text": "a", "text": "b"}',
        b'{"text": "nul \\u0000"}',
        b'{"text": "half \\ud800"}',
        b'{"text": NaN}',
        b'{"text": Infinity}',
        b'{"text": 1e999}',
        b'{"text": ' + b"9" * 5000 + b"}",
        b'{"text": ' + b"9" * 40 + b"}",
        b"[" * 100_000,
        b"[" * 900 + b"]" * 900,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b'"' + b"x" * (2 * 2**20) + b'"',
        "{\u202e}".encode(),
    ],
    ids=[
        "nothing",
        "cut-off",
        "no-utf8",
        "a-name-twice",
        "nul",
        "half-a-pair",
        "nan",
        "infinity",
        "beyond-a-float",
        "5000-digits",
        "40-digits",
        "opened-100000-times",
        "nested-900",
        "nested-3000",
        "2-mb",
        "bidi",
    ],
)
def test_a_body_that_is_no_request_is_refused(site: Site, body: bytes) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    headers = {"Content-Type": "application/json", "If-Match": tag(item)}
    answer = lead.client.post(f"{API}/items/{item['id']}/comment", content=body, headers=headers)
    assert answer.status_code in (400, 413, 422)
    lead.read(answer, answer.status_code)


@pytest.mark.parametrize("name", ["Authorization", "If-Match", "Idempotency-Key", "Content-Type"])
def test_a_header_that_is_sent_twice_is_refused(site: Site, name: str) -> None:
    """It could be read as the one here, and as the other by whatever stands in front of us."""
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    one = {"If-Match": tag(item), "Idempotency-Key": "12345678", "Content-Type": "application/json"}
    one["Authorization"] = f"Bearer {lead.key}"
    twice = [*one.items(), (name, one[name])]
    client = lead.site.client(None)
    answer = client.post(f"{API}/items/{item['id']}/comment", content=b'{"text": "x"}', headers=twice)
    assert lead.read(answer, 400)["code"] == "bad_header"
    assert lead.item(REVIEW) == item


def test_an_address_says_all_that_it_takes(site: Site) -> None:
    lead = Program(site, "quality-lead")
    for path, takes in (("/items", "GET, HEAD, POST"), ("/bulk-advance", "POST"), ("/overdue", "GET, HEAD")):
        answer = lead.client.delete(API + path)
        assert lead.read(answer, 405)["code"] == "method_not_allowed"
        assert answer.headers["allow"] == takes


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "a" * 500, ""])
def test_a_body_of_another_kind_is_refused(site: Site, kind: str) -> None:
    lead = Program(site, "quality-lead")
    headers = {"Content-Type": kind, "If-Match": '"1"'}
    answer = lead.client.post(f"{API}/items/{'0' * 32}/comment", content=b'{"text": "x"}', headers=headers)
    assert lead.read(answer, 415)["code"] == "not_json"


@pytest.mark.parametrize("kind", ["application/json", "application/pdf", "application/x-www-form-urlencoded", ""])
def test_a_document_in_a_body_of_another_kind_is_refused(site: Site, kind: str) -> None:
    """As a file of its own, or in JSON, say."""
    lead = Program(site, "quality-lead")
    answer = lead.client.post(f"{API}/documents", content=b"file=x", headers={"Content-Type": kind})
    assert lead.read(answer, 415)["code"] == "not_a_form"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rating", 10**29),
        ("rating", 1.5),
        ("rating", ["substantial"]),
        ("rating", {"sha256": "0" * 64, "name": "x", "size": 1}),
        ("minutes", "no document"),
        ("minutes", {"sha256": "0" * 64, "name": "x", "size": 1}),
        ("minutes", {"sha256": "0" * 64, "name": "x", "size": 1, "ticket": "x.y"}),
        ("minutes", {"sha256": "0" * 64, "name": "x", "size": 1, "ticket": "é"}),
        ("actions", [["nested"]]),
        ("actions", [None]),
        ("actions_due_on", "2027-02-30"),
        ("actions_due_on", "9999-12-31T"),
        ("actions_due_on", True),
        ("feedback", "x" * 100_001),
        ("feedback", "\u202egnp.exe"),
        ("no_such_field", "x"),
        ("é\u0301", "x"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(site: Site, field: str, value: Any) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    body = {"trigger": "accept", "fields": {field: value}}
    answer = lead.send(f"/items/{item['id']}/advance", body, If_Match=tag(item))
    assert answer.status_code in (400, 422)
    lead.read(answer, answer.status_code)
    assert lead.item(REVIEW) == item


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "1752-09-03", "2500-01-01"])
def test_a_day_beyond_all_calendars_is_refused_or_kept_but_never_a_fault(site: Site, on: str) -> None:
    officer = Program(site, "governance-officer")
    item = officer.item(REVIEW)
    body = {"on": on, "basis": "agreed", "reason": "Because"}
    assert officer.send(f"/items/{item['id']}/due-date", body, If_Match=tag(item)).status_code < 500
    until = {"reason": "Because", "until": f"{on}T00:00:00+00:00"}
    item = officer.item(REVIEW)
    assert officer.send(f"/items/{item['id']}/hold", until, If_Match=tag(item)).status_code < 500
    wish = {"at": f"{on}T10:00:00+00:00", "reason": "Because", "preview": True}
    body_name = officer.get("/bodies")["bodies"][0]["name"]
    meetings = officer.get(f"/bodies/{body_name}/meetings")["meetings"]
    path = f"/bodies/{body_name}/meetings/{meetings[0]['key']}/move"
    assert officer.send(path, wish).status_code < 500
    assert officer.send(path, {**wish, "preview": False}).status_code < 500
    assert officer.client.get(f"{API}/items").status_code == 200


def test_steps_say_where_they_lead_and_by_when(site: Site) -> None:
    """What the form of a step says before it is sent: a program can show it, too."""
    contact = Program(site, "ghft-contact")
    item = contact.item("PA/2027-28-Q1/ghft")
    (submit,) = contact.get(f"/items/{item['id']}/steps")["steps"]
    assert (submit["needs"], submit["forbidden"]) == (["report"], [])
    assert [each["stage"] for each in submit["ahead"]] == ["cqrg_review"]
    document = attach(site.house, "q1.pdf", PDF)
    after = site.engine.advance(item["reference"], "submit", actor="ghft-contact", fields={"report": document})
    due = after.due()
    assert due is not None
    assert submit["ahead"][0]["due_on"] == due.on
    assert submit["ahead"][0]["time_left"]


def test_steps_say_who_may_not_what_is_asked_and_that_the_body_has_not_met(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item("PA/2026-27-Q4/ghft")
    steps = {each["trigger"]: each for each in lead.get(f"/items/{item['id']}/steps")["steps"]}
    assert steps["accept"]["asks"] == ["actions", "actions_due_on"]
    assert "meets on" in steps["accept"]["early"]
    theirs = Program(site, "ghft-contact").get(f"/items/{item['id']}/steps")["steps"]
    assert all(each["forbidden"] and not each["ahead"] for each in theirs)


# What may be seen


def test_a_foreign_item_is_as_good_as_none(site: Site) -> None:
    outsider = Program(site, "ghc-contact")
    foreign = Program(site, "quality-lead").item(FOREIGN)["id"]
    for path in ("", "/history", "/explanation", "/steps", f"/documents/{'a' * 64}"):
        told = [outsider.get(f"/items/{name}{path}", 404) for name in (foreign, "0" * 32)]
        assert _bare(told[0], foreign) == _bare(told[1], "0" * 32)
    for verb, body in _writes().items():
        told = [
            outsider.post(f"/items/{name}/{verb}", body, 404, If_Match='"1"', Idempotency_Key="0123456789")
            for name in (foreign, "0" * 32)
        ]
        assert _bare(told[0], foreign) == _bare(told[1], "0" * 32)
    told = [outsider.get(f"/items/by-reference/{name}", 404) for name in (FOREIGN, MISSING)]
    assert _bare(told[0], FOREIGN) == _bare(told[1], MISSING)


def test_a_foreign_item_among_many_is_as_good_as_none(site: Site) -> None:
    outsider = Program(site, "ghc-contact")
    foreign = Program(site, "quality-lead").item(FOREIGN)["id"]
    wish = {"items": [{"id": name, "revision": 1} for name in (foreign, "0" * 32)], "trigger": "submit"}
    first, second = outsider.post("/bulk-advance", wish)["outcomes"]
    assert _bare(first, foreign) == _bare(second, "0" * 32)
    assert first["code"] == "not_found"


def test_lists_and_counts_end_at_what_may_be_seen(site: Site) -> None:
    outsider = Program(site, "ghc-contact")
    page = outsider.get("/items", total=True, status="any", limit=200)
    assert page["total"] == len(page["items"]) > 0
    assert {item["subject"] for item in page["items"]} == {"ghc"}
    for filters in ({"search": "ghft"}, {"subject": "ghft"}, {"mine": True, "total": True}, {"overdue": True}):
        assert "/ghft" not in json.dumps(outsider.get("/items", **filters))
    assert outsider.get("/items", subject="ghft", total=True)["total"] == 0


def test_what_needs_a_right_needs_it_here_too(site: Site) -> None:
    for person, path in (
        ("quality-lead", "/machine"),
        ("quality-lead", "/machine/incidents"),
        ("ghc-contact", "/people"),
        ("ghc-contact", "/workflows"),
    ):
        assert Program(site, person).get(path, 403)["code"] == "not_yours"


# Lists


def test_a_list_goes_on_to_its_end_and_has_each_item_once(site: Site) -> None:
    lead = Program(site, "quality-lead")
    whole = lead.get("/items", limit=200, total=True)
    assert whole["next"] is None
    found, cursor = [], None
    while True:
        page = lead.get("/items", limit=3, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) <= 3
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [item["id"] for item in whole["items"]]
    assert len(found) == whole["total"]


def test_what_is_moved_meanwhile_makes_no_item_come_twice(site: Site) -> None:
    lead = Program(site, "quality-lead")
    first = lead.get("/items", limit=4)
    lead.post("/items", {"workflow": "provider_assurance", "subject": "ghft", "period": "2031-32 Q1"}, 201)
    second = lead.get("/items", limit=200, cursor=first["next"])
    assert not {i["id"] for i in first["items"]} & {i["id"] for i in second["items"]}


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "AAAA",
        "W10",
        "WzEsMiwzXQ",
        "W2ZhbHNlLDEsMSwieCJd",
        "W3RydWUsIDk5OTk5OTk5OTk5OTk5OTk5OTk5LCAxLCAieCJd",
        "W" * 200,
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(site: Site, cursor: str) -> None:
    assert Program(site, "quality-lead").get("/items", 400, cursor=cursor)["code"] == "bad_cursor"


def test_a_cursor_is_for_the_list_it_was_given_out_for(site: Site) -> None:
    lead = Program(site, "quality-lead")
    cursor = lead.get("/items", limit=1)["next"]
    assert lead.get("/items", 400, cursor=cursor, overdue=True)["code"] == "bad_cursor"
    assert Program(site, "lay-member").get("/items", 400, cursor=cursor)["code"] == "bad_cursor"


def test_overdue_items_come_with_the_longest_overdue_first(site: Site) -> None:
    board = Program(site, "lay-member").get("/overdue", limit=200)
    found = board["steps"]
    assert len(found) == board["total"] > 0
    assert all(step["is_late"] and step["days"] > 0 for step in found)
    assert [step["due_at"] for step in found] == sorted(step["due_at"] for step in found)
    page, seen = Program(site, "lay-member").get("/overdue", limit=1), []
    while True:
        seen += page["steps"]
        if page["next"] is None:
            break
        page = Program(site, "lay-member").get("/overdue", limit=1, cursor=page["next"])
    assert seen == found


def test_a_name_means_the_same_in_every_list(site: Site) -> None:
    """A program joins the lists by these names: what it filtered by in one is what it reads in another."""
    officer = Program(site, "governance-officer")
    items = {each["id"]: each for each in officer.get("/items", limit=200)["items"]}
    days = [day for month in range(4, 11) for day in officer.get("/calendar", month=f"2027-{month:02}")["days"]]
    lists = {
        "overdue": officer.get("/overdue", limit=200)["steps"],
        "misses": [line for each in officer.get("/misses")["meetings"] for line in each["missing"]],
        "calendar": [step for day in days for step in day["due"]],
        "my items": Program(site, "quality-lead").get("/me/items", limit=200)["items"],
    }
    for kind, found in lists.items():
        assert found, kind
        for each in found:
            item = items[each["id"]]
            for name in ("reference", "workflow", "title", "subject", "subject_title", "stage", "stage_title", "owner"):
                if name in each and (item["stage"] == each["stage"] or name not in ("stage", "stage_title", "owner")):
                    assert each[name] == item[name], (kind, name)
            assert each["subject"] is not None
            assert each["subject_title"] != each["subject"]
            assert {"holders", "first_on"}.isdisjoint(each)
            steps = [step["path"].rpartition(".")[2] == step["trigger"] for step in each.get("steps", ())]
            assert all(steps), kind
    late = lists["overdue"][0]
    assert officer.get("/overdue", subject=late["subject"], owner=late["owner"][0], stage=late["stage"])["total"] > 0
    why = officer.get(f"/items/{late['id']}/explanation")["explanations"]
    same = next(each for each in why if each["stage"] == late["stage"])
    assert [same[name] for name in ("stage_title", "due_on", "first_due_on")] == [
        late[name] for name in ("stage_title", "due_on", "first_due_on")
    ]


# Documents


def test_a_document_is_uploaded_attached_and_read_again(site: Site) -> None:
    contact = Program(site, "ghft-contact")
    item = contact.item("PA/2027-28-Q1/ghft")
    answer = contact.client.post(
        f"{API}/documents", files={"file": ("../../report\u202e.txt", b"All is well", "text/plain")}
    )
    kept = contact.read(answer, 201)
    assert (kept["name"], kept["size"]) == ("report.txt", 11)
    moved = contact.act(item, "advance", {"trigger": "submit", "fields": {"report": kept}})
    assert moved["fields"]["report"] == {name: kept[name] for name in ("sha256", "name", "size")}
    path = f"{API}/items/{item['id']}/documents/{kept['sha256']}"
    given = Program(site, "quality-lead").client.get(path)
    assert given.content == b"All is well"
    assert given.headers["content-disposition"] == "attachment; filename*=UTF-8''report.txt"
    assert given.headers["x-content-type-options"] == "nosniff"
    assert Program(site, "ghc-contact").client.get(path).status_code == 404


def test_knowing_a_documents_sum_is_not_enough_to_attach_it(site: Site) -> None:
    """Otherwise who knows, or guesses, the SHA-256 of a foreign document could read it through an item of their own."""
    lead, contact = Program(site, "quality-lead"), Program(site, "ghft-contact")
    kept = lead.read(lead.client.post(f"{API}/documents", files={"file": ("a.txt", b"Not for you", "text/plain")}), 201)
    item = contact.item("PA/2027-28-Q1/ghft")
    for told in (kept, {**kept, "ticket": None}, {name: kept[name] for name in ("sha256", "name", "size")}):
        refused = contact.act(item, "advance", {"trigger": "submit", "fields": {"report": told}}, 400)
        assert refused["code"] == "bad_value"


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.txt", b""), ("page.html", b"<script>"), ("report.pdf", b"MZ no pdf"), ("noname", b"text")],
)
def test_a_document_that_may_not_be_kept_is_refused(site: Site, name: str, content: bytes) -> None:
    lead = Program(site, "quality-lead")
    answer = lead.client.post(f"{API}/documents", files={"file": (name, content, "text/plain")})
    assert answer.status_code in (400, 422)
    lead.read(answer, answer.status_code)


def test_sixty_megabytes_are_refused_in_words(site: Site) -> None:
    lead = Program(site, "quality-lead")
    answer = lead.client.post(f"{API}/documents", files={"file": ("big.txt", b"x" * (60 * 2**20), "text/plain")})
    assert lead.read(answer, 413)["code"] == "too_large"


# The house


def test_workflows_are_told_with_their_text_and_their_picture(site: Site) -> None:
    lead = Program(site, "quality-lead")
    names = [each["name"] for each in lead.get("/workflows")["workflows"]]
    assert "provider_assurance" in names
    newest = lead.get("/workflows/provider_assurance")["newest"]
    path = f"/workflows/provider_assurance/versions/{newest['version']}"
    assert lead.get("/workflows/provider_assurance/versions")["versions"][0] == newest
    assert "cqrg_review" in [stage["path"] for stage in lead.get(path)["stages"]]
    source = lead.client.get(f"{API}{path}/source")
    assert b"workflow: provider_assurance" in source.content
    assert source.headers["content-type"].startswith("application/yaml")
    assert lead.client.get(f"{API}{path}/picture").text.startswith("<svg")
    lead.get("/workflows/nothing", 404)
    lead.get("/workflows/provider_assurance/versions/99", 404)


def test_a_meeting_is_moved_as_its_preview_says(site: Site) -> None:
    officer = Program(site, "governance-officer")
    body = "ghft_cqrg" if any(b["name"] == "ghft_cqrg" for b in officer.get("/bodies")["bodies"]) else None
    for candidate in [body] if body else [b["name"] for b in officer.get("/bodies")["bodies"]]:
        found = officer.get(f"/bodies/{candidate}/meetings")["meetings"]
        if found:
            wish = {"at": "2027-12-01T10:00:00+00:00", "reason": "The room is flooded", "preview": True}
            path = f"/bodies/{candidate}/meetings/{found[0]['key']}/move"
            preview = officer.post(path, wish)
            if preview["dates"]:
                done = officer.post(path, {**wish, "preview": False})
                assert done["dates"] == preview["dates"]
                assert all(each["about"] and not each["is_late"] for each in done["dates"])
                assert {each["id"]: each["reference"] for each in done["dates"]} == {
                    officer.item(each["reference"])["id"]: each["reference"] for each in done["dates"]
                }
                return
    pytest.fail("no meeting has anything waiting for it; the test shows nothing")


def test_the_machine_room_is_told_to_who_administers(site: Site) -> None:
    administrator = Program(site, "administrator")
    told = administrator.get("/machine")
    assert told["items_open"] == administrator.get("/items", total=True)["total"]
    assert told["items_overdue"] == administrator.get("/items", overdue=True, total=True)["total"]
    assert administrator.get("/machine/incidents") == {"incidents": [], "more": False}
    assert administrator.post("/machine/verify", {})["ok"] is True


def test_a_month_has_what_the_pages_calendar_has(site: Site) -> None:
    month = Program(site, "governance-officer").get("/calendar", month="2027-07")
    assert month["month"] == "2027-07"
    assert any(day["meetings"] for day in month["days"])
    assert any(day["due"] for day in month["days"])
    outsider = Program(site, "ghc-contact").get("/calendar", month="2027-07")
    assert "/ghft" not in json.dumps(outsider)
    for wrong in ("2027-13", "1999-01", "soon"):
        Program(site, "governance-officer").get("/calendar", 422, month=wrong)


def test_a_definition_is_written_proposed_and_approved_by_a_second_person(site: Site) -> None:
    administrator, officer = Program(site, "administrator"), Program(site, "governance-officer")
    newest = officer.get("/workflows/cqrg_action")["newest"]
    draft = administrator.post("/drafts", {"kind": "workflow", "name": "cqrg_action", "based_on": newest["hash"]}, 201)
    path = f"/drafts/{draft['id']}"
    text = administrator.get(path)["source"] + "\n# Read in July.\n"
    saved = administrator.post(f"{path}/save", {"source": text}, If_Match=tag(draft))
    administrator.post(f"{path}/save", {"source": text + "#"}, 409, If_Match=tag(draft))
    administrator.post(f"{path}/save", {"source": text}, 428)
    proposed = administrator.post(f"{path}/propose", {"note": "A remark"}, If_Match=tag(saved))
    wish = {"proposed_hash": proposed["proposed_hash"]}
    administrator.post(f"{path}/approve", wish, 422)
    officer.post(f"{path}/approve", {"proposed_hash": "0" * 64}, 409)
    published = officer.post(f"{path}/approve", wish)
    assert published["version"] == newest["version"] + 1
    assert officer.get("/workflows/cqrg_action")["newest"]["hash"] == published["hash"]
    assert Program(site, "quality-lead").get("/drafts", 403)["code"] == "not_yours"
    administrator.get("/drafts/999", 404)


def test_incidents_are_settled_with_a_reason(site: Site) -> None:
    administrator = Program(site, "administrator")
    site.house.write(lambda work: work.unit.incident("message", "1 for nobody not delivered: test", None, work.now))
    (incident,) = administrator.get("/machine/incidents")["incidents"]
    path = f"/machine/incidents/{incident['number']}"
    administrator.post(f"{path}/give-up", {"reason": ""}, 422)
    assert administrator.post(f"{path}/give-up", {"reason": "Told by telephone"})["outcome"] == "given up"
    assert administrator.get("/machine/incidents") == {"incidents": [], "more": False}
    assert administrator.get("/machine/incidents", every=True)["incidents"][0]["reason"] == "Told by telephone"
    administrator.post("/machine/incidents/999/try-again", {"reason": "x"}, 404)


def test_the_organisations_that_items_may_be_about_are_told(site: Site) -> None:
    """A program that opens an item has to know its names; who sees one organisation alone is told of that."""
    lead = Program(site, "quality-lead")
    told = {each["name"]: each for each in lead.get("/organisations")["organisations"]}
    assert (told["ghft"]["kind"], told["ghft"]["active"], told["ghft"]["successor"]) == ("provider", True, None)
    assert told["ghft"]["title"] == lead.item("PA/2026-27-Q4/ghft")["subject_title"]
    assert not any(each["active"] for each in told.values() if each["successor"])
    own = Program(site, "ghft-contact").get("/organisations")["organisations"]
    assert own == [told["ghft"]]


def test_a_draft_of_the_governance_file_begins_as_a_version_that_is_told(site: Site) -> None:
    """Its name and its hash come from here; the text is what was published."""
    administrator = Program(site, "administrator")
    told = administrator.get("/governance/versions")
    newest = told["versions"][0]
    wish = {"kind": "governance", "name": told["name"], "based_on": newest["hash"]}
    draft = administrator.post("/drafts", wish, 201)
    text = administrator.client.get(f"{API}/governance/versions/{newest['version']}/source")
    assert text.text == administrator.get(f"/drafts/{draft['id']}")["source"]
    assert hashlib.sha256(text.content).hexdigest() == newest["hash"]
    administrator.get("/governance/versions/99/source", 404)
    Program(site, "ghft-contact").get("/governance/versions", 403)


def test_what_the_page_for_programs_shows_is_so(site: Site) -> None:
    """Its examples are played as they stand, one after another."""
    page = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
    known: dict[str, Any] = {}
    for name, person in (("lead", "quality-lead"), ("contact", "ghft-contact")):
        known[name] = Program(site, person).client
        known[name].base_url = f"http://testserver{API}"
    played = re.findall(r"<!-- played -->\n```python\n(.*?)```", page, re.DOTALL)
    assert len(played) == page.count("<!-- played -->") == 4
    for example in played:
        exec(compile(example, "docs/programs.md", "exec"), known)  # noqa: S102  our own page


def test_what_can_be_got_can_be_asked_about_without_its_body(site: Site) -> None:
    """By HEAD, as RFC 9110 has it of every server; it lets in nobody whom GET would not."""
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    address = f"{API}/items/{item['id']}"
    told = lead.client.head(address)
    assert (told.status_code, told.headers["ETag"]) == (200, f'"{item["revision"]}"')
    assert site.client(None).head(address).status_code == 401
    assert Program(site, "ghft-contact").client.head(address).status_code == 404
    assert lead.client.head(f"{address}/advance").status_code == 405


def test_a_refusal_that_begins_with_a_name_has_the_name_as_it_is(site: Site) -> None:
    told = Program(site, "ghc-contact").get("/governance/versions", 403)
    assert told["detail"].startswith("ghc-contact may not")


def test_a_revision_that_never_was_is_not_told_as_an_earlier_one(site: Site) -> None:
    lead = Program(site, "quality-lead")
    item = lead.item(REVIEW)
    told = lead.act({**item, "revision": 77}, "comment", {"text": "Hello"}, 409)
    assert (told["code"], "never was at revision 77" in told["detail"]) == ("stale", True)


# The description


def test_every_operation_says_who_may_and_how_it_is_refused() -> None:
    told = description()
    names = []
    for path, ways in told["paths"].items():
        for method, operation in ways.items():
            names.append(operation["operationId"])
            assert operation["description"], path
            if path.endswith("openapi.json"):
                continue
            assert "Needs the scope" in operation["description"], path
            assert {"400", "401", "403", "500", "503"} <= operation["responses"].keys(), (method, path)
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)
    assert len(names) == len(set(names))


def test_every_operation_reads_well() -> None:
    """A name, a tag that is told about, and for whatever is sent or asked for a description or an example to follow."""
    told = description()
    tags = {tag["name"]: tag["description"] for tag in told["tags"]}
    assert all(tags.values())
    for path, ways in told["paths"].items():
        for operation in ways.values():
            assert operation["summary"] == operation["operationId"].replace("_", " ").capitalize(), path
            assert set(operation["tags"]) <= tags.keys(), path
            for parameter in operation.get("parameters", ()):
                name, schema = parameter["name"], parameter["schema"]
                assert parameter.get("description") or schema.get("description"), (path, name)
                if parameter["in"] == "path":
                    assert "example" in parameter or schema.keys() & {"examples", "enum"}, (path, name)
    unsaid = [name for name, shape in told["components"]["schemas"].items() if not shape.get("description")]
    assert unsaid == []


DESCRIBED = (
    "Item", "Changed", "StepForMe", "Event", "HappenedTo", "Happenings", "LateStep", "Board", "Explanation", "MyItem",
    "MyItems", "Outcome", "Lateness", "LatePoint", "Wait", "MovedDate", "Redated", "NotReady", "ChangeDate", "NewDate",
)  # fmt: skip
"""Shapes of items, their dates and the figures about them, on which programs count."""
PLAIN = {
    "signals",
    "month",
    "words",
    "text",
    "steps",
    "events",
    "stuck",
    "items",
    "happened",
    "detail",
    "type",
    "title",
}
"""Names that say it all, or whose shape does."""


def test_what_a_name_in_an_answer_means_is_said_with_it() -> None:
    """Once for all shapes that have it; no entry is about a name that there is not."""
    shapes = description()["components"]["schemas"]
    there = {(shape, name): each for shape, told in shapes.items() for name, each in told.get("properties", {}).items()}
    unsaid = [key for key, each in there.items() if key[0] in DESCRIBED and not each.get("description")]
    assert [key for key in unsaid if key[1] not in PLAIN] == []
    known = {name for _, name in there} | {f"{shape}.{name}" for shape, name in there}
    assert MEANINGS.keys() - known == set()


def test_a_program_can_be_made_of_the_description() -> None:
    """Generators make a function of an operation, with its parameters and `body` as arguments, and of an answer a type.

    A file is `format: binary` to them: what says only its media type they send as text.
    """
    for path, ways in description()["paths"].items():
        for method, operation in ways.items():
            names = [parameter["name"].lower().replace("-", "_") for parameter in operation.get("parameters", ())]
            names += ["body"] if "requestBody" in operation else []
            assert len(names) == len(set(names)), (path, method, names)
            for answer in operation["responses"].values():
                assert all(each.get("schema") for each in answer.get("content", {}).values()), (path, method)
    upload = description()["components"]["schemas"]["Upload"]["properties"]["file"]
    assert (upload["type"], upload["format"]) == ("string", "binary")


def test_codes_stay() -> None:
    """Programs go by them: one that is here is never renamed, and each says what it means."""
    told = codes()
    promised = """
        already_open bad_body bad_cursor bad_header bad_key bad_person bad_query bad_request bad_revision
        bad_value definition doubtful_date draft_state export_too_long fault form_too_old four_eyes invalid item_is_held
        item_is_over key_reused key_wanted looks_like_patient method_not_allowed no_cover no_meeting
        no_such_step nonsense not_a_form not_accepted not_allowed not_found not_json not_now not_published not_yours
        nothing_waits other_site person_changed reason_needed revision_missing scope_wanted second_person
        settled_already stale still_holds storage too_few_publishers too_large too_many_exports too_many_feeds
        too_many_views unknown unknown_field unknown_version usage which_one
    """
    assert set(promised.split()) - told.keys() == set()
    assert [code for code, means in told.items() if not means] == []
    assert all(f"`{code}`" in description()["info"]["description"] for code in told)


def test_the_description_is_given_to_everybody(site: Site) -> None:
    assert Program(site, None).get("/openapi.json") == description()


def _bare(told: Any, name: str) -> str:
    return json.dumps(told).replace(name, "?")


def _writes() -> dict[str, dict[str, Any]]:
    return {
        "advance": {"trigger": "submit"},
        "record": {"fields": {}},
        "comment": {"text": "Hello"},
        "claim": {},
        "release": {},
        "assign": {"person": "quality-lead", "reason": "Leave"},
        "hold": {"reason": "Why"},
        "resume": {},
        "cancel": {"reason": "Why"},
        "correct": {"reason": "Why"},
        "due-date": {"on": "2027-10-01", "basis": "agreed", "reason": "Why"},
        "sub-items": {},
    }
