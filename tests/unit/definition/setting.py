"""A small commissioner on whose governance the workflows of these tests stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from qa_workflow.calendar import Calendar
from qa_workflow.definition import Governance, Reading, Workflow, read_governance, read_workflow
from qa_workflow.definition.manual.example_files import ACTION, GOVERNANCE, SITE_REVIEW, complete


@cache
def governance() -> Governance:
    """Roles author, reviewer, officer, chair, contact; a board, a review group; North and South Hospital."""
    return read_governance(GOVERNANCE.encode()).required()


@cache
def action() -> Workflow:
    """Another workflow, to be named."""
    return read_workflow(ACTION.encode(), "action.yaml", governance()).required()


@cache
def site_review() -> Workflow:
    """One whose items are each about an organisation."""
    return read_workflow(SITE_REVIEW.encode(), "site_review.yaml", governance()).required()


def reading(part: str) -> Reading[Workflow]:
    """A workflow file of which only the part that matters is given."""
    return read_workflow(
        complete(part).encode(), "example.yaml", governance(), {"action": action(), "site_review": site_review()}
    )


def workflow(part: str) -> Workflow:
    """The same, where nothing is wrong."""
    found = reading(part)
    assert [str(fault) for fault in found.faults] == []
    return found.required()


def messages(part: str) -> list[str]:
    """What is said about a file, without its name."""
    return [str(fault).removeprefix("example.yaml:") for fault in reading(part).faults]


@dataclass
class Asked:
    """What a condition sees; set what matters."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    today: date = date(2027, 5, 20)
    calendar: Calendar = field(default_factory=Calendar)
    actor_roles: Sequence[str] = ()
    subject: str | None = None
    subject_kind: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    slips: int = 0
    done: Mapping[str, int] = field(default_factory=dict)
    entered: Mapping[str, int] = field(default_factory=dict)
    open_stages: Sequence[str] = ()
    last: Mapping[str, str] = field(default_factory=dict)
    ended: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unended: Mapping[str, int] = field(default_factory=dict)

    def times(self, trigger_path: str) -> int:
        return self.done.get(trigger_path, 0)

    def visits(self, stage_path: str) -> int:
        return self.entered.get(stage_path, 0)

    def is_open(self, stage_path: str) -> bool:
        return stage_path in self.open_stages

    def last_trigger(self, stage_path: str) -> str | None:
        return self.last.get(stage_path)

    def sub_items(self, stage_path: str) -> Sequence[str]:
        return self.ended.get(stage_path, ())

    def still_open(self, stage_path: str) -> int:
        return self.unended.get(stage_path, 0)
