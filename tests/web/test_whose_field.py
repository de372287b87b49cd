"""A page offers somebody only the fields that are theirs, and says who filled in what stands there already."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qa_workflow.calendar import long_date
from tests.web.filling import form, send, text
from tests.web.site import Site

GHFT, NEXT = "PA/2026-27-Q4/ghft", "PA/2027-28-Q1/ghft"
DECISIONS = ("minutes", "rating", "actions", "feedback", "committee_note", "board_note")


def test_a_provider_is_offered_its_own_fields_and_no_decision(site: Site) -> None:
    client = site.client("ghft-contact")
    for action in (f"/fill/{NEXT}", f"/advance/provider_report.submit/{NEXT}"):
        names = form(client.get(action)).names
        assert "field.report" in names
        assert not [name for name in names if any(name.startswith(f"field.{each}") for each in DECISIONS)]


def test_a_decision_that_a_provider_types_is_refused_with_who_may(site: Site) -> None:
    """Into a form that was made by hand, or open since before."""
    client, before = site.client("ghft-contact"), site.engine.item(NEXT).revision
    answer = send(client, f"/fill/{NEXT}", {"field.board_note": "Excellent"})
    assert answer.status_code == 422
    assert "you may not fill in “What the Governing Body said”; this is for: Committee chair" in text(answer).replace(
        "You may", "you may"
    )
    assert site.engine.item(NEXT).revision == before


def test_a_decision_form_says_who_filled_in_what_stands_there_and_the_history_what_was_decided(
    site: Site, tmp_path: Path
) -> None:
    site.engine.record(GHFT, {"rating": "substantial"}, actor="governance-officer")
    minutes = tmp_path / "minutes.txt"
    minutes.write_text("Minutes", encoding="utf-8")
    accept = f"/advance/cqrg_review.accept/{GHFT}"
    day = long_date(date.fromisoformat(site.engine.history(GHFT)[-1].at[:10]))
    assert f"Filled in by Governance officer on {day}." in text(site.client("quality-lead").get(accept))
    site.engine.advance(GHFT, "accept", actor="quality-lead", fields={"minutes": minutes})
    shown = text(site.client("quality-lead").get(f"/items/{GHFT}"))
    assert f"Level of assurance: Substantial Level of assurance was filled in by Governance officer on {day}" in shown


def test_a_correction_says_who_filled_in_what_stands_there(site: Site) -> None:
    """Also where it comes back refused, here for want of a reason."""
    site.engine.record(GHFT, {"rating": "substantial"}, actor="governance-officer")
    day = long_date(date.fromisoformat(site.engine.history(GHFT)[-1].at[:10]))
    client = site.client("administrator")
    page = client.get(f"/correct/{GHFT}")
    for shown in (page, send(client, f"/correct/{GHFT}", {"field.rating": "partial"}, page=page)):
        assert f"Filled in by Governance officer on {day}." in text(shown)
