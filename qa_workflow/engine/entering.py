"""Entering a stage: its visit begins, those of its branches with it, and sub-items are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from qa_workflow.definition import GuardFault
from qa_workflow.definition.model import SUBJECT, Branch, Opens, SubItems
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.decision import Leaves
from qa_workflow.engine.facts import Facts
from qa_workflow.engine.item import Item, Visit
from qa_workflow.engine.redating import as_held, rearmed
from qa_workflow.engine.refusals import NotNow, Obstacle
from qa_workflow.engine.timer_names import TELLS, kind_of
from qa_workflow.engine.turn import Turn

_NO_PAST: Mapping[str, Visit] = {}


def begin(turn: Turn, ahead: Item, path: str, number: int, past: Mapping[str, Visit] = _NO_PAST) -> list[Visit]:
    """The visits that begin when a stage is entered: its own, then those of its branches that are started.

    Args:
        ahead: the item as it will be then, but for these visits.
        number: of the first visit; the others follow.
        past: visits that are taken up again, by stage.

    Raises:
        NotNow: whether a branch starts cannot be judged.
    """
    stage = turn.workflow.stages[path]
    ahead = replace(ahead, entered={**ahead.entered, path: turn.at})
    visit, before = Visit(number, path, turn.at), past.get(path)
    if before is not None:
        visit = _taken_up(turn, visit, before)
    below: list[Visit] = []
    if stage.parallel is not None:
        ahead = replace(ahead, visited={**ahead.visited, path: ahead.visited.get(path, 0) + 1})
        facts = turn.facts(item=ahead)
        for branch in stage.parallel.branches.values():
            if starts(branch, facts, ahead):
                visit = replace(visit, started=(*visit.started, branch.name))
                below += begin(turn, ahead, branch.start, number + 1 + len(below), past)
    if stage.sub_items is not None:
        visit = replace(visit, expected=len(list(planned(stage.sub_items, ahead))))
    dates = Dates(turn.workflow, ahead, turn.setting, turn.now)
    visit = dates.due(stage, visit)
    if before is not None:
        visit = rearmed(turn, ahead, replace(before, stage=path), visit)
    if stage.meeting is not None and dates.missed:
        turn.rolled_over[number] = dates.missed
    return [visit, *below]


def _taken_up(turn: Turn, visit: Visit, before: Visit) -> Visit:
    """A visit that is due as the one before it was: its date, its meeting, and what people were told of it, stay.

    What moves an item by itself counts from now; else it would be gone again before anybody has looked.
    """
    told = tuple(name for name in before.fired if kind_of(name) in TELLS)
    sittings = as_held(turn.setting, before.sittings, turn.at)
    return replace(visit, since=before.since or before.at, due=before.due, fired=told, sittings=sittings)


def starts(branch: Branch, facts: Facts, item: Item) -> bool:
    """Whether a branch is started (multi-choice)."""
    try:
        return branch.when is None or branch.when.holds(facts)
    except GuardFault as fault:
        obstacle = Obstacle("guard", f"whether branch {branch.name!r} starts cannot be judged: {fault}")
        raise NotNow(item.reference, branch.name, [obstacle]) from fault


def entered(turn: Turn, visits: list[Visit]) -> None:
    """What follows from entering, once the event is recorded: sub-items, effects, word to the owner."""
    for visit in visits:
        stage = turn.stage(visit)
        if stage.sub_items is not None:
            for fields in planned(stage.sub_items, turn.item):
                ask_for_sub_item(turn, stage.sub_items.workflow, visit.number, fields)
        turn.effects(stage.on_entry, stage)
        if stage.end is None:
            topic = "rolled_over" if visit.number in turn.rolled_over else "arrived"
            turn.tell(topic, stage, stage.owner, due=visit.due_on)


def ask_for_sub_item(turn: Turn, workflow: str, visit: int, fields: Mapping[str, Any]) -> None:
    """Ask for one sub-item; visit 0 means that nobody waits for it.

    Args:
        fields: what it begins with; what it is about among them, if that is handed down.
    """
    given = dict(fields)
    about = {SUBJECT: given.pop(SUBJECT)} if SUBJECT in given else {}
    turn.send(Leaves.OPEN_SUB_ITEM, {"workflow": workflow, "visit": visit, **about, "fields": given})


def copied(copies: tuple[tuple[str, str], ...], item: Item) -> dict[str, Any]:
    """Fields that a sub-item begins with: its name for them, and this item's."""
    return {there: item.fields[here] for there, here in copies if here in item.fields}


def opened_by(turn: Turn, opens: Opens) -> Iterator[dict[str, Any]]:
    """The fields of each sub-item that a transition opens."""
    return _each(opens.each, opens.into, copied(opens.copies, turn.item), turn.item, 1)


def planned(wanted: SubItems, item: Item) -> Iterator[dict[str, Any]]:
    """The fields of each sub-item that a stage asks for when it is entered."""
    return _each(wanted.each, wanted.into, copied(wanted.copies, item), item, wanted.count or 0)


def _each(
    each: str | None, into: str | None, fields: dict[str, Any], item: Item, otherwise: int
) -> Iterator[dict[str, Any]]:
    """One for each entry of a list field, or a fixed number."""
    if each is None:
        return (dict(fields) for _ in range(otherwise))
    return ({**fields, **({into: entry} if into else {})} for entry in item.fields.get(each) or ())
