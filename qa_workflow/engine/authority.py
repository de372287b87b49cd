"""What is done to an item beside its transitions, always with a right and a reason: hold, cancel, correct, assign."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from qa_workflow.calendar import AnchorKind, anchor_of, end_of_day, local_date, long_date
from qa_workflow.calendar.zones import aware
from qa_workflow.engine.commands import Assign, Cancel, ChangeDate, Correct, MeetingMoved, PutOnHold, Resume
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import CANCELLED, CLOSED, HELD, OPEN, Due, Sitting, Visit, instant, stamp
from qa_workflow.engine.joins import settle
from qa_workflow.engine.moves import Leg, ended, move, report, withdraw_sub_items
from qa_workflow.engine.past import may_be_put_at
from qa_workflow.engine.policy import Actor, actor_of, capacity, right
from qa_workflow.engine.redating import caught_up, missed, rearmed, redated
from qa_workflow.engine.refusals import ItemIsOver, Nonsense, NotAllowed
from qa_workflow.engine.steps import (
    act_as,
    ensure_able,
    ensure_open,
    ensure_turn,
    find_visit,
    may_move_dates,
    require,
    require_reason,
    set_fields,
)
from qa_workflow.engine.turn import Turn
from qa_workflow.engine.values import accept

YEARS, HOLD_YEARS = 50, 10
"""Nobody means a due date, or the end of a hold, further off than this; and calendars end somewhere."""


def put_on_hold(turn: Turn, command: PutOnHold) -> None:
    """Stop the clock. What a hold pauses is made up for when it ends; other dates stay, and are told of."""
    ensure_open(turn)
    require_reason(turn, command.reason)
    act_as(turn, require(turn, "hold", "put it on hold"))
    until = _end_of_hold(turn, command.until) if command.until is not None else None
    turn.touched.update(v.number for v in turn.item.visits)
    hold = [turn.at, command.reason, turn.actor.name, until]
    turn.record(Kind.HELD, reason=command.reason, hold=hold, status=HELD)


def _end_of_hold(turn: Turn, until: datetime) -> str:
    if until.utcoffset() is None:
        aware(until)  # which refuses it
    if until <= turn.now:
        raise Nonsense(turn.item.reference, "the hold would end before it begins; give a later time, or none")
    if until.year - turn.now.year > HOLD_YEARS:
        why = f"the hold would end more than {HOLD_YEARS} years from now; mend the year, or leave the end open"
        raise Nonsense(turn.item.reference, why)
    return stamp(until)


def resume(turn: Turn, command: Resume, actor: Actor | None = None) -> None:
    """Run the clock again: the item remembers the pause, and due dates that it stops move by it."""
    item = turn.item
    if item.is_over or item.hold is None:
        ensure_open(turn)
        raise Nonsense(item.reference, "it is not on hold")
    if actor is None:
        act_as(turn, require(turn, "hold", "resume it"))
    ahead = replace(item, status=OPEN, hold=None, pauses=(*item.pauses, (item.hold.since, turn.at)))
    turn.touched.update(v.number for v in item.visits)
    patch = redated(turn, ahead)
    turn.record(Kind.RESUMED, reason=command.reason, actor=actor, hold=None, status=OPEN, patch=patch)
    settle(turn)


def cancel(turn: Turn, command: Cancel) -> None:
    """Withdraw the item with its sub-items."""
    item = turn.item
    if item.is_over:
        raise ItemIsOver(item.reference, item.status, turn.words(item.ended_at), item.outcome)
    require_reason(turn, command.reason)
    if not turn.actor.is_house:
        act_as(turn, require(turn, "cancel", "cancel it"))
    source = ", ".join(v.stage for v in item.leaves())
    turn.touched.update(v.number for v in item.visits)
    turn.record(Kind.CANCELLED, source=source, reason=command.reason, status=CANCELLED, outcome="cancelled", hold=None)
    withdraw_sub_items(turn, "was cancelled", f": {command.reason}")
    ended(turn)


def correct(turn: Turn, command: Correct) -> None:
    """Put right what was recorded wrongly, also on an item that is over: an event is added, none is edited."""
    require_reason(turn, command.reason)
    act_as(turn, require(turn, "correct", "correct it"))
    if command.corrects is not None and not 1 <= command.corrects <= turn.item.revision:
        raise Nonsense(turn.item.reference, f"it has no event {command.corrects}; its last is {turn.item.revision}")
    if not command.fields and command.stage is None and command.corrects is None:
        raise Nonsense(turn.item.reference, "nothing to correct: name a field, a stage, or the event that was wrong")
    extra: dict[str, Any] = {} if command.corrects is None else {"corrects": command.corrects}
    given = accept(turn.workflow, command.fields, turn.setting.governance)
    may_move_dates(turn, given, command.reason, "correct")
    if given or command.stage is None:
        set_fields(turn, Kind.CORRECTED, given, command.reason, **extra)
    if command.stage is None:
        settle(turn)
    else:
        _put_back(turn, command, command.stage, extra)


def _put_back(turn: Turn, command: Correct, path: str, extra: dict[str, Any]) -> None:
    stage, possible = turn.workflow.stages.get(path), may_be_put_at(turn.workflow, turn.item)
    if stage is None or path not in possible:
        what = "is not a stage of the main line" if stage is None or stage.flow else "is where it has never been"
        said = f"{path!r} {what}; a correction puts it back to {', '.join(possible)}, onward it goes by its steps"
        raise Nonsense(turn.item.reference, said)
    if turn.item.status == HELD:
        ensure_open(turn)
    top = next(v for v in turn.item.visits if not turn.stage(v).flow)
    reopens: dict[str, Any] = {"status": OPEN} if turn.item.status in (CLOSED, CANCELLED) and stage.end is None else {}
    leg = Leg(top, kind=Kind.CORRECTED, reason=command.reason, data={**extra, **reopens}, past=command.past)
    move(turn, leg, path)
    _may_be_due_then(turn, command)
    if reopens:
        report(turn, None)
    settle(turn)


def _may_be_due_then(turn: Turn, command: Correct) -> None:
    """A field that was changed meanwhile moves no date that was known by a stage's being put back to, either."""
    for visit in turn.item.visits:
        before = command.past.get(visit.stage)
        rule = turn.stage(visit).due
        anchor = anchor_of(rule.rule) if rule is not None else None
        if before is None or before.due is None or visit.due is None or anchor is None:
            continue
        if anchor.kind is AnchorKind.FIELD and before.due.on != visit.due.on:
            require(turn, "change_date", "put it back to a stage with another due date than it had there")


def change_date(turn: Turn, command: ChangeDate) -> None:
    """Another due date for this item alone; the date first given stays on record, and the definition is untouched."""
    ensure_open(turn)
    require_reason(turn, command.reason)
    if not command.basis.strip():
        raise Nonsense(turn.item.reference, "say on what basis the date is changed")
    act_as(turn, require(turn, "change_date", "change its due date"))
    if abs(command.on.year - int(turn.at[:4])) > YEARS:
        raise Nonsense(turn.item.reference, f"{long_date(command.on)} is more than {YEARS} years away; mend the year")
    zone = turn.setting.calendar(turn.workflow).zone
    opened = local_date(instant(turn.item.opened_at), zone)
    if command.on < opened:
        was = f"is before it was opened, on {long_date(opened)}"
        raise Nonsense(turn.item.reference, f"{long_date(command.on)} {was}; give a later day")
    visit = _visit_with_due(turn, command.stage)
    on, at = command.on.isoformat(), stamp(end_of_day(command.on, zone))
    if visit.due is not None and visit.due.on == on:
        raise Nonsense(turn.item.reference, f"it is due on {long_date(command.on)} already; give another day")
    approver = command.approver or turn.actor.name
    _ensure_approves(turn, approver)
    by = "" if approver == turn.actor.name else f", approved by {approver}"
    why = f"Changed to {long_date(command.on)} by {turn.actor.name}{by} on this basis: {command.basis}."
    first = visit.due or Due(on, at, why, on, at)
    due = Due(on, at, why, first.first_on, first.first_at, fixed=True, runs=True)
    patch = missed(turn, [(visit, rearmed(turn, turn.item, visit, replace(visit, due=due)))])
    facts: dict[str, Any] = {
        "basis": command.basis,
        "approver": approver,
        "before": visit.due_on,
        "after": on,
    }
    turn.record(Kind.DATE_CHANGED, source=visit.stage, reason=command.reason, patch=patch, **facts)
    turn.tell("date_changed", turn.stage(visit), turn.stage(visit).owner, due=on)


def _ensure_approves(turn: Turn, name: str) -> None:
    """A date is changed on the authority of somebody who has it; who is given more time does not approve of it."""
    person = turn.setting.governance.people.get(name)
    if person is None:
        raise Nonsense(turn.item.reference, f"{name!r} is not known; name an approver of the governance file")
    allowed = right("change_date", turn.workflow, turn.setting.governance)
    approver = actor_of(person, turn.setting.governance, turn.today)
    if capacity(allowed, approver, turn.item, turn.setting.governance) is None:
        raise NotAllowed(turn.item.reference, "approve another due date", name, allowed.words)


def _visit_with_due(turn: Turn, stage: str | None) -> Visit:
    if stage is not None:
        return find_visit(turn, stage)
    dated = [v for v in turn.item.visits if v.due is not None]
    return dated[0] if len(dated) == 1 else find_visit(turn, None)


def assign(turn: Turn, command: Assign) -> None:
    """Give what is open to another person, who must be one of those who may act there."""
    ensure_open(turn)
    require_reason(turn, command.reason)
    act_as(turn, require(turn, "assign", "assign it"))
    visit = find_visit(turn, command.stage)
    owner = turn.stage(visit).owner
    person = turn.setting.governance.people.get(command.person)
    if person is None:
        raise Nonsense(turn.item.reference, f"{command.person!r} is not known; see the people of the governance file")
    given = actor_of(person, turn.setting.governance, turn.today)
    if capacity(owner, given, turn.item, turn.setting.governance) is None:
        raise NotAllowed(turn.item.reference, f"be given {turn.stage(visit).title!r}", command.person, owner.words)
    ensure_able(turn, visit, given, "assign")
    ensure_turn(turn, visit, "assign")
    patch = [(visit, replace(visit, holder=command.person))]
    turn.record(
        Kind.ASSIGNED, source=visit.stage, reason=command.reason, patch=patch, to=command.person, before=visit.holder
    )
    if command.person != turn.actor.name:
        due = visit.due_on
        turn.tell("assigned", turn.stage(visit), command.person, due=due)


def meeting_moved(turn: Turn, command: MeetingMoved) -> None:
    """Every due date that depends on a meeting moves with it; called off, the next meeting counts.

    What had passed it over, its papers having come too late, waits for it if they are in time for it now; and so does
    what had no meeting to wait for.
    """
    if turn.item.is_over:
        return
    patch: list[tuple[Visit, Visit]] = []
    for visit in turn.item.visits:
        sitting = visit.sitting(command.body)
        kept = tuple(s for s in visit.sittings if s is not sitting)
        if sitting is None or sitting.key != command.key:
            new = _taken_up(turn, visit, kept, sitting, command)
        else:
            if command.at is not None:
                kept = tuple(Sitting(s.body, s.key, stamp(command.at)) if s is sitting else s for s in visit.sittings)
            new = turn.dates().due(turn.stage(visit), replace(visit, sittings=kept))
        if new == visit:
            continue
        patch.append((visit, rearmed(turn, turn.item, visit, new)))
    if not patch:
        return
    patch = missed(turn, patch)
    moves = [[b.stage, b.due_on, a.due_on] for b, a in patch]
    at = stamp(command.at) if command.at else None
    turn.record(
        Kind.MEETING_MOVED,
        reason=command.reason,
        patch=patch,
        body=command.body,
        key=command.key,
        held_at=at,
        dates=moves,
    )
    topic = "meeting_moved" if command.at is not None else "meeting_called_off"
    for before, after in patch:
        turn.tell(topic, turn.stage(before), turn.stage(before).owner, due=after.due_on)


def _taken_up(
    turn: Turn, visit: Visit, kept: tuple[Sitting, ...], sitting: Sitting | None, command: MeetingMoved
) -> Visit:
    """A visit that has a later meeting of the body or none, at the moved one if it is the first that it is in time for.

    What only counts from a meeting keeps the one that it has, unless the other had been called off and is held again.
    Nothing becomes late by it: where its date would have passed already, it stays where it is.
    """
    if command.at is None:
        return visit
    stage = turn.stage(visit)
    if sitting is not None:
        if stage.meeting is not None:
            return caught_up(turn, visit, (command.body, command.key))
        if not command.is_again or sitting.at <= stamp(command.at):
            return visit
    new = turn.dates().due(stage, replace(visit, sittings=kept))
    found = new.sitting(command.body)
    is_meant = found is not None and found.key == command.key
    return new if is_meant and new.due is not None and new.due.at >= turn.at else visit
