"""API: what a change means before it is published, items moved in portions, days of calendars, requests done once."""

from __future__ import annotations

from typing import Any

import pytest

from qa_workflow.engine.verdicts import Fate
from qa_workflow.service.definitions import drafting
from tests.web.programs import Program, tag
from tests.web.site import Site
from tests.web.test_impact import GOVERNANCE, RENAMED, SHIPPED, begun, published, there

INSTEAD = {"instead": {"provider_report": "report_of_provider"}}


@pytest.fixture
def admin(site: Site) -> Program:
    return Program(site, "administrator")


@pytest.fixture
def opened(site: Site) -> Site:
    """Three reports and more are awaited."""
    for quarter in ("2028-29 Q1", "2028-29 Q2", "2028-29 Q3"):
        site.engine.open("provider_assurance", actor="quality-lead", subject="ghft", period=quarter)
    return site


def test_an_impact_is_told_in_pages_and_as_it_then_happens(opened: Site, admin: Program) -> None:
    count, draft = there(opened, "provider_report"), begun(opened, RENAMED)
    asked = admin.post(f"/drafts/{draft.id}/impact", {})
    assert asked["governance"] is None
    assert asked["workflow"]["counts"]["needs_choice"] == count
    (gone,) = [each for each in asked["workflow"]["gone"] if not each["is_step"]]
    assert (gone["path"], gone["likely"], gone["items"]) == ("provider_report", "report_of_provider", count)
    chosen = _pages(admin, f"/drafts/{draft.id}/impact", INSTEAD)
    assert "needs_choice" not in {each["fate"] for each in chosen}
    published(opened, RENAMED)
    assert _pages(admin, "/workflows/provider_assurance/migration", INSTEAD) == chosen
    newest = admin.get("/workflows/provider_assurance")["newest"]["version"]
    moved, cursor = [], None
    wish = {**INSTEAD, "version": newest, "reason": "A better name", "limit": 2}
    while True:
        portion = admin.post(
            "/workflows/provider_assurance/migrate", {**wish, **({"cursor": cursor} if cursor else {})}
        )
        assert len(portion["items"]) <= 2
        moved += portion["items"]
        cursor = portion["next"]
        if cursor is None:
            break
    assert all(each["moved"] for each in moved)
    assert {each["verdict"]["id"]: each["verdict"]["fate"] for each in moved} == {e["id"]: e["fate"] for e in chosen}
    assert (there(opened, "provider_report"), there(opened, "report_of_provider")) == (0, count)
    assert admin.post("/workflows/provider_assurance/migrate", wish)["items"] == []


def test_a_cursor_of_another_choice_is_refused(opened: Site, admin: Program) -> None:
    draft = begun(opened, RENAMED)
    cursor = admin.post(f"/drafts/{draft.id}/impact", {**INSTEAD, "limit": 1})["workflow"]["next"]
    told = admin.post(f"/drafts/{draft.id}/impact", {**INSTEAD, "limit": 1, "dates": "restart", "cursor": cursor}, 400)
    assert told["code"] == "bad_cursor"


def test_what_cannot_be_foreseen_is_told(opened: Site, admin: Program) -> None:
    draft = begun(opened, SHIPPED.replace("to: closed", "to: nowhere"))
    told = admin.post(f"/drafts/{draft.id}/impact", {}, 422)
    assert told["code"] == "definition"
    assert [each["where"].startswith("line ") for each in told["faults"]] == [True]
    sound = begun(opened, RENAMED)
    told = admin.post(f"/drafts/{sound.id}/impact", {"instead": {"provider_report": "nowhere"}}, 422)
    assert "nowhere" in told["detail"]
    admin.post("/workflows/provider_assurance/migrate", {"version": 99, "reason": "Why"}, 404)
    admin.post("/workflows/nothing/migration", {}, 404)
    assert Program(opened, "quality-lead").post(f"/drafts/{sound.id}/impact", {}, 403)["code"] == "not_yours"


def test_a_closed_day_is_foreseen_then_written_into_a_draft(site: Site, admin: Program) -> None:
    day = {"calendar": "england", "on": "2027-08-06", "name": "Offices closed"}
    preview = admin.post("/calendars/preview", day)
    assert preview["items"] > 0
    assert preview["moves"] >= len(preview["shown"])
    first = admin.post("/calendars/draft", day)
    assert admin.post("/calendars/draft", day) == first
    assert "2027-08-06" in admin.get(f"/drafts/{first['id']}")["source"]
    whole = admin.post(f"/drafts/{first['id']}/impact", {})
    assert whole == {"workflow": None, "governance": {**preview, "shown": whole["governance"]["shown"]}}
    ready = admin.post(f"/drafts/{first['id']}/propose", {}, If_Match=tag(first))
    published = Program(site, "governance-officer").post(
        f"/drafts/{first['id']}/approve", {"proposed_hash": ready["proposed_hash"]}
    )
    foretold = {(each["reference"], each["before"], each["after"]) for each in preview["shown"]}
    assert {(each["reference"], each["before"], each["after"]) for each in published["moved"]} == foretold != set()
    told = admin.get("/calendars", year=2027)
    (england,) = [each for each in told["calendars"] if each["name"] == "england"]
    assert {"day": "2027-08-06", "name": "Offices closed", "kind": "Closed", "table": "closures"} in england["days"]
    assert told["pending"] is None
    assert admin.post("/calendars/go-on", {}) == {"moves": 0}


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ({"calendar": "nowhere", "on": "2027-08-06", "name": "Why"}, 400),
        ({"calendar": "england", "on": "2027-08-06", "name": "Why", "table": "proclaimed"}, 422),
        ({"calendar": "england", "on": "9999-12-31", "name": "Why"}, 422),
        ({"calendar": "england", "on": "2027-08-06", "name": " "}, 422),
        ({"calendar": "england", "on": "2027-08-07", "name": None, "table": "openings"}, 400),
    ],
)
def test_a_day_that_cannot_be_is_refused(admin: Program, day: dict[str, Any], status: int) -> None:
    for path in ("/calendars/preview", "/calendars/draft"):
        admin.post(path, day, status)
    assert drafting.drafts(admin.site.house) == []


def test_a_text_is_checked_as_publishing_would(admin: Program) -> None:
    good = admin.post("/drafts/check", {"kind": "workflow", "source": SHIPPED})
    assert good["faults"] == []
    assert good["picture"].startswith("<svg")
    bad = admin.post("/drafts/check", {"kind": "workflow", "source": SHIPPED.replace("to: closed", "to: nowhere")})
    assert "nowhere" in bad["faults"][0]["message"]
    assert admin.post("/drafts/check", {"kind": "governance", "source": GOVERNANCE})["picture"] is None


def test_a_draft_that_calls_itself_something_else_can_still_be_read(site: Site, admin: Program) -> None:
    draft = begun(site, SHIPPED.replace("workflow: provider_assurance", "workflow: another_name"))
    assert admin.get(f"/drafts/{draft.id}")["differences"] is None


def test_a_draft_is_begun_once_under_a_key(site: Site, admin: Program) -> None:
    wish = {"kind": "workflow", "name": "cqrg_action", "source": "# to be written\n"}
    answers = [admin.send("/drafts", wish, Idempotency_Key="draft-0001") for _ in range(3)]
    assert len({(a.status_code, a.content, a.headers["etag"], a.headers["location"]) for a in answers}) == 1
    assert [a.headers.get("idempotency-replayed") for a in answers] == [None, "true", "true"]
    assert len(drafting.drafts(site.house)) == 1
    other = {**wish, "source": "# something else\n"}
    assert admin.post("/drafts", other, 422, Idempotency_Key="draft-0001")["code"] == "key_reused"
    assert len(drafting.drafts(site.house)) == 1


def test_a_meeting_is_moved_once_under_a_key(site: Site) -> None:
    """A preview is not what was done; a second request under the key changes nothing more."""
    officer = Program(site, "governance-officer")
    for body in [each["name"] for each in officer.get("/bodies")["bodies"]]:
        for meeting in officer.get(f"/bodies/{body}/meetings")["meetings"][:1]:
            path = f"/bodies/{body}/meetings/{meeting['key']}/move"
            wish = {"at": "2027-12-01T10:00:00+00:00", "reason": "The room is flooded"}
            preview = officer.post(path, {**wish, "preview": True}, Idempotency_Key="meeting-0001")
            if not preview["dates"]:
                continue
            first = officer.send(path, wish, Idempotency_Key="meeting-0002")
            reference = preview["dates"][0]["reference"]
            told = len(site.engine.history(reference))
            again = officer.send(path, wish, Idempotency_Key="meeting-0002")
            assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
            assert len(site.engine.history(reference)) == told
            assert site.engine.verify(None).findings == ()
            return
    pytest.fail("no meeting has anything waiting for it; the test shows nothing")


def test_a_document_that_is_sent_twice_is_the_same(site: Site) -> None:
    """So uploads need no key: what is kept is known by its bytes."""
    lead = Program(site, "quality-lead")
    first, second = (
        lead.client.post("/api/v1/documents", files={"file": ("a.txt", b"All is well", "text/plain")}) for _ in range(2)
    )
    assert first.json() == second.json()


def test_a_checkpoint_is_handed_out_and_proves_itself(admin: Program) -> None:
    told = admin.post("/machine/checkpoint", {})
    assert admin.post("/machine/verify", {"checkpoint": told["text"]})["ok"] is True
    assert admin.get("/machine/doctor")["findings"]


def _pages(program: Program, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """All verdicts of an impact, a few at a time; each once, and as many as are counted."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        told = program.post(path, {**body, "limit": 2, **({"cursor": cursor} if cursor else {})})
        told = told.get("workflow") if path.startswith("/drafts") else told
        found += told["verdicts"]
        cursor = told["next"]
        if cursor is None:
            break
    assert len({each["id"] for each in found}) == len(found) == told["total"]
    assert {fate.name.lower() for fate in Fate} == told["counts"].keys()
    return sorted(found, key=lambda each: str(each["id"]))
