"""One decision for many items, as a committee takes it: each is done or refused by itself, many in a transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from qa_workflow.engine import EVERYTHING, Item, replay
from qa_workflow.engine.commands import Fire
from qa_workflow.errors import QaWorkflowError, Refusal, StorageFault, UsageFault
from qa_workflow.garbage import uncollected
from qa_workflow.service.house import House, Work, afterwards
from qa_workflow.service.items import errands
from qa_workflow.service.items.changing import changed, ensure_as_seen, saving, write
from qa_workflow.service.items.requests import Request, begun, read
from qa_workflow.service.ports.store import Saving, Taken
from qa_workflow.service.saved import PartlySaved

BATCH = 500
"""Items a transaction. They are locked in the order of their names, so that two bulk decisions never wait in a ring."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: its new stages and when it is due there, or why it was refused.

    `not_worked`: why the day is none on which work is done. `has_errands`: other items are to be told. `repeated`: it
    was moved by this very request when that came before.
    """

    name: str
    reference: str | None
    stages: tuple[str, ...] = ()
    refusal: QaWorkflowError | None = None
    has_errands: bool = False
    due_on: date | None = None
    not_worked: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is decided, by whom; `preview` says what would become of each item, and writes nothing.

    Under a `request`, an item that was moved by it before is not moved again, however often it is sent.
    """

    command: Fire
    actor: str
    preview: bool = False
    request: Request | None = None

    def asked(self, item: str) -> Request | None:
        """The request for one of the items, by its identifier."""
        return Request(f"{self.request.key}/{item}", self.request.about) if self.request else None


def advance(
    house: House, wanted: Sequence[tuple[str, int | None]], bulk: Bulk, *, progress: Callable[[int], None] | None = None
) -> list[Outcome]:
    """Fire one trigger on many items; `wanted` is the name of each, and the revision looked at (None: as it is now).

    Raises:
        KeyReused: the request key came with something else before.
    """
    outcomes: dict[str, Outcome] = {}
    if bulk.request is not None and not bulk.preview:
        house.write(partial(_begin, request=bulk.request), aside=True)
    ordered = sorted(dict(wanted).items())
    for start in range(0, len(ordered), BATCH):
        part = ordered[start : start + BATCH]
        try:
            became = house.write(
                partial(_part, part=part, bulk=bulk), keyed=bulk.request is not None, aside=bulk.preview
            )
        except StorageFault as fault:
            if outcomes and not bulk.preview:
                raise PartlySaved(fault) from fault
            raise
        outcomes.update((outcome.name, outcome) for outcome in became)
        if progress is not None:
            progress(start + len(part))
    if not bulk.preview and any(outcome.has_errands for outcome in outcomes.values()):
        afterwards(house, errands.run)  # else it would look through all that waits to leave for nothing
    return [outcomes[name] for name, _ in wanted]


def _begin(work: Work, request: Request) -> None:
    """Write down what is asked under this key; refuse when it was something else."""
    work.unit.access.alone(request.key)
    answer = work.unit.answer(request.key)
    if answer is None:
        work.unit.keep_answer(request.key, begun(request), work.now)
    else:
        read(answer, request)


@uncollected()
def _part(work: Work, part: Sequence[tuple[str, int | None]], bulk: Bulk) -> list[Outcome]:
    outcomes: list[Outcome] = []
    savings: list[Saving] = []
    locked = work.unit.take_all([name for name, _ in part])
    for name, seen in part:
        try:
            taken = locked.get(name) or work.unit.take(name)
            if (before := _before(work, taken, bulk.asked(taken.item.id))) is not None:
                outcomes.append(replace(_moved(work, name, before), repeated=True))
                continue
            ready = _decided(work, taken, seen, bulk)
        except (Refusal, UsageFault) as refusal:
            outcomes.append(Outcome(name, getattr(refusal, "reference", None), refusal=refusal))
            continue
        savings.append(ready)
        outcomes.append(_moved(work, name, ready.decision.item, has_errands=changed(ready.decision).has_errands))
    if not bulk.preview:
        write(work, savings)
    return outcomes


def _moved(work: Work, name: str, item: Item, *, has_errands: bool = False) -> Outcome:
    due, stages = item.due(), tuple(v.stage for v in item.leaves())
    due_on = date.fromisoformat(due.on) if due is not None else None
    not_worked = work.setting.calendar(work.workflow(item)).why_not(due_on) if due_on is not None else None
    return Outcome(name, item.reference, stages, has_errands=has_errands, due_on=due_on, not_worked=not_worked)


def _before(work: Work, taken: Taken, asked: Request | None) -> Item | None:
    """The item as this very request has left it, if it has come before."""
    if asked is None:
        return None
    answer = work.unit.answer(asked.key)
    if answer is None:
        return None
    revision = read(answer, asked).revision
    return replay(e for e in work.look.events(taken.item.id, EVERYTHING) if e.seq <= revision)


def _decided(work: Work, taken: Taken, seen: int | None, bulk: Bulk) -> Saving:
    work.knows(taken)
    if seen is not None:
        ensure_as_seen(work, taken.item, seen, bulk.actor)
    decision = work.decide(taken, bulk.command, work.actor(bulk.actor))
    return saving(work, taken, decision, bulk.asked(taken.item.id))
