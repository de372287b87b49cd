"""What time will do to a visit, as rows for the store: reminders, overdue, the escalation ladder, lapses, timed steps.

Messages of a rule that names a day go out on that day at nine; what moves an item waits until the whole day is over,
so that nobody loses the last afternoon. A time of day or hours in the rule are taken as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache

from qa_workflow.calendar import DueDate, TimeRule, at_local
from qa_workflow.clock import MICROSECOND
from qa_workflow.definition.model import Late, Stage, Workflow
from qa_workflow.engine.dates import Dates, is_elapsed
from qa_workflow.engine.decision import Timer
from qa_workflow.engine.item import HELD, Item, Visit, instant
from qa_workflow.engine.setting import Setting
from qa_workflow.engine.timer_names import AT, ESCALATE, LAPSE, OVERDUE, REMIND, RESUME, kind_of, which

MESSAGES_AT = time(9, 0)


def timers(workflow: Workflow, item: Item, visit: Visit, setting: Setting, now: datetime) -> tuple[Timer, ...]:
    """All that time will still do to a visit of this item."""
    if item.is_over:
        return ()
    zone = setting.calendar(workflow).zone
    found = _all(workflow.stages[visit.stage], visit, Dates(workflow, item, setting, now), zone)
    done = (*visit.fired, *visit.waived)
    if item.status == HELD:
        found = _while_held(workflow.stages[visit.stage], item, visit, found)
    return tuple([t for t in found if t.name not in done])


def _while_held(stage: Stage, item: Item, visit: Visit, found: Iterator[Timer]) -> Iterator[Timer]:
    """The end of the hold; and what tells people of a date that the hold does not stop, by rules that it does not."""
    if item.hold is not None and item.hold.until is not None and visit.number == item.visits[0].number:
        yield Timer(visit.number, RESUME, instant(item.hold.until))
    if visit.due is None or not visit.due.runs:
        return
    for timer in found:
        kind = kind_of(timer.name)
        rules = {REMIND: [each.when for each in stage.reminders], ESCALATE: [rung.when for rung in stage.ladder]}
        if kind == OVERDUE or (kind in rules and not rules[kind][int(which(timer.name))].pauses):
            yield timer


def moments(
    workflow: Workflow, item: Item, visit: Visit, setting: Setting, now: datetime
) -> Iterator[tuple[str, datetime]]:
    """The name and time of everything that time does to a visit, done already or not."""
    dates, zone = Dates(workflow, item, setting, now), setting.calendar(workflow).zone
    return ((t.name, t.fire_at) for t in _all(workflow.stages[visit.stage], visit, dates, zone))


def _all(stage: Stage, visit: Visit, dates: Dates, zone: str) -> Iterator[Timer]:
    if visit.due is not None:
        yield Timer(visit.number, OVERDUE, instant(visit.due.at) + MICROSECOND)
    for index, reminder in enumerate(stage.reminders):
        found = dates.time(reminder.when, visit)
        if found is not None:
            at = _message_at(reminder.when, found, zone)
            if at > instant(visit.at):
                yield Timer(visit.number, f"{REMIND}.{index}", at, Late.SKIP)
    for index, rung in enumerate(stage.ladder):
        found = dates.time(rung.when, visit)
        if found is not None:
            yield Timer(visit.number, f"{ESCALATE}.{index}", _message_at(rung.when, found, zone))
    if stage.lapse is not None:
        found = dates.time(stage.lapse.when, visit)
        if found is not None:
            yield Timer(visit.number, LAPSE, found.at + MICROSECOND, stage.lapse.late)
    for trigger, transition in stage.transitions.items():
        if transition.at is not None:
            found = dates.time(transition.at, visit)
            if found is not None:
                yield Timer(visit.number, f"{AT}.{trigger}", found.at + MICROSECOND, transition.late)


def _message_at(rule: TimeRule, found: DueDate, zone: str) -> datetime:
    return found.at if is_elapsed(rule) else _messages_on(found.on, zone)


@lru_cache(maxsize=4096)
def _messages_on(day: date, zone: str) -> datetime:
    return at_local(day, MESSAGES_AT, zone)
