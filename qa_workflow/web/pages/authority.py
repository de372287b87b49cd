"""What takes authority: another due date for one item, and putting right what was recorded wrongly."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from qa_workflow.definition import Workflow
from qa_workflow.engine import Item
from qa_workflow.engine.commands import ChangeDate, Command, Correct
from qa_workflow.engine.item import CANCELLED, OPEN
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service import filling
from qa_workflow.service.identifiers import doubts, mark
from qa_workflow.service.refusals import Stale
from qa_workflow.service.story import meanwhile, must_be_right, story
from qa_workflow.web import fields, sending
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import CONFIRMED, Filled
from qa_workflow.web.outcomes import gone, problems, told
from qa_workflow.web.reasons import Wrong, read_day

door = Door()
TYPED = ("reason", "basis", "approver", "stage", "day", "month", "year", "corrects")
Problems = list[dict[str, str]]


@door.get("/change-date/{reference:path}", SIGNED_IN)
def date_form(ask: Asked, reference: str) -> Response:
    """The form by which one item gets another date."""
    item = ask.item(reference)
    fits = must_be_right(ask.world, item, ask.actor, "change_date", f"change the date of {item.reference}")
    return _show_date(ask, item) if fits else gone(ask, item, item.revision)


@door.post("/change-date/{reference:path}", SIGNED_IN)
def date_changed(ask: Asked, reference: str) -> Response:
    """Give it the other date."""
    item, at = ask.item(reference), sending.seen(ask)
    if at != item.revision and (done := sending.done_before(ask)) is not None:
        return ask.go(f"/items/{done.reference}", said=told(ask, done))
    if item.status != OPEN:
        return gone(ask, item, at)
    filled = _doubts(ask, {"Reason": ask.form.text("reason"), "Basis": ask.form.text("basis")})
    if at != item.revision:
        return _show_date(ask, item, 409, filled=filled, meanwhile=_since(ask, item, at))
    command, wrong = _date_command(ask)
    wrong += _doubtful(filled)
    if command is None or wrong:
        return _show_date(ask, item, 422, problems=wrong, filled=filled)
    try:
        after = _done(ask, item, command)
    except Stale:
        fresh = ask.item(item.id)
        return _show_date(ask, fresh, 409, filled=filled, meanwhile=_since(ask, fresh, at))
    except (Refusal, UsageFault) as refusal:
        return _show_date(ask, item, 422, problems=problems(refusal), filled=filled)
    return ask.go(f"/items/{after.reference}", said=told(ask, after, "Change the date"))


@door.get("/correct/{reference:path}", SIGNED_IN)
def correct_form(ask: Asked, reference: str) -> Response:
    """The form by which something recorded wrongly is put right."""
    item = ask.item(reference)
    if not must_be_right(ask.world, item, ask.actor, "correct", f"correct {item.reference}"):
        return gone(ask, item, item.revision)
    workflow = ask.world.workflow(item.definition)
    return _show_correct(ask, item, fields.empty(ask.world.governance, filling.whole(workflow), item.fields))


@door.post("/correct/{reference:path}", SIGNED_IN)
def corrected(ask: Asked, reference: str) -> Response:
    """Put it right; the history keeps both."""
    item, at = ask.item(reference), sending.seen(ask)
    if at != item.revision and (done := sending.done_before(ask)) is not None:
        return ask.go(f"/items/{done.reference}", said=told(ask, done))
    if item.status == CANCELLED:
        return gone(ask, item, at)
    workflow, reason = ask.world.workflow(item.definition), ask.form.text("reason")
    filled = fields.read(ask, workflow, filling.whole(workflow), item.fields, {"Reason": reason} if reason else {})
    if at != item.revision:
        return _show_correct(ask, item, filled, 409, meanwhile=_since(ask, item, at))
    wrong = _needed(ask, "reason", "Enter a reason") + _doubtful(filled)
    event = ask.form.text("corrects")
    if event and not (event.isdecimal() and len(event) < 7):
        wrong.append(
            {"text": "The number of the event must be a number, as it stands in the history", "href": "#corrects"}
        )
    if wrong or filled.errors:
        return _show_correct(ask, item, filled, 422, problems=wrong)
    command = Correct(reason, filled.given, ask.form.text("stage") or None, int(event) if event else None)
    try:
        after = _done(ask, item, command)
    except Stale:
        fresh = ask.item(item.id)
        return _show_correct(ask, fresh, filled, 409, meanwhile=_since(ask, fresh, at))
    except (Refusal, UsageFault) as refusal:
        return _show_correct(ask, item, filled, 422, problems=problems(refusal))
    return ask.go(f"/items/{after.reference}", said=told(ask, after, "Correct it"))


def _done(ask: Ask, item: Item, command: Command) -> Item:
    return sending.send(ask, item, command)


def _date_command(ask: Ask) -> tuple[ChangeDate | None, Problems]:
    wrong = _needed(ask, "basis", "Enter what the new date rests on") + _needed(ask, "reason", "Enter a reason")
    try:
        day = read_day(ask)
    except Wrong as fault:
        return None, [{"text": fault.text, "href": fault.href}, *wrong]
    if day is None:
        return None, [{"text": "Enter the new date", "href": "#day"}, *wrong]
    approver = ask.form.text("approver")
    if approver and approver not in ask.world.governance.people:
        return None, [{"text": "Choose somebody who is known here as the approver", "href": "#approver"}, *wrong]
    stage = ask.form.text("stage") or None
    return ChangeDate(day, ask.form.text("basis"), ask.form.text("reason"), stage, approver or None), wrong


def _needed(ask: Ask, name: str, words: str) -> Problems:
    return [] if ask.form.text(name) else [{"text": words, "href": f"#{name}"}]


def _doubts(ask: Ask, texts: dict[str, str]) -> Filled:
    found = tuple(doubts(texts))
    return Filled(doubts=found, is_confirmed=bool(found) and ask.form.text(CONFIRMED) == mark(found))


def _doubtful(filled: Filled) -> Problems:
    is_open = filled.doubts and not filled.is_confirmed
    return [{"text": "Check whether a patient could be identified", "href": "#no-patient"}] if is_open else []


def _since(ask: Ask, item: Item, at: int) -> Any:
    return meanwhile(ask.house, ask.sight, item.reference, max(at, 0))[1]


def _typed(ask: Ask) -> dict[str, str]:
    posted = ask.request.method == "POST"
    return {name: ask.form.text(name) if posted else "" for name in TYPED}


def _show_date(ask: Ask, item: Item, status: int = 200, **more: Any) -> Response:
    workflow = ask.world.workflow(item.definition)
    dated = [(visit, workflow.stages[visit.stage]) for visit in item.visits]
    people = [p for p in ask.world.governance.people.values() if p.active(ask.today) and p.name != ask.name]
    return ask.page(
        "authority/change_date.html",
        status=status,
        item=item,
        dated=[(stage.path, stage.title, visit.due) for visit, stage in dated],
        people=people,
        typed=_typed(ask),
        action=ask.request.url.path,
        **more,
    )


def _show_correct(ask: Ask, item: Item, filled: Filled, status: int = 200, **more: Any) -> Response:
    workflow = ask.world.workflow(item.definition)
    return ask.page(
        "authority/correct.html",
        status=status,
        item=item,
        filled=filled,
        stages=_stages(workflow),
        history=story(ask.house, ask.actor, ask.sight, item.reference, ask.now).history,
        typed=_typed(ask),
        action=ask.request.url.path,
        **more,
    )


def _stages(workflow: Workflow) -> list[tuple[str, str]]:
    """The main line, to which an item can be put back."""
    return [(stage.path, stage.title) for stage in workflow.stages.values() if not stage.flow]
