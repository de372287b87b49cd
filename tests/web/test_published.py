"""The public reads what has ended at a public end, with its public fields; nothing else, whoever asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from qa_workflow.calendar import local_date, long_date
from qa_workflow.engine.item import Sitting, instant
from qa_workflow.service.items.attachments import attach
from qa_workflow.service.lists.published import published
from tests.web.filling import PDF, text
from tests.web.site import ROOT, Site

GHFT = "PA/2026-27-Q4/ghft"


@pytest.fixture
def received(site: Site) -> dict[str, object]:
    """One report that went all the way up; gives its private minutes."""
    minutes = attach(site.house, "minutes.pdf", PDF)
    given = {"minutes": minutes, "rating": "minimal"}
    site.engine.advance(GHFT, "accept", actor="quality-lead", fields=given)
    site.engine.comment(GHFT, "Not for the public.", actor="quality-lead")
    feedback = {"feedback": "Private feedback to the provider."}
    site.engine.advance(GHFT, "send_feedback", actor="second-quality-lead", fields=feedback)
    site.engine.advance(GHFT, "assure", actor="governance-officer")
    note = {"board_note": "The board thanks the provider."}
    site.engine.record(GHFT, note, actor="governance-officer")
    site.engine.advance(GHFT, "receive", actor="governance-officer")
    return minutes


def decided_at(site: Site, reference: str = GHFT) -> Sitting:
    """The meeting that decided it."""
    [sitting] = site.engine.item(reference).visits[0].sittings
    return sitting


@pytest.fixture
def closed(site: Site, received: dict[str, object]) -> dict[str, object]:
    """The same, and the meeting that received it has met."""
    site.push(instant(decided_at(site).at) - site.house.now())
    return received


def test_nothing_is_published_before_it_has_ended(site: Site) -> None:
    said = text(site.client(None).get("/published"))
    assert "Nothing is published yet" in said
    assert "PA/" not in said


def test_the_public_reads_the_public_fields_and_no_others(site: Site, closed: dict[str, object]) -> None:
    page = site.client(None).get("/published")
    said = text(page)
    assert page.status_code == 200
    assert "Provider assurance: Gloucestershire Hospitals NHS Foundation Trust, 2026-27 Q4" in said
    assert "What the Governing Body said The board thanks the provider." in said
    private = (
        "minimal",
        "Minimal",
        "minutes",
        "Private feedback",
        "Not for the public",
        "quality-lead",
        "Quality lead",
    )
    assert not [word for word in (*private, str(closed["sha256"])) if word in page.text]
    assert "ghc" not in page.text, "what is under way is not even named"


def test_a_private_document_is_not_given_out(site: Site, closed: dict[str, object]) -> None:
    anyone = site.client(None)
    for reference in (GHFT, "PA/2026-27-Q4/ghc", "nothing"):
        assert anyone.get(f"/published/documents/{closed['sha256']}/{reference}").status_code == 404


@pytest.mark.usefixtures("received")
def test_what_a_meeting_in_public_decides_is_public_once_it_has_met(site: Site) -> None:
    """However early it was recorded; it is public since the meeting, wherever that is moved to."""
    lead, at = site.client("quality-lead"), instant(decided_at(site).at)
    assert "Nothing is published yet" in text(site.client(None).get("/published"))
    day = long_date(local_date(at, "Europe/London"))
    assert f"Public once ICB Board has met, on {day}" in text(lead.get(f"/items/{GHFT}"))
    later = at + timedelta(days=7)
    moved(site, later)
    site.push(at + timedelta(days=1) - site.house.now())
    assert "Nothing is published yet" in text(site.client(None).get("/published"))
    site.push(later - site.house.now())
    day = long_date(local_date(later, "Europe/London"))
    assert f"{GHFT}, public since {day}" in text(site.client(None).get("/published"))
    assert "). Public" in text(lead.get(f"/items/{GHFT}"))


@pytest.mark.usefixtures("received")
def test_what_a_meeting_that_is_called_off_would_have_decided_is_not_public(site: Site) -> None:
    at = instant(decided_at(site).at)
    moved(site, None)
    site.push(at + timedelta(days=1) - site.house.now())
    assert "Nothing is published yet" in text(site.client(None).get("/published"))
    said = text(site.client("quality-lead").get(f"/items/{GHFT}"))
    assert "Not public: the meeting that was to decide it was called off" in said


def moved(site: Site, at: datetime | None) -> None:
    sitting = decided_at(site)
    site.engine.move_meeting(sitting.body, sitting.key, at, actor="governance-officer", reason="not quorate")


NOTICE = """
workflow: notice
title: Notice
reference: N/{number}
fields: {paper: {type: document, label: Paper, release: public}}
stages:
  writing: {owner: quality_lead, transitions: {publish: {to: board, needs: paper}, drop: {to: dropped}}}
  board: {owner: quality_lead, meeting: governing_body, transitions: {receive: {to: closed}}}
  closed: {end: completed, public: true}
  dropped: {end: dropped}
"""


def test_a_public_document_is_given_out_once_the_item_is_public(site: Site, tmp_path: Path) -> None:
    """Not while it is open, nor before the meeting that decided it; and never where it ends in private."""
    (tmp_path / "notice.yaml").write_text(NOTICE)
    site.engine.publish([ROOT / "workflows" / "governance.yaml", tmp_path], actor=None)
    account = attach(site.house, "account.pdf", PDF)
    reference = site.engine.open("notice", actor="quality-lead", fields={"paper": account}).reference
    way = f"/published/documents/{account['sha256']}/{reference}"
    assert site.client(None).get(way).status_code == 404
    site.engine.advance(reference, "publish", actor="quality-lead")
    site.engine.advance(reference, "receive", actor="quality-lead")
    assert site.client(None).get(way).status_code == 404
    dropped = site.engine.open("notice", actor="quality-lead", fields={"paper": account}).reference
    site.engine.advance(dropped, "drop", actor="quality-lead")
    site.push(instant(decided_at(site, reference).at) - site.house.now())
    assert site.client(None).get(way).content == PDF
    assert f'href="{way}"' in site.client(None).get("/published").text
    assert site.client(None).get(way.replace(reference, dropped)).status_code == 404
    site.engine.ask_removal(reference, account["sha256"], actor="governance-officer", reason="Mrs A can be recognised")
    kept_back = site.client(None).get(way)
    site.engine.confirm_removal(account["sha256"], actor="administrator")
    removed = site.client(None).get(way)
    for answer, said in ((kept_back, "file is not available for now"), (removed, "file was removed on")):
        assert (answer.status_code, said in text(answer)) == (410, True), "the list was told so, and the file given"
        assert not [each for each in ("Mrs A", "overnance officer", "dministrator") if each in answer.text]


def test_what_lapsed_or_was_cancelled_is_not_published(site: Site) -> None:
    site.engine.cancel("PA/2026-27-Q4/ghc", actor="governance-officer", reason="opened by mistake")
    site.push(timedelta(days=30))
    assert site.engine.item("QA/2026-27/ghft").outcome == "lapsed"
    assert "Nothing is published yet" in text(site.client(None).get("/published"))


@pytest.mark.usefixtures("closed")
def test_an_item_that_is_reopened_is_taken_back(site: Site) -> None:
    site.engine.correct(GHFT, actor="governance-officer", reason="received too early", stage="governing_body")
    assert "Nothing is published yet" in text(site.client(None).get("/published"))
    site.engine.correct(GHFT, actor="governance-officer", reason="it was received", stage="closed")
    assert GHFT in text(site.client(None).get("/published"))


def test_what_was_concluded_last_comes_first(site: Site, closed: dict[str, object]) -> None:
    """By the day of the conclusion, whichever was opened first; page by page, too."""
    assert closed
    other = "PA/2026-27-Q4/care_homes"
    site.push(timedelta(days=70))  # by then the board meets again
    site.engine.advance(other, "accept", actor="quality-lead", fields={"minutes": closed, "rating": "minimal"})
    site.engine.advance(other, "send_feedback", actor="second-quality-lead", fields={"feedback": "Thank you."})
    site.engine.advance(other, "assure", actor="governance-officer")
    site.engine.advance(other, "receive", actor="governance-officer")
    site.push(instant(decided_at(site, other).at) - site.house.now())
    said = site.client(None).get("/published").text
    assert site.engine.item(other).opened_at == site.engine.item(GHFT).opened_at
    assert said.index(other) < said.index(GHFT)
    first = published(site.house, limit=1)
    second = published(site.house, limit=1, after=first.more)
    assert [each.reference for page in (first, second) for each in page.items] == [other, GHFT]
