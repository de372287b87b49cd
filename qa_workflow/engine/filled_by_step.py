"""What a step fills in by itself: fixed values, and the days that its rules come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from qa_workflow.calendar import TimeRule
from qa_workflow.definition.model import Transition
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.item import Did, Visit
from qa_workflow.engine.turn import Turn


def filled_by_step(turn: Turn, visit: Visit, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """Each field with its value, in the order of the file; None for a day whose rule counts from what is not known.

    A rule sees the item as the step leaves it: with what is given, what is set before it, and the step as done now.
    """
    if not transition.sets:
        return {}
    fields = {**turn.item.fields, **dict.fromkeys(transition.clears), **given}
    did = {**turn.item.did, transition.path: Did("", None, turn.at, 1)}
    found: dict[str, Any] = {}
    for name, value in transition.sets:
        if isinstance(value, TimeRule):
            ahead = Dates(turn.workflow, replace(turn.item, fields=fields, did=did), turn.setting, turn.now)
            day = ahead.time(value, visit)
            found[name] = day.on.isoformat() if day is not None else None
        else:
            found[name] = turn.today.isoformat() if value == "today" else value
        fields[name] = found[name]
    return found


def unknown_days(turn: Turn, visit: Visit, transition: Transition, given: Mapping[str, Any]) -> list[str]:
    """Of each day that cannot be worked out yet, which it is and what it counts from."""
    if not transition.sets:
        return []
    rules = {name: value for name, value in transition.sets if isinstance(value, TimeRule)}
    found = filled_by_step(turn, visit, transition, given) if rules else {}
    return [
        f"{name!r} ({turn.workflow.fields[name].label}) cannot be worked out yet: {rule}"
        for name, rule in rules.items()
        if found[name] is None
    ]
