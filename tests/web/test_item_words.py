"""What an item's page and its forms say: what is left to do and why, in words that people use, and nothing twice."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi.testclient import TestClient

from qa_workflow.calendar import long_date
from tests.web.filling import PDF, send, text
from tests.web.site import Site

LEAD, SECOND, OFFICER = "quality-lead", "second-quality-lead", "governance-officer"
GHFT = "PA/2026-27-Q4/ghft"
ACCEPT = f"/advance/cqrg_review.accept/{GHFT}"
RETURN = f"/advance/cqrg_review.return/{GHFT}"


@pytest.fixture
def lead(site: Site) -> TestClient:
    return site.client(LEAD)


@pytest.fixture
def returned(site: Site, lead: TestClient) -> TestClient:
    """Its provider's contact, to whom the report came back."""
    assert send(lead, RETURN, {"reason": "Annex B is missing"}).status_code == 303
    return site.client("ghft-contact")


@pytest.fixture
def accepted(site: Site, lead: TestClient) -> Site:
    """The lead accepted the report, with an action; the feedback is for somebody else."""
    typed = {"field.rating": "partial", "field.actions": "Count falls by ward"}
    due = dict(zip(("day", "month", "year"), ("30", "9", "2027"), strict=True))
    typed |= {f"field.actions_due_on.{part}": value for part, value in due.items()}
    answer = send(lead, ACCEPT, typed, files={"field.minutes": ("minutes.pdf", PDF)})
    assert answer.status_code == 303
    return site


def test_what_came_back_says_so_with_who_and_why_wherever_it_is_worked_on(returned: TestClient) -> None:
    for page in ("/", f"/items/{GHFT}", f"/advance/provider_report.submit/{GHFT}"):
        said = text(returned.get(page))
        assert "Returned on 10 July 2027 by Quality lead" in said, page
        assert "Annex B is missing" in said, page


def test_before_a_step_is_made_its_form_says_by_when_the_item_will_be_due(site: Site, lead: TestClient) -> None:
    """Sending back gives the provider a new date: it is told before, and it is the one that comes of it."""
    foretold = text(lead.get(RETURN))
    assert send(lead, RETURN, {"reason": "Annex B is missing"}).status_code == 303
    due = site.engine.item(GHFT).visits[0].due
    assert due is not None
    assert f"due there on {long_date(date.fromisoformat(due.on))} (" in foretold


def test_a_date_and_a_step_that_hang_on_a_field_name_it_by_its_label(site: Site) -> None:
    """Who reads an item has never seen its workflow's file."""
    given = {"action": "Count falls by ward", "lead": "ghft-contact", "due_on": "2027-09-01"}
    action = site.engine.open("cqrg_action", actor="quality-lead", subject="ghft", fields=given).reference
    site.engine.advance(action, "start", actor="ghft-contact")
    officer = site.client(OFFICER)
    item, changing = (text(officer.get(f"/{page}/{action}")) for page in ("items", "change-date"))
    assert "Send evidence : Provider contact or the person in “Lead”." in item
    assert "Evidence to be looked at, by Provider contact, the person in “Lead”" in item
    for page in (item, changing):
        assert "Wednesday 1 September 2027: “Due on”." in page
        assert "due_on" not in page
        assert "person in lead" not in page


def test_an_item_names_its_workflow_and_a_list_leads_to_a_new_item(lead: TestClient) -> None:
    """Not "definition", which people do not say; and what is there is opened by its link, so this one is new."""
    assert "Workflow Provider assurance, version 1" in text(lead.get(f"/items/{GHFT}"))
    assert "Open a new item" in text(lead.get("/items"))


def test_of_a_step_that_one_may_not_make_no_date_is_foretold(site: Site) -> None:
    assert "due there on" in text(site.client(SECOND).get(RETURN))
    assert "due there on" not in text(site.client(OFFICER).get(RETURN))


def test_what_is_sent_in_again_did_not_come_back(site: Site, lead: TestClient, returned: TestClient) -> None:
    submit = f"/advance/provider_report.submit/{GHFT}"
    assert send(returned, submit, files={"field.report": ("report.pdf", PDF)}).status_code == 303
    assert site.engine.item(GHFT).visits[0].stage == "cqrg_review"
    assert "Returned on" not in text(lead.get(f"/items/{GHFT}"))


def test_a_form_says_what_it_is_about_and_leads_to_the_documents_to_be_judged(
    lead: TestClient, returned: TestClient
) -> None:
    submit = f"/advance/provider_report.submit/{GHFT}"
    assert send(returned, submit, files={"field.report": ("report.pdf", PDF)}).status_code == 303
    page = lead.get(ACCEPT)
    said = text(page)
    assert "Gloucestershire Hospitals NHS Foundation Trust, 2026-27 Q4" in said
    assert "At Review by the Clinical Quality Review Group, due " in said
    assert "working days left" in said
    assert "Provider's report: report.pdf" in said
    assert 'report: <a href="/documents/' in page.text.replace("&#39;", "'")


def test_only_what_is_empty_is_said_to_be_missing(site: Site, accepted: Site) -> None:
    action = next(item for item in accepted.engine.items(workflow="cqrg_action") if not item.is_over)
    said = text(site.client(LEAD).get(f"/items/{action.reference}"))
    assert "Still missing: Action" not in said
    assert "You will be asked for: Action" not in said


def test_what_others_can_do_is_in_plain_words_and_said_once(accepted: Site) -> None:
    """No conditions in the language of files, no steps that the clock does not make, and nobody named twice."""
    for reference in [item.reference for item in accepted.engine.items(limit=200)]:
        for person in (LEAD, "ghft-contact", "director-of-quality"):
            answer = accepted.client(person).get(f"/items/{reference}")
            if answer.status_code != 200:
                continue
            said = text(answer).partition("What others can do")[2].partition("Evidence and fields")[0]
            assert "condition does not hold" not in said, reference
            assert "only the clock does this" not in said, reference
            assert "this is for:" not in said, reference
            assert ".." not in said, reference


def test_a_date_that_somebody_set_says_who_set_it_and_versions_of_calendars_are_left_out(accepted: Site) -> None:
    action = next(item for item in accepted.engine.items(workflow="cqrg_action") if not item.is_over)
    said = text(accepted.client(OFFICER).get(f"/items/{action.reference}"))
    assert "“Due on” was set when this was agreed, on 10 July 2027 by Quality lead." in said
    for reference in (action.reference, GHFT):
        assert "version holidays" not in text(accepted.client(OFFICER).get(f"/items/{reference}"))


def test_what_is_on_hold_is_said_once_and_the_same_everywhere(lead: TestClient) -> None:
    until = {"reason": "A court decides", "until-day": "1", "until-month": "2", "until-year": "2028"}
    done = send(lead, f"/hold/{GHFT}", until)
    said = text(lead.get(done.headers["location"]))
    assert "Put on hold: done. PA/2026-27-Q4/ghft is on hold until 1 February 2028." in said
    assert "It resumes automatically on 1 February 2028" in said
    assert "until the day above, or until somebody resumes the item sooner" in said
    assert "is at Review" not in said


def test_what_is_closed_is_corrected_by_who_may_from_its_page(site: Site) -> None:
    reference = next(item.reference for item in site.engine.items(status="closed", limit=500))
    link = f'href="/correct/{reference}"'
    assert link in site.client(OFFICER).get(f"/items/{reference}").text
    assert link not in site.client("ghc-contact").get(f"/items/{reference}").text


def test_who_may_act_at_a_stage_of_others_finds_it_among_what_they_may_also_do(accepted: Site) -> None:
    said = text(accepted.client("director-of-quality").get("/"))
    part = said.partition("You may also do")[2]
    assert "Send the feedback for PA/2026-27-Q4/ghft" in part


def test_what_a_second_person_has_to_do_is_not_counted_as_waiting_for_the_first(accepted: Site) -> None:
    said = text(accepted.client(LEAD).get("/"))
    second = text(accepted.client(SECOND).get("/"))
    number = int(said.partition(" items wait for you")[0].rsplit(maxsplit=1)[-1])
    assert f"{number + 1} items wait for you" in second
    assert "For somebody else: Send the feedback" in said.partition("for a second person to do")[2]
    assert "for a second person to do" not in second


def test_a_form_says_first_how_late_its_item_is_and_where_the_step_leads_once(site: Site) -> None:
    """Whoever opens it from a mail has not seen the item's page."""
    submit = "/advance/awaiting_draft.receive/QA/2026-27/ghft"
    said = text(site.client("ghft-contact").get(submit))
    assert "71 calendar days overdue" in said
    accept = text(site.client(LEAD).get(ACCEPT))
    assert accept.count("Quality lead's feedback") == 1


def test_a_new_date_is_first_looked_at_by_a_button_that_says_so(site: Site) -> None:
    officer, address = site.client("governance-officer"), f"/change-date/{GHFT}"
    page = officer.get(address)
    assert "See what follows" in text(page)
    typed = dict(zip(("date-day", "date-month", "date-year"), ("30", "9", "2027"), strict=True))
    shown = send(officer, address, {**typed, "basis": "Decision of the group", "reason": "Late data"}, page=page)
    assert "What follows from it" in text(shown)
    assert "See what follows" not in text(shown)


def test_nobody_is_named_twice_as_holding_an_item(site: Site) -> None:
    """A role and the one person in it may have one title."""
    fields = {"action": "Audit of falls", "lead": "quality-lead", "due_on": date(2027, 9, 30)}
    action = site.engine.open("cqrg_action", subject="ghc", fields=fields, actor="quality-lead")
    said = text(site.client(LEAD).get(f"/items/{action.reference}"))
    assert "with Quality lead" in said
    assert "Quality lead or Quality lead" not in said


def test_whoever_resumes_an_item_is_told_why_it_was_stopped(site: Site, lead: TestClient) -> None:
    site.engine.hold(GHFT, actor=SECOND, reason="Waiting for the coroner.")
    said = text(lead.get(f"/resume/{GHFT}"))
    assert "On hold since 10 July 2027" in said
    assert "by Second quality lead: “Waiting for the coroner.”" in said


def test_where_an_item_is_is_said_before_it_is_drawn(lead: TestClient) -> None:
    """On a phone the picture scrolls sideways, and without a script it stands at its beginning."""
    page = lead.get(f"/items/{GHFT}").text
    said = page.index("Filled in the picture: <strong>Review by the Clinical Quality Review Group</strong>")
    assert said < page.index('<svg xmlns="http://www.w3.org/2000/svg" class="qm"')
