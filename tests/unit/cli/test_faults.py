"""What went wrong, as it is said on the command line."""

from __future__ import annotations

import pytest

from qa_workflow.calendar.periods import parse_period
from qa_workflow.cli.faults import sentence
from qa_workflow.engine.refusals import BadValue, NotNow, Obstacle
from qa_workflow.errors import QaWorkflowError


def test_how_to_mend_it_is_said_once() -> None:
    """Some faults say it in their own sentence, others leave it to whoever tells them."""
    with pytest.raises(QaWorkflowError) as refused:
        parse_period("quarter", "spring")
    assert sentence(refused.value) == "'spring' is not a quarter; write it as '2026-27 Q4'"
    assert sentence(BadValue("lead", "'x' is nobody", "known are: amy")) == "lead: 'x' is nobody; known are: amy"


def test_the_condition_follows_what_is_said_of_it() -> None:
    """A workflow's own words are a sentence, and often end with a full stop."""
    refused = NotNow("P/1", "receive", [Obstacle("guard", "Give a day that has passed.", "day < today()")])
    assert sentence(refused) == "P/1: 'receive' was not done:\n  - Give a day that has passed: day < today()"
