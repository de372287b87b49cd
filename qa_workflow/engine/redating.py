"""Dates that move because of what an item will be: a field is filled, a step was made, a meeting is held elsewhen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from qa_workflow.calendar import AnchorKind, anchor_of
from qa_workflow.definition.model import Stage, Workflow
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import Item, Sitting, Visit, stamp
from qa_workflow.engine.policy import CLOCK
from qa_workflow.engine.setting import Setting
from qa_workflow.engine.timer_names import AT, LAPSE, OVERDUE, kind_of, which
from qa_workflow.engine.timers import moments
from qa_workflow.engine.turn import Turn

Patch = tuple[Visit, Visit]
"""A visit before and after a change."""


def redated(turn: Turn, ahead: Item) -> list[Patch]:
    """Open visits whose times are others for the item `ahead`."""
    dates = Dates(turn.workflow, ahead, turn.setting, turn.now)
    now, was = ahead.fields, turn.item.fields
    filled = {name for name in {*now, *was} if now.get(name) != was.get(name)}
    changed: list[Patch] = []
    for visit in ahead.visits:
        new = rearmed(turn, ahead, visit, dates.due(turn.stage(visit), visit))
        if new.waived and filled:
            new = _tried_again(turn, new, filled)
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


def missed(turn: Turn, patch: Iterable[Patch]) -> list[Patch]:
    """Visits whose dates are about to move; what had become late by then is on record first, looked at or not.

    Nobody is told of it: the word of the other date says all.
    """
    found: list[Patch] = []
    for before, after in patch:
        overdue = next((t for t in turn.timers(before) if t.name == OVERDUE and t.fire_at <= turn.now), None)
        is_late_still = after.due is not None and after.due.at < turn.at  # which the clock says when it looks
        if overdue is None or before.due is None or is_late_still:
            found.append((before, after))
            continue
        late = replace(before, fired=(*before.fired, OVERDUE))
        facts = {"slip": before.due.at, "timer": OVERDUE, "due_at": stamp(overdue.fire_at)}
        turn.record(Kind.OVERDUE, source=before.stage, actor=CLOCK, patch=[(before, late)], **facts)
        found.append((late, after))
    return found


def as_held(setting: Setting, sittings: Iterable[Sitting], at: str) -> tuple[Sitting, ...]:
    """Meetings at the times at which they are held now; one that is not held, or planned no more, is left out.

    Args:
        at: now; a meeting before it that is no longer in its body's series was held all the same.
    """
    kept: list[Sitting] = []
    for sitting in sittings:
        body = setting.governance.bodies.get(sitting.body)
        planned = setting.planned(body, sitting.key) if body else None
        if body is not None and planned is not None:
            if setting.is_held(body, sitting.key):
                kept.append(Sitting(sitting.body, sitting.key, stamp(planned.at)))
        elif sitting.at <= at:
            kept.append(sitting)
    return tuple(kept)


def caught_up(turn: Turn, visit: Visit, only: tuple[str, str] | None = None) -> Visit:
    """A visit that waits for a meeting, at an earlier one of that body if it is in time for that now.

    Nothing becomes late by it: where its date would have passed already, it stays where it is.

    Args:
        only: the body and the planned day of the one meeting that may take it up.
    """
    stage = turn.stage(visit)
    found = turn.dates().seat(stage.meeting, visit) if stage.meeting is not None else None
    if found is None or (only is not None and only != (found.body, found.key)):
        return visit
    later = visit.sitting(found.body)
    if later is None or later.at <= found.at:
        return visit
    sittings = tuple(found if each is later else each for each in visit.sittings)
    new = turn.dates().due(stage, replace(visit, sittings=sittings))
    return visit if new.due is None or new.due.at < turn.at else new


def _tried_again(turn: Turn, visit: Visit, filled: set[str]) -> Visit:
    """What time could not do, as something was not filled, it tries anew once that is filled, or filled otherwise."""
    again = {name for name in visit.waived if filled & set(_asked(turn.workflow, turn.stage(visit), name))}
    return replace(visit, waived=tuple(name for name in visit.waived if name not in again)) if again else visit


def _asked(workflow: Workflow, stage: Stage, timer: str) -> Iterator[str]:
    """The fields on which a lapse or a timed step depends: of its own conditions and needs, and of where it leads."""
    step = stage.transitions.get(which(timer)) if kind_of(timer) == AT else None
    if timer == LAPSE and stage.lapse is not None:
        targets: Iterable[str] = (stage.lapse.to,)
    elif step is not None:
        yield from step.needs
        for guard in (step.when, *(case.when for case in step.cases)):
            yield from guard.reads if guard is not None else ()
        targets = (case.to for case in step.cases)
    else:
        return
    for target in (workflow.stages[to] for to in targets if to in workflow.stages):
        for branch in target.parallel.branches.values() if target.parallel else ():
            yield from branch.when.reads if branch.when is not None else ()
        for rule in (target.due, target.lapse.when if target.lapse else None):
            anchor = anchor_of(rule.rule) if rule is not None else None
            if anchor is not None and anchor.kind is AnchorKind.FIELD:
                yield anchor.name
