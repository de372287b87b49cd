"""What can be done with an item now, by whom, and what is still missing: told before anybody tries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from qa_workflow.definition.model import Transition, Workflow
from qa_workflow.engine.item import OPEN, Item, Visit
from qa_workflow.engine.obstacles import BARRED, what, who
from qa_workflow.engine.policy import Actor
from qa_workflow.engine.refusals import Obstacle
from qa_workflow.engine.setting import Setting
from qa_workflow.engine.steps import steps
from qa_workflow.engine.turn import Turn

_NOBODY = Actor("", is_house=True)


@dataclass(frozen=True, slots=True)
class Step:
    """A transition out of a stage that is open: `by` and `not_by` in the file's words, `missing` in sentences."""

    trigger: str
    path: str
    stage: str
    title: str
    to: tuple[str, ...]
    by: tuple[str, ...]
    not_by: tuple[str, ...]
    needs: tuple[str, ...]
    asks: tuple[str, ...]
    needs_reason: bool
    missing: tuple[Obstacle, ...]
    forbidden: tuple[Obstacle, ...] = ()


def available(
    workflow: Workflow, item: Item, *, now: datetime, setting: Setting, actor: Actor | None = None
) -> tuple[Step, ...]:
    """Every step of the stages now open; for an actor also why that person may not (`forbidden`)."""
    if item.status != OPEN:
        return ()
    turn = Turn(workflow, item, actor or _NOBODY, now, setting)
    return tuple(_step(turn, visit, transition, actor) for visit, transition in steps(turn))


def is_barred(steps: Iterable[Step], stage: str) -> bool:
    """Whether each step of a stage that is for the role of whoever asked needs a second person; they cannot hold it."""
    why = [{o.code for o in step.forbidden} for step in steps if step.stage == stage]
    theirs = [codes for codes in why if not codes & {"role", "clock"}]
    return bool(theirs) and all(codes & BARRED for codes in theirs)


def _step(turn: Turn, visit: Visit, transition: Transition, actor: Actor | None) -> Step:
    reason = "given when it is done" if transition.needs_reason else None
    is_taken = visit.holder is not None and transition.votes == 1 and transition.by == turn.stage(visit).owner
    return Step(
        trigger=transition.trigger,
        path=transition.path,
        stage=visit.stage,
        title=transition.title,
        to=tuple(case.to for case in transition.cases),
        by=(visit.holder,) if visit.holder and is_taken else transition.by.words,
        not_by=transition.not_by.words,
        needs=transition.needs,
        asks=transition.asks,
        needs_reason=transition.needs_reason,
        missing=tuple(what(turn, visit, transition, {}, reason)),
        forbidden=tuple(who(turn, visit, transition, actor)) if actor else (),
    )
