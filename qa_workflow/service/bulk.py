"""One decision for many items, as a committee takes it: each is done or refused by itself, many in a transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from qa_workflow.engine.commands import Fire
from qa_workflow.errors import QaWorkflowError, Refusal, UsageFault
from qa_workflow.service import errands
from qa_workflow.service.changing import saving, stale, write
from qa_workflow.service.house import House, Work, new_key
from qa_workflow.service.ports import Saving, Taken

BATCH = 500
"""Items a transaction. They are locked in the order of their names, so that two bulk decisions never wait in a ring."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: its new stages, or why it was refused."""

    name: str
    reference: str | None
    stages: tuple[str, ...] = ()
    refusal: QaWorkflowError | None = None


@dataclass(frozen=True, slots=True)
class Bulk:
    """What is decided, by whom; `preview` says what would become of each item, and writes nothing."""

    command: Fire
    actor: str
    preview: bool = False


def advance(
    house: House, wanted: Sequence[tuple[str, int | None]], bulk: Bulk, *, progress: Callable[[int], None] | None = None
) -> list[Outcome]:
    """Fire one trigger on many items; `wanted` is the name of each, and the revision looked at (None: as it is now)."""
    outcomes: dict[str, Outcome] = {}
    ordered = sorted(dict(wanted).items())
    for start in range(0, len(ordered), BATCH):
        part = ordered[start : start + BATCH]
        outcomes.update((outcome.name, outcome) for outcome in house.write(partial(_part, part=part, bulk=bulk)))
        if progress is not None:
            progress(start + len(part))
    if not bulk.preview:
        errands.run(house)
    return [outcomes[name] for name, _ in wanted]


def _part(work: Work, part: Sequence[tuple[str, int | None]], bulk: Bulk) -> list[Outcome]:
    outcomes: list[Outcome] = []
    savings: list[Saving] = []
    locked = work.unit.take_all([name for name, _ in part])
    for name, seen in part:
        try:
            ready = _decided(work, locked.get(name) or work.unit.take(name), seen, bulk)
        except (Refusal, UsageFault) as refusal:
            outcomes.append(Outcome(name, getattr(refusal, "reference", None), refusal=refusal))
            continue
        savings.append(ready)
        item = ready.decision.item
        outcomes.append(Outcome(name, item.reference, tuple(v.stage for v in item.leaves())))
    if not bulk.preview:
        write(work, savings)
    return outcomes


def _decided(work: Work, taken: Taken, seen: int | None, bulk: Bulk) -> Saving:
    work.knows(taken)
    if seen is not None and seen != taken.item.revision:
        raise stale(work, taken, seen)
    decision = work.decide(taken, bulk.command, work.actor(bulk.actor))
    return saving(work, taken, decision, new_key())
