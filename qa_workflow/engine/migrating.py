"""An item goes on under another version of its definition: its stages, branches, dates and holders find their place.

A visit that goes on keeps its number, so that sub-items still find it. What it goes on in, and when it is due, the
event says in full, and nothing is worked out when it is replayed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from qa_workflow.calendar import CalendarFault, parse_period
from qa_workflow.definition.model import Rest, Stage, Workflow
from qa_workflow.engine.commands import Migrate
from qa_workflow.engine.entering import ask_for_sub_item, begin, entered, planned, starts
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import Item, Visit
from qa_workflow.engine.joins import settle
from qa_workflow.engine.moves import withdraw_sub_items
from qa_workflow.engine.placing import Places, places
from qa_workflow.engine.policy import ENGINE
from qa_workflow.engine.redating import Patch, missed
from qa_workflow.engine.refusals import BadValue, ItemIsOver, NeedsChoice, Nonsense, Obstacle
from qa_workflow.engine.routes import Route
from qa_workflow.engine.shifting import Shift, is_restarted, shifted
from qa_workflow.engine.steps import act_as, require, require_reason
from qa_workflow.engine.timer_names import OVERDUE
from qa_workflow.engine.turn import Turn
from qa_workflow.engine.values import accept


def migrate(turn: Turn, command: Migrate) -> None:
    """Move an item to another version.

    Raises:
        NeedsChoice: a stage is gone and nothing says where to, a value no longer fits, or a join that is met leads
            nowhere yet; every reason is named.
        Nonsense: it is under that version already, or the version is of another workflow.
    """
    item, old, new = turn.item, turn.workflow, command.to
    if item.is_over:
        raise ItemIsOver(item.reference, item.status, turn.words(item.ended_at), item.outcome)
    if new.name != item.workflow:
        raise Nonsense(item.reference, f"it is an item of {item.workflow!r}, and this is a version of {new.name!r}")
    if new.hash == item.definition:
        raise Nonsense(item.reference, "it is under this version already")
    require_reason(turn, command.reason)
    if not turn.actor.is_house:  # the house only asks what would become of it
        act_as(turn, require(turn, "publish", "move it to another version"))
    route = Route(old, new, command.instead)
    found = places(old, new, item, route)
    obstacles = [*_unfit(turn, new), *found.obstacles]
    if obstacles:
        raise NeedsChoice(item.reference, obstacles)
    _late_by_then(turn, command, route, found)
    turn.workflow = new
    _go_on(turn, command, old, route, found)
    settle(turn)
    waits = [Obstacle("guard", event.reason or "") for event in turn.events if event.kind is Kind.WAIVED]
    if waits:  # under this version it would stand still; whoever moves it is told now
        raise NeedsChoice(item.reference, waits)


def _unfit(turn: Turn, new: Workflow) -> Iterator[Obstacle]:
    """What the item is, or holds, that the version has no room for."""
    item, old, governance = turn.item, turn.workflow, turn.setting.governance
    subject = governance.organisations.get(item.subject or "")
    if new.subject is not None and not new.is_about(subject.kind if subject else None):
        yield Obstacle("subject", f"items of that version are each about one {new.subject}, and this one is not")
    if new.period is not None:
        try:
            parse_period(new.period, item.period or "")
        except CalendarFault:
            kind = new.period.replace("_", " ")
            yield Obstacle("period", f"items of that version are each about one {kind}, and this one is not")
    for name, field in new.fields.items():
        value, before = item.fields.get(name), old.fields.get(name)
        if value is None or (before is not None and (before.type, before.options) == (field.type, field.options)):
            continue
        try:
            accept(new, {name: value}, governance)
        except BadValue as fault:
            yield Obstacle("field", f"{fault}; correct or empty it first")


def _late_by_then(turn: Turn, command: Migrate, route: Route, found: Places) -> None:
    """What had become late under the version that it leaves, looked at or not, is on record before its date moves."""
    if any(t.name == OVERDUE and t.fire_at <= turn.now for visit in turn.item.visits for t in turn.timers(visit)):
        shift = _shift(turn, command, turn.workflow, route, _plain(turn.item, command, turn.workflow, route, found))
        missed(turn, [(before, shifted(shift, before, visit)) for before, visit in _going_on(shift)])


def _shift(turn: Turn, command: Migrate, old: Workflow, route: Route, data: dict[str, Any]) -> Shift:
    """Where it goes, by what the event says before dates are worked out."""
    item = turn.item
    ahead = apply(item, Event(item.revision + 1, turn.at, turn.actor.name, Kind.MIGRATED, data=data))
    return Shift(turn, item, old, ahead, command, route)


def _going_on(shift: Shift) -> list[Patch]:
    """The visits that go on, as they were and as they will be but for what `shifted` works out."""
    return [(b, after) for b in shift.item.visits if (after := shift.ahead.visit(b.number)) is not None]


def _go_on(turn: Turn, command: Migrate, old: Workflow, route: Route, found: Places) -> None:
    data = _plain(turn.item, command, old, route, found)
    shift = _shift(turn, command, old, route, data)
    item, ahead, pairs = shift.item, shift.ahead, _going_on(shift)
    for before, visit in pairs:
        after = found.settled(visit, shifted(shift, before, visit))
        starting = _starting(turn, ahead, found, visit.number)
        asked = _asked(old, before, turn, after, ahead)
        after = replace(after, started=(*after.started, *starting), expected=after.expected + len(asked))
        if after != visit:
            data.setdefault("patch", []).append((visit, after))
    for _, after in data.get("patch", ()):
        ahead = ahead.with_visit(after)
    fresh = _fresh(turn, ahead, found)
    if fresh:
        data["enter"] = fresh
    _record(turn, command, data, replace(ahead, visits=(*ahead.visits, *fresh)))
    for number in found.leave:
        left = item.visit(number)
        if left is not None and _rest(old.stages[left.stage], left) is Rest.CANCELLED:
            withdraw_sub_items(turn, "no longer waits for it", visit=number)
    for before, visit in pairs:
        _follow(turn, old, before, visit.number)
    entered(turn, fresh)


def _plain(item: Item, command: Migrate, old: Workflow, route: Route, found: Places) -> dict[str, Any]:
    """What the event says of names, places, fields and visits that end; the rest is worked out upon it."""
    data: dict[str, Any] = {"pins": [command.version, command.to.hash]}
    stages, steps = route.renamed(item)
    if stages or steps:
        data["renamed"] = {"stages": stages, "steps": steps}
    was = {v.number: old.stages[v.stage] for v in item.visits}
    places = {str(n): path for n, path in found.stages.items() if path != stages.get(was[n].path, was[n].path)}
    if places:
        data["places"] = places
    if restarted := [n for n, path in found.stages.items() if is_restarted(old, was[n], path, command)]:
        data["restarted"] = restarted
    if found.leave:
        data["leave"] = list(found.leave)
    if keep := [n for n in found.leave if _rest(was[n], item.visit(n)) is Rest.KEPT]:
        data["keep"] = keep
    defaults = {n: f.default for n, f in command.to.fields.items() if f.default is not None and n not in old.fields}
    if fields := {name: value for name, value in defaults.items() if name not in item.fields}:
        data["set"] = fields
    return data


def _rest(stage: Stage, visit: Visit | None) -> Rest | None:
    """What becomes of the sub-items that are still open when a visit ends; None where there are none."""
    wanted = stage.sub_items
    return None if wanted is None or visit is None or len(visit.children) >= visit.expected else wanted.rest


def _follow(turn: Turn, old: Workflow, before: Visit, number: int) -> None:
    """What follows for a visit that goes on: sub-items are asked for, people are told."""
    after = turn.item.visit(number)
    if after is None:
        return
    for given in _asked(old, before, turn, after, turn.item):
        wanted = turn.stage(after).sub_items
        assert wanted is not None
        ask_for_sub_item(turn, wanted.workflow, number, given)
    _tell(turn, old, before, after)


def _asked(old: Workflow, before: Visit, turn: Turn, after: Visit, item: Item) -> list[dict[str, Any]]:
    """Sub-items that a stage wants which asked for none before."""
    wanted = turn.workflow.stages[after.stage].sub_items
    return [] if wanted is None or old.stages[before.stage].sub_items is not None else list(planned(wanted, item))


def _starting(turn: Turn, ahead: Item, found: Places, number: int) -> list[str]:
    """The branches that the version adds to a stage and that start for this item."""
    facts = turn.facts(actor=ENGINE, item=ahead)
    return [branch.name for parent, branch in found.fresh if parent == number and starts(branch, facts, ahead)]


def _fresh(turn: Turn, ahead: Item, found: Places) -> list[Visit]:
    """The visits of those branches: they begin now, as on entering."""
    begun: list[Visit] = []
    for parent, branch in found.fresh:
        visit = ahead.visit(parent)
        if visit is not None and branch.name in visit.started:
            begun += begin(turn, ahead, branch.start, ahead.last_visit + 1 + len(begun))
    return begun


def _record(turn: Turn, command: Migrate, data: dict[str, Any], ahead: Item) -> None:
    item = turn.item
    before = {v.number: v for v in item.visits}
    here, there = (", ".join(v.stage for v in each.leaves()) for each in (item, ahead))
    dates = [
        [after.stage, was.due_on, after.due_on]
        for _, after in data.get("patch", ())
        if (was := before[after.number]).due != after.due
    ]
    turn.touched.update(before)
    turn.record(
        Kind.MIGRATED,
        source=here,
        target=there if there != here else None,
        reason=command.reason.strip(),
        **data,
        before=[item.version, item.definition],
        approver=command.approver,
        instead=dict(command.instead),
        dates=dates,
    )


def _tell(turn: Turn, old: Workflow, before: Visit, after: Visit) -> None:
    """Whoever has it now is told, where that is somebody else, or the date is another."""
    stage, was = turn.stage(after), old.stages[before.stage]
    due = after.due_on
    if stage.owner != was.owner or stage.title != was.title:
        turn.tell("arrived", stage, stage.owner, due=due)
    elif due != before.due_on:
        turn.tell("date_changed", stage, stage.owner, due=due)
