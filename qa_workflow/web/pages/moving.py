"""Advancing an item, and filling in its fields: one screen each, which comes back as typed when it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from starlette.responses import Response

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Transition
from qa_workflow.engine import Item
from qa_workflow.engine.commands import AddSubItem, Command, Fire, Record
from qa_workflow.engine.refusals import ItemIsOver, NoSuchStep
from qa_workflow.errors import Refusal
from qa_workflow.service import filling
from qa_workflow.service.filling import Sheet
from qa_workflow.service.obstacle_words import in_words
from qa_workflow.service.refusals import Stale
from qa_workflow.service.story import FILLABLE, meanwhile
from qa_workflow.web import fields, sending
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import Filled
from qa_workflow.web.outcomes import gone, problems, told

door = Door()
NEEDED = "needed"
Problems = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Screen:
    """A form about one item: what it asks for, what it is called, and the command that it comes to."""

    item: Item
    workflow: Workflow
    sheet: Sheet
    heading: str
    intro: str
    values: Mapping[str, Any]
    command: Callable[[Mapping[str, Any], str], Command]
    reason: str = "optional"
    """`needed`, `optional`, or empty where none is asked."""
    blocked: tuple[str, ...] = ()
    """What stands in the way that no typing takes away."""


class Maker(Protocol):
    """Makes the form for an item as it is; None where it has no place any more."""

    def __call__(self, ask: Ask, item: Item) -> Screen | None: ...


@door.get("/advance/{trigger}/{reference:path}", SIGNED_IN)
def advance(ask: Asked, trigger: str, reference: str) -> Response:
    """The form of one step."""
    return _open(ask, reference, partial(_step, trigger=trigger))


@door.post("/advance/{trigger}/{reference:path}", SIGNED_IN)
def advanced(ask: Asked, trigger: str, reference: str) -> Response:
    """Make the step."""
    return _send(ask, reference, partial(_step, trigger=trigger))


@door.get("/fill/{reference:path}", SIGNED_IN)
def fill(ask: Asked, reference: str) -> Response:
    """All fields, to be filled in without moving the item."""
    return _open(ask, reference, _fields)


@door.post("/fill/{reference:path}", SIGNED_IN)
def filled_in(ask: Asked, reference: str) -> Response:
    """Keep what was filled in."""
    return _send(ask, reference, _fields)


@door.get("/add/{reference:path}", SIGNED_IN)
def add(ask: Asked, reference: str) -> Response:
    """The form by which one more sub-item is added."""
    return _open(ask, reference, _adding)


@door.post("/add/{reference:path}", SIGNED_IN)
def added(ask: Asked, reference: str) -> Response:
    """Add it."""
    return _send(ask, reference, _adding)


def _step(ask: Ask, item: Item, trigger: str) -> Screen | None:
    workflow = ask.world.workflow(item.definition)
    step = filling.step_named(workflow, item, trigger)
    if step is None or item.is_over:
        return None
    return Screen(
        item=item,
        workflow=workflow,
        sheet=filling.sheet(workflow, item, step),
        heading=step.title,
        intro=_leads(workflow, step),
        values=item.fields,
        command=lambda given, reason: Fire(step.path, given, reason or None),
        reason=NEEDED if step.needs_reason else "optional",
        blocked=_blocked(ask, item, step),
    )


def _blocked(ask: Ask, item: Item, step: Transition) -> tuple[str, ...]:
    """What stands in the way of a step, other than what its form asks for."""
    found = next((s for s in ask.engine.steps(item, ask.name) if s.path == step.path), None)
    if found is None:
        return ("the item is on hold",)
    workflow = ask.world.workflow(item.definition)
    return tuple(
        in_words(ask.world.governance, workflow, obstacle, ask.name)
        for obstacle in (*found.forbidden, *found.missing)
        if obstacle.code not in FILLABLE
    )


def _leads(workflow: Workflow, step: Transition) -> str:
    here = workflow.stages[step.stage].title
    to = dict.fromkeys(workflow.stages[case.to].title for case in step.cases if case.to in workflow.stages)
    return f"From {here} to {' or '.join(to)}." if to else f"At {here}."


def _fields(ask: Ask, item: Item) -> Screen | None:
    if item.is_over:
        return None
    workflow = ask.world.workflow(item.definition)
    return Screen(
        item=item,
        workflow=workflow,
        sheet=filling.whole(workflow),
        heading="Fill in fields",
        intro="The item stays where it is. Dates that hang on a field move with it.",
        values=item.fields,
        command=lambda given, reason: Record(given, reason or None),
    )


def _adding(ask: Ask, item: Item) -> Screen | None:
    workflow = ask.world.workflow(item.definition)
    growing = (workflow.stages[visit.stage].sub_items for visit in item.visits)
    wanted = next((sub_items for sub_items in growing if sub_items is not None and sub_items.more), None)
    if wanted is None:
        return None
    child, _ = ask.world.newest(wanted.workflow)
    return Screen(
        item=item,
        workflow=child,
        sheet=filling.adding(child, wanted),
        heading="Add a sub-item",
        intro=f"{child.title}: {child.purpose or 'it hangs on this item, and has a date of its own.'}",
        values={},
        command=lambda given, _: AddSubItem(given),
        reason="",
    )


def _open(ask: Ask, reference: str, make: Maker) -> Response:
    item = ask.item(reference)
    screen = make(ask, item)
    if screen is None:
        return gone(ask, item, item.revision)
    return _show(ask, screen, fields.empty(ask.world.governance, screen.sheet, screen.values))


def _send(ask: Ask, reference: str, make: Maker) -> Response:
    """Do what the form asks, or show it again as it was typed."""
    item, at = ask.item(reference), sending.seen(ask)
    if at != item.revision and (done := sending.done_before(ask)) is not None:
        return ask.go(f"/items/{done.reference}", said=told(ask, done))
    screen = make(ask, item)
    if screen is None:
        return gone(ask, item, at)
    reason = ask.form.text("reason") if screen.reason else ""
    filled = fields.read(ask, screen.workflow, screen.sheet, screen.values, {"Reason": reason} if reason else {})
    if at != item.revision:
        return _show(ask, screen, filled, status=409, seen=at)
    if not filled.is_good or (screen.reason == NEEDED and not reason):
        return _show(ask, screen, filled, status=422)
    try:
        after = sending.send(ask, item, screen.command(filled.given, reason))
    except (Stale, NoSuchStep, ItemIsOver):
        fresh = ask.item(item.id)
        again = make(ask, fresh)
        return gone(ask, fresh, at) if again is None else _show(ask, again, filled, status=409, seen=at)
    except Refusal as refusal:
        return _show(ask, screen, filled, status=422, problems=problems(refusal, ask, item))
    return ask.go(f"/items/{after.reference}", said=told(ask, after, screen.heading))


def _show(
    ask: Ask, screen: Screen, filled: Filled, *, status: int = 200, seen: int | None = None, problems: Problems = ()
) -> Response:
    """The form: empty, or as it came back with what is wrong."""
    item, reason = screen.item, ask.form.text("reason") if status != 200 else ""
    reason_error = "Enter a reason" if status == 422 and screen.reason == NEEDED and not reason else ""
    further = {each.name for each in screen.sheet.further}
    found = list(problems)
    if filled.doubts and not filled.is_confirmed:
        found.append({"text": "Check whether a patient could be identified by what you typed", "href": "#no-patient"})
    if reason_error:
        found.append({"text": reason_error, "href": "#reason"})
    return ask.page(
        "items/advance.html",
        status=status,
        item=item,
        heading=screen.heading,
        intro=screen.intro,
        blocked=screen.blocked,
        action=ask.request.url.path,
        filled=filled,
        shown=[each.field.name for each in filled.inputs if each.field.name not in further],
        further=[each.field.name for each in filled.inputs if each.field.name in further],
        further_open=any(each.typed or each.error for each in filled.inputs if each.field.name in further),
        ask_reason=screen.reason,
        reason=reason,
        reason_error=reason_error,
        problems=found,
        meanwhile=meanwhile(ask.house, ask.sight, item.reference, max(seen, 0))[1] if seen is not None else None,
        accepted=fields.ACCEPTED,
    )
