"""What a step has settled: fields that it needed or asked for count from then on, and are not filled anew behind its
back.

They are open again where the stage has been come back to since, and to every step that asks for them itself; all
others leave them to a correction, which is made by whoever has the right, and with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa_workflow.definition.model import Transition, Workflow
from qa_workflow.engine.fillers import handed_on
from qa_workflow.engine.item import Item
from qa_workflow.engine.values import EMPTY


def settled(workflow: Workflow, item: Item) -> dict[str, str]:
    """Fields that are settled, each with the path of the step that did it (the latest, where several did)."""
    found: dict[str, str] = {}
    for path, done in item.did.items():
        step = _step_at(workflow, path)
        if step is None or any(v.stage == step.stage and v.at >= done.at for v in item.visits):
            continue
        found.update({name: path for name in (*step.needs, *step.asks) if item.fields.get(name) not in EMPTY})
    return found


def overwritten(
    workflow: Workflow, item: Item, given: Mapping[str, Any], step: Transition | None = None
) -> dict[str, str]:
    """The settled fields that `given` would change, and that `step` does not ask for."""
    if not given or not item.did:
        return {}
    asked = set(asks(step)) if step else set()
    changed = {name for name, value in given.items() if value != item.fields.get(name)} - asked
    return {name: path for name, path in settled(workflow, item).items() if name in changed} if changed else {}


def asks(step: Transition) -> Iterator[str]:
    """Fields that are a step's own: asked for, read by its conditions, or handed on to items that it opens."""
    yield from (*step.needs, *step.asks)
    for guard in (step.when, *(case.when for case in step.cases)):
        yield from sorted(guard.reads) if guard else ()
    yield from handed_on(step)


def _step_at(workflow: Workflow, path: str) -> Transition | None:
    """The step of that path; None for what a version does not have (any more), or what only time does."""
    stage, _, trigger = path.rpartition(".")
    found = workflow.stages.get(stage)
    return found.transitions.get(trigger) if found else None
