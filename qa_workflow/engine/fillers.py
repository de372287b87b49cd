"""Who may fill in a field: of whom a step asks it, and who has the right to `record`.

It is worked out from the definition that an item is under and from nothing else, so that no file has to say it: a field
that steps need or ask for is for the people who may make one of these steps, whether or not it is their turn. All else
is left to those with the right; to a correction; and, when an item is opened, to whoever opens it.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa_workflow.definition.governance import Governance
from qa_workflow.definition.model import Transition, Who, Workflow, either
from qa_workflow.engine.item import Item
from qa_workflow.engine.policy import Actor, Capacity, capacity, right

RECORD = "record"
"""The right to fill in any field."""


def asked_of(workflow: Workflow, name: str) -> Who:
    """The people of whom a field is asked; nobody, where no step asks for it.

    A step that only reads it in a condition asks nobody for it: what the one decides may be what holds the other up.
    """
    steps = workflow.triggers().values()
    asking = [s for s in steps if name in s.needs or name in s.asks] or [s for s in steps if name in handed_on(s)]
    return either(step.by or workflow.stages[step.stage].owner for step in asking)


def handed_on(step: Transition) -> Iterator[str]:
    """Fields that a step hands on to items it opens."""
    for opens in step.opens:
        yield from (*([opens.each] if opens.each else []), *(source for _, source in opens.copies))


def who_fills(workflow: Workflow, name: str, governance: Governance) -> Who:
    """All who may fill in a field of an open item."""
    return either((asked_of(workflow, name), right(RECORD, workflow, governance)))


def as_filler(workflow: Workflow, item: Item, name: str, actor: Actor, governance: Governance) -> Capacity | None:
    """In which capacity somebody may fill in a field; None if in none."""
    return capacity(who_fills(workflow, name, governance), actor, item, governance)


def is_begun_with(workflow: Workflow, item: Item, name: str, actor: Actor, governance: Governance) -> bool:
    """Whether somebody may give a field when they open an item: it is asked then, or no step asks anybody else."""
    if name in workflow.needs or as_filler(workflow, item, name, actor, governance) is not None:
        return True
    steps = workflow.triggers().values()
    return not asked_of(workflow, name) and not any(name == filled for step in steps for filled, _ in step.sets)


def unborn(workflow: Workflow, subject: str | None) -> Item:
    """An item that is still to be opened, for asking who may give what with it."""
    return Item("", "", workflow.name, 0, workflow.hash, subject, None, "")
