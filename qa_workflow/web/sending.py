"""Sending what a form asks of an item: once however often it is sent, and never over what others did meanwhile."""

from __future__ import annotations

from hashlib import sha256

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Command
from qa_workflow.service.items.requests import KeyReused, Request, own_request, read
from qa_workflow.service.refusals import Stale
from qa_workflow.web.asking import Ask
from qa_workflow.web.numbers import number_of

SURE = "sure"
"""Under this name a form says that a date which may be a slip of the pen is meant."""


def seen(ask: Ask) -> int:
    """The revision that the form was made at; one that no item ever had where it says none."""
    return number_of(ask.form.text("revision"), -1)


def request_of(ask: Ask) -> Request | None:
    """The form's key with what was typed, so that a second click is answered and another form is not taken for it."""
    key = ask.form.text("request")[:100]
    typed = "\0".join(f"{name}\1{value}" for name, value in ask.form.typed() if name not in ("revision", "request"))
    files = "\0".join(f"{name}\1{up.name}\1{sha256(up.content).hexdigest()}" for name, up in ask.form.uploads.items())
    return own_request(ask.name, key, f"{ask.request.url.path}\2{typed}\2{files}".encode()) if key else None


def send(ask: Ask, item: Item, command: Command) -> Item:
    """Do it, if the item is still as the form shows it.

    Raises:
        Stale: it is not; or the same form was sent before with something else in it.
        DoubtfulDate: it sets a due date that is to be confirmed first.
        Refusal: the rules do not allow it.
    """
    at = seen(ask)
    try:
        sure = ask.form.text(SURE)
        return ask.engine.do(item.id, command, actor=ask.name, revision=at, request=request_of(ask), sure=sure)
    except KeyReused:
        raise Stale(item.reference, at, item.revision) from None


def done_before(ask: Ask) -> Item | None:
    """The item, where this very form was sent before and did its work: a second click."""
    request = request_of(ask)
    if request is None:
        return None
    answer = ask.house.write(lambda work: work.unit.answer(request.key), aside=True)
    try:
        return ask.item(read(answer, request).id) if answer is not None else None
    except KeyReused:
        return None
