"""What a new version means for one item: told by deciding, so that what is shown before is what happens after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from qa_workflow.definition.differences.difference import Difference, Weight
from qa_workflow.definition.differences.titles import titled
from qa_workflow.definition.differences.workflow import workflow_differences
from qa_workflow.definition.model import JOINED, Transition, Workflow
from qa_workflow.engine.commands import Migrate
from qa_workflow.engine.decide import decide
from qa_workflow.engine.decision import Decision
from qa_workflow.engine.item import Item, Visit, stamp
from qa_workflow.engine.policy import ENGINE, Actor, capacity, is_excluded
from qa_workflow.engine.refusals import NeedsChoice
from qa_workflow.engine.setting import Setting
from qa_workflow.errors import Refusal, UsageFault


class Fate(StrEnum):
    """What becomes of an item, the gravest first; an item has the gravest that fits."""

    NEEDS_CHOICE = "needs a choice"
    """It cannot be moved until somebody says how: its stage is gone, or a value does not fit."""
    NOBODY = "nobody may act"
    """Where it would be, nobody holds a role that may act for it today."""
    LATE = "late at once"
    """It would be overdue as soon as it is moved, and is not now."""
    MOVES = "moves"
    """Its stage, a date of it or a rule where it is becomes another."""
    UNAFFECTED = "unaffected"
    """It stays where it is, under the same rules."""


@dataclass(frozen=True, slots=True)
class DateMove:
    """A due date before and after, as ISO days; None where there is none."""

    stage: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a new version means for an item.

    Args:
        here, there: the stages where work is to be done, before and after.
        dates: the due dates that move.
        due_now, due_then: the earliest due date of the item, before and after, as an ISO day; None where it has none.
        late: stages that would be late at once.
        nobody: stages where nobody may act.
        why: what stands against moving it, in sentences.
        rules: where it stays as it is and rules become others, which, from what to what; in sentences.
    """

    item: str
    reference: str
    fate: Fate
    here: tuple[str, ...] = ()
    there: tuple[str, ...] = ()
    dates: tuple[DateMove, ...] = ()
    due_now: str | None = None
    due_then: str | None = None
    late: tuple[str, ...] = ()
    nobody: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Onlooker:
    """What judging needs besides the item: the day's people among it, each as an actor."""

    setting: Setting
    now: datetime
    people: Sequence[Actor] = field(default=(), repr=False)


def verdict(old: Workflow, item: Item, command: Migrate, onlooker: Onlooker) -> Verdict:
    """What `decide` would answer to somebody with the right, told as a verdict; a refusal is one too."""
    return foretold(old, item, command, onlooker)[0]


def foretold(old: Workflow, item: Item, command: Migrate, onlooker: Onlooker) -> tuple[Verdict, Item]:
    """The verdict, and the item as it would be."""
    try:
        decision = decide(old, item, command, actor=ENGINE, now=onlooker.now, setting=onlooker.setting)
    except (Refusal, UsageFault) as fault:
        return refused(item, fault), item
    return judged(old, command.to, item, decision, onlooker), decision.item


def refused(item: Item, fault: Exception) -> Verdict:
    """The verdict that a refusal is."""
    why = tuple(o.text for o in fault.obstacles) if isinstance(fault, NeedsChoice) else (str(fault),)
    here = tuple(v.stage for v in item.leaves())
    due = _due_on(item)
    return Verdict(item.id, item.reference, Fate.NEEDS_CHOICE, here, here, due_now=due, due_then=due, why=why)


def judged(old: Workflow, new: Workflow, before: Item, decision: Decision, onlooker: Onlooker) -> Verdict:
    """What a decision comes to for the item."""
    after, now = decision.item, stamp(onlooker.now)
    here, there = (tuple(v.stage for v in item.leaves()) for item in (before, after))
    dates = tuple(_dates(before, after))
    late = tuple(v.stage for v in after.visits if _is_late(after, v, now) and not _was_late(before, v, now))
    lonely = {v.stage for v in _lonely(old, before, onlooker)}
    nobody = tuple(v.stage for v in _lonely(new, after, onlooker) if v.stage not in lonely)
    if nobody:
        fate = Fate.NOBODY
    elif late:
        fate = Fate.LATE
    elif here == there and not dates and _is_plain(decision) and _are_same(old, new, before):
        fate = Fate.UNAFFECTED
    else:
        fate = Fate.MOVES
    due = _due_on(before), _due_on(after)
    stays = fate is Fate.MOVES and here == there and not dates
    rules = tuple(_changed(_Change((old.hash, new.hash), old, new), before, onlooker)) if stays else ()
    return Verdict(before.id, before.reference, fate, here, there, dates, *due, late=late, nobody=nobody, rules=rules)


def _due_on(item: Item) -> str | None:
    return min((visit.due.on for visit in item.visits if visit.due is not None), default=None)


def _dates(before: Item, after: Item) -> Iterator[DateMove]:
    for visit in after.visits:
        was = before.visit(visit.number)
        first, then = (v.due_on if v is not None else None for v in (was, visit))
        if first != then:
            yield DateMove(visit.stage, first, then)


def _is_late(item: Item, visit: Visit, now: str) -> bool:
    return visit.due is not None and visit.due.at < now and visit in item.dated()


def _was_late(item: Item, visit: Visit, now: str) -> bool:
    was = item.visit(visit.number)
    return was is not None and was.due is not None and was.due.at < now


def _is_plain(decision: Decision) -> bool:
    """Whether nothing but the version was changed."""
    changes = {"patch", "enter", "leave", "set", "places", "renamed"}
    return len(decision.events) == 1 and changes.isdisjoint(decision.events[0].data)


def _are_same(old: Workflow, new: Workflow, item: Item) -> bool:
    """Whether every rule of the stages where the item is has stayed."""
    if (old.calendar, old.rights) != (new.calendar, new.rights):
        return False
    return all(_is_same(old, new, visit.stage) for visit in item.visits)


def _is_same(old: Workflow, new: Workflow, path: str) -> bool:
    before, after = old.stages[path], new.stages.get(path)
    if after is None or before != after:
        return False
    wanted = {name for step in before.transitions.values() for name in (*step.needs, *step.asks)}
    return all(old.fields[name] == new.fields.get(name) for name in wanted)


@dataclass(frozen=True, slots=True)
class _Change:
    """One version after another; two are the same if their texts are."""

    texts: tuple[str, str]
    old: Workflow = field(compare=False, repr=False)
    new: Workflow = field(compare=False, repr=False)


@lru_cache(maxsize=16)  # one preview asks for each live item, and those come from few versions
def _told(change: _Change) -> tuple[Difference, ...]:
    return workflow_differences(change.old, change.new)


def _changed(change: _Change, item: Item, onlooker: Onlooker) -> Iterator[str]:
    """Which rules become others where an item is: of the stage, its steps, what they ask for, and the rights."""
    old, new = change.old, change.new
    stages = {visit.stage for visit in item.visits}
    steps = [step for path in stages for step in old.stages[path].transitions.values()]
    mine = {*stages, *(step.path for step in steps)}
    mine.update(name for step in steps for name in (*step.needs, *step.asks))
    for each in titled(_told(change), onlooker.setting.governance, (old, new)):
        is_new_step = each.where.rpartition(".")[0] in stages and each.where not in new.stages
        is_calendar = not each.where and each.weight is Weight.TIME
        if each.where in mine or is_new_step or is_calendar or each.where.startswith("rights."):
            yield each.sentence


def _lonely(workflow: Workflow, item: Item, onlooker: Onlooker) -> Iterator[Visit]:
    """Visits where there is something for people to do, and nobody who may."""
    if item.is_over:
        return
    for visit in item.leaves():
        stage = workflow.stages[visit.stage]
        steps = [s for trigger, s in stage.transitions.items() if s.by and trigger != JOINED]
        if stage.end is None and steps and not any(_may(steps, p, item, onlooker) for p in onlooker.people):
            yield visit


def _may(steps: Sequence[Transition], person: Actor, item: Item, onlooker: Onlooker) -> bool:
    governance = onlooker.setting.governance
    return any(
        capacity(step.by, person, item, governance) is not None
        and not is_excluded(step.not_by, person, item, governance)
        for step in steps
    )
