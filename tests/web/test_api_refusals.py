"""API: refusals say why, all of it, and in the words of a program."""

from __future__ import annotations

import json
from typing import Any

import pytest

from qa_workflow.service.items.attachments import attach
from tests.web.assurances import MISSING, REVIEW
from tests.web.filling import PDF
from tests.web.programs import API, Program, tag
from tests.web.site import Site


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


def test_a_refusal_that_begins_with_a_name_has_the_name_as_it_is(site: Site) -> None:
    told = Program(site, "ghc-contact").get("/governance/versions", 403)
    assert told["detail"].startswith("ghc-contact may not")
