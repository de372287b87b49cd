"""Dates that move because of what an item will be: a field is filled, a step was made, a meeting is held elsewhen."""

from __future__ import annotations

from msgspec.structs import replace

from qa_workflow.engine.dates import Dates
from qa_workflow.engine.item import Item, Visit
from qa_workflow.engine.timers import moments
from qa_workflow.engine.turn import Turn

Patch = tuple[Visit, Visit]
"""A visit before and after a change."""


def redated(turn: Turn, ahead: Item) -> list[Patch]:
    """Open visits whose times are others for the item `ahead`."""
    dates = Dates(turn.workflow, ahead, turn.setting, turn.now)
    changed: list[Patch] = []
    for visit in ahead.visits:
        new = rearmed(turn, ahead, visit, dates.due(turn.stage(visit), visit))
        if new != visit:
            changed.append((visit, new))
    return changed


def rearmed(turn: Turn, ahead: Item, before: Visit, after: Visit) -> Visit:
    """A visit some of whose times have moved ahead: what time had done at the old ones it will do at the new ones."""
    done = {*after.fired, *after.waived}
    if not done:
        return after
    old = dict(moments(turn.workflow, turn.item, before, turn.setting, turn.now))
    new = dict(moments(turn.workflow, ahead, after, turn.setting, turn.now))
    again = {name for name in done if name in new and new[name] > turn.now and new[name] != old.get(name)}
    if not again:
        return after
    fired, waived = (tuple(n for n in names if n not in again) for names in (after.fired, after.waived))
    return replace(after, fired=fired, waived=waived)
