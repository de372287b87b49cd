"""Meetings held at another time, or not at all: what that moves is shown before it is done, then done as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from qa_workflow.calendar import long_date
from qa_workflow.engine import Meeting, Setting
from qa_workflow.engine.commands import MeetingMoved
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.service.changing import saving, write
from qa_workflow.service.house import House, Work
from qa_workflow.service.knowing import body_named
from qa_workflow.service.refusals import NoMeeting
from qa_workflow.service.rights import require


@dataclass(frozen=True, slots=True)
class Redated:
    """What a moved meeting does to one stage of one item: due date before and after (ISO dates, None for none)."""

    reference: str
    stage: str
    before: str | None
    after: str | None


def upcoming(house: House, body: str, count: int = 6) -> list[Meeting]:
    """A body's next meetings, as they are really held; today's is among them until the day is over."""
    with house.looking() as (look, world):
        found = world.setting(look).meetings(body_named(world, body), house.now() - timedelta(hours=12))
        return list(islice(found, count))


def move(
    house: House, body: str, key: str, at: datetime | None, *, actor: str, reason: str, preview: bool = False
) -> list[Redated]:
    """Hold a meeting at another time (None: call it off); every due date that hangs on it moves with it.

    Args:
        key: the day for which the meeting was planned, as 2027-06-10.
        preview: work everything out and write nothing.

    Raises:
        Unknown: no such body, or it has no meeting planned for that day.
        NotYours: the person has no right to.
    """

    def work(work: Work) -> list[Redated]:
        require(work, actor, "meet", "move meetings")
        found = body_named(work.world, body)
        if not reason.strip():
            raise Nonsense(found.name, "a reason is needed; say why the meeting is moved")
        if work.setting.planned(found, key) is None:
            ahead = [date.fromisoformat(meeting.key) for meeting in islice(work.setting.meetings(found, work.now), 4)]
            raise NoMeeting(found.title, key, [long_date(day) for day in ahead])
        return _move(work, MeetingMoved(found.name, key, at, reason.strip()), actor, preview)

    return house.write(work)


def _move(work: Work, command: MeetingMoved, actor: str, preview: bool) -> list[Redated]:
    """Decide about every item that waits, under the meeting's new time, and write it all at once."""
    world = work.world
    moved = {**world.moved, (command.body, command.key): command.at}
    work.setting = Setting(world.governance, moved, work.setting.taken)
    taken = [work.unit.take_row(row) for row in work.unit.waiting_for(command.body, command.key)]
    savings = [saving(work, each, work.decide(each, command, work.actor(actor))) for each in taken]
    if not preview:
        work.unit.move_meeting(command.body, command.key, command.at, command.reason)
        at = command.at.isoformat() if command.at else None
        facts = {"body": command.body, "key": command.key, "at": at, "by": actor, "reason": command.reason}
        work.unit.record("meetings", work.now, "moved", facts)
        work.publish_anew()
        write(work, savings)
    events = ((s.decision.item.reference, event) for s in savings for event in s.decision.events)
    return [Redated(reference, *dates) for reference, event in events for dates in event.data["dates"]]
