"""Who is told what: a decision's messages become outbox rows, one a person; words between items, one an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa_workflow.definition import Workflow
from qa_workflow.engine import Decision, Item, Leaves, Outgoing
from qa_workflow.service.ports.store import Letter
from qa_workflow.service.staff import Staff


def letters(decision: Decision, workflow: Workflow, staff: Staff) -> tuple[Letter, ...]:
    """The outbox rows of a decision, numbered within each event so that their keys are always the same."""
    found: list[Letter] = []
    numbers: dict[int, int] = {}
    for out in decision.outgoing:
        payload = _payload(out, decision.item, workflow)  # one for all whom it is for
        for recipient in _recipients(out, decision.item, staff):
            number = numbers[out.seq] = numbers.get(out.seq, 0) + 1
            found.append(Letter(out.seq, number, str(out.kind), recipient, payload))
    return tuple(found)


def _recipients(out: Outgoing, item: Item, staff: Staff) -> Iterator[str | None]:
    if out.kind is not Leaves.MESSAGE:
        yield None
    elif "person" in out.payload:
        yield str(out.payload["person"])
    else:
        yield from staff.meant(out.to, item)


def _payload(out: Outgoing, item: Item, workflow: Workflow) -> Mapping[str, Any]:
    if out.kind is not Leaves.MESSAGE:
        return {"item": item.id, "reference": item.reference, **out.payload}
    return {
        "reference": item.reference,
        "workflow": workflow.title,
        **{k: v for k, v in out.payload.items() if k != "person"},
    }
