"""A form about one item, from opening it to what came of it: the same way for every form that changes an item.

What was typed comes back whenever something stands in the way: with every reason, with who was quicker, or to be copied
where the form has no place any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from starlette.responses import Response

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Command
from qa_workflow.engine.refusals import ItemIsOver, NoSuchStep
from qa_workflow.service.items.gist import gist
from qa_workflow.service.lists.story import must_be_right, stands
from qa_workflow.service.refusals import DoubtfulDate, Stale
from qa_workflow.service.telling.views import subject_title
from qa_workflow.web import days, sending
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import Filled
from qa_workflow.web.outcomes import REFUSED, Problem, gone, problems, since, told


class Wrong(Exception):
    """What was typed cannot be meant; `href` leads to the place."""

    def __init__(self, text: str, href: str) -> None:
        self.text, self.href = text, href
        super().__init__(text)

    @property
    def problem(self) -> Problem:
        """For the error summary."""
        return {"text": self.text, "href": self.href}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form, judged as far as that goes without doing it; no command where it cannot be done."""

    filled: Filled = field(default_factory=Filled)
    problems: Sequence[Problem] = ()
    command: Command | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What is told of it before it is done."""

    @property
    def status(self) -> int:
        """Of a page that has not done it yet: whether something was wrong, or is only shown first."""
        return 422 if self.problems or self.filled.errors else 200


@dataclass(frozen=True, slots=True)
class ItemForm:
    """A form about an item as it is now."""

    heading: str
    intro: str
    template: str
    read: Callable[[], Typed]
    filled: Filled = field(default_factory=Filled)
    """Its inputs before anybody typed."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """What its template shows besides."""


Maker = Callable[[Ask, Item], ItemForm | None]
"""Makes the form for an item as it is; None where it has no place any more. Raises `NotYours`."""


def offer(door: Door, name: str, make: Maker) -> None:
    """The two ways to a form about an item: it is opened, and it is sent."""
    path = f"/{name}/{{reference:path}}"

    @door.get(path, SIGNED_IN)
    def opened(ask: Asked, reference: str) -> Response:
        return begin(ask, reference, make)

    @door.post(path, SIGNED_IN)
    def sent(ask: Asked, reference: str) -> Response:
        return send(ask, reference, make)


def fits(ask: Ask, item: Item, right: str, heading: str) -> bool:
    """Whether what a right allows fits the item as it is; raises `NotYours`, before anybody types, for who lacks it."""
    return must_be_right(ask.world, item, ask.actor, right, f"{heading.lower()} ({item.reference})")


def begin(ask: Ask, reference: str, make: Maker) -> Response:
    """The form before anybody typed."""
    item = ask.item(reference)
    form = make(ask, item)
    return gone(ask, item, item.revision) if form is None else _page(ask, item, form, Typed(form.filled))


def send(ask: Ask, reference: str, make: Maker) -> Response:
    """Do what the form asks, or show it again as it was typed."""
    item, at = ask.item(reference), sending.seen(ask)
    if at != item.revision and (done := sending.done_before(ask)) is not None:
        return ask.go(f"/items/{done.reference}", said=told(ask, done))
    form = make(ask, item)
    if form is None:
        return gone(ask, item, at)
    typed = form.read()
    if at != item.revision and not _is_as_shown(ask, item, at):
        return _quicker(ask, item, form, typed, at)
    if typed.command is None:
        return _page(ask, item, form, typed, status=typed.status)
    try:
        after = sending.send(ask, item, typed.command)
    except (Stale, NoSuchStep, ItemIsOver):
        fresh = ask.item(item.id)
        again = make(ask, fresh)
        return gone(ask, fresh, at) if again is None else _quicker(ask, fresh, again, typed, at)
    except REFUSED as refusal:
        shown = {"dates": refusal.coming} if isinstance(refusal, DoubtfulDate) else {}
        typed = replace(typed, problems=problems(refusal, ask, item), shown=shown)
        return _page(ask, item, form, typed, status=422)
    return ask.go(f"/items/{after.reference}", said=told(ask, after, form.heading))


def _is_as_shown(ask: Ask, item: Item, at: int) -> bool:
    """Whether all that happened since the form was made is kept from whoever sends it."""
    return at < item.revision and not since(ask, item, at)


def read_day(ask: Ask, name: str, label: str) -> date | None:
    """The day that was typed, None where nothing was; raises `Wrong`."""
    try:
        return days.read(ask.form, name, label)
    except days.WrongDay as fault:
        raise Wrong(str(fault), f"#{name}") from None


def _quicker(ask: Ask, item: Item, form: ItemForm, typed: Typed, at: int) -> Response:
    return _page(ask, item, form, typed, status=409, meanwhile=since(ask, item, at))


def _page(ask: Ask, item: Item, form: ItemForm, typed: Typed, *, status: int = 200, **more: Any) -> Response:
    workflow = ask.world.workflow(item.definition)
    what = gist(workflow, item)
    about = (f"{workflow.title}: {what}" if what else workflow.title, subject_title(ask.world, item), item.period)
    standing = stands(ask.house, ask.sight, item, ask.now)
    return ask.page(
        form.template,
        status=status,
        item=item,
        about=", ".join(each for each in about if each),
        standing=standing,
        heading=form.heading,
        intro=form.intro,
        filled=typed.filled,
        problems=list(typed.problems),
        typed=dict(ask.form.typed()) if ask.request.method == "POST" else {},
        action=ask.request.url.path,
        **form.shown,
        **typed.shown,
        **more,
    )
