"""When an item has ended, the next of its kind is planned: from plan or from completion, as the rule says."""

from __future__ import annotations

from qa_workflow.engine import Decision, Item
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.item import CLOSED, instant
from qa_workflow.service.house import Work
from qa_workflow.service.ports.store import Scheduled

REPEAT = "repeat"


def plan(work: Work, before: Item, decision: Decision) -> None:
    """If the decision has closed the item and its workflow repeats, write down when the next one opens.

    If it has reopened the item, there is nothing to follow it yet.
    """
    item = decision.item
    if before.status == item.status or CLOSED not in (before.status, item.status):
        return
    workflow = work.workflow(item)
    if workflow.repeat is None:
        return
    if item.status != CLOSED or item.ended_at is None:
        work.unit.unschedule(f"{REPEAT}:{item.id}", work.now)
        return
    ended = instant(item.ended_at)
    found = Dates(workflow, item, work.setting, ended).time(workflow.repeat.when, item.visits[0])
    if found is None:
        work.unit.incident(
            "repeat", f"{item.reference} has ended, but when the next one opens cannot be worked out", None, ended
        )
        return
    payload = {"subject": item.subject, "copies": workflow.repeat.copies, "after": item.reference}
    work.unit.schedule(Scheduled(f"{REPEAT}:{item.id}", workflow.name, payload, found.at), work.now)
