"""Meetings that are held at another time, or not at all: what that moves is shown before it is done, then done as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from qa_workflow.definition import Body
from qa_workflow.engine import Actor, Decision, Meeting, decide
from qa_workflow.engine.commands import MeetingMoved
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.service.changing import saving
from qa_workflow.service.house import House, bump
from qa_workflow.service.ports import Saving, Taken, Unit
from qa_workflow.service.refusals import NotYours, Unknown
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Moved:
    """What a moved meeting does to one item: stage, due date before and after (ISO dates, None for none)."""

    reference: str
    stage: str
    before: str | None
    after: str | None


def upcoming(house: House, body: str, count: int = 6) -> list[Meeting]:
    """A body's next meetings, as they are really held."""
    with house.looking() as (look, world):
        setting = world.setting(look)
        found = setting.meetings(_body(world, body), house.now() - timedelta(days=1))
        return [meeting for meeting, _ in zip(found, range(count), strict=False)]


def move(
    house: House, body: str, key: str, at: datetime | None, *, actor: str, reason: str, preview: bool = False
) -> list[Moved]:
    """Hold a meeting at another time (None: call it off); every due date that hangs on it moves with it.

    Args:
        key: the day for which the meeting was planned, as 2027-06-10.
        preview: work everything out and write nothing.

    Raises:
        Unknown: no such body, or it has no meeting planned for that day.
        NotYours: the person has no right to.
    """
    now = house.now()

    def work(unit: Unit) -> list[Moved]:
        world = house.world(unit.look())
        person = world.actor(actor, house.today(world, now))
        require(world, person, "meet", "move meetings")
        if not reason.strip():
            raise Nonsense(body, "a reason is needed; say why the meeting is moved")
        _planned(world, unit, body, key)
        return _move(house, unit, world, person, MeetingMoved(body, key, at, reason), now, preview)

    return house.write(work)


def _move(house: House, unit: Unit, world: World, actor: Actor, command: MeetingMoved, now: datetime, preview: bool) -> list[Moved]:
    moved = {**world.moved, (command.body, command.key): command.at}
    later = World(world.epoch, world.governance, world.definitions, moved)
    savings = [_decided(house, unit, later, actor, command, unit.take_row(row), now) for row in unit.waiting_for(command.body, command.key)]
    if not preview:
        unit.move_meeting(command.body, command.key, command.at, command.reason)
        facts = {"body": command.body, "key": command.key, "at": command.at.isoformat() if command.at else None, "by": actor.name}
        unit.record("meetings", now, "moved", {**facts, "reason": command.reason})
        bump(unit)
        unit.save_all([s for s in savings if s.decision.events])
    return [line for s in savings for line in _lines(s.decision)]


def _decided(house: House, unit: Unit, world: World, actor: Actor, command: MeetingMoved, taken: Taken, now: datetime) -> Saving:
    workflow = world.workflow(taken.item.definition)
    decision = decide(workflow, taken.item, command, actor=actor, now=now, setting=world.setting(unit.look()))
    return saving(world, workflow, taken, decision, house.today(world, now))


def _lines(decision: Decision) -> list[Moved]:
    reference = decision.item.reference
    return [Moved(reference, *dates) for event in decision.events for dates in event.data["dates"]]


def _planned(world: World, unit: Unit, body: str, key: str) -> Meeting:
    found = world.setting(unit.look()).planned(_body(world, body), key)
    if found is None:
        setting = world.setting(unit.look())
        near = [m.key for m, _ in zip(setting.meetings(_body(world, body), datetime.fromisoformat(f"{key}T00:00:00+00:00")), range(4), strict=False)]
        raise Unknown(f"meeting of {body}", key, near)
    return found


def _body(world: World, name: str) -> Body:
    words = {word.lower(): b for b in world.governance.bodies.values() for word in (b.name, b.title, *b.aliases)}
    found = words.get(name.lower())
    if found is None:
        raise Unknown("body", name, tuple(world.governance.bodies))
    return found


def require(world: World, actor: Actor, right: str, what: str) -> None:
    """Refuse unless the person holds a right of the governance file."""
    roles = world.governance.rights.get(right, ())
    if not any(role in person.roles for person in actor.both() for role in roles):
        raise NotYours(what, actor.name, roles)
