"""A person opens an item: offered to who may, filled in once, opened once."""

from __future__ import annotations

from tests.web.filling import form, send, text
from tests.web.site import Site

OPEN = "/open/provider_assurance"
ABOUT = {"subject": "ghft", "period": "2027-28 Q2", "reason": "a special review"}


def test_who_may_is_offered_the_workflows(site: Site) -> None:
    assert f'href="{OPEN}"' in site.client("quality-lead").get("/open").text
    nobody = site.client("ghft-contact")
    assert "no workflow of which you may open items" in text(nobody.get("/open"))
    assert nobody.get(OPEN).status_code == 403
    assert site.client("quality-lead").get("/open/nonsense").status_code == 404


def test_an_item_is_opened_once_however_often_the_form_is_sent(site: Site) -> None:
    client = site.client("quality-lead")
    page = client.get(OPEN)
    first, second = (send(client, OPEN, ABOUT, page=page) for _ in range(2))
    assert first.headers["location"] == second.headers["location"] == "/items/PA/2027-28-Q2/ghft"
    assert site.engine.history("PA/2027-28-Q2/ghft")[0].reason == "a special review"


def test_what_is_missing_is_said_and_what_was_typed_is_kept(site: Site) -> None:
    client = site.client("quality-lead")
    refused = send(client, OPEN, {"period": "2027-28 Q2", "reason": "a special review"})
    assert refused.status_code == 422
    assert "Choose what it is about" in text(refused)
    kept = form(refused).fields
    assert (kept["period"], kept["reason"][0].strip()) == (["2027-28 Q2"], "a special review")
    assert send(client, OPEN, {"subject": "ghft"}, page=refused).status_code == 303


def test_a_cycle_that_has_its_item_is_not_opened_twice(site: Site) -> None:
    refused = send(site.client("quality-lead"), OPEN, {"subject": "ghft", "period": "2026-27 Q4"})
    assert refused.status_code == 422
    assert "PA/2026-27-Q4/ghft exists already" in text(refused)


def test_who_gives_a_reason_for_opening_reads_who_else_will_read_it(site: Site) -> None:
    """As on every other form; it says nothing of the kind to those people themselves."""
    read = "where the people of the organisation that it is about read it too"
    assert read in text(site.client("quality-lead").get("/open/cqrg_action"))
    meeting = site.client("governance-officer").get("/calendar?month=2027-09").text
    way = meeting[meeting.index("/move-meeting/") :].partition('"')[0]
    assert read in text(site.client("governance-officer").get(way))


def test_an_action_that_is_opened_is_not_asked_for_what_shows_that_it_is_done(site: Site) -> None:
    names = form(site.client("quality-lead").get("/open/cqrg_action"), action="").names
    assert {"field.action", "field.lead", "field.source_meeting"} <= set(names)
    assert set(names).isdisjoint({"field.progress", "field.evidence", "field.closing_note", "field.committee_answer"})
