"""What takes authority: another due date for one item, and putting right what was recorded wrongly."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from qa_workflow.engine import Item
from qa_workflow.engine.commands import ChangeDate, Correct
from qa_workflow.engine.past import may_be_put_at
from qa_workflow.engine.values import EMPTY
from qa_workflow.service.items import filling
from qa_workflow.service.lists.story import filled_before, meant, story
from qa_workflow.service.people import candidates
from qa_workflow.service.telling import redating
from qa_workflow.service.telling.dates import worded
from qa_workflow.service.telling.left import left_at
from qa_workflow.web import fields
from qa_workflow.web.asking import Ask
from qa_workflow.web.doors import Door
from qa_workflow.web.fields import looked_through
from qa_workflow.web.item_forms import ItemForm, Typed, Wrong, fits, offer, read_day
from qa_workflow.web.numbers import number_of
from qa_workflow.web.outcomes import NO_REASON, REFUSED, Problem, problems
from qa_workflow.web.sending import SURE

door = Door()


def _date(ask: Ask, item: Item) -> ItemForm | None:
    heading = "Change the date with authority"
    if not fits(ask, item, "change_date", heading):
        return None
    workflow = ask.world.workflow(item.definition)
    dated = [
        (
            visit.stage,
            workflow.stages[visit.stage].title,
            visit.due,
            worded(workflow, visit.stage, visit.due.why) if visit.due else "",
            left_at(ask.world.governance, workflow, item, visit, ask.now),
        )
        for visit in item.visits
    ]
    people = [p for p in candidates.approvers(ask.world, workflow, item, ask.today) if p.name != ask.name]
    return ItemForm(
        heading,
        "For this item alone, with authority. The rule of the workflow stays as it is, the date first given stays on "
        "record, and everybody who has to act is told.",
        "authority/change_date.html",
        partial(_read_date, ask, item),
        shown={"dated": dated, "people": people},
    )


def _read_date(ask: Ask, item: Item) -> Typed:
    reason, basis, approver = (ask.form.text(name) for name in ("reason", "basis", "approver"))
    filled = looked_through(ask, {"Reason": reason, "Basis": basis})
    wrong: list[Problem] = []
    day = None
    try:
        day = read_day(ask, "date", "The new date")
        if day is None:
            wrong.append({"text": "Enter the new date", "href": "#date"})
    except Wrong as fault:
        wrong.append(fault.problem)
    if not basis:
        wrong.append({"text": "Enter what the new date rests on", "href": "#basis"})
    if approver and approver not in ask.world.governance.people:
        wrong.append({"text": "Choose somebody who is known here as the approver", "href": "#approver"})
    if not reason:
        wrong.append(NO_REASON)
    if day is None or wrong or filled.errors:
        return Typed(filled, wrong)
    command = ChangeDate(day, basis, reason, ask.form.text("stage") or None, approver or None)
    return _shown_first(ask, item, Typed(filled, (), command), command)


def _shown_first(ask: Ask, item: Item, typed: Typed, command: ChangeDate) -> Typed:
    """What follows is shown before it is done; a date that may be a slip of the pen is asked back when it is sent."""
    try:
        coming = redating.foreseen(ask.house, item, command, ask.actor)
    except REFUSED as refusal:
        return replace(typed, problems=problems(refusal, ask, item), command=None)
    if coming.doubts or ask.form.text(SURE) == coming.mark:
        return typed
    return replace(typed, command=None, shown={"dates": coming})


def _correction(ask: Ask, item: Item) -> ItemForm | None:
    heading = "Correct"
    if not fits(ask, item, "correct", heading):
        return None
    workflow = ask.world.workflow(item.definition)
    return ItemForm(
        heading,
        "For what was recorded wrongly, also on an item that is closed. Nothing is erased: the history keeps what "
        "stood there, who put it right, and why.",
        "authority/correct.html",
        partial(_read_correction, ask, item),
        fields.empty(ask, _matter(ask, item), filling.whole(workflow), item.fields),
        shown={
            "empty": [name for name in workflow.fields if item.fields.get(name) in EMPTY],
            "stages": [(path, workflow.stages[path].title) for path in may_be_put_at(workflow, item)],
            "history": story(ask.house, ask.actor, ask.sight, item.reference, ask.now).history,
        },
    )


def _matter(ask: Ask, item: Item) -> fields.Matter:
    since = filled_before(ask.house, ask.actor, ask.sight, item)
    return fields.Matter(ask.world.workflow(item.definition), item, since=since)


def _read_correction(ask: Ask, item: Item) -> Typed:
    workflow, reason, event = ask.world.workflow(item.definition), ask.form.text("reason"), ask.form.text("corrects")
    filled = fields.read(ask, _matter(ask, item), filling.whole(workflow), item.fields, {"Reason": reason})
    wrong = [] if reason else [NO_REASON]
    about = number_of(event, None, digits=6)
    if event and about is None:
        said = "The number of the event must be a number, as it stands in the history"
        wrong.append({"text": said, "href": "#corrects"})
    if wrong or filled.errors:
        return Typed(filled, wrong)
    stage = ask.form.text("stage") or None
    corrects = meant(ask.house, ask.sight, item, about) if about is not None else None
    return Typed(filled, (), Correct(reason, filled.given, stage, corrects))


offer(door, "change-date", _date)
offer(door, "correct", _correction)
