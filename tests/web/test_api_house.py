"""API: workflows, drafts, meetings, incidents: what a program does with the house itself."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest

from tests.web.assurances import REVIEW
from tests.web.programs import API, Program, tag
from tests.web.site import ROOT, Site


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
                assert all(officer.item(each["reference"])["id"] == each["id"] for each in done["dates"])
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
    assert administrator.post(f"{path}/give-up", {"reason": "Again"}, 409)["code"] == "settled_already"
    assert administrator.post("/machine/incidents/999/try-again", {"reason": "x"}, 404)["code"] == "not_found"


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


def test_the_page_for_programs_says_what_to_do_about_each_refusal(site: Site) -> None:
    """Every status with which a request may be refused: 428 and 410 were in the description alone."""
    page = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
    told = set(re.findall(r"\b\d{3}\b", " ".join(re.findall(r"^\| ([^|]*\d[^|]*) \|", page, re.MULTILINE))))
    paths = Program(site, None).get("/openapi.json")["paths"].values()
    refused = {status for path in paths for each in path.values() for status in each["responses"] if status >= "400"}
    assert refused == told


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
