"""What a form about an item asks for: what a step needs, what it looks at, and what else could be filled in with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_workflow.definition import Governance, Workflow
from qa_workflow.definition.model import JOINED, Field, SubItems, Transition
from qa_workflow.engine import Actor, Item
from qa_workflow.engine.fillers import as_filler, is_begun_with, unborn
from qa_workflow.engine.refusals import BadValue
from qa_workflow.engine.settled import asks, settled
from qa_workflow.engine.values import EMPTY, accept


@dataclass(frozen=True, slots=True)
class Fieldset:
    """The fields of one form.

    `needed` must be filled, `offered` belong to the step and may stay empty, `further` have nothing to do with it.
    What is asked only at another stage is asked there: it is further at most.
    """

    needed: tuple[Field, ...] = ()
    offered: tuple[Field, ...] = ()
    further: tuple[Field, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them, in the order of the form."""
        return (*self.needed, *self.offered, *self.further)


@dataclass(frozen=True, slots=True)
class Filler:
    """Whose form it is."""

    actor: Actor
    governance: Governance

    def fills(self, workflow: Workflow, item: Item, name: str) -> bool:
        """Whether this person may fill in a field."""
        return as_filler(workflow, item, name, self.actor, self.governance) is not None

    def begins(self, workflow: Workflow, item: Item, name: str) -> bool:
        """Whether this person may give a field with an item that they open."""
        return is_begun_with(workflow, item, name, self.actor, self.governance)


def step_named(workflow: Workflow, item: Item, path: str) -> Transition | None:
    """The step of that path (or, where only one fits, of that trigger) out of the stages now open."""
    steps = [t for v in item.visits for name, t in workflow.stages[v.stage].transitions.items() if name != JOINED]
    found = [t for t in steps if t.path == path] or [t for t in steps if t.trigger == path]
    return found[0] if len(found) == 1 else None


def of_step(workflow: Workflow, item: Item, step: Transition, filler: Filler) -> Fieldset:
    """What the form of a step asks for; nothing that is not shown to this person, and beside the step's own fields only
    what they may fill in.
    """
    seen = [name for name in workflow.fields if name not in item.withheld]
    may = {name for name in seen if name in step.asks or filler.fills(workflow, item, name)}
    needed = {name: None for name in step.needs if name in seen}
    offered = {name: None for name in asks(step) if name in may and name not in needed}
    own = {*needed, *offered, *step.clears, *(name for name, _ in step.sets)}
    ahead = _asked_elsewhere(workflow, item)
    further = (n for n in workflow.fields if n in may - own - ahead and item.fields.get(n) in EMPTY)
    return Fieldset(*(tuple(workflow.fields[name] for name in names) for names in (needed, offered, further)))


def unsettled(workflow: Workflow, item: Item, filler: Filler) -> Fieldset:
    """Every field that this person sees and may fill in, and no step has settled; for filling in without moving."""
    kept = {*settled(workflow, item), *item.withheld}
    may = [f for f in workflow.fields.values() if f.name not in kept and filler.fills(workflow, item, f.name)]
    ahead = {n for n in _asked_elsewhere(workflow, item) if item.fields.get(n) in EMPTY}
    return Fieldset(
        offered=tuple(f for f in may if f.name not in ahead), further=tuple(f for f in may if f.name in ahead)
    )


def whole(workflow: Workflow) -> Fieldset:
    """Every field, for a correction."""
    return Fieldset(offered=tuple(workflow.fields.values()))


def opening(workflow: Workflow, filler: Filler) -> Fieldset:
    """What the form asks for by which an item is opened by hand, about whatever organisation this person may."""
    blank = unborn(workflow, filler.actor.organisation)
    ahead = _asked_elsewhere(workflow, blank)
    needed = tuple(workflow.fields[name] for name in workflow.needs)
    offered = (f for f in workflow.fields.values() if f not in needed and f.default is None and f.name not in ahead)
    return Fieldset(needed, tuple(f for f in offered if filler.begins(workflow, blank, f.name)))


def adding(workflow: Workflow, wanted: SubItems, subject: str | None, filler: Filler) -> Fieldset:
    """What the form asks for by which one more sub-item is added; what is copied from above is not asked."""
    blank = unborn(workflow, subject)
    copied = {name for name, _ in wanted.copies}
    left = copied | _asked_elsewhere(workflow, blank)
    asked = {*workflow.needs, *([wanted.into] if wanted.into else [])}
    fields = [
        f
        for f in workflow.fields.values()
        if f.name in asked - copied or (f.name not in left and filler.begins(workflow, blank, f.name))
    ]
    needed = [f for f in fields if f.name in asked]
    return Fieldset(tuple(needed), tuple(f for f in fields if f not in needed))


def _asked_elsewhere(workflow: Workflow, item: Item) -> set[str]:
    """Fields that steps ask for, and none of them where the item is; where it begins, if it is still to be opened."""
    here = {visit.stage for visit in item.visits} or {workflow.start}
    steps = workflow.triggers().values()
    return {n for s in steps for n in asks(s)} - {n for s in steps if s.stage in here for n in asks(s)}


def faults(workflow: Workflow, given: Mapping[str, Any], governance: Governance) -> dict[str, str]:
    """What is wrong with each value, by field; all of them and not the first."""
    found = {}
    for name, value in given.items():
        try:
            accept(workflow, {name: value}, governance)
        except BadValue as fault:
            found[name] = fault.why
    return found
