"""Where a step leads, and by when the item will be due there: worked out before it is made, and nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from qa_workflow.calendar import AnchorKind, anchor_of
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Transition
from qa_workflow.engine import Actor, Item, decide
from qa_workflow.engine.commands import Fire
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.house import House
from qa_workflow.service.items.filling import Fieldset
from qa_workflow.service.telling.left import left_at


@dataclass(frozen=True, slots=True)
class Ahead:
    """A stage that an item would come to; `left` is in the days that its rule counts in."""

    stage: str
    stage_title: str
    due_on: date | None
    left: str


def ahead(house: House, item: Item, step: Transition, fieldset: Fieldset, actor: Actor) -> tuple[Ahead, ...]:
    """The stages that a step would open; none where it may not be made, or where that depends on what is typed."""
    typed = frozenset(each.name for each in fieldset.fields)
    now = house.now()
    with house.looking() as (look, world):
        workflow = world.workflow(item.definition)
        if any(case.when is not None and case.when.reads & typed for case in step.cases):
            return ()
        try:
            after = decide(
                _asking_nothing(workflow, step),
                item,
                Fire(step.path),
                actor=actor,
                now=now,
                setting=world.setting(look),
            ).item
        except (Refusal, UsageFault):
            return ()
        return tuple(
            Ahead(
                visit.stage,
                workflow.stages[visit.stage].title,
                date.fromisoformat(visit.due.on) if visit.due is not None else None,
                left_at(world.governance, workflow, after, visit, now),
            )
            for visit in after.leaves()
            if visit not in item.visits and not _is_counted_from(workflow, visit.stage, typed)
        )


def _asking_nothing(workflow: Workflow, step: Transition) -> Workflow:
    """The same workflow, where the step waits for nothing that is still to be typed."""
    stage = workflow.stages[step.stage]
    eased = replace(step, needs=(), needs_reason=False, when=None)
    steps = {**stage.transitions, step.trigger: eased}
    return replace(workflow, stages={**workflow.stages, stage.path: replace(stage, transitions=steps)})


def _is_counted_from(workflow: Workflow, stage: str, typed: frozenset[str]) -> bool:
    due = workflow.stages[stage].due
    anchor = anchor_of(due.rule) if due is not None else None
    return anchor is not None and anchor.kind is AnchorKind.FIELD and anchor.name in typed
