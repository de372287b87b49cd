"""Why a date is what it is, as pages say it: labels for names of fields, and who set the date where somebody did.

The version of the calendar is left to `explain` of the command line and of the API.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa_workflow.calendar import AnchorKind, anchor_of
from qa_workflow.definition import Workflow
from qa_workflow.engine import Event
from qa_workflow.engine.events import Kind
from qa_workflow.service.telling.naming import HOUSE, Naming
from qa_workflow.service.telling.views import Explanation

_VERSION = re.compile(r", by calendar \S+, version \S+?(?=\.(?:\s|$))")


def without_version(why: str) -> str:
    """Why a date is what it is, without the version of the calendar."""
    return _VERSION.sub("", why)


def worded(workflow: Workflow, stage: str, why: str) -> str:
    """Why a date is what it is, for people: without the calendar's version, a field by its label."""
    rule, why = workflow.stages[stage].due, without_version(why)
    anchor = anchor_of(rule.rule) if rule is not None else None
    if anchor is None or anchor.kind is not AnchorKind.FIELD or anchor.name not in workflow.fields:
        return why
    return re.sub(rf"\b{re.escape(anchor.name)}\b", lambda _: _label(workflow, anchor.name), why, count=1)


def dated(
    naming: Naming,
    workflow: Workflow,
    told: Explanation,
    events: Sequence[Event],
    opener: Callable[[], str],
    *,
    now: str,
) -> Explanation:
    """The same for people who never see the workflow's file.

    Args:
        now: an instant; bodies are called as on that day.
        opener: who opened the item, where the program did so for them; asked for only where it is told.
    """
    rule, told = workflow.stages[told.stage].due, replace(told, why=worded(workflow, told.stage, told.why))
    if rule is None:
        return told
    told, anchor = replace(told, rule=naming.rule(workflow, rule, now)), anchor_of(rule.rule)
    if anchor is None or anchor.kind is not AnchorKind.FIELD or anchor.name not in workflow.fields:
        return told
    label = _label(workflow, anchor.name)
    event = next((e for e in reversed(events) if anchor.name in e.data.get("set", {})), None)
    if event is None:
        return told
    is_the_programs = event.kind is Kind.OPENED and event.actor in HOUSE
    who = (opener() if is_the_programs else "") or naming.who(event)
    when = "when this was agreed, " if is_the_programs else ""
    return replace(told, why=f"{told.why} {label} was set {when}on {naming.day(event.at)} by {who}.")


def _label(workflow: Workflow, field: str) -> str:
    return f"“{workflow.fields[field].label}”"
