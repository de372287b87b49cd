"""A step that is recorded before its meeting is held, and an item that waits on after it: said, and not forbidden."""

from __future__ import annotations

from datetime import date, timedelta

from qa_workflow.calendar import long_date
from qa_workflow.service.items.attachments import attach
from tests.web.filling import PDF, send, text
from tests.web.programs import Program
from tests.web.site import Site

ITEM = "PA/2026-27-Q4/ghft"
GROUP = "The Clinical Quality Review Group, Gloucestershire Hospitals"
EARLY = f"{GROUP} meets on 27 July 2027; this is recorded before it has met."
LEAD = "quality-lead"


def reviewed(site: Site) -> None:
    """The group has accepted the report, and feedback is to be written."""
    given = {"minutes": attach(site.house, "minutes.pdf", PDF), "rating": "reasonable"}
    site.engine.advance(ITEM, "accept", actor=LEAD, fields=given)


def test_the_page_of_a_step_says_that_its_meeting_has_not_been_held(site: Site) -> None:
    client = site.client(LEAD)
    assert EARLY in text(client.get(f"/advance/cqrg_review.accept/{ITEM}"))
    site.push(timedelta(days=20))
    assert "before it has met" not in text(client.get(f"/advance/cqrg_review.accept/{ITEM}"))


def test_a_step_that_waits_for_no_meeting_says_nothing_of_one(site: Site) -> None:
    reviewed(site)
    page = text(site.client("director-of-quality").get(f"/advance/quality_lead_feedback.send_feedback/{ITEM}"))
    assert "before it has met" not in page


def test_the_preview_of_a_decision_about_many_says_so_of_each(site: Site) -> None:
    reviewed(site)
    item = site.engine.advance(ITEM, "send_feedback", actor="second-quality-lead", fields={"feedback": "Well done."})
    client = site.client("governance-officer")
    first = send(client, "/items", {"items": [f"{item.id}.{item.revision}"]}, action="/bulk")
    wanted = {"1.trigger": "provider_assurance:quality_and_governance_committee.assure", "go": "preview"}
    preview = send(client, "", wanted, page=first)
    assert "1 of 1 items would move" in text(preview)
    assert "this is recorded before it has met" in text(preview)


def test_why_a_date_is_as_it_is_says_that_its_meeting_has_passed(site: Site) -> None:
    client, passed = site.client(LEAD), f"{GROUP} met on 27 July 2027; no decision of that meeting is recorded."
    assert passed not in text(client.get(f"/items/{ITEM}"))
    site.push(timedelta(days=20))
    assert passed in text(client.get(f"/items/{ITEM}"))


def test_a_program_is_told_that_its_step_was_before_the_meeting_and_where_it_led(site: Site) -> None:
    lead = Program(site, LEAD)
    done = lead.act(lead.item(ITEM), "advance", {"trigger": "return", "reason": "A page is missing"})
    (happened,) = done["happened"]
    assert happened["what"].startswith(
        "Send back to the provider: from Review by the Clinical Quality Review Group to "
    )
    assert "Recorded before the Clinical Quality Review Group" in happened["told"][0]
    assert happened["told"][0].endswith("had met: its meeting was to be on 27 July 2027")
    assert any("emptied" in line for line in happened["told"][1:]), "what was done comes before what it undid"
    due = long_date(date.fromisoformat(done["due_on"]))
    assert any(line.startswith(f"Due {due} (") for line in happened["told"])
