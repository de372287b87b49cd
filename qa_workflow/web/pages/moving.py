"""Advancing an item, and filling in its fields: one screen each, which comes back as typed when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.responses import Response

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import SUBJECT, Transition
from qa_workflow.engine import Item
from qa_workflow.engine.commands import AddSubItem, Command, Fire, Record
from qa_workflow.service.items import filling
from qa_workflow.service.items.filling import Fieldset
from qa_workflow.service.lists.against import against
from qa_workflow.service.lists.story import filled_before
from qa_workflow.service.telling.ahead import Ahead, ahead
from qa_workflow.service.telling.meetings import before_it_has_met
from qa_workflow.service.telling.obstacles import in_words
from qa_workflow.web import fields
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import Matter
from qa_workflow.web.item_forms import ItemForm, Typed, begin, offer, send
from qa_workflow.web.outcomes import NO_REASON

door = Door()
NEEDED, OPTIONAL, NONE = "needed", "optional", ""
"""Whether a reason is asked for."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A form with fields of a workflow: what it asks for, and the command that the given and the reason come to."""

    heading: str
    intro: str
    matter: Matter
    fieldset: Fieldset
    values: Mapping[str, Any]
    command: Callable[[Mapping[str, Any], str], Command]
    reason: str = OPTIONAL
    blocked: tuple[str, ...] = ()
    """What stands in the way that no typing takes away."""
    early: str = ""
    """That the meeting before which the item is has not been held."""
    coming: tuple[Ahead, ...] = ()
    """Where the item will be, and until when, as far as that is known before the form is filled in."""

    def form(self, ask: Ask) -> ItemForm:
        """As all forms about an item are opened and sent."""
        empty = fields.empty(ask, self.matter, self.fieldset, self.values)
        further = [each.name for each in self.fieldset.further]
        shown: dict[str, Any] = {"blocked": self.blocked, "further": further, "ask_reason": self.reason}
        shown |= {"early": self.early, "coming": self.coming}
        return ItemForm(self.heading, self.intro, "items/advance.html", partial(self._read, ask), empty, shown)

    def _read(self, ask: Ask) -> Typed:
        reason = ask.form.text("reason") if self.reason else ""
        filled = fields.read(ask, self.matter, self.fieldset, self.values, {"Reason": reason})
        wrong = [NO_REASON] if self.reason == NEEDED and not reason else []
        return Typed(filled, wrong, None if wrong or filled.errors else self.command(filled.given, reason))


@door.get("/advance/{trigger}/{reference:path}", SIGNED_IN)
def advance(ask: Asked, trigger: str, reference: str) -> Response:
    """The form of one step."""
    return begin(ask, reference, partial(_step, trigger=trigger))


@door.post("/advance/{trigger}/{reference:path}", SIGNED_IN)
def advanced(ask: Asked, trigger: str, reference: str) -> Response:
    """Make the step."""
    return send(ask, reference, partial(_step, trigger=trigger))


def _step(ask: Ask, item: Item, trigger: str) -> ItemForm | None:
    workflow = ask.world.workflow(item.definition)
    step = filling.step_named(workflow, item, trigger)
    if step is None or item.is_over:
        return None
    path, fieldset = step.path, filling.of_step(workflow, item, step, ask.filler)
    coming = ahead(ask.house, item, step, fieldset, ask.actor)
    blocked = _blocked(ask, item, step)
    since = filled_before(ask.house, ask.actor, ask.sight, item)
    return Screen(
        heading=step.title,
        intro="" if coming else _leads(workflow, step),
        matter=Matter(workflow, item, since=since, in_the_way=step.when.reads if step.when and blocked else ()),
        fieldset=fieldset,
        values={name: value for name, value in item.fields.items() if name not in step.clears},
        command=lambda given, reason: Fire(path, given, reason or None),
        reason=NEEDED if step.needs_reason else OPTIONAL,
        blocked=blocked,
        early=before_it_has_met(ask.world, workflow, item, step, ask.now),
        coming=coming,
    ).form(ask)


def _blocked(ask: Ask, item: Item, step: Transition) -> tuple[str, ...]:
    """What stands in the way of a step, other than what its form asks for."""
    found = next((s for s in ask.engine.steps(item, ask.name) if s.path == step.path), None)
    if found is None:
        return ("the item is on hold",)
    workflow = ask.world.workflow(item.definition)
    return tuple(
        in_words(ask.world.governance, workflow, obstacle, ask.name)
        for obstacle in (*found.forbidden, *against(step, found.missing))
    )


def _leads(workflow: Workflow, step: Transition) -> str:
    to = dict.fromkeys(workflow.stages[case.to].title for case in step.cases if case.to in workflow.stages)
    return f"Leads to {' or '.join(to)}." if to else ""


def _fields(ask: Ask, item: Item) -> ItemForm | None:
    """All fields, to be filled in without moving the item."""
    if item.is_over:
        return None
    workflow = ask.world.workflow(item.definition)
    return Screen(
        heading="Fill in fields",
        intro="The item stays where it is; what you fill in for somebody else's step, they are told of. "
        "What a step has settled is not asked here: it is put right by a correction.",
        matter=Matter(workflow, item, since=filled_before(ask.house, ask.actor, ask.sight, item)),
        fieldset=filling.unsettled(workflow, item, ask.filler),
        values=item.fields,
        command=lambda given, reason: Record(given, reason or None),
    ).form(ask)


def _adding(ask: Ask, item: Item) -> ItemForm | None:
    """One more sub-item, where the item is at a stage that takes more."""
    workflow = ask.world.workflow(item.definition)
    growing = (workflow.stages[visit.stage].sub_items for visit in item.visits)
    wanted = next((sub_items for sub_items in growing if sub_items is not None and sub_items.more), None)
    if wanted is None:
        return None
    child, _ = ask.world.newest(wanted.workflow)
    if wanted.into == SUBJECT:
        child = child.asking_its_subject()
    return Screen(
        heading="Add a sub-item",
        intro=f"{child.title}: {child.purpose or 'it is part of this item, and has a date of its own.'}",
        matter=Matter(child, item),
        fieldset=filling.adding(child, wanted, item.subject, ask.filler),
        values={},
        command=lambda given, _: AddSubItem(given),
        reason=NONE,
    ).form(ask)


offer(door, "fill", _fields)
offer(door, "add", _adding)
