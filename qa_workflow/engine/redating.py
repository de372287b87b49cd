"""Due dates that move because of what an item will be: a field is filled, a step was made, a meeting is held elsewhen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from qa_workflow.calendar import AnchorKind, anchor_of
from qa_workflow.definition.model import Stage
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.item import Item, Visit
from qa_workflow.engine.turn import Turn

Patch = tuple[Visit, Visit]
"""A visit before and after a change."""


def redated(turn: Turn, ahead: Item, but_for: Iterable[int] = ()) -> list[Patch]:
    """Open visits whose due date is another for the item `ahead`; `but_for` are the numbers of those left alone."""
    left_alone = set(but_for)
    dates = Dates(turn.workflow, ahead, turn.setting, turn.now)
    changed: list[Patch] = []
    for visit in ahead.visits:
        if visit.number not in left_alone:
            new = dates.due(turn.stage(visit), visit)
            if new != visit:
                changed.append((visit, rearmed(turn, visit, new)))
    return changed


def rearmed(turn: Turn, before: Visit, after: Visit) -> Visit:
    """A visit whose due date has moved ahead: what time had done about the old date it may do about the new one."""
    if after.due == before.due or after.due is None or after.due.at < turn.at:
        return after
    stage = turn.stage(after)
    fired = tuple(name for name in after.fired if not _hangs_on_due(stage, name))
    waived = tuple(name for name in after.waived if not _hangs_on_due(stage, name))
    return replace(after, fired=fired, waived=waived)


def _hangs_on_due(stage: Stage, timer: str) -> bool:
    name, _, rest = timer.partition(".")
    if name != "at":
        return name in {"overdue", "remind", "escalate"}
    rule = stage.transitions[rest].at
    anchor = anchor_of(rule.rule) if rule else None
    return anchor is not None and anchor.kind is AnchorKind.DUE
