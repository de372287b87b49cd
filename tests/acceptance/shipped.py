"""What the shipped definitions are asked: where they are, and which day a rule of theirs comes to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from qa_workflow.calendar import AnchorKind, DueDate, TimeRule, work_out
from qa_workflow.definition.governance import Governance

WORKFLOWS = Path(__file__).parents[2] / "workflows"


def worked_out(rule: TimeRule | None, anchor: AnchorKind, day: date, governance: Governance) -> date:
    """The day that a rule says when its anchor is on `day`."""
    assert rule is not None
    found = work_out(rule, lambda asked: day if asked.kind is anchor else None, governance.calendar)
    assert isinstance(found, DueDate)
    return found.on
