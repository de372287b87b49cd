"""Dates counted again, because a calendar, a body's series or its rule for papers is another than it was."""

from __future__ import annotations

from msgspec.structs import replace

from qa_workflow.engine.commands import Recount
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import Sitting, Visit
from qa_workflow.engine.redating import Patch, as_held, caught_up, missed, rearmed
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.engine.turn import Turn


def recount(turn: Turn, command: Recount) -> None:
    """What is open is counted again; a date changed with authority stays, and so does a clock that has ended."""
    if turn.item.is_over:
        return
    if not command.reason.strip():
        raise Nonsense(turn.item.reference, "a reason is needed; say what was changed")
    patch: list[Patch] = []
    for visit in turn.item.visits:
        new = turn.dates().due(turn.stage(visit), replace(visit, sittings=_held(turn, visit)))
        if new.sittings == visit.sittings:  # what stands on the agenda of a meeting that moves goes with it
            new = caught_up(turn, new)
        if new != visit:
            patch.append((visit, rearmed(turn, turn.item, visit, new)))
    if not patch:
        return
    patch = missed(turn, patch)
    turn.touched.update(v.number for v in turn.item.visits)
    dates = [[b.stage, b.due_on, a.due_on] for b, a in patch]
    turn.record(Kind.RECOUNTED, reason=command.reason, patch=patch, dates=dates)
    for before, after in patch:
        if before.due != after.due:
            stage = turn.stage(before)
            turn.tell("recounted", stage, stage.owner, due=after.due_on)


def _held(turn: Turn, visit: Visit) -> tuple[Sitting, ...]:
    """The meetings that a visit counts with as they are held now; what is no longer planned gives way to the next."""
    kept: list[Sitting] = []
    for sitting in visit.sittings:
        if sitting.at <= turn.at:
            kept.append(sitting)  # it was held; nothing moves it any more
            continue
        kept += as_held(turn.setting, [sitting], turn.at)
    return tuple(kept)
