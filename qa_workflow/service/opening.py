"""Opening items: by hand, by the clock for each organisation once a period, and as sub-items of another item."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa_workflow.calendar import Period, parse_period
from qa_workflow.definition import Workflow
from qa_workflow.engine import Actor, Item, open_item
from qa_workflow.engine.commands import Open
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.service.changing import ERRANDS, Changed, saving
from qa_workflow.service.house import House, new_key
from qa_workflow.service.ports import Definition, Taken, Unit
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be opened. `actor` is a person's name, or the house itself."""

    workflow: str
    subject: str | None
    period: str | None
    actor: str | Actor
    fields: Mapping[str, Any]
    reason: str | None = None
    parent: tuple[str, int] | None = None


def open_one(house: House, wish: Wish, request: str | None = None) -> Changed:
    """Open an item.

    Raises:
        Unknown: the workflow, organisation or person is not known.
        AlreadyOpen: the cycle has its item.
        NotAllowed: the person has no right to.
    """
    request = request or new_key()
    now = house.now()

    def work(unit: Unit) -> Changed:
        answered = unit.answer(request)
        if answered is not None:
            return Changed(unit.take(json.loads(answered)["id"]).item, repeated=True)
        world = house.world(unit.look())
        workflow, definition = world.newest(wish.workflow)
        return opened(unit, world, workflow, definition, wish, house, now, request)

    return house.write(work)


def opened(
    unit: Unit, world: World, workflow: Workflow, definition: Definition, wish: Wish, house: House, now: datetime, request: str
) -> Changed:
    """Open within a transaction that is under way."""
    day = house.today(world, now)
    subject = _subject(world, workflow, wish)
    period = _period(workflow, wish)
    number = unit.number(workflow.name) if "{number}" in workflow.reference else 0
    reference = workflow.reference.format(
        period=period.label.replace(" ", "-") if period else "", subject=subject or "", number=number, year=day.year
    )
    actor = world.actor(wish.actor, day) if isinstance(wish.actor, str) else wish.actor
    command = Open(
        new_key(), reference, definition.version, subject, period.label if period else None, wish.fields, wish.reason, wish.parent
    )
    decision = open_item(workflow, command, actor=actor, now=now, setting=world.setting(unit.look()))
    unit.create(saving(world, workflow, Taken(0, _blank(decision.item), b""), decision, day, request))
    return Changed(decision.item, decision.events, has_errands=any(out.kind in ERRANDS for out in decision.outgoing))


def _blank(item: Item) -> Item:
    return Item(item.id, item.reference, item.workflow, item.version, item.definition, item.subject, item.period, item.opened_at)


def _subject(world: World, workflow: Workflow, wish: Wish) -> str | None:
    if workflow.subject is None:
        if wish.subject is not None:
            raise Nonsense(workflow.name, f"its items are not about an organisation; leave {wish.subject!r} out")
        return None
    fitting = {o.name: o for o in world.governance.organisations.values() if o.kind == workflow.subject}
    if wish.subject is None:
        raise Unknown(workflow.subject, "", tuple(fitting))
    words = {word.lower(): o.name for o in fitting.values() for word in (o.name, o.title, *o.aliases)}
    found = words.get(wish.subject.lower())
    if found is None:
        raise Unknown(workflow.subject, wish.subject, tuple(fitting))
    return found


def _period(workflow: Workflow, wish: Wish) -> Period | None:
    if workflow.period is None:
        if wish.period is not None:
            raise Nonsense(workflow.name, f"its items are not about a period; leave {wish.period!r} out")
        return None
    if wish.period is None:
        raise Nonsense(workflow.name, f"its items are about a {workflow.period.replace('_', ' ')}; say which, as in --period \"2026-27 Q4\"")
    return parse_period(workflow.period, wish.period)
