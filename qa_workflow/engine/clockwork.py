"""What time does to an item: all that is due by now, in order, in one decision.

A timed step more than a working day late is not made by itself but waits for a person (`hold`), a reminder overtaken
by its due date is dropped (`skip`), and of one escalation ladder only the highest rung climbed is told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from qa_workflow.calendar import DayKind, local_date
from qa_workflow.definition import GuardFault
from qa_workflow.definition.model import JOINED, Late
from qa_workflow.engine import timer_names
from qa_workflow.engine.authority import resume
from qa_workflow.engine.commands import Resume
from qa_workflow.engine.decision import Timer
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import Visit, instant, stamp
from qa_workflow.engine.joins import CIRCLE, settle
from qa_workflow.engine.moves import Leg, carry_out, move
from qa_workflow.engine.obstacles import what
from qa_workflow.engine.policy import CLOCK, right
from qa_workflow.engine.refusals import NotNow
from qa_workflow.engine.turn import Turn

MOST = 1000
"""More than this for one item at one look is a definition that turns in circles; the check should have refused it."""
_ORDER = {kind: place for place, kind in enumerate(timer_names.KINDS)}


def tick(turn: Turn, *, moves: bool = True) -> None:
    """Fire every timer whose time has come, earliest first, until none is left.

    Args:
        moves: whether what moves an item by itself is among them; what only tells people always is.

    Raises:
        NotNow: there is no end to it.
    """
    for _ in range(MOST):
        due = [t for v in turn.item.visits for t in turn.timers(v) if t.fire_at <= turn.now]
        due = due if moves else [t for t in due if timer_names.kind_of(t.name) not in timer_names.MOVES]
        if not due or turn.item.is_over:
            return
        first = min(due, key=lambda t: (t.fire_at, _ORDER[timer_names.kind_of(t.name)], t.visit, t.name))
        _fire(turn, next(v for v in turn.item.visits if v.number == first.visit), first)
    raise NotNow(turn.item.reference, "what time does", [CIRCLE])


def _fire(turn: Turn, visit: Visit, timer: Timer) -> None:
    which = timer_names.which(timer.name)
    match timer_names.kind_of(timer.name):
        case timer_names.RESUME:
            resume(turn, Resume("the hold was until now"), CLOCK)
        case timer_names.REMIND:
            _remind(turn, visit, timer, int(which))
        case timer_names.OVERDUE:
            _overdue(turn, visit, timer)
        case timer_names.ESCALATE:
            _escalate(turn, visit, timer, int(which))
        case timer_names.LAPSE:
            _lapse(turn, visit, timer)
        case timer_names.AT:
            _step(turn, visit, timer, which)


def _fired(visit: Visit, timer: Timer) -> list[tuple[Visit, Visit]]:
    return [(visit, replace(visit, fired=(*visit.fired, timer.name)))]


def _remind(turn: Turn, visit: Visit, timer: Timer, index: int) -> None:
    stage = turn.stage(visit)
    overtaken = visit.due is not None and visit.due.at < turn.at and timer.fire_at < turn.now - timedelta(days=1)
    turn.record(
        Kind.REMINDED,
        source=visit.stage,
        actor=CLOCK,
        patch=_fired(visit, timer),
        timer=timer.name,
        due_at=stamp(timer.fire_at),
        dropped=overtaken,
    )
    if not overtaken:
        turn.tell("reminder", stage, stage.reminders[index].to or stage.owner, due=visit.due_on)


def _overdue(turn: Turn, visit: Visit, timer: Timer) -> None:
    stage = turn.stage(visit)
    turn.record(
        Kind.OVERDUE,
        source=visit.stage,
        actor=CLOCK,
        patch=_fired(visit, timer),
        slip=visit.due.at if visit.due else None,
        timer=timer.name,
        due_at=stamp(timer.fire_at),
    )
    turn.tell("overdue", stage, stage.owner, due=visit.due_on)


def _escalate(turn: Turn, visit: Visit, timer: Timer, index: int) -> None:
    stage = turn.stage(visit)
    rung = stage.ladder[index]
    turn.record(
        Kind.ESCALATED,
        source=visit.stage,
        actor=CLOCK,
        patch=_fired(visit, timer),
        to=list(rung.to.roles),
        rung=index + 1,
        timer=timer.name,
        due_at=stamp(timer.fire_at),
    )
    turn.tell("escalation", stage, rung.to, ladder=visit.number, rank=index, due=visit.due_on)


def _lapse(turn: Turn, visit: Visit, timer: Timer) -> None:
    lapse = turn.stage(visit).lapse
    assert lapse is not None
    if _is_too_late(turn, visit, timer):
        _too_late(turn, visit, timer, f"the lapse of {turn.stage(visit).title!r}")
        return
    facts = {"outcome": lapse.outcome, "timer": timer.name, "due_at": stamp(timer.fire_at)}
    source = turn.stage(visit)
    leg = Leg(visit, None, Kind.LAPSED, f"nobody acted in time ({lapse.when})", CLOCK, {"lapsed": facts})
    if why := turn.unless_refused(lambda: move(turn, leg, lapse.to)):
        _waive(turn, visit, timer, why)
        return
    turn.tell("lapsed", source, source.owner)
    settle(turn)


def _step(turn: Turn, visit: Visit, timer: Timer, trigger: str) -> None:
    """A timed step: made if nothing stands against it; else, or too late, it waits for a person."""
    transition = turn.stage(visit).transitions[trigger]
    if transition.when is not None and not _holds(turn, visit, timer, trigger):
        return
    against = [] if transition.when is not None else list(what(turn, visit, transition, {}, None))
    if _is_too_late(turn, visit, timer):
        _too_late(turn, visit, timer, repr(transition.title))
    elif against:
        _waive(turn, visit, timer, "; ".join(o.text for o in against))
    else:
        assert transition.at is not None
        facts: dict[str, Any] = {"timer": timer.name, "due_at": stamp(timer.fire_at)}
        leg = Leg(visit, transition, reason=f"its time had come ({transition.at})", actor=CLOCK, data=facts)
        if why := turn.unless_refused(lambda: carry_out(turn, leg, {})):
            _waive(turn, visit, timer, why)
        else:
            settle(turn)


def _holds(turn: Turn, visit: Visit, timer: Timer, trigger: str) -> bool:
    """Whether a timed step's condition holds; a plain no ends its timer, an error waits for a person."""
    guard = turn.stage(visit).transitions[trigger].when
    assert guard is not None
    try:
        if guard.holds(turn.facts(actor=CLOCK)) is True:
            return True
    except GuardFault as fault:
        _waive(turn, visit, timer, f"its condition cannot be judged: {fault}")
        return False
    if _is_last(turn, visit, timer):
        _waive(turn, visit, timer, f"its condition does not hold, and nothing else leads on: {guard.text}")
        return False
    facts = {"timer": timer.name, "due_at": stamp(timer.fire_at), "passed": guard.text}
    turn.record(Kind.PASSED, source=visit.stage, actor=CLOCK, trigger=trigger, patch=_fired(visit, timer), **facts)
    return False


def _is_last(turn: Turn, visit: Visit, timer: Timer) -> bool:
    """Whether nothing would ever lead out of the stage if this were passed over: no person, no join, no other time."""
    stage = turn.stage(visit)
    if any(step.by or step.trigger == JOINED for step in stage.transitions.values()):
        return False
    timed = [f"{timer_names.AT}.{step.trigger}" for step in stage.transitions.values()]
    timed += [timer_names.LAPSE] if stage.lapse else []
    return not set(timed) - {*visit.fired, timer.name}


def _waive(turn: Turn, visit: Visit, timer: Timer, why: str) -> None:
    stage = turn.stage(visit)
    turn.record(
        Kind.WAIVED,
        source=visit.stage,
        actor=CLOCK,
        reason=why,
        patch=[(visit, replace(visit, waived=(*visit.waived, timer.name)))],
        timer=timer.name,
        due_at=stamp(timer.fire_at),
    )
    has_step = timer.name != timer_names.LAPSE or any(step.by for step in stage.transitions.values())
    nobody_else = right("correct", turn.workflow, turn.setting.governance)
    turn.tell("waits_for_you", stage, (stage.owner if has_step else None) or nobody_else)


def _too_late(turn: Turn, visit: Visit, timer: Timer, what: str) -> None:
    """What comes too late waits for a person, or (`late: skip`) is passed over."""
    if timer.late is Late.HOLD or _is_last(turn, visit, timer):
        _waive(turn, visit, timer, f"{what} came too late to be done by itself")
        return
    facts = {"timer": timer.name, "due_at": stamp(timer.fire_at)}
    why = f"{what} came too late, and is passed over then"
    turn.record(Kind.PASSED, source=visit.stage, actor=CLOCK, reason=why, patch=_fired(visit, timer), **facts)


def _is_too_late(turn: Turn, visit: Visit, timer: Timer) -> bool:
    """More than one working day after it could have been done, for what is not to be done late."""
    if timer.late is Late.FIRE:
        return False
    calendar = turn.setting.calendar(turn.workflow)
    due = max(timer.fire_at, instant(visit.at))
    last = calendar.add(local_date(due, calendar.zone), 1, DayKind.WORKING)
    return local_date(turn.now, calendar.zone) > last
