"""One decision for many items: chosen on a list, filled in once, previewed item by item, then done."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.web.filling import PDF, form, send, text
from tests.web.site import Site

ITEMS = ("PA/2026-27-Q4/ghft", "PA/2026-27-Q4/ghc", "PA/2026-27-Q4/care_homes")
ACCEPT = "provider_assurance:cqrg_review.accept"
MINUTES = {"field.minutes": ("minutes.pdf", PDF)}


def chosen(site: Site, client: TestClient, references: Sequence[str]) -> Response:
    """These items ticked on the list, and the button pressed."""
    marks = [f"{item.id}.{item.revision}" for item in map(site.engine.item, references)]
    return send(client, "/items", {"items": marks}, action="/bulk")


def test_the_committee_decides_on_several_items_after_a_preview(site: Site) -> None:
    client = site.client("quality-lead")
    first = chosen(site, client, ITEMS)
    assert "3 of 3 items are where this can be done" in text(first)
    sheet = send(client, "", {"trigger": ACCEPT}, page=first)
    assert "Nothing is done yet" in text(sheet)
    preview = send(client, "", {"field.rating": "reasonable"}, page=sheet, files=MINUTES)
    assert "3 of 3 items would move" in text(preview)
    assert "Goes to Quality lead's feedback" in text(preview)
    assert all(site.engine.item(r).visits[0].stage == "cqrg_review" for r in ITEMS), "a preview writes nothing"
    done = send(client, "", {"go": "do"}, page=preview)
    assert "3 of 3 items moved" in text(done)
    assert "Went to Quality lead's feedback" in text(done)
    for item in map(site.engine.item, ITEMS):
        assert item.visits[0].stage == "quality_lead_feedback"
        assert (item.fields["rating"], item.fields["minutes"]["name"]) == ("reasonable", "minutes.pdf")


def test_nothing_chosen_is_told_on_the_list_which_keeps_its_filters(site: Site) -> None:
    client = site.client("quality-lead")
    answer = send(client, "/items?workflow=provider_assurance&q=2026-27", {"items": []}, action="/bulk")
    assert answer.status_code == 422
    assert "There is a problem Choose at least one item" in text(answer)
    assert '<option value="provider_assurance" selected>' in answer.text
    assert 'value="2026-27"' in answer.text


def test_where_there_is_nothing_to_fill_in_the_preview_comes_at_once(site: Site) -> None:
    """The committee is assured of three reports: tick them, look, do it. A reason can be given all the same."""
    stage = "quality_and_governance_committee"
    for reference in ITEMS:
        site.engine.correct(reference, stage=stage, actor="governance-officer", reason="they were there before")
    officer = site.client("governance-officer")
    wanted = {"trigger": f"provider_assurance:{stage}.assure"}
    preview = send(officer, "", wanted, page=chosen(site, officer, ITEMS))
    assert "Preview: Committee is assured" in text(preview)
    assert "3 of 3 items would move" in text(preview)
    sheet = send(officer, "", {"go": "change"}, page=preview)
    assert "Reason (optional)" in text(sheet)
    again = send(officer, "", {"reason": "Minute 7"}, page=sheet)
    assert "3 of 3 items moved" in text(send(officer, "", {"go": "do"}, page=again))
    assert [site.engine.history(r)[-1].reason for r in ITEMS] == ["Minute 7"] * 3


def test_what_is_done_twice_is_done_once(site: Site) -> None:
    client = site.client("quality-lead")
    sheet = send(client, "", {"trigger": ACCEPT}, page=chosen(site, client, ITEMS))
    preview = send(client, "", {"field.rating": "reasonable"}, page=sheet, files=MINUTES)
    for _ in range(2):
        assert send(client, "", {"go": "do"}, page=preview).status_code == 200
    assert [e.trigger for e in site.engine.history(ITEMS[0])].count("accept") == 1


def test_an_item_that_cannot_stays_and_says_why_and_the_others_go(site: Site) -> None:
    client = site.client("quality-lead")
    sheet = send(client, "", {"trigger": ACCEPT}, page=chosen(site, client, ITEMS))
    site.engine.record(ITEMS[1], {"rating": "minimal"}, actor="second-quality-lead")
    site.engine.hold(ITEMS[2], actor="quality-lead", reason="waiting")
    preview = send(client, "", {"field.rating": "reasonable"}, page=sheet, files=MINUTES)
    said = text(preview)
    assert "1 of 3 items would move" in said
    assert "it has moved on since you looked (Second quality lead: Filled in Level of assurance)" in said
    assert "1 of 3 items moved; the others stay as they were" in text(send(client, "", {"go": "do"}, page=preview))
    assert site.engine.item(ITEMS[1]).fields["rating"] == "minimal"


def test_a_refused_sheet_comes_back_as_it_was_typed(site: Site) -> None:
    client = site.client("quality-lead")
    sheet = send(client, "", {"trigger": ACCEPT}, page=chosen(site, client, ITEMS))
    refused = send(client, "", {"field.actions": "Count falls by ward"}, page=sheet, files=MINUTES)
    assert refused.status_code == 422
    assert "Choose: level of assurance" in text(refused)
    assert form(refused).fields["field.actions"][0].strip() == "Count falls by ward"
    preview = send(client, "", {"field.rating": "partial", "field.actions": ""}, page=refused)
    assert "3 of 3 items would move" in text(preview)
    back = send(client, "", {"go": "change"}, page=preview)
    assert form(back).fields["field.rating"] == ["partial"]
    assert "Attached: minutes.pdf" in text(back)


def test_nothing_foreign_is_decided_named_or_counted(site: Site) -> None:
    """Identifiers of others' items, put into the form by hand."""
    contact = site.client("ghft-contact")
    answer = chosen(site, contact, [ITEMS[1], ITEMS[2]])
    assert answer.status_code == 422
    assert "Choose at least one item that you can see" in text(answer)
    mixed = chosen(site, contact, [*ITEMS, "PA/2027-28-Q1/ghft"])
    assert "2 items chosen" in text(mixed)
    assert "ghc" not in mixed.text


def test_without_items_or_a_step_the_page_says_what_to_choose(site: Site) -> None:
    client = site.client("quality-lead")
    assert send(client, "/items", {"items": ["nonsense.1"]}, action="/bulk").status_code == 422
    first = chosen(site, client, ITEMS)
    assert send(client, "", {"trigger": "nonsense"}, page=first).status_code == 422
    assert client.get("/bulk").headers["location"] == "/items"
    lay = site.client("lay-member")  # to whom the list offers no choice
    nothing = lay.post("/bulk", data={**site.key(lay), "items": [site.engine.item(ITEMS[0]).id]})
    assert "no step that you could make" in text(nothing)
