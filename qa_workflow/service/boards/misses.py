"""What will miss the next meeting: items that count on it and are not ready, for each body, and what that means.

An item counts on a meeting when its present step is due by that meeting's papers (or a time before the meeting); it is
ready when it stands on the agenda. What counted on an earlier meeting and missed it can only come to the next. What
stood on the agenda of an earlier meeting and waits still, undecided, is on no agenda to come: only this list says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from qa_workflow.calendar import instant_words, local_date, long_date
from qa_workflow.calendar.words import listed
from qa_workflow.definition import Body
from qa_workflow.engine import Actor, Item, Meeting, Setting, Visit
from qa_workflow.engine.item import HELD, instant
from qa_workflow.service.house import House
from qa_workflow.service.items.changing import owners
from qa_workflow.service.knowing import may_know, meetings_of
from qa_workflow.service.ports.boards import Waits
from qa_workflow.service.telling import views
from qa_workflow.service.telling.gist import gist
from qa_workflow.service.world import World

MOST = 200
"""Items shown for one meeting."""
SOON = timedelta(days=5)
"""Within so many days of its papers, what is not ready is at risk."""


class Outlook(StrEnum):
    """What becomes of an item that is not ready."""

    UNDECIDED = "undecided"
    MISSED = "missed"
    WILL_MISS = "will miss"
    LATE = "late"
    ON_HOLD = "on hold"
    AT_RISK = "at risk"
    IN_TIME = "in time"


WORDS = {
    Outlook.UNDECIDED: "passed without a decision; it is not on the agenda of this one",
    Outlook.MISSED: "has missed it: the papers have closed",
    Outlook.WILL_MISS: "will miss it: its date lies after the papers close",
    Outlook.LATE: "is late already, and comes to it only if it is done before the papers close",
    Outlook.ON_HOLD: "will miss it unless its clock runs again: it is on hold",
    Outlook.AT_RISK: "may miss it: the papers close within days",
    Outlook.IN_TIME: "is in time if it is done by its date",
}
"""Each in half a sentence, after the item's name; of what is undecided, after the meetings that have passed."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One item that is not ready for a meeting it counts on."""

    reference: str
    title: str
    gist: str
    subject: str | None
    stage_title: str
    holders: tuple[str, ...]
    due_on: date | None
    outlook: Outlook
    since: date
    passed: tuple[date, ...] = ()
    """Of what is undecided, the days of the meetings since it was put on an agenda."""

    @property
    def words(self) -> str:
        """What becomes of it."""
        if not self.passed:
            return WORDS[self.outlook]
        meetings = "the meeting of" if len(self.passed) == 1 else "the meetings of"
        days = listed([long_date(day) for day in self.passed])
        return f"waits since {long_date(self.since)}; {meetings} {days} {WORDS[self.outlook]}"


@dataclass(frozen=True, slots=True)
class Ahead:
    """A body's next meeting: when its papers close (also in words), how many are on its agenda, and those not ready."""

    body: str
    title: str
    meeting_at: datetime
    papers_at: datetime
    papers_on: date
    on_agenda: int
    missing: tuple[Missing, ...]
    more: bool = False
    papers_words: str = ""
    key: str = ""
    agenda: tuple[str, ...] = ()
    """References of what stands on its agenda."""

    @property
    def undecided(self) -> int:
        """How many stood on the agenda of an earlier meeting."""
        return sum(each.outlook is Outlook.UNDECIDED for each in self.missing)

    @property
    def not_ready(self) -> int:
        """How many of the others count on this one."""
        return len(self.missing) - self.undecided

    @property
    def will_miss(self) -> int:
        """How many of them are not simply in time."""
        return sum(each.outlook is not Outlook.IN_TIME for each in self.missing)


def ahead(house: House, actor: Actor, now: datetime, *, body: str = "") -> tuple[Ahead, ...]:
    """The next meeting of each body before which items come, the soonest first; within what may be seen."""
    with house.looking() as (look, world):
        sight = world.sight(actor)
        setting = world.setting(look)
        bodies = [b for b in world.governance.bodies.values() if body in ("", b.name)]
        in_use = {ref.name for name in world.latest for ref in meetings_of(world.newest(name)[0])}
        meetings = {b.name: m for b in bodies if (m := next(setting.meetings(b, now), None)) is not None}
        waiting = look.boards.waiting({name: m.key for name, m in meetings.items()}, MOST + 1, sight)
        items = look.boards.items([each.row for of_body in waiting.values() for each in of_body])
        found = [
            _ahead(world, setting, b, meetings[b.name], waiting=waiting.get(b.name, ()), items=items, now=now)
            for b in bodies
            if b.name in waiting
            or (
                b.name in meetings
                and {b.name, b.kind} & in_use
                and b.exists(world.day(now))
                and may_know(world, sight, b)
            )
        ]
    return tuple(sorted(found, key=lambda each: (each.meeting_at, each.title)))


def outlook(item: Item, visit: Visit, meeting: Meeting, now: datetime) -> Outlook:
    """What becomes of an item that is not on the agenda of a meeting it counts on."""
    if now > meeting.papers:
        return Outlook.MISSED
    if item.status == HELD:
        return Outlook.ON_HOLD
    due_at = instant(visit.due.at) if visit.due else None
    if due_at is not None and due_at > meeting.papers:
        return Outlook.WILL_MISS
    if due_at is not None and due_at < now:
        return Outlook.LATE
    return Outlook.AT_RISK if meeting.papers - now <= SOON else Outlook.IN_TIME


def _ahead(
    world: World,
    setting: Setting,
    body: Body,
    meeting: Meeting,
    *,
    waiting: Sequence[Waits],
    items: Mapping[int, Item],
    now: datetime,
) -> Ahead:
    zone = world.governance.calendar.zone
    ready = {each.row for each in waiting if each.on_agenda and each.key == meeting.key}
    rest = [each for each in waiting if each.row not in ready]
    passed = _passed(setting, body, min((each.key for each in rest if each.on_agenda), default=None), now)
    missing = sorted(_missing(world, rest, items, meeting, passed=passed, now=now), key=_pressing)
    return Ahead(
        body.name,
        body.title_on(local_date(meeting.at, zone)),
        meeting.at,
        meeting.papers,
        local_date(meeting.papers, zone),
        len(ready),
        tuple(missing),
        len(waiting) > MOST,
        instant_words(meeting.papers, zone),
        meeting.key,
        tuple(sorted(items[row].reference for row in ready)),
    )


def _passed(setting: Setting, body: Body, first: str | None, now: datetime) -> Mapping[str, datetime]:
    """A body's meetings that have begun, from the one planned for a day on: when, by the day planned for them."""
    meeting = setting.planned(body, first) if first else None
    if meeting is None:
        return {}
    since = setting.meetings(body, meeting.at - timedelta(microseconds=1))
    return {each.key: each.at for each in takewhile(lambda each: each.at <= now, since)}


def _missing(
    world: World,
    waiting: Sequence[Waits],
    items: Mapping[int, Item],
    meeting: Meeting,
    *,
    passed: Mapping[str, datetime],
    now: datetime,
) -> Iterator[Missing]:
    zone = world.governance.calendar.zone
    for each in waiting:
        item = items[each.row]
        visit = item.visit(each.visit)
        if visit is None or item.is_over:
            continue
        workflow = world.workflow(item.definition)
        stage = workflow.stages[visit.stage]
        if each.on_agenda and each.key not in passed:
            continue  # of a meeting that is still to come, at another time than planned
        days = [local_date(at, zone) for at in passed.values() if at >= passed[each.key]] if each.on_agenda else []
        yield Missing(
            item.reference,
            workflow.title,
            gist(workflow, item),
            views.subject_title(world, item),
            stage.title,
            tuple(owners(workflow, item, visit).split()),
            date.fromisoformat(visit.due.on) if visit.due else None,
            Outlook.UNDECIDED if days else outlook(item, visit, meeting, now),
            local_date(instant(visit.at), zone),
            tuple(days),
        )


def _pressing(missing: Missing) -> tuple[int, date, str]:
    return list(Outlook).index(missing.outlook), missing.due_on or date.max, missing.reference
