"""One visit under another version: when it is due, what time has done already, who holds it, which votes count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from msgspec.structs import replace

from qa_workflow.calendar import AnchorKind, TimeRule, anchor_of, long_date
from qa_workflow.definition.model import BodyRef, Stage, Workflow
from qa_workflow.engine import timer_names
from qa_workflow.engine.commands import DateChoice, Migrate
from qa_workflow.engine.dates import ON_THE_DAY, Dates
from qa_workflow.engine.item import Due, Item, Sitting, Visit
from qa_workflow.engine.policy import actor_of, capacity
from qa_workflow.engine.routes import Route
from qa_workflow.engine.timers import moments
from qa_workflow.engine.turn import Turn


@dataclass(frozen=True, slots=True)
class Shift:
    """An item on its way: as it was under `old`, and as it will be (`ahead`) but for what is still worked out."""

    turn: Turn
    item: Item
    old: Workflow
    ahead: Item
    command: Migrate
    route: Route

    @property
    def new(self) -> Workflow:
        """The version it goes to."""
        return self.command.to


def is_restarted(old: Workflow, was: Stage, place: str, command: Migrate) -> bool:
    """Whether a visit counts from now: asked for of this very stage, or of all that are due by another rule."""
    choice = command.by_stage.get(was.path, command.dates)
    is_meant = was.path in command.by_stage or is_other(old, was, command.to, command.to.stages[place])
    return choice is DateChoice.RESTART and is_meant


def is_other(old: Workflow, was: Stage, new: Workflow, stage: Stage) -> bool:
    """Whether a visit's due date is another matter in the new version: another stage, rule, meeting or calendar."""
    return was.path != stage.path or _counting(old, was) != _counting(new, stage)


def _counting(workflow: Workflow, stage: Stage) -> tuple[object, ...]:
    rule = stage.due or (ON_THE_DAY if stage.meeting else None)
    return rule, stage.meeting, (rule.calendar or workflow.calendar) if rule else None


def shifted(shift: Shift, before: Visit, visit: Visit) -> Visit:
    """The visit as it goes on.

    Args:
        before: as it was under the old version.
        visit: as it is once stages have their new names, but otherwise unchanged.
    """
    was, stage = shift.old.stages[before.stage], shift.new.stages[visit.stage]
    starts_anew = is_restarted(shift.old, was, stage.path, shift.command)
    if starts_anew:
        visit = replace(_dated(shift, stage, replace(visit, due=None, sittings=())), fired=(), waived=())
        visit = replace(visit, due=_first(visit.due, before.due))
    elif is_other(shift.old, was, shift.new, stage) or _dated(shift, stage, visit).due != visit.due:
        visit = _chosen(shift, was, stage, visit)
    visit = replace(visit, holder=_holder(shift, stage, visit), votes=_votes(shift, was, stage, visit))
    return visit if starts_anew else _timed(shift, was, stage, before, visit)


def _chosen(shift: Shift, was: Stage, stage: Stage, visit: Visit) -> Visit:
    """The due date kept, or counted by the new rule from when the visit began."""
    fresh = _dated(shift, stage, replace(visit, due=None, sittings=_still_meant(shift, stage, visit)))
    due, by_rule = visit.due, fresh.due
    choice = shift.command.by_stage.get(was.path, shift.command.dates)
    if due is None or due.fixed:
        return fresh if due is None else replace(fresh, due=due)
    if by_rule is not None and by_rule.at == due.at:
        return replace(fresh, due=replace(due, why=by_rule.why, runs=by_rule.runs))
    if choice is not DateChoice.KEEP:
        return replace(fresh, due=_first(by_rule, due))
    would = f"by that version's rule it would be {long_date(_day(by_rule))}" if by_rule else "that version sets none"
    why = (
        f"Kept at {long_date(_day(due))} when the item moved to version {shift.command.version} of "
        f"{shift.new.title}; {would}. Reason: {shift.command.reason.strip()}"
    )
    return replace(fresh, due=replace(due, why=why, fixed=True, runs=True))


def _first(due: Due | None, before: Due | None) -> Due | None:
    """The date first given stays on record."""
    if due is None or before is None:
        return due
    return replace(due, first_on=before.first_on, first_at=before.first_at)


def _day(due: Due) -> date:
    return date.fromisoformat(due.on)


def _dated(shift: Shift, stage: Stage, visit: Visit) -> Visit:
    return Dates(shift.new, shift.ahead, shift.turn.setting, shift.turn.now).due(stage, visit)


def _still_meant(shift: Shift, stage: Stage, visit: Visit) -> tuple[Sitting, ...]:
    """The meetings that the new rules still speak of, that of the stage itself first."""
    if not visit.sittings:
        return ()
    governance = shift.turn.setting.governance
    kept = (s for ref in _bodies(stage) for s in visit.sittings if governance.answers(ref, s.body))
    return tuple(dict.fromkeys(kept))


def _bodies(stage: Stage) -> Iterator[BodyRef]:
    if stage.meeting is not None:
        yield stage.meeting
    for rule in rules(stage):
        anchor = anchor_of(rule.rule)
        if anchor is not None and anchor.kind in (AnchorKind.MEETING, AnchorKind.PAPERS) and anchor.body:
            yield BodyRef(anchor.body, anchor.for_subject)


def rules(stage: Stage) -> Iterator[TimeRule]:
    """Every rule of a stage that names a time."""
    if stage.due is not None:
        yield stage.due
    yield from (reminder.when for reminder in stage.reminders)
    yield from (rung.when for rung in stage.ladder)
    if stage.lapse is not None:
        yield stage.lapse.when
    for step in stage.transitions.values():
        yield from (rule for rule in (step.at, step.not_before, step.not_after) if rule is not None)


def _holder(shift: Shift, stage: Stage, visit: Visit) -> str | None:
    """Who has taken it on keeps it, if they still may."""
    governance = shift.turn.setting.governance
    person = governance.people.get(visit.holder or "")
    if person is None:
        return None
    actor = actor_of(person, governance, shift.turn.today)
    return visit.holder if capacity(stage.owner, actor, shift.ahead, governance) is not None else None


def _votes(shift: Shift, was: Stage, stage: Stage, visit: Visit) -> tuple[tuple[str, ...], ...]:
    """Votes go on counting for a step that is still voted on."""
    kept: list[tuple[str, ...]] = []
    for trigger, *voters in visit.votes:
        step = stage.transitions.get(_trigger(shift, was, stage, trigger) or "")
        if step is not None and step.votes > 1:
            kept.append((step.trigger, *voters))
    return tuple(kept)


def _trigger(shift: Shift, was: Stage, stage: Stage, trigger: str) -> str | None:
    """What a trigger of the old stage is called in the new one."""
    place, _, name = (shift.route.step(f"{was.path}.{trigger}") or "").rpartition(".")
    return name if place == stage.path else None


def _timed(shift: Shift, was: Stage, stage: Stage, before: Visit, visit: Visit) -> Visit:
    """What time has done stays done, unless the version has moved it ahead."""
    names = {name: _timer(shift, was, stage, name) for name in (*before.fired, *before.waived)}
    if not names:
        return visit
    turn = shift.turn
    old = dict(moments(shift.old, shift.item, before, turn.setting, turn.now))
    new = dict(moments(shift.new, shift.ahead, visit, turn.setting, turn.now))

    def still(done: Sequence[str]) -> tuple[str, ...]:
        kept = ((name, found) for name in done if (found := names[name]) is not None)
        return tuple(n for name, n in kept if n not in new or new[n] <= turn.now or new[n] == old.get(name))

    return replace(visit, fired=still(before.fired), waived=still(before.waived))


def _timer(shift: Shift, was: Stage, stage: Stage, name: str) -> str | None:
    """A timer's name in the new stage; None where the version has no such thing."""
    match kind := timer_names.kind_of(name):
        case timer_names.REMIND:
            return _same(kind, was.reminders, stage.reminders, int(timer_names.which(name)))
        case timer_names.ESCALATE:
            return _same(kind, was.ladder, stage.ladder, int(timer_names.which(name)))
        case timer_names.AT:
            trigger = _trigger(shift, was, stage, timer_names.which(name))
            return f"{timer_names.AT}.{trigger}" if trigger is not None else None
        case _:
            return name


def _same(kind: str, before: Sequence[object], after: Sequence[object], index: int) -> str | None:
    """The same reminder or rung where it stands now; of several alike the one in the same order."""
    if index >= len(before):
        return None
    nth = before[:index].count(before[index])
    alike = [number for number, each in enumerate(after) if each == before[index]]
    return f"{kind}.{alike[nth]}" if nth < len(alike) else None
