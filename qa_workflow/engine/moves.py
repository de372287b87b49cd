"""Moving: a step is made, stages are left and entered, joins that are met follow by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from qa_workflow.calendar import AnchorKind, anchor_of
from qa_workflow.definition import GuardFault
from qa_workflow.definition.model import DONE, HERE, JOINED, Join, JoinKind, Opens, Rest, Stage, SubItems, Transition
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.decision import Leaves
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import CLOSED, Item, Visit
from qa_workflow.engine.machine import machines
from qa_workflow.engine.policy import ENGINE, Actor
from qa_workflow.engine.refusals import NotNow, Obstacle
from qa_workflow.engine.turn import Turn

_NOT_WAITED_FOR = Join(JoinKind.NONE)
MOST_JOINS = 1000
"""More joins than this in one decision mean a definition that turns in circles; the check should have refused it."""


def carry_out(
    turn: Turn,
    visit: Visit,
    transition: Transition,
    given: Mapping[str, Any],
    reason: str | None = None,
    *,
    kind: Kind = Kind.MOVED,
    actor: Actor | None = None,
    **data: Any,
) -> None:
    """Make a step that nothing stands against, with all that follows from it in the same event.

    Raises:
        NotNow: the step leads nowhere, because none of its cases holds or one cannot be judged.
    """
    stage = turn.stage(visit)
    target = _target(turn, transition, stage, given, actor)
    fields = _fields(turn, transition, given)
    if fields:
        data["set"] = fields
    if target == HERE:
        _stay(turn, visit, transition, reason, kind, actor, data)
    else:
        _go(turn, visit, transition, target, reason, kind, actor, data)
    turn.effects(transition.effects, stage)
    for opens in transition.opens:
        for entry in _entries(turn, opens):
            turn.send(Leaves.OPEN_SUB_ITEM, {"workflow": opens.workflow, "visit": 0, "fields": entry})


def move(
    turn: Turn, visit: Visit, target: str, kind: Kind, reason: str | None, actor: Actor | None = None, **data: Any
) -> None:
    """Go to a stage (or DONE) without a transition: a lapse, a correction."""
    _go(turn, visit, None, target, reason, kind, actor, data)


def settle(turn: Turn) -> None:
    """Follow every join that is met, until none is."""
    for _ in range(MOST_JOINS):
        waiting = next((v for v in turn.item.visits if not turn.item.is_over and is_met(turn, v)), None)
        if waiting is None:
            return
        transition = turn.stage(waiting).transitions[JOINED]
        carry_out(turn, waiting, transition, {}, kind=Kind.JOINED, actor=ENGINE)
    raise NotNow(
        turn.item.reference,
        JOINED,
        [Obstacle("circle", "the workflow turns in circles without end; mend its definition")],
    )


def is_met(turn: Turn, visit: Visit) -> bool:
    """Whether a parallel or sub-item stage has what it waits for."""
    stage = turn.stage(visit)
    if stage.parallel is not None:
        return is_join_met(stage, visit)
    if stage.sub_items is not None:
        wanted = stage.sub_items
        if wanted.more and wanted.join.kind is not JoinKind.NONE and visit.expected == 0:
            return False
        return len(visit.children) >= wanted.join.needed(visit.expected)
    return False


def is_join_met(stage: Stage, visit: Visit) -> bool:
    """The join counts over the branches that were started; optional ones are not waited for unless all are."""
    assert stage.parallel is not None
    join = stage.parallel.join
    if join.kind is JoinKind.ALL:
        required = [b for b in visit.started if not stage.parallel.branches[b].optional] or visit.started
        return all(b in visit.finished for b in required)
    return len(visit.finished) >= join.needed(len(visit.started))


def begin(turn: Turn, item: Item, path: str, number: int) -> list[Visit]:
    """The visits that begin when a stage is entered: its own, then those of its branches. `item` is as it will be then."""
    stage = turn.workflow.stages[path]
    visit = Visit(number, path, turn.at)
    below: list[Visit] = []
    if stage.parallel is not None:
        facts = turn.facts(item.fields)
        for branch in stage.parallel.branches.values():
            if branch.when is None or branch.when.holds(facts) is True:
                visit = replace(visit, started=(*visit.started, branch.name))
                below += begin(turn, item, branch.start, number + 1 + len(below))
    if stage.sub_items is not None:
        visit = replace(visit, expected=len(sub_item_fields(stage.sub_items, item)))
    return [Dates(turn.workflow, item, turn.setting, turn.now).due(stage, visit), *below]


def entered(turn: Turn, visits: list[Visit]) -> None:
    """What follows from entering, after the event is recorded: sub-items, effects, word to the owner."""
    for visit in visits:
        stage = turn.stage(visit)
        if stage.sub_items is not None:
            for fields in sub_item_fields(stage.sub_items, turn.item):
                open_sub_item(turn, stage.sub_items, visit, fields)
        turn.effects(stage.on_entry, stage)
        if stage.end is None and stage.owner:
            turn.tell("arrived", stage, stage.owner, due=visit.due.on if visit.due else None)


def open_sub_item(turn: Turn, wanted: SubItems, visit: Visit, fields: Mapping[str, Any]) -> None:
    """Ask for one sub-item that this visit waits for."""
    turn.send(Leaves.OPEN_SUB_ITEM, {"workflow": wanted.workflow, "visit": visit.number, "fields": dict(fields)})


def sub_item_fields(wanted: SubItems, item: Item) -> list[dict[str, Any]]:
    """The fields of each sub-item to be opened at entry."""
    copied = {there: item.fields[here] for there, here in wanted.copies if here in item.fields}
    if wanted.each is not None:
        entries = item.fields.get(wanted.each) or []
        return [{**copied, **({wanted.into: entry} if wanted.into else {})} for entry in entries]
    return [dict(copied) for _ in range(wanted.count or 0)]


def redated(turn: Turn, item: Item, leaving: set[int]) -> list[tuple[Visit, Visit]]:
    """Open visits whose due date moves because of what the item will then be; what they had fired for it may fire again."""
    changed: list[tuple[Visit, Visit]] = []
    dates = Dates(turn.workflow, item, turn.setting, turn.now)
    for visit in item.visits:
        if visit.number not in leaving:
            new = dates.due(turn.workflow.stages[visit.stage], visit)
            if new != visit:
                changed.append((visit, rearmed(turn, visit, new)))
    return changed


def rearmed(turn: Turn, before: Visit, after: Visit) -> Visit:
    """A visit whose due date has moved ahead: what time had done about the old date it may do about the new one."""
    if after.due == before.due or after.due is None or after.due.at < turn.at:
        return after
    stage = turn.stage(after)
    kept = tuple(name for name in after.fired if not _hangs_on_due(stage, name))
    return replace(after, fired=kept, waived=tuple(name for name in after.waived if not _hangs_on_due(stage, name)))


def _hangs_on_due(stage: Stage, timer: str) -> bool:
    name, _, rest = timer.partition(".")
    if name != "at":
        return name in ("overdue", "remind", "escalate")
    rule = stage.transitions[rest].at
    anchor = anchor_of(rule.rule) if rule else None
    return anchor is not None and anchor.kind is AnchorKind.DUE


def _target(turn: Turn, transition: Transition, stage: Stage, given: Mapping[str, Any], actor: Actor | None) -> str:
    try:
        target = machines(turn.workflow).leads_to(transition, stage.flow, turn.facts(given, actor))
    except GuardFault as fault:
        raise NotNow(
            turn.item.reference, transition.trigger, [Obstacle("guard", f"where it leads cannot be judged: {fault}")]
        ) from fault
    if target is None:
        raise NotNow(turn.item.reference, transition.trigger, [Obstacle("guard", "none of its cases holds")])
    return target


def _fields(turn: Turn, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    fixed = {name: turn.today.isoformat() if value == "today" else value for name, value in transition.sets}
    return {**dict.fromkeys(transition.clears), **given, **fixed}


def _ahead(turn: Turn, actor: Actor | None, data: Mapping[str, Any]) -> Item:
    """The item as it will be, but for the visits that are still to be worked out."""
    plain = {key: data[key] for key in ("set", "did", "leave") if key in data}
    who = actor or turn.actor
    if turn.item.revision == 0:
        return turn.item
    return apply(turn.item, Event(turn.item.revision + 1, turn.at, who.name, Kind.MOVED, data=plain))


def _stay(
    turn: Turn,
    visit: Visit,
    transition: Transition,
    reason: str | None,
    kind: Kind,
    actor: Actor | None,
    data: dict[str, Any],
) -> None:
    data["did"] = transition.path
    leave, patch = _withdrawn(turn, transition)
    if leave:
        data["leave"] = [v.number for v in leave]
    patch += redated(turn, _ahead(turn, actor, data), {b.number for b, _ in patch} | {v.number for v in leave})
    if patch:
        data["patch"] = patch
    turn.touched.update(v.number for v in turn.item.visits)
    turn.record(
        kind, trigger=transition.trigger, source=visit.stage, target=visit.stage, reason=reason, actor=actor, **data
    )


def _go(
    turn: Turn,
    visit: Visit,
    transition: Transition | None,
    target: str,
    reason: str | None,
    kind: Kind,
    actor: Actor | None,
    data: dict[str, Any],
) -> None:
    stage, item = turn.stage(visit), turn.item
    if transition is not None:
        data["did"] = transition.path
    leave, patch = _leaving(turn, visit, transition, kind)
    data["leave"] = [v.number for v in leave]
    if target == DONE and visit.loose is None:
        patch += _finished(turn, visit)
    ahead = _ahead(turn, actor, data)
    begun = [] if target == DONE else begin(turn, ahead, target, item.last_visit + 1)
    ending = turn.workflow.stages[target].end if target != DONE else None
    gone = set(data["leave"])
    if begun:
        data["enter"] = begun
        stale = [v for v in item.visits if v.loose and v.number not in gone and _is_below(v.stage, target)]
        data["leave"] += [v.number for v in stale]
        gone.update(v.number for v in stale)
    moved = [(b, a) for b, a in redated(turn, ahead, gone) if not any(b.number == p.number for p, _ in patch)]
    if patch or moved:
        data["patch"] = [*patch, *moved]
    turn.touched.update(v.number for v in item.visits if v.number not in gone)
    _closing(turn, ending, gone, data)
    trigger = transition.trigger if transition else None
    turn.record(
        kind,
        trigger=trigger,
        source=visit.stage,
        target=None if target == DONE else target,
        reason=reason,
        actor=actor,
        **data,
    )
    turn.effects(stage.on_exit, stage)
    entered(turn, begun)
    ended(turn)


def _leaving(
    turn: Turn, visit: Visit, transition: Transition | None, kind: Kind
) -> tuple[list[Visit], list[tuple[Visit, Visit]]]:
    """The visits that end, and those that change: branches below go with their stage, or are left loose by its join."""
    stage = turn.stage(visit)
    below = [v for v in turn.item.visits if _is_below(v.stage, visit.stage)]
    patch: list[tuple[Visit, Visit]] = []
    if kind is Kind.JOINED and stage.parallel is not None and stage.parallel.rest is not Rest.CANCELLED:
        patch = [(v, replace(v, loose=stage.parallel.rest.value)) for v in below]
        below = []
    leave = [visit, *below]
    if transition is not None:
        withdrawn, changed = _withdrawn(turn, transition)
        leave += [v for v in withdrawn if v not in leave]
        patch += changed
    return leave, patch


def _withdrawn(turn: Turn, transition: Transition) -> tuple[list[Visit], list[tuple[Visit, Visit]]]:
    """Branches that a step takes out: their visits end, and their stage's join no longer counts them."""
    leave: list[Visit] = []
    patch: list[tuple[Visit, Visit]] = []
    for path in transition.cancels:
        gone = [v for v in turn.item.visits if v.stage == path or _is_below(v.stage, path)]
        above, _, name = path.rpartition(".")
        parallel = turn.item.at_stage(above)
        if gone and parallel is not None:
            leave += gone
            patch.append((parallel, replace(parallel, started=tuple(b for b in parallel.started if b != name))))
    return leave, patch


def _finished(turn: Turn, visit: Visit) -> list[tuple[Visit, Visit]]:
    """The parallel stage above learns that this branch is done."""
    above, _, branch = turn.stage(visit).flow.rpartition(".")
    parent = next((v for v in turn.item.visits if v.stage == above), None)
    return [] if parent is None else [(parent, replace(parent, finished=(*parent.finished, branch)))]


def _closing(turn: Turn, ending: str | None, gone: set[int], data: dict[str, Any]) -> None:
    """An item closes at an end stage, when no branch is left that must still be finished; ignored ones end with it."""
    rest = [v for v in turn.item.visits if v.number not in gone]
    at_end = next((turn.stage(v).end for v in rest if turn.stage(v).end), ending)
    if at_end is None or any(v.loose == Rest.KEPT.value for v in rest):
        return
    data["leave"] += [v.number for v in rest if v.loose == Rest.IGNORED.value]
    data["status"], data["outcome"] = CLOSED, at_end


def ended(turn: Turn) -> None:
    """An item that is over tells the item it hangs on."""
    if turn.item.is_over and turn.item.parent is not None:
        payload = {"parent": turn.item.parent[0], "visit": turn.item.parent[1], "reference": turn.item.reference}
        turn.send(Leaves.REPORT_TO_PARENT, {**payload, "outcome": turn.item.outcome or turn.item.status})


def _entries(turn: Turn, opens: Opens) -> list[dict[str, Any]]:
    wanted = SubItems(opens.workflow, _NOT_WAITED_FOR, 1, opens.each, opens.into, copies=opens.copies)
    return sub_item_fields(wanted, turn.item)


def _is_below(path: str, above: str) -> bool:
    return path.startswith(f"{above}.")
