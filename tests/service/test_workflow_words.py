"""A workflow told to people who never see its file: titles for names, and everything that goes for a step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from qa_workflow.definition import read_folder
from qa_workflow.service.telling.workflows import StageWords, workflow_words

ROOT = Path(__file__).parents[2]
FOLDER = read_folder([ROOT / "workflows"])

LADDER = (
    "If nobody acts: 1 working day after due, to Quality lead, Governance officer; "
    "10 working days after due, to Director of quality."
)


def everything(workflow: str) -> tuple[StageWords, ...]:
    assert FOLDER.governance is not None
    return workflow_words(FOLDER.workflows[workflow], FOLDER.governance, date(2027, 4, 1))


def told(workflow: str, stage: str) -> StageWords:
    return next(each for each in everything(workflow) if each.path == stage)


def test_a_stage_says_who_by_when_and_what_time_does() -> None:
    assert told("provider_assurance", "cqrg_review").terms == (
        "With: Quality lead.",
        "Waits for the next meeting of its Clinical Quality Review Group.",
        "Due: 10 working days after meeting (as agreed locally).",
        "Reminders: 2 working days before due.",
        LADDER,
    )


def test_a_step_says_who_may_not_and_what_it_asks_for() -> None:
    step = told("provider_assurance", "quality_lead_feedback").steps[0]
    assert (step.title, step.trigger) == ("Send the feedback", "send_feedback")
    assert step.to == (("quality_and_governance_committee", "Quality and Governance Committee"),)
    assert step.terms == (
        "by Quality lead, Director of quality",
        "not by whoever did “Record minutes and rating”",
        "asks for Feedback to the provider",
    )


def test_dates_from_fields_and_bodies_are_named_as_people_call_them() -> None:
    assert "Due: “Due on”." in told("cqrg_action", "open").terms
    due = next(term for term in told("provider_assurance", "quality_lead_feedback").terms if term.startswith("Due"))
    assert due == "Due: papers of Quality and Governance Committee."


def test_a_lapse_says_that_nobody_decided() -> None:
    terms = told("provider_assurance", "provider_report").terms
    assert any(term.startswith("Lapses 3 months after entry and goes to “Review by") for term in terms)


@pytest.mark.parametrize("name", ["provider_assurance", "quality_account", "cqrg_action"])
def test_no_identifier_is_left_in_the_shipped_workflows(name: str) -> None:
    for stage in everything(name):
        said = [*stage.terms, *(term for step in stage.steps for term in step.terms)]
        assert not [each for each in said if "_" in each]
