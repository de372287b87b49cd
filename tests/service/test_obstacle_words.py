"""What stands in the way of a step reads in people's words on the pages; what an author wrote is left as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_workflow.definition import read_folder
from qa_workflow.engine.refusals import Obstacle
from qa_workflow.service.telling.obstacles import in_words

FOLDER = read_folder([Path(__file__).resolve().parents[2] / "workflows"])
TOLD = {
    Obstacle("same_person", "quality-lead may not, having done 'accept'; a second person has to"): (
        "you may not, having done “Record minutes and rating”; a second person has to"
    ),
    Obstacle("role", "quality-lead may not; this is for: provider_contact"): (
        "you may not; this is for: Provider contact"
    ),
    Obstacle(
        "missing", "'feedback' is missing (Feedback to the provider, text)"
    ): "Feedback to the provider is missing",
    Obstacle("milestone", "it can be done only while one of these is open: cqrg_review, provider_report"): (
        "it can be done only while one of these is open: Review by the Clinical Quality Review Group, Provider's report"
    ),
    Obstacle("held_by", "second-quality-lead has taken this on; they can release it, or it can be assigned"): (
        "Second quality lead has taken this on; they can release it, or it can be assigned"
    ),
    Obstacle("excluded", "quality-lead may not; this is not for: whoever did cqrg_review.accept, person in feedback"): (
        "you may not; this is not for: whoever did “Record minutes and rating”, "
        "the person in “Feedback to the provider”"
    ),
    Obstacle("guard", "administrator says 'accept'"): "administrator says 'accept'",
}


@pytest.mark.parametrize(("obstacle", "told"), TOLD.items(), ids=lambda found: getattr(found, "code", ""))
def test_an_obstacle_in_the_words_of_its_workflow(obstacle: Obstacle, told: str) -> None:
    assert FOLDER.governance is not None
    assert in_words(FOLDER.governance, FOLDER.workflows["provider_assurance"], obstacle, "quality-lead") == told
