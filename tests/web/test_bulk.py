"""One decision for many items: chosen on a list, filled in once, previewed item by item, then done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from fastapi.testclient import TestClient
from httpx2 import Response

from qa_workflow.service.items.attachments import attach
from tests.web.filling import PDF, form, send, text
from tests.web.site import Site

ITEMS = ("PA/2026-27-Q4/ghft", "PA/2026-27-Q4/ghc", "PA/2026-27-Q4/care_homes")
ACCEPT = "1.cqrg_review.accept."
ACCEPTED = {"1.trigger": "provider_assurance:cqrg_review.accept"}
REASONABLE = {**ACCEPTED, f"{ACCEPT}field.rating": "reasonable"}
MINUTES = {f"{ACCEPT}field.minutes": ("minutes.pdf", PDF)}
LOOK, DO, CHANGE = ({"go": go} for go in ("preview", "do", "change"))


def chosen(site: Site, client: TestClient, references: Sequence[str]) -> Response:
    """These items ticked on the list, and the button pressed."""
    marks = [f"{item.id}.{item.revision}" for item in map(site.engine.item, references)]
    return send(client, "/items", {"items": marks}, action="/bulk")


def verified(site: Site) -> list[str]:
    """Two actions that are verified, for the group to close."""
    found = []
    for subject in ("ghc", "ghft"):
        fields = {"action": "Audit of falls", "due_on": date(2027, 9, 30)}
        item = site.engine.open("cqrg_action", subject=subject, fields=fields, actor="quality-lead")
        contact, evidence = f"{subject}-contact", attach(site.house, "evidence.pdf", PDF)
        site.engine.advance(item.id, "start", actor="quality-lead", fields={"lead": contact})
        site.engine.advance(item.id, "submit_evidence", actor=contact, fields={"evidence": evidence})
        site.engine.advance(item.id, "verify", actor="quality-lead")
        found.append(item.reference)
    return found


def test_the_committee_decides_on_several_items_after_a_preview(site: Site) -> None:
    client = site.client("quality-lead")
    sheet = chosen(site, client, ITEMS)
    assert "3 items chosen. Nothing is done yet" in text(sheet)
    preview = send(client, "", {**REASONABLE, **LOOK}, page=sheet, files=MINUTES)
    assert "3 of 3 items would move" in text(preview)
    said = text(preview)
    assert re.search(r"Goes to Quality lead's feedback, due \w+day \d+ \w+ 2027", said)
    assert all(site.engine.item(r).visits[0].stage == "cqrg_review" for r in ITEMS), "a preview writes nothing"
    done = send(client, "", DO, page=preview)
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
    """Actions that are verified are closed: tick them, look, do it. A reason can be given all the same."""
    actions = verified(site)
    officer = site.client("governance-officer")
    preview = chosen(site, officer, actions)
    assert "Preview: Closed by the group" in text(preview)
    assert "2 of 2 items would move" in text(preview)
    sheet = send(officer, "", CHANGE, page=preview)
    assert "Reason (optional)" in text(sheet)
    again = send(officer, "", {"1.verified.close.reason": "Minute 7", **LOOK}, page=sheet)
    assert "2 of 2 items moved" in text(send(officer, "", DO, page=again))
    assert [site.engine.history(r)[-1].reason for r in actions] == ["Minute 7"] * 2


def test_items_at_several_steps_are_decided_on_one_sheet_and_previewed_on_one_page(site: Site) -> None:
    """Reports are accepted, actions closed, one report stays: three screens after the list, each item told."""
    client = site.client("quality-lead")
    actions = verified(site)
    accepted = {"minutes": attach(site.house, "minutes.pdf", PDF), "rating": "minimal"}
    site.engine.advance(ITEMS[2], "accept", actor="committee-chair", fields=accepted)
    sheet = chosen(site, client, [*ITEMS, *actions])
    said = text(sheet)
    assert "5 items chosen, at 3 different steps" in said
    assert "Review by the Clinical Quality Review Group: 2 items" in said
    undecided = send(client, "", {**REASONABLE, **LOOK}, page=sheet, files=MINUTES)
    assert undecided.status_code == 422
    assert "Choose what is decided: Verified, for the group to close" in text(undecided)
    assert "Attached: minutes.pdf" in text(undecided)
    wanted = {"2.trigger": "stay", "3.trigger": "cqrg_action:verified.close", **LOOK}
    preview = send(client, "", wanted, page=undecided)
    said = text(preview)
    assert "Preview: 2 decisions" in said
    assert "4 of 5 items would move" in said
    assert f"1 stays as it is: {ITEMS[2]}" in said
    assert all(site.engine.item(reference).status == "open" for reference in actions), "a preview writes nothing"
    done = text(send(client, "", DO, page=preview))
    assert "4 of 5 items moved" in done
    assert "Record minutes and rating Item What became of it" in done
    assert [site.engine.item(r).visits[0].stage for r in ITEMS] == ["quality_lead_feedback"] * 3
    assert [site.engine.item(r).fields.get("rating") for r in ITEMS] == ["reasonable", "reasonable", "minimal"]
    assert {site.engine.item(r).status for r in actions} == {"closed"}


def test_to_leave_everything_as_it_is_is_no_decision(site: Site) -> None:
    client = site.client("quality-lead")
    sheet = chosen(site, client, [*ITEMS, *verified(site)])
    refused = send(client, "", {"1.trigger": "stay", "2.trigger": "stay", **LOOK}, page=sheet)
    assert refused.status_code == 422
    assert "Choose what is decided for at least one of them" in text(refused)


def test_a_doubt_about_a_patient_is_asked_about_once_for_all_parts(site: Site) -> None:
    client = site.client("quality-lead")
    sheet = chosen(site, client, [ITEMS[0], *verified(site)])
    typed = {"1.trigger": "provider_assurance:cqrg_review.return", "2.trigger": "cqrg_action:verified.close"}
    typed |= {"1.cqrg_review.return.reason": "Mr B, 943 476 5919", "2.verified.close.reason": "NHS 943 476 5919"}
    doubtful = send(client, "", {**typed, **LOOK}, page=sheet)
    assert doubtful.status_code == 422
    assert text(doubtful).count("Could a patient be identified?") == 1
    mark = re.findall(r'name="no_patient" type="checkbox" value="([^"]+)"', doubtful.text)
    preview = send(client, "", {"no_patient": mark, **LOOK}, page=doubtful)
    assert "3 of 3 items would move" in text(preview)
    assert "3 of 3 items moved" in text(send(client, "", DO, page=preview))


def test_what_is_done_twice_is_done_once(site: Site) -> None:
    client = site.client("quality-lead")
    preview = send(client, "", {**REASONABLE, **LOOK}, page=chosen(site, client, ITEMS), files=MINUTES)
    for _ in range(2):
        assert send(client, "", DO, page=preview).status_code == 200
    assert [e.trigger for e in site.engine.history(ITEMS[0])].count("accept") == 1


def test_an_item_that_cannot_stays_and_says_why_and_the_others_go(site: Site) -> None:
    client = site.client("quality-lead")
    sheet = chosen(site, client, ITEMS)
    site.engine.record(ITEMS[1], {"rating": "minimal"}, actor="second-quality-lead")
    site.engine.hold(ITEMS[2], actor="quality-lead", reason="waiting")
    preview = send(client, "", {**REASONABLE, **LOOK}, page=sheet, files=MINUTES)
    said = text(preview)
    assert "1 of 3 items would move" in said
    assert max(said.index(stays) for stays in ITEMS[1:]) < said.index(ITEMS[0]), "those that stay come first"
    assert "it has moved on since you looked (Second quality lead: Filled in Level of assurance)" in said
    assert "1 of 3 items moved; the others stay as they were" in text(send(client, "", DO, page=preview))
    assert site.engine.item(ITEMS[1]).fields["rating"] == "minimal"


def test_a_refused_sheet_comes_back_as_it_was_typed(site: Site) -> None:
    client = site.client("quality-lead")
    typed = {**ACCEPTED, f"{ACCEPT}field.actions": "Count falls by ward", **LOOK}
    refused = send(client, "", typed, page=chosen(site, client, ITEMS), files=MINUTES)
    assert refused.status_code == 422
    assert "Choose: level of assurance" in text(refused)
    assert form(refused).fields[f"{ACCEPT}field.actions"][0].strip() == "Count falls by ward"
    assert f'href="#{ACCEPT.replace(".", "-")}field-rating"' in refused.text
    mended = {f"{ACCEPT}field.rating": "partial", f"{ACCEPT}field.actions": "", **LOOK}
    preview = send(client, "", mended, page=refused)
    assert "3 of 3 items would move" in text(preview)
    back = send(client, "", CHANGE, page=preview)
    assert form(back).fields[f"{ACCEPT}field.rating"] == ["partial"]
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
    refused = send(client, "", {"1.trigger": "nonsense", **LOOK}, page=first)
    assert refused.status_code == 422
    assert "Choose what is decided: Review by the Clinical Quality Review Group" in text(refused)
    assert 'href="#trigger-1"' in refused.text
    assert 'id="trigger-1"' in refused.text
    assert client.get("/bulk").headers["location"] == "/items"
    lay = site.client("lay-member")  # to whom the list offers no choice
    nothing = lay.post("/bulk", data={**site.key(lay), "items": [site.engine.item(ITEMS[0]).id]})
    assert "no step that you could make" in text(nothing)
