"""The shipped workflows as the seeds have them: order, people, dates of the law, escalation."""

from __future__ import annotations

from datetime import date

import pytest

from qa_workflow.calendar import Anchor, AnchorKind, DueDate, work_out
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.model import Transition, Workflow
from qa_workflow.definition.read import Folder
from tests.acceptance.shipped import worked_out
from tests.unit.definition.setting import Asked


@pytest.fixture(scope="module")
def assurance(folder: Folder) -> Workflow:
    return folder.workflows["provider_assurance"]


@pytest.fixture(scope="module")
def account(folder: Folder) -> Workflow:
    return folder.workflows["quality_account"]


@pytest.fixture(scope="module")
def action(folder: Folder) -> Workflow:
    return folder.workflows["cqrg_action"]


def step(workflow: Workflow, path: str) -> Transition:
    return workflow.triggers()[path]


def targets(transition: Transition) -> list[str]:
    return [case.to for case in transition.cases]


def test_the_shipped_folder_has_nothing_to_complain_about(folder: Folder) -> None:
    """Neither an error nor a warning: people copy from these files."""
    assert [str(fault) for fault in folder.faults] == []
    assert set(folder.workflows) == {"provider_assurance", "quality_account", "cqrg_action"}


# --- provider_assurance: names, order and who ------------------------------------------------------------------------


def test_a_report_travels_in_the_order_of_the_seeds(assurance: Workflow) -> None:
    """Report, review group, quality lead, committee, Governing Body."""
    assert list(assurance.stages) == [
        "provider_report",
        "cqrg_review",
        "quality_lead_feedback",
        "quality_and_governance_committee",
        "governing_body",
        "closed",
    ]
    assert assurance.start == "provider_report"
    assert assurance.stages["closed"].end == "completed"


@pytest.mark.parametrize(
    ("path", "to", "needs"),
    [
        ("provider_report.submit", "cqrg_review", {"report"}),
        ("cqrg_review.accept", "quality_lead_feedback", {"minutes", "rating"}),
        ("quality_lead_feedback.send_feedback", "quality_and_governance_committee", {"feedback"}),
        ("quality_and_governance_committee.assure", "governing_body", set()),
        ("governing_body.receive", "closed", set()),
    ],
)
def test_each_step_leads_on_and_asks_for_what_is_fixed(
    assurance: Workflow, path: str, to: str, needs: set[str]
) -> None:
    """Scripts fire these triggers by name and set these fields."""
    transition = step(assurance, path)
    assert targets(transition) == [to]
    assert set(transition.needs) == needs
    assert not transition.needs_reason
    assert transition.not_before is None, "a whole run on one day must be possible"


def test_the_report_and_the_minutes_are_documents_and_the_rating_has_meanings(
    assurance: Workflow, governance: Governance
) -> None:
    """The scale is the agreed one, and its definitions stand at the point of choice."""
    assert [assurance.fields[name].type for name in ("report", "minutes", "rating", "feedback")] == [
        "document",
        "document",
        "choice",
        "text",
    ]
    levels = assurance.fields["rating"].options
    assert levels == governance.scales["assurance"].levels
    assert [level.value for level in levels] == ["substantial", "reasonable", "partial", "minimal"]
    assert all(level.meaning for level in levels)


def test_only_the_provider_sends_its_report(assurance: Workflow, governance: Governance) -> None:
    """And only its own: the role is bound to the organisation."""
    assert step(assurance, "provider_report.submit").by.roles == ("provider_contact",)
    assert governance.roles["provider_contact"].own


def test_whoever_accepted_does_not_write_the_feedback(assurance: Workflow, governance: Governance) -> None:
    """Four eyes, and there are enough eyes for it."""
    feedback = step(assurance, "quality_lead_feedback.send_feedback")
    assert feedback.not_by.did == ("cqrg_review.accept",)
    today = date(2027, 4, 1)
    able = {person.name for role in feedback.by.roles for person in governance.holders(role, today)}
    accepting = {
        person.name
        for role in step(assurance, "cqrg_review.accept").by.roles
        for person in governance.holders(role, today)
    }
    assert "quality-lead" in accepting
    assert all(able - {person} for person in accepting)


def test_a_report_goes_back_with_a_reason_and_not_for_ever(assurance: Workflow) -> None:
    """Bounded rework."""
    back = step(assurance, "cqrg_review.return")
    assert targets(back) == ["provider_report"]
    assert back.needs_reason
    assert back.at_most == 2


def test_a_committee_that_is_not_assured_says_what_it_asks_for(assurance: Workflow) -> None:
    """Whoever wrote the feedback answers; and not for ever, for the Governing Body is to hear of it in the end."""
    asks = step(assurance, "quality_and_governance_committee.ask_more")
    assert (targets(asks), asks.needs, asks.at_most) == (["quality_lead_feedback"], ("committee_note",), 2)


@pytest.mark.parametrize("stage", ["quality_and_governance_committee", "governing_body"])
def test_what_a_meeting_did_not_reach_waits_for_the_next(assurance: Workflow, stage: str) -> None:
    """It comes to the stage anew, in time for the meeting after; nobody says so before the meeting is held."""
    later = step(assurance, f"{stage}.not_reached")
    assert targets(later) == [stage]
    assert later.not_before is not None
    assert assurance.stages[stage].meeting is not None


def test_papers_are_due_by_each_bodys_own_rule(assurance: Workflow) -> None:
    """No workflow says how many days: the body does, and the meeting's date moves what waits for it."""
    stages = assurance.stages
    assert str(stages["provider_report"].due) == "papers of cqrg for subject"
    assert str(stages["quality_lead_feedback"].due) == "papers of quality_and_governance_committee"
    assert str(stages["cqrg_review"].meeting) == "cqrg for subject"
    assert str(stages["quality_and_governance_committee"].meeting) == "quality_and_governance_committee"
    assert str(stages["governing_body"].meeting) == "governing_body"


def test_the_clock_opens_one_for_each_provider_after_each_quarter(assurance: Workflow) -> None:
    """On the first day after the quarter."""
    assert assurance.opening is not None
    assert (assurance.subject, assurance.period) == ("provider", "quarter")
    assert (assurance.opening.each, assurance.opening.every) == ("provider", "quarter")
    assert str(assurance.opening.on) == "1 calendar day after period end"


def test_each_action_agreed_becomes_an_item_of_its_own(assurance: Workflow, action: Workflow) -> None:
    """Actions are identified and monitored, as the seeds have it; what is handed down has a place there."""
    (opens,) = step(assurance, "cqrg_review.accept").opens
    assert opens.workflow == action.name
    assert opens.each == "actions"
    assert {opens.into, *(name for name, _ in opens.copies)} <= set(action.fields)


# --- quality_account: the dates of the law and the comments ---------------------------------------------------------


def test_the_dates_of_a_quality_account_say_what_they_rest_on(account: Workflow) -> None:
    """30 April and 30 June are law; the 30 days are not confirmed and say so."""
    due = {name: stage.due for name, stage in account.stages.items() if stage.due is not None}
    assert str(due["awaiting_draft"].rule) == "on 30 April after period end"
    assert str(due["publication"].rule) == "on 30 June after period end"
    assert due["awaiting_draft"].basis == due["publication"].basis == "statute"
    for name in ("review", "drafting", "sign_off", "sending"):
        assert str(due[name].rule) == "30 calendar days after received_on", name
        assert due[name].roll == "earlier working day", name
        assert due[name].basis == "to be confirmed", name
    assert all(rule.source for rule in due.values() if rule.basis in ("statute", "to be confirmed"))


def test_thirty_days_that_end_on_a_sunday_are_shown_as_the_friday(account: Workflow, governance: Governance) -> None:
    """30 days from 30 April 2027 end on Sunday 30 May, and Monday is a bank holiday: the last usable day is Friday."""
    received = date(2027, 4, 30)

    def day(anchor: Anchor) -> date | None:
        return received if anchor.name == "received_on" else None

    for name in ("review", "drafting", "sign_off", "sending"):
        rule = account.stages[name].due
        assert rule is not None
        found = work_out(rule, day, governance.calendar)
        assert isinstance(found, DueDate)
        assert found.on == date(2027, 5, 28), name
        assert "Sunday 30 May 2027" in found.explanation, name
        assert not rule.pauses, "a hold on our side does not stop a clock that others count on"
    window = account.stages["review.healthwatch"].lapse
    assert window is not None
    closes = work_out(window.when, day, governance.calendar)
    assert isinstance(closes, DueDate)
    assert closes.on == date(2027, 5, 30)


def test_the_day_after_the_year_draft_and_publication(account: Workflow, governance: Governance) -> None:
    """Opened on 1 April, the draft by the 30th, published by 30 June."""
    ended = date(2027, 3, 31)
    assert account.opening is not None
    assert worked_out(account.opening.on, AnchorKind.PERIOD_END, ended, governance) == date(2027, 4, 1)
    assert worked_out(account.stages["awaiting_draft"].due, AnchorKind.PERIOD_END, ended, governance) == date(
        2027, 4, 30
    )
    assert worked_out(account.stages["publication"].due, AnchorKind.PERIOD_END, ended, governance) == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("awaiting_draft.receive", "received_on"),
        ("redraft.receive", "received_on"),
        ("publication.publish", "published_on"),
    ],
)
@pytest.mark.parametrize(
    ("day", "may"),
    [("2026-04-30", False), ("2027-03-31", False), ("2027-04-01", True), ("2027-05-03", True), ("2027-05-04", False)],
)
def test_a_slip_in_a_day_of_receipt_or_publication_is_noticed(
    account: Workflow, path: str, field: str, day: str, may: bool
) -> None:
    """The year of last time would make everything a year late; a day to come has not happened."""
    guard = step(account, path).when
    assert guard is not None
    asked = Asked({field: day}, today=date(2027, 5, 3), period_end=date(2027, 3, 31))
    assert guard.holds(asked) is may
    assert step(account, path).says


def test_comments_are_optional_and_lapse_when_the_window_closes(account: Workflow) -> None:
    """Time running out is recorded as a lapse, never as consent; the join does not wait."""
    parallel = account.stages["review"].parallel
    assert parallel is not None
    assert {name for name, branch in parallel.branches.items() if branch.optional} == {"healthwatch", "scrutiny"}
    for name in ("healthwatch", "scrutiny"):
        lapse = account.stages[f"review.{name}"].lapse
        assert lapse is not None
        assert str(lapse.when.rule) == "30 calendar days after received_on"
        assert lapse.outcome == "no comment received"


def test_a_statement_is_not_signed_by_its_author(account: Workflow) -> None:
    """Director sign-off, by somebody else."""
    assert step(account, "sign_off.sign").not_by.did == ("drafting.propose",)
    assert step(account, "sign_off.sign").by.roles == ("director_of_quality",)


def test_word_limits_warn_for_each_stakeholder(account: Workflow) -> None:
    """Which of them the law binds is not confirmed, so they do not block."""
    assert [account.fields[name].words for name in ("statement", "healthwatch_comment", "scrutiny_comment")] == [
        1000
    ] * 3


def test_the_account_opens_with_the_year_that_has_ended(account: Workflow) -> None:
    """On 1 April."""
    assert account.opening is not None
    assert (account.opening.each, account.opening.every) == ("provider", "financial_year")
    assert str(account.opening.on) == "1 calendar day after period end"


@pytest.mark.parametrize("provider", ["primary_care", "care_homes"])
def test_groupings_owe_no_account(account: Workflow, governance: Governance, provider: str) -> None:
    """They are no providers in law: the clock closes their item as not required."""
    no_account = step(account, "awaiting_draft.no_account")
    assert targets(no_account) == ["not_required"]
    assert no_account.at is not None
    assert no_account.when is not None
    assert provider in no_account.when.text
    assert governance.organisations[provider].kind == "provider"


# --- cqrg_action: two dates, and up after the second slip -----------------------------------------------------------


@pytest.mark.parametrize("stage", ["open", "in_progress"])
def test_an_action_is_due_on_its_own_date_and_goes_up_when_overdue_twice(action: Workflow, stage: str) -> None:
    """The clock takes it to the committee."""
    assert str(action.stages[stage].due) == "due_on"
    up = step(action, f"{stage}.goes_up")
    assert targets(up) == ["escalated"]
    assert str(up.at) == "1 working day after due"
    assert up.when is not None
    assert up.when.text == "slips() >= 2"


@pytest.mark.parametrize("stage", ["open", "in_progress"])
def test_a_date_is_changed_with_a_reason_and_not_by_the_lead(action: Workflow, stage: str) -> None:
    """The visit goes on, so that the first date stays beside the new one."""
    revise = step(action, f"{stage}.revise")
    assert targets(revise) == ["here"]
    assert revise.needs_reason
    assert "due_on" in revise.needs
    assert revise.at_most is not None
    assert revise.not_by.fields == ("lead",)


def test_the_lead_does_not_verify_the_own_action(action: Workflow) -> None:
    """Nor whoever sent the evidence."""
    verify = step(action, "evidence.verify")
    assert verify.not_by.fields == ("lead",)
    assert verify.not_by.did == ("in_progress.submit_evidence",)


def test_an_escalation_ends_only_when_the_receiving_body_records_receipt(action: Workflow) -> None:
    """With an answer, which goes back down."""
    escalated = action.stages["escalated"]
    assert list(escalated.transitions) == ["receive"]
    assert escalated.lapse is None
    assert str(escalated.meeting) == "quality_and_governance_committee"
    assert "committee_answer" in step(action, "escalated.receive").needs
    assert targets(step(action, "escalated.receive")) == ["received"]
