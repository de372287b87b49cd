"""One decision for many items, as a committee takes it: each item is done or refused by itself, many in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa_workflow.engine import decide
from qa_workflow.engine.commands import Fire
from qa_workflow.errors import QaWorkflowError, Refusal, UsageFault
from qa_workflow.service import errands, repeats
from qa_workflow.service.changing import saving, stale
from qa_workflow.service.house import House, new_key
from qa_workflow.service.ports import Saving, Unit

BATCH = 500
"""Items a transaction. Rows are locked in the order of their identifiers, so that two bulk decisions never wait in a ring."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: its new stages, or why it was refused."""

    name: str
    reference: str | None
    stages: tuple[str, ...] = ()
    refusal: QaWorkflowError | None = None


def advance(
    house: House,
    wanted: Sequence[tuple[str, int | None]],
    command: Fire,
    *,
    actor: str,
    preview: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Outcome]:
    """Fire one trigger on many items.

    Args:
        wanted: name and revision looked at (None: as it is now) of each.
        preview: say what would become of each, and write nothing.
    """
    outcomes: dict[str, Outcome] = {}
    ordered = sorted(dict(wanted).items())
    for start in range(0, len(ordered), BATCH):
        part = ordered[start : start + BATCH]
        for outcome in house.write(lambda unit: _part(house, unit, part, command, actor, preview)):  # noqa: B023
            outcomes[outcome.name] = outcome
        if progress is not None:
            progress(min(start + BATCH, len(ordered)))
    if not preview:
        errands.run(house)
    return [outcomes[name] for name, _ in wanted]


def _part(house: House, unit: Unit, part: Sequence[tuple[str, int | None]], command: Fire, actor: str, preview: bool) -> list[Outcome]:
    now, world = house.now(), house.world(unit.look())
    day = house.today(world, now)
    person, setting = world.actor(actor, day), world.setting(unit.look())
    outcomes: list[Outcome] = []
    savings: list[Saving] = []
    for name, seen in part:
        reference = None
        try:
            taken = unit.take(name)
            reference = taken.item.reference
            if seen is not None and seen != taken.item.revision:
                raise stale(unit, world, taken, seen)
            workflow = world.workflow(taken.item.definition)
            decision = decide(workflow, taken.item, command, actor=person, now=now, setting=setting)
            savings.append(saving(world, workflow, taken, decision, day, new_key()))
            outcomes.append(Outcome(name, reference, tuple(v.stage for v in decision.item.leaves())))
        except (Refusal, UsageFault) as refusal:
            outcomes.append(Outcome(name, reference, refusal=refusal))
    if not preview:
        unit.save_all(savings)
        for ready in savings:
            repeats.plan(unit, world.workflow(ready.definition), world, ready.decision)
    return outcomes
