"""How far off an item's date is, counted in the days that the date's own rule counts in; every face says it so."""

from __future__ import annotations

from datetime import date, datetime

from qa_workflow.calendar import Anchor, AnchorKind, Calendar, DayKind, TimeRule
from qa_workflow.definition import Governance, Workflow
from qa_workflow.definition.model import BodyRef
from qa_workflow.engine import Item, Visit
from qa_workflow.engine.item import HELD, instant
from qa_workflow.service.telling.words import left_words


def left(governance: Governance, workflow: Workflow, item: Item, now: datetime) -> str:
    """Of the date that comes first of those whose clocks run; nothing where the item is over, or has no date."""
    visit = min(item.dated(), key=_due_at, default=None)
    if visit is None:
        return "on hold" if item.status == HELD else ""
    return left_at(governance, workflow, item, visit, now)


def left_at(governance: Governance, workflow: Workflow, item: Item, visit: Visit, now: datetime) -> str:
    """Of the date of one visit."""
    if visit.due is None:
        return ""
    calendar, kind = _unit(governance, workflow, item, visit)
    return left_words(instant(visit.due.at), now, kind, calendar, on=date.fromisoformat(visit.due.on))


def _unit(governance: Governance, workflow: Workflow, item: Item, visit: Visit) -> tuple[Calendar, DayKind]:
    """In which days the time left is counted, and whose: the rule's own; of papers, those of the body's rule."""
    stage = workflow.stages[visit.stage]
    rule: TimeRule | None = stage.due
    if rule is not None and isinstance(rule.rule, Anchor) and rule.rule.kind is AnchorKind.PAPERS:
        body = _body(governance, workflow, item, rule.rule)
        rule = body or rule
    name = (rule.calendar if rule else None) or workflow.calendar
    calendar = governance.calendars[name] if name else governance.calendar
    return calendar, rule.held_in if rule else DayKind.CALENDAR


def _body(governance: Governance, workflow: Workflow, item: Item, anchor: Anchor) -> TimeRule | None:
    ref = BodyRef(anchor.body, anchor.for_subject) if anchor.body else workflow.body
    body = governance.body(ref, item.subject, instant(item.opened_at).date()) if ref else None
    return body.papers if body else None


def _due_at(visit: Visit) -> str:
    return visit.due.at if visit.due else ""
