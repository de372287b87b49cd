"""Opening items: by a person, by the clock for each organisation once a period, and as sub-items of another item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from qa_workflow.calendar import Period, PeriodKind, long_date, parse_period
from qa_workflow.definition import Workflow
from qa_workflow.definition.governance import Organisation
from qa_workflow.engine import Actor, Decision, Item, is_wanted, open_item
from qa_workflow.engine.commands import Open
from qa_workflow.engine.refusals import Nonsense, NotAllowed
from qa_workflow.service.house import House, Work, new_key
from qa_workflow.service.items import stuck, unheard
from qa_workflow.service.items.changing import Changed, Doubt, changed, repeated, saving
from qa_workflow.service.items.requests import Request, read, request_of, whole
from qa_workflow.service.knowing import organisations
from qa_workflow.service.ports.store import Taken
from qa_workflow.service.refusals import Unknown


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be opened. `actor` is a person's name, or the house itself."""

    workflow: str
    subject: str | None
    period: str | None
    actor: str | Actor
    fields: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    parent: tuple[str, int] | None = None


def open_one(house: House, wish: Wish, request: str | Request | None = None, *, doubt: Doubt | None = None) -> Changed:
    """Open an item.

    Args:
        doubt: as of `change`.

    Raises:
        KeyReused: the request key came with something else before.
        Unknown: the workflow, organisation or person is not known.
        AlreadyOpen: the cycle has its item.
        NotAllowed: the person has no right to.
    """
    asked = whole(request_of(request), wish)

    def work(work: Work) -> Changed:
        if asked is not None:
            work.unit.access.alone(asked.key)
            answer = work.unit.answer(asked.key)
            if answer is not None:
                return repeated(work.unit.take(read(answer, asked).id).item, answer, asked)
        return opened(work, wish, asked, doubt)

    return house.write(work, keyed=asked is not None)


def opened(work: Work, wish: Wish, request: Request | None = None, doubt: Doubt | None = None) -> Changed:
    """Open within a transaction that is under way."""
    actor = work.actor(wish.actor)
    workflow, command = _command(work, wish, actor)
    command = replace(command, reference=_reference(work, workflow, command))
    try:
        decision = open_item(workflow, command, actor=actor, now=work.now, setting=work.setting)
    except NotAllowed as refusal:  # without the reference: the number in one says how many others there are
        raise NotAllowed(workflow.name, "open an item of it", refusal.actor, refusal.who_may) from None
    work.ensure_shown(decision.item, command, actor, called=workflow.name)
    before = unborn(decision.item)
    if doubt is not None:
        doubt(work, before, decision)
    ready = saving(work, Taken(0, before, b""), decision, request)
    row = work.unit.create(ready)
    stuck.follow(work, ready, row)
    unheard.follow(work, ready, row)
    return changed(decision)


def would_open(work: Work, wish: Wish) -> Decision:
    """What opening it would write, but for the reference; see `open_one` for what it raises."""
    actor = work.actor(wish.actor)
    workflow, command = _command(work, wish, actor)
    return open_item(workflow, command, actor=actor, now=work.now, setting=work.setting)


def is_to_open(work: Work, wish: Wish) -> bool:
    """Whether the workflow wants the clock to open this; it may leave out some organisations of the kind."""
    workflow, command = _command(work, wish, work.actor(wish.actor))
    return is_wanted(workflow, command, now=work.now, setting=work.setting)


def _command(work: Work, wish: Wish, actor: Actor) -> tuple[Workflow, Open]:
    """What is asked of the engine, but for the reference."""
    workflow, definition = work.world.newest(wish.workflow)
    period, subject = _period(workflow, wish), _subject(work, workflow, wish, actor)
    if period is not None and subject is not None and isinstance(wish.actor, str):
        _ensure_not_ended(workflow, work.world.governance.organisations[subject], period)
    return workflow, Open(
        id=new_key(),
        reference="",
        version=definition.version,
        subject=subject,
        period=period.label if period else None,
        fields=wish.fields,
        reason=wish.reason,
        parent=wish.parent,
    )


def unborn(item: Item) -> Item:
    """The item before its first event."""
    return Item(
        item.id, item.reference, item.workflow, item.version, item.definition, item.subject, item.period, item.opened_at
    )


def _reference(work: Work, workflow: Workflow, command: Open) -> str:
    """Numbers run by themselves in what else the reference says, so that no organisation reads in its own of others."""
    period = (command.period or "").replace(" ", "-")
    told = workflow.reference.format(period=period, subject=command.subject or "", number="{number}")
    return told.replace("{number}", str(work.unit.number(told))) if "{number}" in told else told


def _subject(work: Work, workflow: Workflow, wish: Wish, actor: Actor) -> str | None:
    if workflow.subject is None:
        if wish.subject is not None:
            raise Nonsense(workflow.name, f"its items are not about an organisation; leave {wish.subject!r} out")
        return None
    fitting = {o.name: o for o in work.world.governance.organisations.values() if workflow.is_about(o.kind)}
    offered = [name for name in organisations(work.world, work.world.sight(actor)) if name in fitting]
    if wish.subject is None:
        here = ", ".join(name for name in offered if fitting[name].is_active(work.day))
        raise Nonsense(workflow.name, f"its items are each about one {workflow.subject}; say which: {here}")
    words = {word.lower(): o.name for o in fitting.values() for word in (o.name, o.title, *o.aliases)}
    found = words.get(wish.subject.lower())
    if found is None:
        raise Unknown(workflow.subject, wish.subject, offered)
    return found


def _ensure_not_ended(workflow: Workflow, about: Organisation, period: Period) -> None:
    """Refuse a period of which an organisation has seen no day; one formed since answers for those that it replaced."""
    if about.until is not None and about.until < period.start:
        instead = f"; {about.successor!r} is its successor" if about.successor else ""
        ended = f"{about.title} ended on {long_date(about.until)}"
        raise Nonsense(workflow.name, f"{ended}, before {period.label} began on {long_date(period.start)}{instead}")


def _period(workflow: Workflow, wish: Wish) -> Period | None:
    if workflow.period is None:
        if wish.period is not None:
            raise Nonsense(workflow.name, f"its items are not about a period; leave {wish.period!r} out")
        return None
    if wish.period is None:
        kind = PeriodKind(workflow.period)
        said = f'its items are each about one {kind.words}; say which, as "{kind.example}"'
        raise Nonsense(workflow.name, said)
    return parse_period(workflow.period, wish.period)
