"""When an item has ended, the next one of its kind: planned at the end, from plan or from completion as the rule says."""

from __future__ import annotations

from qa_workflow.definition import Workflow
from qa_workflow.engine import Decision, Item
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.item import CLOSED, instant
from qa_workflow.service.ports import Scheduled, Unit
from qa_workflow.service.world import World


def plan(unit: Unit, workflow: Workflow, world: World, decision: Decision) -> None:
    """If the decision has closed the item and its workflow repeats, write down when the next one opens."""
    item = decision.item
    if workflow.repeat is None or item.status != CLOSED or not item.ended_at or not decision.events:
        return
    ended = instant(item.ended_at)
    found = Dates(workflow, item, world.setting(unit.look()), ended).time(workflow.repeat.when, item.visits[0])
    if found is None:
        unit.incident("repeat", f"{item.reference} has ended, but when the next one opens cannot be worked out", None, ended)
        return
    payload = {"subject": item.subject, "fields": copied(workflow, item), "after": item.reference}
    unit.schedule(Scheduled(f"repeat:{item.id}", workflow.name, payload, found.at))


def copied(workflow: Workflow, item: Item) -> dict[str, object]:
    """The fields that the next item begins with."""
    assert workflow.repeat is not None
    return {there: item.fields[here] for there, here in workflow.repeat.copies if here in item.fields}
