"""Advancing in one screen: filled by type, refused in place with all that was typed, once however often it is sent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from qa_workflow.engine import Item
from qa_workflow.web import fields
from tests.web.filling import PDF, form, send, text
from tests.web.site import Site
from tests.web.typing_all import kinds_published

GHFT, NEXT = "PA/2026-27-Q4/ghft", "PA/2027-28-Q1/ghft"
ACCEPT = f"/advance/cqrg_review.accept/{GHFT}"
SUBMIT = f"/advance/provider_report.submit/{NEXT}"
MINUTES = {"field.minutes": ("minutes.pdf", PDF)}


def test_an_item_is_advanced_with_its_evidence(site: Site) -> None:
    client = site.client("ghft-contact")
    answer = send(client, SUBMIT, files={"field.report": ("Q1 report.pdf", PDF)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/items/{NEXT}")
    item = site.engine.item(NEXT)
    assert [v.stage for v in item.visits] == ["cqrg_review"]
    assert item.fields["report"]["name"] == "Q1 report.pdf"
    notice = text(client.get(f"/items/{NEXT}"))
    assert "Send the report: done." in notice
    assert "with Quality lead" in notice


def test_every_type_of_field_is_read_back(site: Site) -> None:
    client = site.client("quality-lead")
    typed = {
        "field.rating": "partial",
        "field.actions": "Count falls by ward\n\nTrain the new staff\n",
        "field.actions_due_on.day": "1",
        "field.actions_due_on.month": "9",
        "field.actions_due_on.year": "2027",
        "reason": "as agreed in the meeting",
    }
    assert send(client, ACCEPT, typed, files=MINUTES).status_code == 303
    kept = site.engine.item(GHFT).fields
    assert kept["rating"] == "partial"
    assert kept["actions"] == ["Count falls by ward", "Train the new staff"]
    assert kept["actions_due_on"] == "2027-09-01"
    assert site.engine.history(GHFT)[-1].reason == "as agreed in the meeting"


def test_a_refused_form_comes_back_as_it_was_typed_with_every_reason_in_its_place(site: Site) -> None:
    client = site.client("quality-lead")
    typed = {
        "field.actions": "Count falls by ward",
        "field.actions_due_on.day": "31",
        "field.actions_due_on.month": "9",
        "field.actions_due_on.year": "2027",
    }
    answer = send(client, ACCEPT, typed, files=MINUTES)
    assert answer.status_code == 422
    said = text(answer)
    assert "Nothing was saved yet" in said
    assert "Choose: level of assurance" in said
    assert "Actions due on must be a real date" in said
    assert '<a href="#field-rating">' in answer.text
    assert '<a href="#field-actions_due_on">' in answer.text
    kept = form(answer).fields
    assert kept["field.actions"][0].strip() == "Count falls by ward"
    assert kept["field.actions_due_on.day"] == ["31"]
    assert "Attached: minutes.pdf" in said, "a file need not be chosen again"
    right = {"field.rating": "partial", "field.actions_due_on.day": "30"}
    assert send(client, ACCEPT, right, page=answer).status_code == 303
    assert site.engine.item(GHFT).fields["minutes"]["name"] == "minutes.pdf"


def test_a_condition_that_does_not_hold_is_said_beside_what_was_typed(site: Site) -> None:
    """No action without a date: in the words of whoever wrote the workflow."""
    typed = {"field.rating": "partial", "field.actions": "Count falls by ward"}
    answer = send(site.client("quality-lead"), ACCEPT, typed, files=MINUTES)
    assert answer.status_code == 422
    assert "give the date by which they are due as well" in text(answer)
    assert form(answer).fields["field.rating"] == ["partial"]


def test_a_reason_that_is_needed_is_asked_for(site: Site) -> None:
    back = f"/advance/cqrg_review.return/{GHFT}"
    client = site.client("quality-lead")
    refused = send(client, back)
    assert refused.status_code == 422
    assert "Enter a reason" in text(refused)
    assert send(client, back, {"reason": "The falls data are missing."}, page=refused).status_code == 303
    assert site.engine.history(GHFT)[-1].reason == "The falls data are missing."


def test_a_double_click_moves_the_item_once(site: Site) -> None:
    client = site.client("quality-lead")
    page = client.get(ACCEPT)
    typed = {"field.rating": "partial"}
    first, second = (send(client, ACCEPT, typed, page=page, files=MINUTES) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert [e.trigger for e in site.engine.history(GHFT)].count("accept") == 1


def test_the_same_form_with_another_file_is_not_taken_for_done(site: Site) -> None:
    """Of the same name and length, too: the figures of a table were put right before it was sent again."""
    client = site.client("quality-lead")
    page = client.get(ACCEPT)
    for figure, status in ((b"41", 303), (b"14", 409)):
        minutes = {"field.minutes": ("minutes.pdf", PDF + figure)}
        assert send(client, ACCEPT, {"field.rating": "partial"}, page=page, files=minutes).status_code == status


def test_who_was_slower_is_told_who_did_what_and_keeps_what_they_typed(site: Site) -> None:
    slow = site.client("quality-lead")
    page = slow.get(ACCEPT)
    site.engine.record(GHFT, {"rating": "minimal"}, actor="second-quality-lead", reason="as the group said")
    answer = send(slow, ACCEPT, {"field.rating": "partial", "reason": "mine"}, page=page, files=MINUTES)
    assert answer.status_code == 409
    said = text(answer)
    assert "Somebody was quicker, so nothing of yours was saved yet" in said
    assert "Second quality lead" in said
    assert "Filled in Level of assurance" in said
    assert "and the files that you attached are kept" in said
    kept = form(answer).fields
    assert (kept["field.rating"], kept["reason"][0].strip()) == (["partial"], "mine")
    assert site.engine.item(GHFT).fields["rating"] == "minimal"
    assert send(slow, ACCEPT, page=answer).status_code == 303, "with the fresh revision it can be sent again"
    assert site.engine.item(GHFT).fields["rating"] == "partial"


def test_who_is_slower_by_the_blink_of_an_eye_is_told_so_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody acts while the form is being read: the database itself compares."""
    client, fill = site.client("quality-lead"), f"/fill/{GHFT}"
    page, reading = client.get(fill), fields.read

    def meanwhile(*given: Any) -> fields.Filled:
        site.engine.record(GHFT, {"rating": "minimal"}, actor="second-quality-lead")
        return reading(*given)

    monkeypatch.setattr(fields, "read", meanwhile)
    answer = send(client, fill, {"field.rating": "partial"}, page=page)
    assert answer.status_code == 409
    assert "Second quality lead" in text(answer)
    assert "are kept" not in text(answer), "nothing was attached"
    assert site.engine.item(GHFT).fields["rating"] == "minimal"


def test_what_was_typed_is_shown_where_the_step_is_no_longer_there(site: Site) -> None:
    slow = site.client("quality-lead")
    back = f"/advance/cqrg_review.return/{GHFT}"
    page = slow.get(back)
    site.engine.cancel(GHFT, actor="governance-officer", reason="opened by mistake")
    answer = send(slow, back, {"reason": "The falls data are missing."}, page=page)
    assert answer.status_code == 409
    assert "This step is no longer open" in text(answer)
    assert "The falls data are missing." in text(answer)
    assert "Governance officer" in text(answer)
    assert slow.get(back).status_code == 409


def test_what_can_no_longer_be_sent_is_shown_in_words_to_be_copied(site: Site) -> None:
    slow = site.client("quality-lead")
    page = slow.get(ACCEPT)
    site.engine.cancel(GHFT, actor="governance-officer", reason="opened by mistake")
    answer = send(slow, ACCEPT, {"field.rating": "partial"}, page=page, files=MINUTES)
    assert answer.status_code == 409
    assert re.search(r"<label[^>]*>Level of assurance</label><textarea[^>]*>Partial</textarea>", answer.text)


def test_a_form_that_is_changed_and_sent_again_is_not_taken_for_the_first(site: Site) -> None:
    """Somebody goes back in the browser after it was done, types something else, and sends it."""
    client = site.client("quality-lead")
    fill = f"/fill/{GHFT}"
    page = client.get(fill)
    assert send(client, fill, {"field.rating": "partial"}, page=page).status_code == 303
    again = send(client, fill, {"field.rating": "minimal"}, page=page)
    assert again.status_code == 409
    assert form(again).fields["field.rating"] == ["minimal"]
    assert site.engine.item(GHFT).fields["rating"] == "partial"


def test_four_eyes_are_kept_and_said(site: Site) -> None:
    client = site.client("quality-lead")
    send(client, ACCEPT, {"field.rating": "partial"}, files=MINUTES)
    feedback = f"/advance/quality_lead_feedback.send_feedback/{GHFT}"
    assert "having done “Record minutes and rating”" in text(client.get(feedback))
    refused = send(client, feedback, {"field.feedback": "Well done."})
    assert refused.status_code == 422
    assert "a second person has to" in text(refused)
    assert send(site.client("second-quality-lead"), feedback, {"field.feedback": "Well done."}).status_code == 303


def test_what_looks_like_a_patients_data_is_stored_only_when_it_is_confirmed(site: Site) -> None:
    client, fill = site.client("quality-lead"), f"/fill/{GHFT}"
    answer = send(client, fill, {"field.committee_note": "Mr B, 943 476 5919, fell."})
    assert answer.status_code == 422
    assert "looks like an NHS number" in text(answer)
    assert "committee_note" not in site.engine.item(GHFT).fields
    mark = answer.text.partition('name="no_patient" type="checkbox" value="')[2].partition('"')[0]
    other = {"field.committee_note": "401 023 2137", "no_patient": mark}
    assert send(client, fill, other, page=answer).status_code == 422, "a confirmation covers what was shown"
    assert send(client, fill, {"no_patient": mark}, page=answer).status_code == 303
    assert "943 476 5919" in site.engine.item(GHFT).fields["committee_note"]


@pytest.mark.parametrize("name", ["field.nonsense", "field.__class__", "field."])
def test_a_field_that_no_workflow_has_is_refused(site: Site, name: str) -> None:
    answer = send(site.client("quality-lead"), ACCEPT, {name: "x"})
    assert answer.status_code == 400
    assert "is not known" in text(answer)


def test_a_field_that_is_emptied_is_emptied(site: Site) -> None:
    client, fill = site.client("quality-lead"), f"/fill/{GHFT}"
    send(client, fill, {"field.committee_note": "Noted.", "field.rating": "partial"})
    assert send(client, fill, {"field.committee_note": ""}).status_code == 303
    kept = site.engine.item(GHFT).fields
    assert kept.get("committee_note") is None
    assert kept["rating"] == "partial", "what was not touched is not given again"
    assert set(site.engine.history(GHFT)[-1].data["set"]) == {"committee_note"}


def test_a_hold_stops_the_clock_and_resuming_runs_it_again(site: Site) -> None:
    client = site.client("quality-lead")
    refused = send(client, f"/hold/{GHFT}", {"until-day": "31", "until-month": "2", "until-year": "2028"})
    assert refused.status_code == 422
    assert "Enter a reason" in text(refused)
    assert "must be a real date" in text(refused)
    until = {"reason": "Waiting for the coroner.", "until-day": "1", "until-month": "10", "until-year": "2027"}
    assert send(client, f"/hold/{GHFT}", until, page=refused).status_code == 303
    assert site.engine.item(GHFT).status == "held"
    said = text(client.get(f"/items/{GHFT}"))
    assert "On hold since" in said
    assert "It resumes automatically on 1 October 2027" in said
    assert send(client, f"/resume/{GHFT}").status_code == 303
    assert site.engine.item(GHFT).status == "open"


def test_an_item_is_taken_on_given_back_and_given_to_somebody(site: Site) -> None:
    client = site.client("quality-lead")
    page = client.get(f"/items/{GHFT}")
    assert send(client, "", page=page, action="/claim/").status_code == 303
    assert _holder(site.engine.item(GHFT)) == "quality-lead"
    assert send(client, "", page=client.get(f"/items/{GHFT}"), action="/release/").status_code == 303
    assert _holder(site.engine.item(GHFT)) is None
    to = {"choice": "cqrg_review:second-quality-lead", "reason": "I am on leave."}
    assert send(client, f"/assign/{GHFT}", to).status_code == 303
    assert _holder(site.engine.item(GHFT)) == "second-quality-lead"
    offered = client.get(f"/assign/{GHFT}").text
    assert "cqrg_review:quality-lead" in offered
    assert "cqrg_review:governance-officer" not in offered, "nobody is offered who would be refused"


def test_what_was_typed_on_several_lines_is_stored_as_it_was_typed(site: Site) -> None:
    """Browsers send line ends as CR LF; the history has none of them."""
    client = site.client("quality-lead")
    send(client, f"/fill/{GHFT}", {"field.committee_note": "One.\r\nTwo.", "reason": "First.\r\nSecond."})
    assert site.engine.item(GHFT).fields["committee_note"] == "One.\nTwo."
    assert site.engine.history(GHFT)[-1].reason == "First.\nSecond."


def test_a_comment_is_added_once_and_whoever_is_quicker_does_not_matter(site: Site) -> None:
    client = site.client("quality-lead")
    page = client.get(f"/items/{GHFT}")
    site.engine.record(GHFT, {"rating": "minimal"}, actor="second-quality-lead")
    for _ in range(2):
        said = {"text": "The chair asks.", "audience": "everybody"}
        assert send(client, "", said, page=page, action="/comment/").status_code == 303
    assert [e.reason for e in site.engine.history(GHFT)].count("The chair asks.") == 1
    assert send(client, "", {"text": " "}, page=page, action="/comment/").status_code == 422


def test_a_form_of_another_session_is_refused(site: Site) -> None:
    mine, yours = site.client("quality-lead"), site.client("second-quality-lead")
    answer = send(yours, ACCEPT, {"field.rating": "partial"}, page=mine.get(ACCEPT), files=MINUTES)
    assert answer.status_code == 409
    assert [v.stage for v in site.engine.item(GHFT).visits] == ["cqrg_review"]


def test_an_address_with_another_revision_in_it_cannot_be_forged_into_a_blind_move(site: Site) -> None:
    """Without the revision that was looked at, nothing is done."""
    for revision in ("", "-1", "999", "1e3", "٣"):
        answer = send(
            site.client("quality-lead"), ACCEPT, {"revision": revision, "field.rating": "partial"}, files=MINUTES
        )
        assert answer.status_code == 409, revision


@pytest.fixture
def every_kind(site: Site) -> str:
    """An item of a workflow that has a field of every type."""
    return kinds_published(site)


def test_every_kind_of_input_keeps_what_is_typed_and_says_what_is_wrong(site: Site, every_kind: str) -> None:
    client, path = site.client("quality-lead"), f"/advance/one.go/{every_kind}"
    wrong = {
        "field.a_number": "twelve",
        "field.a_date.day": "30",
        "field.a_date.year": "2027",
        "field.an_answer": "yes",
        "field.a_person": "nobody",
        "field.an_organisation": "ghft",
        "field.some_people": ["quality-lead", "lay-member"],
        "field.some_dates": "2027-02-30",
    }
    answer = send(client, path, wrong)
    said = text(answer)
    assert answer.status_code == 422
    assert "'twelve' is not a number" in said
    assert "A date must include a month" in said
    assert "'nobody' is not a known person" in said
    assert "'2027-02-30' is not a date" in said
    kept = form(answer).fields
    assert kept["field.some_people"] == ["quality-lead", "lay-member"]
    assert kept["field.an_answer"] == ["yes"]
    right = {
        "field.a_number": "97.5",
        "field.a_date.month": "4",
        "field.a_person": "lay-member",
        "field.some_dates": "2027-02-28",
    }
    files = {"field.some_documents": ("one.pdf", PDF), "field.a_document": ("two.pdf", PDF)}
    assert send(client, path, right, page=answer, files=files).status_code == 303
    found = site.engine.item(every_kind).fields
    assert (found["a_number"], found["a_date"], found["an_answer"]) == ("97.5", "2027-04-30", True)
    assert (found["some_people"], found["some_dates"]) == (["quality-lead", "lay-member"], ["2027-02-28"])
    assert ([d["name"] for d in found["some_documents"]], found["a_document"]["name"]) == (["one.pdf"], "two.pdf")


def _holder(item: Item) -> str | None:
    return next(iter(item.visits)).holder


def test_a_file_that_holds_a_patients_number_is_attached_only_when_it_is_confirmed(site: Site) -> None:
    """It need not be chosen again; and what stood there before is not asked about again."""
    client, fill = site.client("quality-lead"), f"/fill/{GHFT}"
    answer = send(client, fill, files={"field.minutes": ("falls.csv", b"ward,who\nA,9434765919\n")})
    assert answer.status_code == 422
    assert "Minutes of the review group: “9434765919” looks like an NHS number" in text(answer)
    assert "minutes" not in site.engine.item(GHFT).fields
    mark = answer.text.partition('name="no_patient" type="checkbox" value="')[2].partition('"')[0]
    assert send(client, fill, page=answer).status_code == 422
    assert send(client, fill, {"no_patient": mark}, page=answer).status_code == 303
    assert site.engine.item(GHFT).fields["minutes"]["name"] == "falls.csv"
    assert send(client, fill, {"field.rating": "partial"}).status_code == 303


def test_a_step_is_not_asked_what_later_steps_ask(site: Site) -> None:
    """Nobody who sends a report back knows what the Governing Body will say of it."""
    asked = set(form(site.client("quality-lead").get(f"/advance/cqrg_review.return/{GHFT}"), action="").names)
    assert "field.minutes" in asked
    assert asked.isdisjoint({"field.feedback", "field.committee_note", "field.board_note"})


def test_what_is_asked_elsewhere_is_folded_away_where_fields_are_filled_in(site: Site) -> None:
    page = site.client("quality-lead").get(f"/fill/{GHFT}").text
    here, folded = page.split("Other fields you can fill in now")
    assert 'name="field.rating"' in here
    assert 'name="field.board_note"' in folded


def test_a_form_that_is_refused_keeps_what_nobody_touched_folded_away(site: Site) -> None:
    """Opened for nothing, it is three screens long, and what is wrong is far from the button."""
    client = site.client("quality-lead")
    back = send(client, f"/advance/cqrg_review.return/{GHFT}", {})
    assert (back.status_code, 'nhsuk-details" open' in back.text) == (422, False)
    touched = send(client, f"/advance/cqrg_review.return/{GHFT}", {"field.actions": "Count falls"})
    assert 'nhsuk-details" open' in touched.text


def test_a_step_that_a_field_stands_in_the_way_of_does_not_call_it_optional(site: Site) -> None:
    """And its page says which of many actions it is about."""
    given = {"action": "Count falls by ward", "due_on": "2027-01-04"}
    item = site.engine.open("cqrg_action", subject="ghft", fields=given, actor="quality-lead", sure=True)
    page = text(site.client("quality-lead").get(f"/advance/open.start/{item.reference}"))
    assert "Review group action: Count falls by ward" in page
    assert "As it stands, this will be refused" in page
    assert "Due on (optional)" not in page
    assert "Agreed at (optional)" in page


def test_who_may_not_correct_reads_who_may(site: Site) -> None:
    """The wrong file was sent, and the step is made."""
    send(site.client("ghft-contact"), SUBMIT, files={"field.report": ("Q4 report.pdf", PDF)})
    told = "Governance officer or Administrator can put it right"
    for person, reads in (("ghft-contact", True), ("quality-lead", True), ("governance-officer", False)):
        assert (told in text(site.client(person).get(f"/items/{NEXT}"))) is reads
    here, folded = (
        site.client("governance-officer").get(f"/correct/{NEXT}").text.split("Fields in which nothing stands")
    )
    assert 'name="field.report"' in here
    assert 'name="field.board_note"' in folded
