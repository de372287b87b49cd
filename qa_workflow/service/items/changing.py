"""The one way to move an item: lock, compare, decide, write, answer; all in one transaction.

Pages, command line, clock and import all come through here; no other code writes a stage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa_workflow.definition import Workflow
from qa_workflow.engine import EVERYTHING, Actor, Decision, Event, Item, Leaves, Visit
from qa_workflow.engine.commands import AddSubItem, Command, Correct
from qa_workflow.engine.dated import dated_apart
from qa_workflow.engine.item import CANCELLED
from qa_workflow.engine.past import last_visits
from qa_workflow.engine.texts import SALT
from qa_workflow.service.agendas import agenda
from qa_workflow.service.house import House, Work
from qa_workflow.service.items import gist, repeats, requests, stuck, unheard
from qa_workflow.service.items.letters import letters
from qa_workflow.service.items.requests import Request
from qa_workflow.service.items.since import told
from qa_workflow.service.ports.store import Saving, Taken
from qa_workflow.service.refusals import Stale

ERRANDS = frozenset({Leaves.OPEN_SUB_ITEM, Leaves.REPORT_TO_PARENT, Leaves.CANCEL_SUB_ITEMS})
"""What leaves an item for another item, and so needs no carrier."""


Doubt = Callable[[Work, Item, Decision], None]
"""Refuses what may be a slip of the pen, given the item as it was and what would be written."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The item after a change. `repeated`: this request had been answered before, and nothing was done again.

    `has_errands`: other items are to be told; the sweep does it, or `errands.run` at once. `answered` is the revision
    that the request left behind, which a repeated one may find long passed; `found` the one that it had found.
    """

    item: Item
    events: tuple[Event, ...] = ()
    repeated: bool = False
    has_errands: bool = False
    answered: int = 0
    found: int = 0


def change(
    house: House,
    name: str,
    command: Command,
    *,
    actor: str | Actor,
    seen: int | None = None,
    request: str | Request | None = None,
    doubt: Doubt | None = None,
) -> Changed:
    """Do what somebody asks of an item.

    Args:
        name: the item's reference or identifier.
        actor: the person's name in the governance file.
        seen: the revision that the person was looking at; None only where nobody was looking.
        request: a key under which the same request is answered once, however often it is sent.
        doubt: asked only of what is to be done now.

    Raises:
        Stale: the item has moved on since `seen`.
        KeyReused: the key came with another request before.
        Refusal: the rules do not allow it.
        UsageFault: an unknown item, person, field or value.
    """
    given = requests.request_of(request)

    def work(work: Work) -> Changed:
        taken = work.unit.take(name, given.key if given else None)
        asked = requests.whole(given, taken.item.id, command, actor)
        if asked is not None and taken.answer is not None:
            return repeated(taken.item, taken.answer, asked)
        work.knows(taken)
        if seen is not None and seen != taken.item.revision:
            if asked is not None and (answer := work.unit.answer(asked.key)) is not None:
                return repeated(taken.item, answer, asked)
            ensure_as_seen(work, taken.item, seen, actor)
        decision = work.decide(taken, _made_ready(work, taken, command), work.actor(actor))
        if doubt is not None:
            doubt(work, taken.item, decision)
        write(work, [saving(work, taken, decision, asked)])
        return changed(decision)

    return house.write(work, keyed=given is not None)


def _made_ready(work: Work, taken: Taken, command: Command) -> Command:
    """What is asked, with what has to be known of other times and other workflows to decide it."""
    if isinstance(command, Correct) and command.stage is not None:
        return replace(command, past=last_visits(work.look.events(taken.item.reference, EVERYTHING)))
    if isinstance(command, AddSubItem) and command.fields:
        asking = (stage.sub_items for stage in work.workflow(taken.item).stages.values())
        names = {wanted.workflow for wanted in asking if wanted is not None}
        return replace(command, to_be={name: work.world.newest(name)[0] for name in names})
    return command


def repeated(item: Item, answer: str, request: Request) -> Changed:
    """A request that was answered before; nothing is done again."""
    before = requests.read(answer, request)
    return Changed(item, repeated=True, answered=before.revision, found=before.found)


def changed(decision: Decision) -> Changed:
    """What a decision comes to, for the caller."""
    has_errands = any(out.kind in ERRANDS for out in decision.outgoing)
    last, count = decision.item.revision, len(decision.events)
    return Changed(decision.item, decision.events, has_errands=has_errands, answered=last, found=last - count)


def write(work: Work, savings: Sequence[Saving]) -> None:
    """Write decisions, and what follows from them elsewhere."""
    work.unit.save_all(savings)
    for ready in savings:
        stuck.follow(work, ready, ready.taken.row)
        unheard.follow(work, ready, ready.taken.row)
        repeats.plan(work, ready.taken.item, ready.decision)


def saving(work: Work, taken: Taken, decision: Decision, request: Request | None = None) -> Saving:
    """A decision made ready for the store."""
    item = decision.item
    workflow = work.workflow(item)
    return Saving(
        taken=taken,
        decision=decision,
        definition=workflow.hash,
        owner=owners(workflow, item),
        salt=work.chance(SALT),
        fields=workflow.fields,
        letters=letters(decision, workflow, work.world.staff(work.day)) if decision.outgoing else (),
        request=request.key if request else None,
        answer=requests.written(request, item, len(decision.events)) if request else None,
        cycle=cycle(workflow, item),
        suspect=work.suspect,
        agenda={number: sitting.body for number, sitting in agenda(work.world.governance, workflow, item).items()},
        holders={visit.number: owners(workflow, item, visit) for visit in dated_apart(item)},
        searchable=gist.changed(taken.item, work.workflow(taken.item), item, workflow),
    )


def owners(workflow: Workflow, item: Item, of: Visit | None = None) -> str:
    """Who has to act, as one searchable text with each name between blanks: the holder, else roles and named people.

    Args:
        of: only at this visit, and at the branches open below it.
    """
    names: dict[str, None] = {}
    for visit in item.leaves():
        if of is not None and visit.number != of.number and not visit.stage.startswith(f"{of.stage}."):
            continue
        owner = workflow.stages[visit.stage].owner
        if visit.holder is not None:
            names[visit.holder] = None
            continue
        names.update(dict.fromkeys(owner.roles))
        names.update({str(item.fields[f]): None for f in owner.fields if f in item.fields})
        names.update({item.did[path].actor: None for path in owner.did if path in item.did})
    return f" {' '.join(names)} "


def cycle(workflow: Workflow, item: Item) -> str | None:
    """The key of which there may be one: an item of this workflow, subject and period; a cancelled one frees it."""
    if workflow.period is None or item.status == CANCELLED:
        return None
    return f"{item.workflow}/{item.subject or ''}/{item.period or ''}"


def ensure_as_seen(work: Work, item: Item, seen: int, actor: str | Actor) -> None:
    """Refuse what rests on an item as it was before others did something.

    Where all of that is kept from whoever asks, it is to them as they saw it.

    Raises:
        Stale: who did what since, as far as they may know.
    """
    if seen == item.revision:
        return
    sight = work.world.sight(work.actor(actor))
    later = [event for event in work.look.events(item.id, sight) if event.seq > seen]
    if seen < item.revision and sight.is_kept_out(item.workflow) and not later:
        return
    zone = work.world.governance.calendar.zone
    raise Stale(item.reference, seen, item.revision, [told(event, zone) for event in later])
