"""API: figures over time, lists and files, feeds, the digest; the sub-items of an item; what looks like a patient."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from qa_workflow.cli.listing import items_command
from qa_workflow.service.boards import misses
from qa_workflow.service.boards.exporting import AN_HOUR
from qa_workflow.service.boards.misses import Ahead, Missing, Outlook
from qa_workflow.service.lists.mine import mine
from tests.web.programs import API, Program
from tests.web.site import Site

REVIEW = "PA/2026-27-Q4/ghc"
AT_RISK = "may miss it: the papers close within days"
NHS_NUMBER = "943 476 5919"
"""A number that is right by its check digit, and given to nobody: one of those for tests."""


@pytest.fixture
def lead(site: Site) -> Program:
    return Program(site, "quality-lead")


def test_my_items_say_what_is_new_and_what_the_page_says(site: Site, lead: Program) -> None:
    """As the page: since when it is new and by whom, when its body meets, what can be done, what came back."""
    told = lead.get("/me/items")
    with site.house.looking() as (_, world):
        person = world.actor("quality-lead", world.day(site.engine.now()))
    page = mine(site.house, person, site.engine.now())
    assert told["next"] is None
    assert [each["reference"] for each in told["items"]] == [line.reference for line in page.lines]
    assert (told["total"], told["late"]) == (page.waiting.number, page.waiting_late.number)
    for each, line in zip(told["items"], page.lines, strict=True):
        assert each["time_left"] == line.left
        assert [step["path"] for step in each["steps"]] == [step.trigger for step in line.steps]
        assert each["meets_on"] == (line.meets_on.isoformat() if line.meets_on else None)
    assert any(each["meets_on"] for each in told["items"])
    first = lead.item("PA/2026-27-Q4/ghft")
    lead.act(first, "advance", {"trigger": "return", "reason": "The falls are not counted"})
    contact = Program(site, "ghft-contact")
    (new,) = [each for each in contact.get("/me/items")["items"] if each["reference"] == first["reference"]]
    assert new["came_in"] == {"on": "2027-07-10", "by": "quality-lead"}
    assert new["returned"] == {"on": "2027-07-10", "by": "quality-lead", "why": "The falls are not counted"}


def test_my_items_go_on_and_are_ones_own(site: Site, lead: Program) -> None:
    whole = [each["reference"] for each in lead.get("/me/items")["items"]]
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = lead.get("/me/items", limit=1, **cursor)
        seen += [each["reference"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == whole
    assert len(whole) > 1
    outsider = Program(site, "ghc-contact")
    outsider.get("/me/items", 400, cursor=cursor["cursor"])
    assert all(each["reference"].endswith("/ghc") for each in outsider.get("/me/items")["items"])


def test_the_words_of_a_search_have_one_name(site: Site, lead: Program) -> None:
    """The command line's `--search` is the API's `search`, in a list and in a file of it."""
    words: Any = {"search": "gloucestershire hospitals"}
    found = {each["reference"] for each in lead.get("/items", **words)["items"]}
    assert found
    assert all("/ghft" in each for each in found)
    answer = Program(site, "quality-lead").send("/exports/items", {"format": "csv", "filters": words})
    rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert {row[0] for row in rows if row and "/" in row[0]} == found
    assert any("--search" in each.opts for each in items_command.params)


def test_lateness_has_its_limits_and_its_words(lead: Program) -> None:
    told = lead.get("/lateness")
    assert told["verdict"]
    counted = [point for point in told["points"] if point["share"] is not None]
    assert counted
    assert (told["mean"] is None) is (len(counted) < 3)
    assert any("2.66" in rule for rule in told["rules"])
    lead.get("/lateness", by="first")
    lead.get("/lateness", 422, by="middle")
    lead.get("/lateness", 400, by=["first", "last"])


def test_lateness_is_told_of_all_bodies_at_once(site: Site, lead: Program) -> None:
    """Each as it is told alone; together they are the whole, within what may be seen."""
    bodies: list[Any] = []
    for who in (lead, Program(site, "ghc-contact")):
        bodies = who.get("/lateness/bodies")["bodies"]
        assert bodies
        for each in bodies:
            if each["body"]:
                alone = who.get("/lateness", body=each["body"])
                assert each == {**alone, "body": each["body"], "body_title": each["body_title"]}
        due = sum(point["due"] for each in bodies for point in each["points"])
        assert due == sum(point["due"] for point in who.get("/lateness")["points"])
    (one,) = lead.get("/lateness/bodies", body=bodies[0]["body"])["bodies"]
    assert one["body"] == bodies[0]["body"]
    lead.get("/lateness/bodies", 422, by="middle")


def test_waits_and_misses_are_told_within_what_may_be_seen(site: Site, lead: Program) -> None:
    """Longest waits first; and a provider's own are counted, never another's."""
    outsider = Program(site, "ghc-contact")
    mine, theirs = (who.get("/waits")["waits"] for who in (lead, outsider))
    medians = [each["median"] for each in mine]
    assert medians == sorted(medians, reverse=True)
    assert len(set(medians)) > 1
    assert [(each["stays"], each["longest"]["reference"]) for each in (mine[0], theirs[0])] == [
        (4, "QA/2026-27/ghft"),
        (1, "QA/2026-27/ghc"),
    ]
    only = lead.get("/waits", workflow="provider_assurance")["waits"]
    assert only == [each for each in mine if each["workflow"] == "provider_assurance"]
    missing = {
        who: [(line["reference"], line["words"]) for each in who.get("/misses")["meetings"] for line in each["missing"]]
        for who in (lead, outsider)
    }
    assert "PA/2027-28-Q1/ghft" in dict(missing[lead])
    assert ("PA/2027-28-Q1/ghc", AT_RISK) in missing[outsider]
    assert all(reference.endswith("/ghc") for reference, _ in missing[outsider])
    assert [sum(each["due"] for each in who.get("/lateness")["points"]) for who in (lead, outsider)] == [8, 2]


def test_a_list_leaves_as_a_file_and_not_too_often(site: Site) -> None:
    officer = Program(site, "governance-officer")
    total = officer.get("/overdue", late_from="10")["total"]
    answer = officer.send("/exports/overdue", {"format": "csv", "filters": {"late_from": "10"}})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"
    assert len(list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))) == total + 1
    officer.post("/exports/items", {"filters": {"body": "governing_body"}}, 422)
    officer.post("/exports/items", {"filters": {"workflow": "nothing"}}, 400)
    for _ in range(AN_HOUR - 1):
        assert officer.send("/exports/items", {"filters": {"overdue": True}}).content[:2] == b"PK"
    refused = officer.send("/exports/items", {})
    assert officer.read(refused, 429)["code"] == "too_many_exports"
    assert refused.headers["retry-after"] == "3600"
    site.wall.advance(minutes=59, seconds=30)
    refused = officer.send("/exports/items", {})
    assert refused.headers["retry-after"] == "30"
    assert "in 1 minute," in officer.read(refused, 429)["detail"]
    site.wall.advance(seconds=30)
    assert officer.send("/exports/items", {}).status_code == 200


def test_a_providers_file_has_their_own_items(site: Site) -> None:
    answer = Program(site, "ghc-contact").send("/exports/items", {"format": "csv", "filters": {"status": "any"}})
    text = answer.content.decode("utf-8-sig")
    assert "/ghc" in text
    assert "/ghft" not in text


def test_lists_are_kept_renamed_and_forgotten(lead: Program) -> None:
    kept = lead.post("/lists/overdue/keep", {"name": "Late at the Board", "query": "late_from=10&after=1.2.3"})
    assert kept == {"name": "Late at the Board", "query": "late_from=10"}
    lead.post("/lists/overdue/rename", {"name": "Late at the Board", "new": "Long late"})
    assert lead.get("/lists/overdue")["views"] == [{"name": "Long late", "query": "late_from=10"}]
    lead.post("/lists/overdue/rename", {"name": "Late at the Board", "new": "x"}, 404)
    lead.post("/lists/overdue/forget", {"name": "Long late"})
    lead.post("/lists/overdue/forget", {"name": "Long late"}, 404)
    assert lead.get("/lists/overdue") == {"views": []}
    lead.get("/lists/secrets", 422)


def test_a_feed_is_given_read_and_taken_back(site: Site, lead: Program) -> None:
    given = lead.post("/feeds", {"about": "body:governing_body"}, 201)
    path = given["address"].partition("/feeds/")[2]
    public = site.client(None)
    assert public.get(f"/feeds/{path}").text.startswith("BEGIN:VCALENDAR")
    (listed,) = lead.get("/feeds")["feeds"]
    assert listed["id"] == given["feed"]["id"]
    assert path.removesuffix(".ics") not in json.dumps(listed)
    take_back = f"/feeds/{listed['id']}/take-back"
    Program(site, "lay-member").post(take_back, {}, 404)
    lead.post(take_back, {})
    lead.post(take_back, {}, 404)
    assert public.get(f"/feeds/{path}").status_code == 404
    lead.post("/feeds", {"about": "body:nowhere"}, 400)


def test_the_digest_is_switched(lead: Program) -> None:
    assert lead.get("/digest") == {"wanted": True}
    for wanted in (False, False, True):
        assert lead.post("/digest", {"wanted": wanted}) == {"wanted": wanted} == lead.get("/digest")
    lead.post("/digest", {"wanted": "yes"}, 422)


# The sub-items of an item


def test_what_hangs_on_an_item_is_listed_to_its_end(lead: Program) -> None:
    files = {"file": ("minutes.txt", b"All is well", "text/plain")}
    minutes = lead.client.post(f"{API}/documents", files=files).json()
    agreed = {"actions": ["Look", "Ask", "Tell"], "actions_due_on": "2027-10-01"}
    fields = {"minutes": minutes, "rating": "substantial", **agreed}
    above = lead.act(lead.item(REVIEW), "advance", {"trigger": "accept", "fields": fields})
    whole = lead.get(f"/items/{above['id']}/sub-items")
    assert [each["fields"]["action"] for each in whole["items"]] == agreed["actions"]
    assert whole["next"] is None
    found, cursor = [], None
    while True:
        page = lead.get(f"/items/{above['id']}/sub-items", limit=1, **({"cursor": cursor} if cursor else {}))
        assert len(page["items"]) == 1
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole["items"]
    assert lead.get(f"/items/{found[0]['id']}/parent")["parent"] == lead.item(REVIEW)
    assert lead.get(f"/items/{above['id']}/parent") == {"parent": None}
    lead.get(f"/items/{above['id']}/sub-items", 400, cursor=lead.get("/items", limit=1)["next"])


@pytest.mark.parametrize("part", ["sub-items", "parent"])
def test_what_hangs_on_a_foreign_item_is_as_good_as_nothing(site: Site, lead: Program, part: str) -> None:
    outsider, foreign = Program(site, "ghft-contact"), lead.item(REVIEW)["id"]
    told = [outsider.get(f"/items/{name}/{part}", 404) for name in (foreign, "0" * 32)]
    assert json.dumps(told[0]).replace(foreign, "?") == json.dumps(told[1]).replace("0" * 32, "?")


# What looks like a patient


def test_a_file_is_looked_through_for_whoever_uploaded_it_and_nobody_else(site: Site, lead: Program) -> None:
    """Of a document that somebody else uploaded nothing is told by its SHA-256."""
    item = lead.item("PA/2026-27-Q4/ghft")
    upload = {"file": ("falls.txt", NHS_NUMBER.encode(), "text/plain")}
    kept = lead.read(lead.client.post(f"{API}/documents", files=upload), 201)
    told = lead.act(item, "record", {"fields": {"minutes": kept}}, 422)
    assert told["doubts"] == [{"where": "fields.minutes", "what": "NHS number"}]
    stranger = Program(site, "second-quality-lead")
    assert stranger.act(item, "record", {"fields": {"minutes": kept}}, 400)["code"] == "bad_value"
    done = lead.act(item, "record", {"fields": {"minutes": kept}, "no_patient": told["no_patient"]})
    assert done["fields"]["minutes"]["name"] == "falls.txt"


def test_what_looks_like_a_patient_is_not_saved_until_it_is_confirmed(lead: Program) -> None:
    item = lead.item(REVIEW)
    told = lead.act(item, "comment", {"text": f"See {NHS_NUMBER}"}, 422)
    assert (told["code"], told["doubts"]) == ("looks_like_patient", [{"where": "text", "what": "NHS number"}])
    assert NHS_NUMBER not in json.dumps(told)
    assert lead.item(REVIEW)["revision"] == item["revision"]
    other = {"text": f"See {NHS_NUMBER} and DOB 1 May 1950", "no_patient": told["no_patient"]}
    lead.act(item, "comment", other, 422)
    done = lead.act(item, "comment", {"text": f"See {NHS_NUMBER}", "no_patient": told["no_patient"]})
    assert done["revision"] == item["revision"] + 1


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("advance", {"trigger": "return", "reason": NHS_NUMBER}),
        ("advance", {"trigger": "accept", "fields": {"feedback": NHS_NUMBER}}),
        ("record", {"fields": {"actions": ["Look", NHS_NUMBER]}}),
        ("hold", {"reason": NHS_NUMBER}),
        ("cancel", {"reason": NHS_NUMBER}),
        ("assign", {"person": "quality-lead", "reason": NHS_NUMBER}),
        ("correct", {"reason": NHS_NUMBER}),
        ("due-date", {"on": "2027-10-01", "basis": NHS_NUMBER, "reason": "Agreed"}),
        ("advance", {"trigger": "accept", "fields": {"hunter2": NHS_NUMBER}}),
    ],
)
def test_it_is_found_wherever_it_is_sent(lead: Program, verb: str, body: dict[str, Any]) -> None:
    item = lead.item(REVIEW)
    told = lead.act(item, verb, body, 422)
    assert told["code"] == "looks_like_patient"
    assert "hunter2" not in json.dumps(told), "names that were made up are not repeated"
    assert lead.item(REVIEW) == item


def test_it_is_found_among_many_and_at_opening(lead: Program) -> None:
    item = lead.item(REVIEW)
    many = {"items": [{"id": item["id"], "revision": item["revision"]}], "trigger": "return", "reason": NHS_NUMBER}
    assert lead.post("/bulk-advance", many, 422)["code"] == "looks_like_patient"
    wish = {"workflow": "provider_assurance", "subject": "ghft", "period": "2031-32 Q2", "reason": NHS_NUMBER}
    assert lead.post("/items", wish, 422)["code"] == "looks_like_patient"
    lead.post("/items", {**wish, "reason": "Ahead of time"}, 201)


def test_an_address_that_says_a_name_twice_is_refused(lead: Program) -> None:
    answer = lead.client.get(f"{API}/items?workflow=cqrg_action&workflow=provider_assurance")
    assert lead.read(answer, 400)["code"] == "bad_query"


def test_what_will_miss_a_meeting_goes_on_with_a_cursor(
    site: Site, lead: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one body, which is named; another's cursor, or another body's, is none of it."""
    now = site.house.now()
    item = site.engine.items()[0]
    lines = [
        Missing(item.id, f"R/{n}", "w", "W", "", None, None, "s", "S", (), None, Outlook.LATE, now.date())
        for n in range(3)
    ]

    def two_at_once(*_: object, after: misses.Place | None, **__: object) -> tuple[Ahead, ...]:
        counts, skip = {Outlook.LATE: len(lines)}, int(after[2], 16) + 1 if after else 0
        part = tuple(lines[skip : skip + 2])
        last = f"4 0 {skip + len(part) - 1:032x} 1 s"
        return (Ahead("cqrg_hospitals", "A", now, now, now.date(), 0, counts, part, skip, last),)

    monkeypatch.setattr(misses, "ahead", two_at_once)
    (first,) = lead.get("/misses")["meetings"]
    onward = {"body": "cqrg_hospitals", "cursor": first["next"]}
    (second,) = lead.get("/misses", **onward)["meetings"]
    assert [each["reference"] for each in (*first["missing"], *second["missing"])] == ["R/0", "R/1", "R/2"]
    assert second["next"] is None
    others: list[tuple[Program, dict[str, str]]] = [
        (Program(site, "governance-officer"), onward),
        (lead, {**onward, "body": "governing_body"}),
        (lead, {"cursor": first["next"]}),
    ]
    for program, query in others:
        assert program.get("/misses", 400, **query)["code"] == "bad_cursor"
