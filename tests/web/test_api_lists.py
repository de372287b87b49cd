"""API: lists go on to their end, and have what may be seen and nothing else; what is foreign is not there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.assurances import FOREIGN, MISSING
from tests.web.programs import Program
from tests.web.site import Site

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
