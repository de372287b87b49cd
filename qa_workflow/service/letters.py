"""Who is told what: a decision's messages become outbox rows, one a person; words between items, one an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from qa_workflow.definition import Governance, Workflow
from qa_workflow.definition.model import Who
from qa_workflow.engine import Decision, Item, Leaves, Outgoing
from qa_workflow.engine.policy import actor_of, within_scope
from qa_workflow.service.ports import Letter


def letters(decision: Decision, workflow: Workflow, governance: Governance, day: date) -> tuple[Letter, ...]:
    """The outbox rows of a decision, numbered within each event so that their keys are always the same."""
    found: list[Letter] = []
    numbers: dict[int, int] = {}
    for out in decision.outgoing:
        for recipient in _recipients(out, decision.item, governance, day):
            number = numbers[out.seq] = numbers.get(out.seq, 0) + 1
            found.append(Letter(out.seq, number, str(out.kind), recipient, _payload(out, decision.item, workflow)))
    return tuple(found)


def people(who: Who, item: Item, governance: Governance, day: date) -> Iterator[str]:
    """The people who are meant, each once: holders of the roles within the scope of the item, and those named by it."""
    seen: set[str] = set()
    for person in governance.people.values():
        actor = actor_of(person, governance, day)
        named = any(item.fields.get(name) == person.name for name in who.fields)
        did = any(path in item.did and item.did[path].actor == person.name for path in who.did)
        in_role = any(role in actor.roles and within_scope(role, actor, item, governance) for role in who.roles)
        if (named or did or in_role) and person.name not in seen:
            seen.add(person.name)
            yield person.name


def _recipients(out: Outgoing, item: Item, governance: Governance, day: date) -> Iterator[str | None]:
    if out.kind is not Leaves.MESSAGE:
        yield None
    elif "person" in out.payload:
        yield str(out.payload["person"])
    else:
        yield from people(out.to, item, governance, day)


def _payload(out: Outgoing, item: Item, workflow: Workflow) -> Mapping[str, Any]:
    if out.kind is not Leaves.MESSAGE:
        return {"item": item.id, "reference": item.reference, **out.payload}
    return {
        "reference": item.reference,
        "workflow": workflow.title,
        **{k: v for k, v in out.payload.items() if k != "person"},
    }
