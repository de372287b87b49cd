"""What stands in the way of a step reads in people's words on the pages; what an author wrote is left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_workflow.definition import read_folder
from qa_workflow.definition.model import Who
from qa_workflow.engine.refusals import Aside, Name, Obstacle, Of, meant
from qa_workflow.service.telling.obstacles import in_words

FOLDER = read_folder([Path(__file__).resolve().parents[2] / "workflows"])
ME = Name(Of.PERSON, "quality-lead")
NOT_BY = Who(did=("cqrg_review.accept",), fields=("feedback",))
TOLD = {
    Obstacle("same_person", (ME, " may not, having done ", Name(Of.STEP, "accept"), "; a second person has to")): (
        "quality-lead may not, having done 'accept'; a second person has to",
        "you may not, having done “Record minutes and rating”; a second person has to",
    ),
    Obstacle("role", (ME, " may not; this is for: ", *meant(Who(roles=("provider_contact",))))): (
        "quality-lead may not; this is for: provider_contact",
        "you may not; this is for: Provider contact",
    ),
    Obstacle("missing", (Name(Of.LABEL, "feedback"), " is missing", Aside(" (Feedback to the provider, text)"))): (
        "'feedback' is missing (Feedback to the provider, text)",
        "Feedback to the provider is missing",
    ),
    Obstacle("milestone", ("only while one of these is open: ", Name(Of.STAGE, "cqrg_review"))): (
        "only while one of these is open: cqrg_review",
        "only while one of these is open: Review by the Clinical Quality Review Group",
    ),
    Obstacle("held_by", (Name(Of.PERSON, "second-quality-lead"), " has taken this on")): (
        "second-quality-lead has taken this on",
        "Second quality lead has taken this on",
    ),
    Obstacle("voted", (ME, " has voted already")): ("quality-lead has voted already", "you have voted already"),
    Obstacle("excluded", (ME, " may not; this is not for: ", *meant(NOT_BY))): (
        "quality-lead may not; this is not for: whoever did cqrg_review.accept, person in feedback",
        (
            "you may not; this is not for: whoever did “Record minutes and rating”, "
            "the person in “Feedback to the provider”"
        ),
    ),
    Obstacle("guard", "administrator says 'accept'"): ("administrator says 'accept'", "administrator says 'accept'"),
}


@pytest.mark.parametrize(("obstacle", "told"), TOLD.items(), ids=lambda found: getattr(found, "code", ""))
def test_an_obstacle_in_the_words_of_its_workflow(obstacle: Obstacle, told: tuple[str, str]) -> None:
    assert FOLDER.governance is not None
    said = in_words(FOLDER.governance, FOLDER.workflows["provider_assurance"], obstacle, "quality-lead")
    assert (obstacle.text, said) == told
