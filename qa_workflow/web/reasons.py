"""Small forms about one item that ask for a reason and little else: hold, resume, cancel, give to somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from starlette.responses import Response

from qa_workflow.definition.model import Option
from qa_workflow.engine import Item
from qa_workflow.engine.commands import Command
from qa_workflow.errors import Refusal
from qa_workflow.service.identifiers import Doubt, doubts, mark
from qa_workflow.service.refusals import Stale
from qa_workflow.service.story import meanwhile, must_be_right
from qa_workflow.web import sending
from qa_workflow.web.asking import Ask
from qa_workflow.web.fields import CONFIRMED, PARTS, Filled
from qa_workflow.web.outcomes import gone, problems, told


class Wrong(Exception):
    """What was typed cannot be meant; `href` leads to the place."""

    def __init__(self, text: str, href: str) -> None:
        self.text, self.href = text, href
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Asking:
    """One small form: its heading, what it says, what it asks for beside the reason, and the command it comes to."""

    heading: str
    intro: str
    command: Callable[[Ask, str], Command]
    needs_reason: bool = True
    date_label: str = ""
    choices: Sequence[Option] = ()
    choices_label: str = ""
    hidden: dict[str, str] = field(default_factory=dict)


def show(ask: Ask, item: Item, form: Asking, *, status: int = 200, **more: Any) -> Response:
    """The form, empty or as it came back."""
    posted = ask.request.method == "POST"
    typed = {name: ask.form.text(name) if posted else "" for name in ("reason", "choice", *PARTS)}
    return ask.page(
        "items/reason.html", status=status, item=item, form=form, typed=typed, action=ask.request.url.path, **more
    )


def begin(ask: Ask, reference: str, form: Asking, name: str) -> Response:
    """The empty form, for who has the right of that name; raises `NotYours`, before anybody types, for all others."""
    item = ask.item(reference)
    if not must_be_right(ask.world, item, ask.actor, name, f"{form.heading.lower()} ({item.reference})"):
        return gone(ask, item, item.revision)
    return show(ask, item, form)


def send(ask: Ask, reference: str, form: Asking) -> Response:
    """Do what the form asks, or show it again as it was typed."""
    item, at = ask.item(reference), sending.seen(ask)
    if at != item.revision:
        if (done := sending.done_before(ask)) is not None:
            return ask.go(f"/items/{done.reference}", said=told(ask, done))
        return _stale(ask, item, form, at)
    reason = ask.form.text("reason")
    found: tuple[Doubt, ...] = tuple(doubts({"Reason": reason}))
    is_confirmed = bool(found) and ask.form.text(CONFIRMED) == mark(found)
    filled = Filled(doubts=found, is_confirmed=is_confirmed)
    wrong: list[dict[str, str]] = []
    if form.needs_reason and not reason:
        wrong.append({"text": "Enter a reason", "href": "#reason"})
    if not filled.is_good:
        wrong.append({"text": "Check whether a patient could be identified by the reason", "href": "#no-patient"})
    try:
        command = form.command(ask, reason)
    except Wrong as fault:
        wrong.append({"text": fault.text, "href": fault.href})
        return show(ask, item, form, status=422, problems=wrong, filled=filled)
    if wrong:
        return show(ask, item, form, status=422, problems=wrong, filled=filled)
    try:
        after = sending.send(ask, item, command)
    except Stale:
        return _stale(ask, ask.item(item.id), form, at)
    except Refusal as refusal:
        return show(ask, item, form, status=422, problems=problems(refusal), filled=filled)
    return ask.go(f"/items/{after.reference}", said=told(ask, after, form.heading))


def read_day(ask: Ask) -> date | None:
    """The day that was typed in three boxes; raises `Wrong`."""
    typed = [ask.form.text(part) for part in PARTS]
    if not any(typed):
        return None
    try:
        day, month, year = (int(text) if text.isdecimal() and len(text) <= 4 else -1 for text in typed)
        found = date(year, month, day)
    except ValueError:
        raise Wrong("The date must be a real date, for example 30 4 2027", "#day") from None
    if not 1990 <= found.year <= 2100:
        raise Wrong("The year must have four digits, from 1990 to 2100", "#year")
    return found


def _stale(ask: Ask, item: Item, form: Asking, seen: int) -> Response:
    _, since = meanwhile(ask.house, ask.sight, item.reference, max(seen, 0))
    return show(ask, item, form, status=409, meanwhile=since)
