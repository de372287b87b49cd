"""Meetings held at another time, or not at all: what that moves is shown before it is done, then done as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from qa_workflow.calendar import (
    FURTHEST,
    anchor_of,
    at_local,
    instant_words,
    local,
    local_date,
    long_date,
)
from qa_workflow.calendar.words import counted
from qa_workflow.definition import Body, Governance
from qa_workflow.definition.model import Stage
from qa_workflow.engine import Item, Meeting, Setting
from qa_workflow.engine.commands import MeetingMoved
from qa_workflow.engine.item import instant, stamp
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.engine.said import said
from qa_workflow.engine.sight import Sight
from qa_workflow.service.house import House, Work
from qa_workflow.service.items.changing import saving, write
from qa_workflow.service.items.gist import gist
from qa_workflow.service.knowing import body_named
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.boards import Part
from qa_workflow.service.ports.store import Saving
from qa_workflow.service.refusals import NoMeeting, require_meant
from qa_workflow.service.rights import require
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Redated:
    """What a moved meeting does to one stage of one item: due date before and after (ISO dates, None for none)."""

    reference: str
    stage: str
    before: str | None
    after: str | None
    stage_title: str = ""
    about: str = ""
    """What the item is about; nothing where whoever moves the meeting does not see it."""
    was_late: bool = False
    is_late: bool = False
    id: str | None = None
    """The item's own; none where whoever moves the meeting does not see it."""

    @property
    def lateness(self) -> str:
        """What becomes of a lateness, in words; nothing where there is none."""
        if self.was_late:
            return "Overdue, and would be still" if self.is_late else "Overdue now, and would not be any more"
        return "Would be overdue at once" if self.is_late else ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting by the day that was planned for it: when it is held now, or was to be held if it is not.

    `why_not` is why its day is not worked, where its series does not hold it for that; empty where it was called off.
    """

    body: str
    title: str
    key: str
    at: datetime
    is_moved: bool
    is_held: bool
    why_not: str
    as_planned: datetime | None
    """When its series says, where it is not held then because somebody decided so; None of any other."""


@dataclass(frozen=True, slots=True)
class NewTime:
    """When a meeting would be held, and by when its papers were due then; `not_worked`: why its day is none on which
    work is done.
    """

    at: datetime
    papers: datetime
    not_worked: str | None
    is_past: bool
    zone: str

    @property
    def mark(self) -> str:
        """What says that it was looked at: this day and no other."""
        return local_date(self.at, self.zone).isoformat()

    @property
    def day(self) -> str:
        """In words."""
        return long_date(local_date(self.at, self.zone))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why it may be a slip of the pen, so that whoever gives it says once more that they mean it."""
        return (
            *([f"{instant_words(self.at, self.zone)} has passed"] if self.is_past else ()),
            *([f"{self.day} is not a working day ({self.not_worked})"] if self.not_worked is not None else ()),
        )

    @property
    def follows(self) -> tuple[str, ...]:
        """When it would be held, and by when papers were due, in sentences."""
        return self._told("would be", "would be")

    @property
    def followed(self) -> tuple[str, ...]:
        """The same, once it was done."""
        return self._told("is", "are")

    def _told(self, is_held: str, are_due: str) -> tuple[str, ...]:
        held = f"It {is_held} held on {instant_words(self.at, self.zone)}"
        return (held, f"Its papers {are_due} due by {instant_words(self.papers, self.zone)}")


def planned(house: House, body: str, key: str) -> Planned:
    """A body's meeting planned for a day.

    Raises:
        Unknown: no such body.
        NoMeeting: it has no meeting planned for that day.
    """
    with house.looking() as (look, world):
        found, setting = body_named(world, body), world.setting(look)
        meeting, is_held = _planned(setting, found, key, house.now()), setting.is_held(found, key)
        is_decided = (found.name, key) in world.moved
        turn = found.series.find(key) if found.series is not None else None
        why_not = turn.note if turn is not None and not turn.is_held and not is_decided else ""
        is_other = turn is not None and turn.is_held and not (is_held and turn.at == meeting.at)
        as_planned = turn.at if turn is not None and is_other else None
        return Planned(found.name, found.title, key, meeting.at, is_decided and is_held, is_held, why_not, as_planned)


def upcoming(house: House, body: str, count: int = 6) -> list[Meeting]:
    """A body's next meetings, as they are really held; today's is among them until the day is over."""
    with house.looking() as (look, world):
        found = world.setting(look).meetings(body_named(world, body), world.before_day(house.now()))
        return list(islice(found, count))


def not_held(house: House, body: str, until: datetime) -> dict[date, str]:
    """Days from today on that are planned for a body's meeting and on which it does not meet, not being worked; why."""
    with house.looking() as (_, world):
        found, today = body_named(world, body), world.day(house.now())
        setting = Setting(world.governance, world.moved)
        if found.series is None:
            return {}
        ahead = found.series.planned(today - timedelta(days=1), world.day(until))
        return {turn.on: turn.note for turn in ahead if not turn.is_held and setting.held_at(turn) is None}


def foreseen(house: House, body: str, key: str, at: datetime | date) -> NewTime:
    """When a meeting would be held, and what is to be said of it; a day alone keeps its time of day.

    Raises:
        Unknown: no such body.
        NoMeeting: it has no meeting planned for that day.
        SkippedTime: the clocks go forward over this time of that day.
        Nonsense: it would be held more than a year from the day planned for it.
    """
    with house.looking() as (look, world):
        setting, found = world.setting(look), body_named(world, body)
        now = house.now()
        return _new_time(setting, found, _planned(setting, found, key, now), at, now)


def move(
    house: House,
    body: str,
    key: str,
    at: datetime | date | None,
    *,
    actor: str,
    reason: str,
    preview: bool = False,
    sure: str | bool | None = None,
) -> list[Redated]:
    """Hold a meeting at another time (None: call it off); every due date that depends on it moves with it.

    Args:
        key: the day for which the meeting was planned, as 2027-06-10.
        at: a day alone keeps the meeting's own time of day.
        preview: work everything out and write nothing.
        sure: of a day that has passed, or is not worked, its mark, or True: it is meant.

    Raises:
        Unknown: no such body, or it has no meeting planned for that day.
        NotYours: the person has no right to.
        Nonsense: no reason is given, it is held then already (or not at all), or would be more than a year from the day
            planned for it.
        DoubtfulDate: it has passed, or is not worked, and nobody said that it is meant.
    """

    def work(work: Work) -> list[Redated]:
        require(work, actor, "meet", "move meetings")
        found = body_named(work.world, body)
        why = said(reason)
        if not why:
            raise Nonsense(found.name, "a reason is needed; say why the meeting is moved")
        meeting = _planned(work.setting, found, key, work.now)
        coming = _new_time(work.setting, found, meeting, at, work.now) if at is not None else None
        held, is_held = coming.at if coming is not None else None, work.setting.is_held(found, key)
        if held is None and not is_held:
            raise Nonsense(found.title, "the meeting is not held as it is; give another time for it")
        if held == meeting.at and is_held:
            raise Nonsense(found.title, "the meeting is held at this time already; give another")
        if coming is not None and not preview:
            require_meant(coming, sure)
        is_again = held is not None and not is_held
        return _move(work, MeetingMoved(found.name, key, held, why, is_again), actor, preview)

    return house.write(work, aside=preview)


def lateness(moved: Sequence[Redated]) -> list[str]:
    """How many of the dates that would move are overdue only now, and how many only then, in sentences."""
    freed = sum(each.was_late and not each.is_late for each in moved)
    missed = sum(each.is_late and not each.was_late for each in moved)
    said = f"{counted(freed, 'of them is', 'of them are')} overdue now and would not be any more."
    return [*([said] if freed else []), *([f"{missed} of them would be overdue at once."] if missed else [])]


def _new_time(setting: Setting, body: Body, meeting: Meeting, at: datetime | date, now: datetime) -> NewTime:
    calendar = setting.governance.calendar
    if not isinstance(at, datetime):
        at = at_local(at, local(meeting.at, calendar.zone).time(), calendar.zone)
    planned = date.fromisoformat(meeting.key)
    if abs(local_date(at, calendar.zone) - planned) > FURTHEST:
        what = f"what is planned for {long_date(planned)} cannot be held more than a year from then"
        raise Nonsense(body.title, f"{what}; call it off, and add a meeting to the governance file")
    not_worked = calendar.why_not(local_date(at, calendar.zone))
    return NewTime(at, setting.papers(body, at), not_worked, at < now, calendar.zone)


def _move(work: Work, command: MeetingMoved, actor: str, preview: bool) -> list[Redated]:
    """Decide about every item that waits, under the meeting's new time, and write it all at once."""
    world = work.world
    moved = {**world.moved, (command.body, command.key): command.at}
    work.setting = Setting(world.governance, moved, work.setting.taken)
    rows = {*work.unit.waiting_for(command.body, command.key)}
    if command.at is not None:  # what came too late for it, or had no meeting, may be in time now
        rows |= {*work.unit.seated(command.body)}
    if command.is_again:  # and what had counted from it counts from it again
        rows |= {each.row for each in work.unit.boards.unseated(_meant(world, command.body))}
    taken = [work.unit.take_row(row) for row in sorted(rows)]
    who = work.actor(actor)
    decided = [(each, work.decide(each, command, who)) for each in taken]
    savings = [saving(work, each, decision) for each, decision in decided if decision.events]
    if not preview:
        work.unit.move_meeting(command.body, command.key, command.at, command.reason)
        at = command.at.isoformat() if command.at else None
        facts = {"body": command.body, "key": command.key, "at": at, "by": actor, "reason": command.reason}
        work.unit.record(streams.MEETINGS, work.now, "moved", facts)
        work.publish_anew()
        write(work, savings)
    sight = world.sight(who)
    return [each for one in savings for each in _redated(world, one, sight, work.now)]


def _meant(world: World, body: str) -> tuple[Part, ...]:
    """The stages, in any version of any workflow, that wait for a meeting of a body or count their date from one."""
    governance, found = world.governance, dict[Part, None]()
    for workflow in world.every_version():
        paths = frozenset(path for path, stage in workflow.stages.items() if body in _bodies(governance, stage))
        if paths:
            found[Part(workflow.name, paths)] = None
    return tuple(found)


def _bodies(governance: Governance, stage: Stage) -> Iterator[str]:
    """By name, the bodies for whose meetings a stage may wait or from which it may count, and their successors."""
    anchor = anchor_of(stage.due.rule) if stage.due is not None else None
    for name in (stage.meeting and stage.meeting.name, anchor and anchor.body):
        for each in governance.bodies.values() if name else ():
            if name in (each.name, each.kind):
                yield from governance.line_of(each)


def _redated(world: World, saving: Saving, sight: Sight, now: datetime) -> Iterator[Redated]:
    before, item = saving.taken.item, saving.decision.item
    stages = world.workflow(item.definition).stages
    about, known = (_about(world, sight.shown(item)), item.id) if sight.sees(item) else ("", None)
    for event in saving.decision.events:
        for stage, was, due in event.data.get("dates", ()):
            if was == due:  # somebody has set its day: it waits for the meeting, and is due when it was
                continue
            was_late, late = (_is_late(each, stage, now) for each in (before, item))
            yield Redated(item.reference, stage, was, due, stages[stage].title, about, was_late, late, known)


def _about(world: World, item: Item) -> str:
    """Its workflow, what it says of itself, its subject as it was called when it was opened."""
    workflow, subject = world.workflow(item.definition), world.governance.organisations.get(item.subject or "")
    said = ": ".join(filter(None, (workflow.title, gist(workflow, item))))
    return f"{said}, {subject.title_on(instant(item.opened_at).date())}" if subject is not None else said


def _is_late(item: Item, stage: str, now: datetime) -> bool:
    return any(v.stage == stage and v.due is not None and v.due.at < stamp(now) for v in item.dated())


def _planned(setting: Setting, body: Body, key: str, now: datetime) -> Meeting:
    """The meeting planned for a day; raises `NoMeeting`."""
    meeting = setting.planned(body, key)
    if meeting is None:
        ahead = [date.fromisoformat(each.key) for each in islice(setting.meetings(body, now), 4)]
        raise NoMeeting(body.title, key, [long_date(day) for day in ahead])
    return meeting
