"""API: who keeps up with all items they may see is told every event once, in its place, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qa_workflow.store.chronicle import SqlChronicle
from tests.web.programs import Program
from tests.web.site import ROOT, Site

CONTACT, OWN = "ghc-contact", "ghc"


def followed(program: Program, cursor: str | None = None, limit: int = 200) -> tuple[list[dict[str, Any]], str]:
    """All that comes after a cursor, page after page; and the cursor for what is next."""
    found: list[dict[str, Any]] = []
    while True:
        query: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = program.get("/events", limit=limit, **query)
        found += page["events"]
        cursor = page["next"]
        if not page["more"]:
            assert cursor
            return found, cursor


def histories(program: Program) -> dict[str, list[dict[str, Any]]]:
    """By item, its history as it is told."""
    items = program.get("/items", status="any", limit=200)["items"]
    return {each["id"]: program.get(f"/items/{each['id']}/history")["events"] for each in items}


@pytest.mark.parametrize(("person", "limit"), [("quality-lead", 200), ("clinical-lead", 7), (CONTACT, 3)])
def test_the_events_of_all_items_are_their_histories(site: Site, person: str, limit: int) -> None:
    """Of those that may be seen, as they are told to who asks; whatever stood between them is not there."""
    program = Program(site, person)
    found, _ = followed(program, limit=limit)
    told: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        item = told.setdefault(each["id"], [])
        item.append({name: each[name] for name in each if name not in ("id", "reference", "workflow", "subject")})
    assert told == histories(program)
    subjects = {each["subject"] for each in found}
    assert subjects == {OWN} if person == CONTACT else {OWN, "ghft"} < subjects


def test_who_comes_again_is_told_what_happened_since(site: Site) -> None:
    lead, contact = Program(site, "quality-lead"), Program(site, CONTACT)
    cursors = {each: followed(each)[1] for each in (lead, contact)}
    for subject in ("ghft", OWN):
        site.engine.open("cqrg_action", actor="quality-lead", subject=subject)
    for program, wanted in ((lead, ["ghft", OWN]), (contact, [OWN])):
        found, onward = followed(program, cursors[program])
        assert [each["subject"] for each in found] == wanted
        assert followed(program, onward) == ([], onward)


def test_what_is_kept_back_is_passed_over(site: Site) -> None:
    """Its page is empty, or shorter; what comes after it has the number that its history gives it."""
    contact = Program(site, CONTACT)
    _, cursor = followed(contact)
    item = site.engine.open("cqrg_action", actor="quality-lead", subject=OWN)
    item = site.engine.comment(item, "Among us", actor="quality-lead", colleagues_only=True)
    item = site.engine.comment(item, "For all", actor="quality-lead")
    found, _ = followed(contact, cursor, limit=1)
    assert [(each["seq"], each["reason"]) for each in found] == [(1, None), (2, "For all")]


def test_a_cursor_ends_when_more_may_be_seen(site: Site, tmp_path: Path) -> None:
    """What happened before to the items that came into sight would never be told."""
    scrutiny = Program(site, "scrutiny-officer")
    site.engine.open("quality_account", actor="quality-lead", subject=OWN, period="2029-30")
    _, cursor = followed(scrutiny)
    followed(scrutiny, cursor)
    text = "workflow: visit\ntitle: Visit\nsubject: provider\nreference: V/{number}\nstages:\n"
    stages = "  visit: {owner: scrutiny, transitions: {finish: {to: closed}}}\n  closed: {end: completed}\n"
    (tmp_path / "visit.yaml").write_text(text + stages)
    (tmp_path / "governance.yaml").write_bytes((ROOT / "workflows" / "governance.yaml").read_bytes())
    site.engine.publish([tmp_path], actor=None)
    assert scrutiny.get("/events", 400, cursor=cursor)["code"] == "bad_cursor"


def test_a_cursor_of_an_event_that_is_not_there_is_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a file was put back by hand to what it was before, or a backup was restored."""
    lead = Program(site, "quality-lead")
    _, cursor = followed(lead)
    with monkeypatch.context() as patched:
        patched.setattr(SqlChronicle, "mark", lambda *_: None)
        assert lead.get("/events", 400, cursor=cursor)["code"] == "bad_cursor"
    monkeypatch.setattr(SqlChronicle, "restored", lambda _: "0123456789ab")
    assert lead.get("/events", 400, cursor=cursor)["code"] == "bad_cursor"
