"""People who act by themselves, for rehearsals and demonstrations: most in time, some late, some not at all.

They do their part on working days, late in the afternoon: what a meeting decides is recorded once it has met.
What each does follows from names alone, so that the same life is lived every time. Nothing here knows a workflow: the
players read what can be done, and fill what is missing by its type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from qa_workflow.calendar import at_local, local_date, long_date
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Field, FieldType
from qa_workflow.engine import Item, Step
from qa_workflow.engine.values import EMPTY
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.service.telling.meetings import before_it_has_met
from qa_workflow.service.time import rehearsing
from qa_workflow.wiring import Parts

IN_TIME, LATE, RETURNS = 65, 90, 12
"""Of a hundred: who acts in time, or at least late; and how often a step that needs a reason is chosen."""
EARLY, TARDY = 3, 9
"""Calendar days before the due date, or after it."""
AT = time(17, 0)
"""The local time of day at which they do it; bodies have met by then."""
AWHILE = 12
"""Calendar days that somebody takes over what has no due date."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one person does to one item."""

    item: Item
    step: Step
    actor: str


def live(parts: Parts, until: datetime, papers: Path) -> int:
    """Let a rehearsal live until an instant: time does what it does, and on each day people do their part.

    Args:
        papers: a folder for the documents that the players send.

    Returns:
        How many deeds were done.
    """
    done = 0
    while (now := parts.house.now()) < until:
        rehearsing.push(parts.house, min(_next_afternoon(parts, now), until), parts.engine.tick)
        done += sum(_do(parts, deed, papers) for deed in list(deeds(parts)))
    return done


def _next_afternoon(parts: Parts, now: datetime) -> datetime:
    """When they do their part next."""
    with parts.house.looking() as (_, world):
        zone = world.governance.calendar.zone
    today = at_local(local_date(now, zone), AT, zone)
    return today if today > now else at_local(local_date(now, zone) + timedelta(days=1), AT, zone)


def deeds(parts: Parts) -> Iterator[Deed]:
    """What people do today, item by item."""
    engine = parts.engine
    now = engine.now()
    with parts.house.looking() as (_, world):
        today = world.day(now)
        people = [person for person in world.governance.people.values() if person.is_active(today)]
    if not world.governance.calendar.is_working(today):
        return
    for item in engine.all_items(ItemQuery(open_only=True)):
        if item.status != "open" or not _is_time(item, today):
            continue
        workflow = engine.workflow(item)
        early = (before_it_has_met(world, workflow, item, step, now) for step in workflow.triggers().values())
        if any(early):
            continue
        steps = engine.steps(item)
        back = [step for step in steps if step.needs_reason and _chance(item, step.path) < RETURNS]
        for step in [*back, *(step for step in steps if not step.needs_reason)]:
            able = (p.name for p in people if set(p.roles) & set(step.by) and _may(parts, item, step, p.name))
            actor = next(able, None)
            if actor is not None:
                yield Deed(item, step, actor)
                break


def _is_time(item: Item, today: date) -> bool:
    """Whether whoever holds it acts today or has acted by now: by temper, not by rule."""
    due, entered = item.due(), max(visit.at for visit in item.leaves())
    temper = _chance(item, entered)
    if due is None or due.on is None:
        return today >= date.fromisoformat(entered[:10]) + timedelta(days=AWHILE)
    on = date.fromisoformat(due.on)
    if temper < IN_TIME:
        return today >= on - timedelta(days=EARLY)
    return temper < LATE and today >= on + timedelta(days=TARDY)


def _may(parts: Parts, item: Item, step: Step, person: str) -> bool:
    """Whether nothing stands in the way but what this person can give; a guard may wait for what is still missing."""
    mine = next(s for s in parts.engine.steps(item, person) if s.path == step.path)
    codes = {obstacle.code for obstacle in mine.missing}
    given = {"missing", "reason", "guard"} if "missing" in codes else {"reason"}
    return not mine.forbidden and codes <= given


def _do(parts: Parts, deed: Deed, papers: Path) -> int:
    workflow = parts.engine.workflow(deed.item)
    filled = {name for name, value in deed.item.fields.items() if value not in EMPTY}
    today = local_date(parts.engine.now(), "Europe/London")
    wanted = [*deed.step.needs, *_for_the_public(workflow, deed.step)]
    fields = {n: _value(workflow.fields[n], deed, today, papers) for n in wanted if n not in filled}
    fields |= _actions(workflow, deed, today)
    reason = "The figures for the last month are missing." if deed.step.needs_reason else None
    try:
        parts.engine.advance(deed.item, deed.step.trigger, actor=deed.actor, fields=fields, reason=reason)
    except QaWorkflowError:
        return 0  # the rules say no, as they would to anybody; tomorrow is another day
    return 1


def _actions(workflow: Workflow, deed: Deed, today: date) -> Mapping[str, Any]:
    """What is agreed beside, where a step opens an item for each entry of a list."""
    opens = next(t.opens for s in workflow.stages.values() for t in s.transitions.values() if t.path == deed.step.path)
    lists = [rule.each for rule in opens if rule.each]
    if not lists or _chance(deed.item, "actions") >= IN_TIME:
        return {}
    dates = [name for name, field in workflow.fields.items() if field.type is FieldType.DATE]
    said = ["Audit of falls on two wards", "Response to complaints within the agreed time"]
    return {lists[0]: said, **{name: (today + timedelta(days=28)).isoformat() for name in dates}}


def _for_the_public(workflow: Workflow, step: Step) -> Iterator[str]:
    """Whoever is asked for something that is published says it."""
    asked = (workflow.fields[name] for name in workflow.triggers()[step.path].asks)
    yield from (f.name for f in asked if f.release == "public" and f.type is FieldType.TEXT)


def _value(field: Field, deed: Deed, today: date, papers: Path) -> Any:
    """Something that fits the field."""
    match field.type:
        case FieldType.DATE:
            return (today + timedelta(days=28 if field.name.startswith("due") else 0)).isoformat()
        case FieldType.CHOICE:
            return field.options[_chance(deed.item, field.name) % len(field.options)].value
        case FieldType.NUMBER:
            return _chance(deed.item, field.name)
        case FieldType.YES_NO:
            return True
        case FieldType.PERSON:
            return deed.actor
        case FieldType.DOCUMENT:
            return _paper(field, deed, papers)
        case FieldType.LIST if field.of is FieldType.CHOICE:
            return [field.options[_chance(deed.item, field.name) % len(field.options)].value]
        case FieldType.LIST:
            return [f"{field.label}, agreed on {long_date(today)}"]
        case _:
            return f"As discussed on {long_date(today)}; nothing more was asked for."


def _paper(field: Field, deed: Deed, papers: Path) -> Path:
    papers.mkdir(parents=True, exist_ok=True)
    path = papers / f"{deed.item.reference.replace('/', '-')}-{field.name}.txt"
    path.write_text(f"{field.label}: {deed.item.reference}\nA paper of the demonstration.\n", encoding="utf-8")
    return path


def _chance(item: Item, what: str) -> int:
    """0 to 99, always the same for the same item and question."""
    return sha256(f"{item.reference}\0{what}".encode()).digest()[0] * 100 // 256
