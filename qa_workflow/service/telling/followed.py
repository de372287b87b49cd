"""What followed from an event: due dates, meetings, what ended with it, what is still waited for, how the item closed.

Read off the item before and after it, so that whatever made a date move, its move is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa_workflow.calendar.words import counted
from qa_workflow.definition.model import Stage
from qa_workflow.engine.dates import own_meeting
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import CLOSED, OPEN, Visit
from qa_workflow.service.telling.happened import Happened
from qa_workflow.service.telling.words import day_words

_OF_HOLDERS = frozenset({Kind.CLAIMED, Kind.RELEASED, Kind.ASSIGNED})


def followed(it: Happened) -> Iterator[str]:
    """In the order in which somebody would ask."""
    before = {visit.number: visit for visit in it.before.visits} if it.before is not None else {}
    for visit in it.after.visits:
        was = before.get(visit.number)
        yield from _meetings(it, was, visit)
        yield from _date(it, was, visit)
        yield from _work(it, was, visit)
    yield from _ended(it)
    yield from _closed(it)


def _meetings(it: Happened, was: Visit | None, visit: Visit) -> Iterator[str]:
    """Which meeting a stay counts with from now on, and which it came too late for."""
    naming, known = it.naming, {(s.body, s.key) for s in was.sittings} if was is not None else set()
    missed = it.event.data.get("rolled_over", {}).get(str(visit.number), ())
    if missed:
        yield f"Too late for the meeting planned for {' and for '.join(day_words(key) for key in missed)}"
    own = own_meeting(naming.world.governance, _stage(it, visit), visit)
    for sitting in visit.sittings:
        if (sitting.body, sitting.key) not in known:
            what = "for" if sitting == own else "public with" if _stage(it, visit).public else "counted with"
            meeting = f"the meeting of {naming.body(sitting.body, sitting.at)} on {naming.day(sitting.at)}"
            yield _said(it, visit, f"{what} {meeting}")


def _date(it: Happened, was: Visit | None, visit: Visit) -> Iterator[str]:
    """When a stay is due, where that is new or another."""
    naming, due, before = it.naming, visit.due, was.due if was is not None else None
    is_told = it.event.kind is Kind.DATE_CHANGED and visit.stage == it.event.source
    if is_told or (due is None and before is None):
        return
    again = f"; it is taken up again as begun on {naming.day(visit.since)}" if was is None and visit.since else ""
    if due is None or before is None or (due.on, due.at) != (before.on, before.at):
        now = f"due {naming.due(due)}" if due is not None else "no due date any more"
        then = f", was {naming.due(before)}" if before is not None else ""
        rule = "" if was is not None or again else _by_rule(it, visit)
        yield _said(it, visit, f"{now}{rule}{then}{again}")
    elif due.fixed and not before.fixed:
        yield _said(it, visit, f"due date kept at {naming.due(due)}, and no rule moves it any more")


def _by_rule(it: Happened, visit: Visit) -> str:
    """The rule that gave a date first, in brackets."""
    workflow = it.naming.world.workflow(it.after.definition)
    rule = workflow.stages[visit.stage].due
    return f" ({it.naming.rule(workflow, rule, it.event.at)})" if rule is not None else ""


def _work(it: Happened, was: Visit | None, visit: Visit) -> Iterator[str]:
    """Branches, sub-items and people of a stay."""
    naming, stage, parallel = it.naming, it.naming.stages(visit.stage), _stage(it, visit).parallel
    if was is None or was.started != visit.started:
        branches = parallel.branches.values() if parallel is not None else ()
        if left_out := [branch.title for branch in branches if branch.name not in visit.started]:
            yield _said(it, visit, f"without: {', '.join(left_out)}")
    asked = visit.expected - (was.expected if was is not None else 0)
    if asked > 0 and it.event.kind is not Kind.SUB_ITEM_OPENED:
        yield _said(it, visit, f"{counted(asked, 'sub-item was', 'sub-items were')} asked for")
    if was is None:
        return
    if visit.loose != was.loose and visit.loose is not None:
        how = "nobody waits for it any more" if visit.loose == "ignored" else "the item does not close without it"
        yield f"{stage} stays open; {how}"
    if was.holder and visit.holder != was.holder and it.event.kind not in _OF_HOLDERS:
        yield f"{naming.titles([was.holder])} no longer has {stage}"
    if it.event.kind is Kind.MIGRATED and len(visit.votes) < len(was.votes):
        yield f"{stage}: {len(was.votes) - len(visit.votes)} votes no longer count"


def _stage(it: Happened, visit: Visit) -> Stage:
    return it.naming.world.workflow(it.after.definition).stages[visit.stage]


def _said(it: Happened, visit: Visit, words: str) -> str:
    """With the stage that it is said of, unless the event has just told that the item is there now."""
    is_there = visit.stage == it.event.target and visit.at == it.event.at
    return f"{words[0].upper()}{words[1:]}" if is_there else f"{it.naming.stages(visit.stage)}: {words}"


def _ended(it: Happened) -> Iterator[str]:
    """What was open beside or below, and is not any more."""
    if it.before is None:
        return
    naming, open_now = it.naming, {visit.number for visit in it.after.visits}
    leaves = {visit.number for visit in it.before.leaves()}
    gone = [v for v in it.before.visits if v.number not in open_now]
    beside = [naming.stages(v.stage) for v in gone if v.number in leaves and v.stage != it.event.source]
    if beside and it.event.kind is not Kind.CANCELLED:
        yield f"Ended with it: {', '.join(beside)}"
    for visit in gone:
        if visit.number in it.event.data.get("keep", ()):
            yield f"The item does not close before the open sub-items of {naming.stages(visit.stage)} are done"


def _closed(it: Happened) -> Iterator[str]:
    status = it.event.data.get("status")
    if status == CLOSED:
        yield f"The item is closed: {str(it.event.data['outcome']).replace('_', ' ')}"
    elif status == OPEN and it.before is not None and it.before.is_over:
        yield "The item is open again"
