"""Joins: what follows by itself once branches are finished or sub-items have ended."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from qa_workflow.definition.model import DONE, JOINED, JoinKind, Parallel
from qa_workflow.engine.commands import SubItemEnded
from qa_workflow.engine.events import ABOUT_ANOTHER, Kind
from qa_workflow.engine.item import OPEN, Visit
from qa_workflow.engine.moves import Leg, carry_out, close, ended
from qa_workflow.engine.policy import ENGINE, right
from qa_workflow.engine.refusals import NotNow, Obstacle
from qa_workflow.engine.turn import Turn

MOST_JOINS = 1000
"""More joins than this in one decision mean a definition that turns in circles; the check should have refused it."""
CIRCLE = Obstacle("circle", "the workflow turns in circles without end; mend its definition")


def settle(turn: Turn) -> None:
    """Follow every join that is met, until none is. While the clock is stopped nothing moves by itself.

    A join that leads nowhere yet (none of its cases holds, or one reads a field that is not filled) waits: its people
    are told once, and it is followed as soon as something that is done to the item lets it.
    """
    for _ in range(MOST_JOINS):
        if turn.item.status != OPEN or not any(_follow(turn, v) for v in turn.item.visits if is_met(turn, v)):
            _close_at_last(turn)
            return
    raise NotNow(turn.item.reference, JOINED, [CIRCLE])


def _follow(turn: Turn, visit: Visit) -> bool:
    """Whether a join that is met could be followed, and was."""
    stage = turn.stage(visit)
    leg = Leg(visit, stage.transitions[JOINED], Kind.JOINED, actor=ENGINE)
    why = turn.unless_refused(lambda: carry_out(turn, leg, {}))
    if why is not None and JOINED not in visit.waived:
        waits = [(visit, replace(visit, waived=(*visit.waived, JOINED)))]
        turn.record(Kind.WAIVED, source=visit.stage, actor=ENGINE, reason=why, patch=waits, timer=JOINED)
        turn.tell("waits_for_you", stage, stage.owner or right("record", turn.workflow, turn.setting.governance))
    return why is None


def sub_item_ended(turn: Turn, command: SubItemEnded) -> None:
    """One of its sub-items has ended, or is open again; the last one kept may let it close."""
    reference, outcome, visit = command.reference, command.outcome, turn.item.awaiting(command.visit)
    kind = Kind.SUB_ITEM_REOPENED if outcome is None else Kind.SUB_ITEM_ENDED
    data: dict[str, Any] = {"reference": reference, "outcome": outcome}
    if command.subject not in (None, turn.item.subject):
        data[ABOUT_ANOTHER] = True
    if visit is None:  # nobody waits for it any more
        turn.record(kind, **data)
        return
    others = tuple(child for child in visit.children if child[0] != reference)
    own = ((reference, outcome),) if outcome is not None else ()
    after = unwaived(turn, replace(visit, children=(*others, *own)))  # each counts once, however often it ends
    turn.record(kind, source=visit.stage, patch=[(visit, after)], **data)
    settle(turn)


def unwaived(turn: Turn, visit: Visit) -> Visit:
    """The visit as it is where its join is no longer met: the next time it is judged, and told, anew."""
    if JOINED not in visit.waived or is_met(turn, visit):
        return visit
    return replace(visit, waived=tuple(name for name in visit.waived if name != JOINED))


def is_met(turn: Turn, visit: Visit) -> bool:
    """Whether a parallel or sub-item stage has what it waits for."""
    stage = turn.stage(visit)
    if JOINED not in stage.transitions:
        return False
    if stage.parallel is not None:
        return _join_is_met(stage.parallel, visit)
    if stage.sub_items is not None:
        wanted = stage.sub_items
        if wanted.more and wanted.join.kind is not JoinKind.NONE and visit.expected == 0:
            return False  # a stage that may still grow waits for its first
        return len(visit.children) >= wanted.join.needed(visit.expected)
    return False


def _join_is_met(parallel: Parallel, visit: Visit) -> bool:
    """The join counts over the branches that were started; optional ones are not waited for, unless all are."""
    if parallel.join.kind is JoinKind.ALL:
        required = [name for name in visit.started if not parallel.branches[name].optional] or visit.started
        return all(name in visit.finished for name in required)
    return len(visit.finished) >= parallel.join.needed(len(visit.started))


def _close_at_last(turn: Turn) -> None:
    """An item that has been at its end, waiting for sub-items that it keeps, closes when the last of them is done."""
    if not turn.item.kept or turn.item.status != OPEN:
        return
    data: dict[str, Any] = {}
    close(turn, DONE, turn.item, data)
    if data:
        end = next(v.stage for v in turn.item.visits if turn.stage(v).end)
        turn.record(Kind.JOINED, source=end, target=end, actor=ENGINE, **data)
        ended(turn)
