"""Moving: a step is made, stages are left and entered, an item that comes to its end closes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from qa_workflow.definition import GuardFault
from qa_workflow.definition.model import DONE, HERE, SUBJECT, Rest, Transition
from qa_workflow.engine.dates import own_meeting
from qa_workflow.engine.decision import Leaves
from qa_workflow.engine.entering import ask_for_sub_item, begin, entered, opened_by
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.filled_by_step import filled_by_step, unknown_days
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import CLOSED, Item, Visit
from qa_workflow.engine.machine import machines
from qa_workflow.engine.policy import Actor
from qa_workflow.engine.redating import Patch, missed, redated
from qa_workflow.engine.refusals import NotNow, Obstacle
from qa_workflow.engine.turn import Turn
from qa_workflow.engine.values import EMPTY


class Leg(Struct, frozen=True, gc=False):
    """One step out of a visit: by a transition, or (a lapse, a correction) without one. `data` goes into its event.

    `past` has visits that are taken up again, by stage.
    """

    visit: Visit
    transition: Transition | None = None
    kind: Kind = Kind.MOVED
    reason: str | None = None
    actor: Actor | None = None
    data: Mapping[str, Any] = {}
    past: Mapping[str, Visit] = {}


def carry_out(turn: Turn, leg: Leg, given: Mapping[str, Any]) -> None:
    """Make a step that nothing stands against, with all that follows from it in the same event.

    Raises:
        NotNow: the step leads nowhere, because none of its cases holds or one cannot be judged; or a day that it fills
            in is not known yet.
    """
    transition = leg.transition
    assert transition is not None
    target = _target(turn, transition, given, leg.actor)
    data = {**leg.data, "did": transition.path}
    fields = _fields(turn, leg.visit, transition, given)
    if fields:
        data["set"] = fields
    if stands := rested_on(turn, transition, fields):
        data["rests_on"] = stands
    if target == HERE:
        _stay(turn, leg, transition, data)
    else:
        _go(turn, leg, target, data)
    turn.effects(transition.effects, turn.stage(leg.visit))
    for opens in transition.opens:
        for each in opened_by(turn, opens):
            ask_for_sub_item(turn, opens.workflow, 0, each)


def rested_on(turn: Turn, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a step asks for and finds filled in already: it is decided with it, so the step's own event says it too."""
    fields = turn.item.fields
    asked = (name for name in (*transition.needs, *transition.asks) if name not in given)
    return {name: fields[name] for name in asked if fields.get(name) not in EMPTY}


def move(turn: Turn, leg: Leg, target: str) -> None:
    """Go to a stage (or DONE) without a transition: a lapse, a correction."""
    _go(turn, leg, target, dict(leg.data))


def ended(turn: Turn) -> None:
    """An item that is over tells the item that it is part of."""
    item = turn.item
    if item.is_over:
        report(turn, item.outcome or item.status)


def report(turn: Turn, outcome: str | None) -> None:
    """Tell the item that this one is part of how it ended, or (None) that it is open again."""
    item = turn.item
    if item.parent is not None:
        parent, visit = item.parent
        said = {"parent": parent, "visit": visit, "outcome": outcome}
        turn.send(Leaves.REPORT_TO_PARENT, {**said, "reference": item.reference, SUBJECT: item.subject})


def _target(turn: Turn, transition: Transition, given: Mapping[str, Any], actor: Actor | None) -> str:
    flow = turn.workflow.stages[transition.stage].flow
    try:
        target = machines(turn.workflow).leads_to(transition, flow, lambda: turn.facts(given, actor))
    except GuardFault as fault:
        obstacle = Obstacle("guard", f"where it leads cannot be judged: {fault}")
        raise NotNow(turn.item.reference, transition.trigger, [obstacle]) from fault
    if target is None:
        raise NotNow(turn.item.reference, transition.trigger, [Obstacle("guard", "none of its cases holds")])
    return target


def _fields(turn: Turn, visit: Visit, transition: Transition, given: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := unknown_days(turn, visit, transition, given):
        raise NotNow(turn.item.reference, transition.trigger, [Obstacle("guard", each) for each in unknown])
    return {**dict.fromkeys(transition.clears), **given, **filled_by_step(turn, visit, transition, given)}


def _ahead(turn: Turn, leg: Leg, data: Mapping[str, Any]) -> Item:
    """The item as it will be, but for the visits that are still to be worked out."""
    plain = {key: data[key] for key in ("set", "did", "leave", "keep") if key in data}
    who = leg.actor or turn.actor
    return apply(turn.item, Event(turn.item.revision + 1, turn.at, who.name, leg.kind, data=plain))


def _stay(turn: Turn, leg: Leg, transition: Transition, data: dict[str, Any]) -> None:
    """Record without moving: the visit goes on, its clock runs on."""
    leave, patch = _withdrawn(turn, transition)
    if leave:
        data["leave"] = [v.number for v in leave]
        data |= _keep(turn, leave)
    ahead, stays = _ahead(turn, leg, data), _stays(leg, transition)
    if stays != leg.visit:
        patch.append((leg.visit, stays))
        ahead = ahead.with_visit(stays)
    patch += missed(turn, redated(turn, ahead))
    if patch:
        data["patch"] = patch
    turn.touched.update(v.number for v in turn.item.visits)
    _record(turn, leg, leg.visit.stage, data)
    _let_go(turn, leave)


def _stays(leg: Leg, transition: Transition) -> Visit:
    """The visit that goes on: what was voted on is decided, and what time has done it has done."""
    visit = leg.visit
    votes = tuple(vote for vote in visit.votes if vote[0] != transition.trigger)
    timer = leg.data.get("timer")
    return replace(visit, votes=votes, fired=(*visit.fired, timer) if timer else visit.fired)


def _go(turn: Turn, leg: Leg, target: str, data: dict[str, Any]) -> None:
    """Leave the visit and those below it, and enter the target; DONE finishes a branch."""
    item = turn.item
    leave, patch = _leaving(turn, leg)
    if target == DONE:
        patch += _finished(turn, leg.visit)
    else:  # a branch left loose by an earlier visit of this very stage gives way
        leave += [v for v in item.visits if v.loose and v not in leave and _is_below(v.stage, target)]
    data["leave"] = [v.number for v in leave]
    data |= _keep(turn, leave)
    ahead = _ahead(turn, leg, data)
    for _, after in patch:
        ahead = ahead.with_visit(after)
    begun = [] if target == DONE else _begin(turn, leg, ahead, target)
    if begun:
        data["enter"] = begun
        if late := {str(v.number): list(turn.rolled_over[v.number]) for v in begun if v.number in turn.rolled_over}:
            data["rolled_over"] = late
    patch += missed(turn, redated(turn, _entered(ahead, begun, turn.at)))
    if patch:
        data["patch"] = patch
    close(turn, target, ahead, data)
    turn.touched.update(v.number for v in ahead.visits)
    _record(turn, leg, None if target == DONE else target, data)
    turn.effects(turn.stage(leg.visit).on_exit, turn.stage(leg.visit))
    _let_go(turn, leave)
    entered(turn, begun)
    ended(turn)


def _entered(ahead: Item, begun: Sequence[Visit], at: str) -> Item:
    """The item ahead, for dates of what stays open that count from a stage's entry."""
    if not begun or not ahead.visits:
        return ahead
    return replace(ahead, entered={**ahead.entered, **{visit.stage: at for visit in begun}})


def _begin(turn: Turn, leg: Leg, ahead: Item, target: str) -> list[Visit]:
    """The visits that begin.

    A branch that was left loose stays loose from stage to stage. What comes to a public end keeps the meeting that
    decided it: it is public once that has met.
    """
    begun, left = begin(turn, ahead, target, turn.item.last_visit + 1, leg.past), turn.stage(leg.visit)
    if left.flow:
        return [replace(v, loose=leg.visit.loose, onward=True) for v in begun]
    if left.meeting is not None and turn.workflow.stages[target].public:
        met = own_meeting(turn.setting.governance, left, leg.visit)
        return [replace(v, sittings=(met,) if met is not None else ()) for v in begun]
    return begun


def _record(turn: Turn, leg: Leg, target: str | None, data: dict[str, Any]) -> None:
    trigger = leg.transition.trigger if leg.transition else None
    source = leg.visit.stage
    turn.record(leg.kind, trigger=trigger, source=source, target=target, reason=leg.reason, actor=leg.actor, **data)


def _leaving(turn: Turn, leg: Leg) -> tuple[list[Visit], list[Patch]]:
    """The visits that end, and those that change: branches go with their stage, or are left loose by its join."""
    parallel = turn.stage(leg.visit).parallel
    below = [v for v in turn.item.visits if _is_below(v.stage, leg.visit.stage)]
    leave, patch = [leg.visit, *below], list[Patch]()
    if leg.kind is Kind.JOINED and parallel is not None:
        rest = [v for v in below if not _is_left_over(leg.visit, v)]
        if parallel.rest is Rest.CANCELLED:
            leave = [leg.visit, *rest]
        else:
            leave, patch = [leg.visit], [(v, replace(v, loose=parallel.rest.value)) for v in rest]
    if leg.transition is not None:
        withdrawn, changed = _withdrawn(turn, leg.transition)
        leave += [v for v in withdrawn if v not in leave]
        patch += changed
    return leave, patch


def _rest(turn: Turn, visit: Visit) -> Rest | None:
    """What becomes of the sub-items of a visit that are still open when it is left; None where there are none."""
    wanted = turn.stage(visit).sub_items
    return None if wanted is None or len(visit.children) >= visit.expected else wanted.rest


def _keep(turn: Turn, leave: Sequence[Visit]) -> dict[str, Any]:
    """Of the visits that end, those without whose sub-items the item does not close, as the event says it."""
    keep = [v.number for v in leave if _rest(turn, v) is Rest.KEPT]
    return {"keep": keep} if keep else {}


def _let_go(turn: Turn, left: Sequence[Visit]) -> None:
    """Sub-items that nobody waits for any more are withdrawn where the definition says so."""
    for visit in left:
        if _rest(turn, visit) is Rest.CANCELLED:
            withdraw_sub_items(turn, "no longer waits for it", visit=visit.number)


def withdraw_sub_items(turn: Turn, what: str, why: str = "", **which: int) -> None:
    """Let go of the sub-items of an item, or of those of one visit.

    Those that are about another organisation are told no more of the item above than that it has let them go.
    """
    item = turn.item
    said = {"reason": f"{item.reference} {what}{why}", "to_others": f"the item that it is part of {what}"}
    turn.send(Leaves.CANCEL_SUB_ITEMS, {**said, SUBJECT: item.subject, **which})


def _is_left_over(parallel: Visit, visit: Visit) -> bool:
    """Whether a visit was left loose by a join within a branch that is finished by now."""
    branch = visit.stage.removeprefix(f"{parallel.stage}.").partition(".")[0]
    return visit.loose is not None and branch in parallel.finished


def _withdrawn(turn: Turn, transition: Transition) -> tuple[list[Visit], list[Patch]]:
    """Branches that a step takes out: their visits end, and their stage's join no longer counts them."""
    leave: list[Visit] = []
    patch: list[Patch] = []
    for path in transition.cancels:
        gone = [v for v in turn.item.visits if v.stage == path or _is_below(v.stage, path)]
        above, _, name = path.rpartition(".")
        parallel = turn.item.at_stage(above)
        if gone and parallel is not None:
            leave += gone
            patch.append((parallel, replace(parallel, started=tuple(b for b in parallel.started if b != name))))
    return leave, patch


def _finished(turn: Turn, visit: Visit) -> list[Patch]:
    """The parallel stage above learns that this branch is done; nobody waits for one that was left loose."""
    above, _, branch = turn.stage(visit).flow.rpartition(".")
    parent = next((v for v in turn.item.visits if v.stage == above), None)
    if parent is None or (visit.loose is not None and parent.loose is None):
        return []
    return [(parent, replace(parent, finished=(*parent.finished, branch)))]


def close(turn: Turn, target: str, ahead: Item, data: dict[str, Any]) -> None:
    """An item closes at an end stage, when nothing is left that must still be finished; ignored branches end with it.

    Args:
        target: where the item goes; DONE where it stays.
    """
    ends = (turn.stage(v).end for v in ahead.visits)
    outcome = turn.workflow.stages[target].end if target != DONE else next((end for end in ends if end), None)
    if outcome is None or ahead.awaits or any(v.loose == Rest.KEPT.value for v in ahead.visits):
        return
    ignored = [v.number for v in ahead.visits if v.loose == Rest.IGNORED.value]
    data["leave"] = [*data.get("leave", ()), *ignored]
    data["status"], data["outcome"] = CLOSED, outcome


def _is_below(path: str, above: str) -> bool:
    return path.startswith(f"{above}.")
