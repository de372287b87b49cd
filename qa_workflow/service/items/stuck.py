"""What cannot go on by itself is an incident until it does: whoever looks for what needs a person finds it.

Its people are told once, when time (or a join) could not do what it had to do; this is what stays to be seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.definition import Workflow
from qa_workflow.engine import ENGINE, Event, Item, Kind
from qa_workflow.service.house import Work
from qa_workflow.service.ports.store import Saving, Settled

KIND = "waits"
WENT_ON = "went on"


def follow(work: Work, saving: Saving, row: int) -> None:
    """After a decision is written: what waits since then is an incident, and what waits no more is settled."""
    item, events = saving.decision.item, saving.decision.events
    before, now = waiting(saving.taken.item), waiting(item)
    if before == now:
        return
    if before - now:
        stood = work.unit.about(KIND, row)
        for each in sorted(before - now):
            if (number := stood.get(_place(each))) is not None:
                work.unit.settle(number, Settled(ENGINE.name, work.now, WENT_ON, "it has gone on, or can again"))
    workflow = work.workflow(item)
    for each in sorted(now - before):
        work.unit.incident(KIND, _told(workflow, item, each, events), row, work.now, _place(each))


def waiting(item: Item) -> set[tuple[int, str]]:
    """By visit, what time or a join could not do there, and somebody has to."""
    return set() if item.is_over else {(visit.number, name) for visit in item.visits for name in visit.waived}


def why(events: Sequence[Event], stage: str, timer: str) -> str:
    """Why it could not, as the last event about it says; nothing where none does."""
    said = (e for e in reversed(events) if e.kind is Kind.WAIVED and (e.source, e.data.get("timer")) == (stage, timer))
    found = next(said, None)
    return (found.reason if found is not None else None) or ""


def _place(each: tuple[int, str]) -> str:
    return f"{each[0]}:{each[1]}"


def _told(workflow: Workflow, item: Item, each: tuple[int, str], events: Sequence[Event]) -> str:
    number, timer = each
    visit = item.visit(number)
    assert visit is not None
    reason = why(events, visit.stage, timer)
    told = f"{item.reference} waits for somebody at {workflow.stages[visit.stage].title!r}"
    return f"{told}: {reason}" if reason else told
