"""What will miss the next meeting: items that count on it and are not ready, for each body, and what that means.

An item counts on a meeting when its present step is due by that meeting's papers (or a time before the meeting); it is
ready when it stands on the agenda. What counted on an earlier meeting and missed it can only come to the next. What
stood on the agenda of an earlier meeting and waits still, undecided, is on no agenda to come: only this list says so.
The same goes for what waits for a body that has no meeting ahead: it is listed first, as the worst miss.

A meeting has passed when its day is over; until then it may be sitting.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from qa_workflow.calendar import AnchorKind, Offset, instant_words, local_date, long_date
from qa_workflow.calendar.words import listed
from qa_workflow.definition import Body
from qa_workflow.engine import Actor, Item, Meeting, Setting, Sight
from qa_workflow.engine.dates import own_meeting
from qa_workflow.engine.item import instant
from qa_workflow.service.boards.names import body_of
from qa_workflow.service.house import House
from qa_workflow.service.items.changing import owners
from qa_workflow.service.items.gist import gist
from qa_workflow.service.knowing import may_know, meetings_of
from qa_workflow.service.ports.boards import Part, Waits
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.telling import views
from qa_workflow.service.world import World

MOST = 200
"""Items shown at once for one meeting."""
SOON = timedelta(days=5)
"""Within so many days of its papers, what is not ready is at risk."""
END_OF_TIME = "9999-12-31"
_NO_DATE = 2**62
Place = tuple[int, int, str, int, str]
"""Where a line stands among those of its body: outlook, when it is due in microseconds, item, visit, stage. The item is
named by its key, for rows are counted over all items (`lists.onward`)."""


class Outlook(StrEnum):
    """What becomes of an item that is not ready."""

    NO_MEETING = "no meeting"
    UNDECIDED = "undecided"
    MISSED = "missed"
    WILL_MISS = "will miss"
    LATE = "late"
    ON_HOLD = "on hold"
    AT_RISK = "at risk"
    IN_TIME = "in time"


WORDS = {
    Outlook.NO_MEETING: "is on no agenda: no meeting that takes it is planned",
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

    id: str
    reference: str
    workflow: str
    title: str
    gist: str
    subject: str | None
    subject_title: str | None
    stage: str
    stage_title: str
    holders: tuple[str, ...]
    due_on: date | None
    outlook: Outlook
    since: date
    passed: tuple[date, ...] = ()
    """Of what stood on the agenda of an earlier meeting, the days of the meetings since."""

    @property
    def words(self) -> str:
        """What becomes of it."""
        said = f"waits since {long_date(self.since)}"
        if not self.passed:
            return f"{said}, and {WORDS[self.outlook]}" if self.outlook is Outlook.NO_MEETING else WORDS[self.outlook]
        meetings = "the meeting of" if len(self.passed) == 1 else "the meetings of"
        days = listed([long_date(day) for day in self.passed])
        after = "passed without a decision, and no other is planned"
        return f"{said}; {meetings} {days} {WORDS[self.outlook] if self.outlook is Outlook.UNDECIDED else after}"


@dataclass(frozen=True, slots=True)
class Ahead:
    """A body's next meeting, or the one of today; None where it has none ahead: what is not ready for it.

    `papers_at` (and `papers_on`, and in words) is when its papers close. `missing` is a part of what is not ready, the
    most pressing first, of which `skip` come before, and `last` is the place of its last; `agenda` the references of
    the first that stand on its agenda, which holds `on_agenda`. `body` is empty for what waits for a group in which
    nobody reviews its organisation.
    """

    body: str
    title: str
    meeting_at: datetime | None
    papers_at: datetime | None
    papers_on: date | None
    on_agenda: int
    outlooks: Mapping[Outlook, int]
    missing: tuple[Missing, ...]
    skip: int = 0
    last: str = ""
    papers_words: str = ""
    key: str = ""
    agenda: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """How many there are that are not ready."""
        return sum(self.outlooks.values())

    @property
    def undecided(self) -> int:
        """How many stood on the agenda of an earlier meeting."""
        return self.outlooks.get(Outlook.UNDECIDED, 0)

    @property
    def not_ready(self) -> int:
        """How many of the others count on this one."""
        return self.total - self.undecided

    @property
    def will_miss(self) -> int:
        """How many of them are not simply in time."""
        return self.total - self.outlooks.get(Outlook.IN_TIME, 0)

    @property
    def shown(self) -> int:
        """Up to which of them they are shown."""
        return self.skip + len(self.missing)

    @property
    def more(self) -> bool:
        """Whether there are more."""
        return self.shown < self.total


@dataclass(frozen=True, slots=True)
class _Line:
    """An item that is not ready, before it is read; `visit` 0 where it has come onto no agenda."""

    outlook: Outlook
    due_at: datetime | None
    row: int
    visit: int
    stage: str
    passed: tuple[date, ...] = ()

    @property
    def pressing(self) -> tuple[int, int, int, int, str]:
        """The order in which they are shown."""
        due_at = round(self.due_at.timestamp() * 1_000_000) if self.due_at is not None else _NO_DATE
        return list(Outlook).index(self.outlook), due_at, self.row, self.visit, self.stage


def read_place(text: str) -> Place | None:
    """The place that `Ahead.last` tells; None where a text tells none."""
    found = re.fullmatch(r"(\d{1,2}) (-?\d{1,19}) ([0-9a-f]{32}) (\d{1,9}) (\S{1,200})", text, re.ASCII)
    return (int(found[1]), int(found[2]), found[3], int(found[4]), found[5]) if found else None


def ahead(
    house: House, actor: Actor, now: datetime, *, body: str = "", after: Place | None = None
) -> tuple[Ahead, ...]:
    """The next meeting of each body before which items come, the soonest first; within what may be seen.

    A meeting of today is the next one until its day is over. A body without any comes before all others.

    Args:
        after: of one body, the place after which it goes on: what comes to the list meanwhile shifts nothing.
    """
    with house.looking() as (look, world):
        sight, setting, today = world.sight(actor), world.setting(look), world.day(now)
        in_use = {ref.name for workflow in world.workflows.values() for ref in meetings_of(workflow)}
        bodies = [b for b in world.governance.bodies.values() if body in ("", b.name)]
        meetings = {b.name: next(setting.meetings(b, world.before_day(now)), None) for b in bodies}
        waiting = look.boards.waiting({name: m.key if m else END_OF_TIME for name, m in meetings.items()}, sight)
        unseated = _unseated(look, world, sight, today)
        found = []
        for each in bodies:
            shown = _Shown(look, world, sight, setting, each, meetings[each.name], now)
            lines = [*shown.lines(waiting.get(each.name, ())), *unseated.pop(each.name, ())]
            is_known = {each.name, each.kind} & in_use and each.is_active(today) and may_know(world, sight, each)
            if lines or each.name in waiting or is_known:
                found.append(shown.told(waiting.get(each.name, ()), lines, after))
        if not body and unseated.get(""):
            found.append(_told_of_nobody(look, world, unseated[""], sight))
    soonest = datetime.min.replace(tzinfo=now.tzinfo)
    return tuple(sorted(found, key=lambda each: (each.meeting_at or soonest, each.title)))


def outlook(waits: Waits, meeting: Meeting, now: datetime) -> Outlook:
    """What becomes of an item that is not on the agenda of a meeting it counts on."""
    if now > meeting.papers:
        return Outlook.MISSED
    if waits.is_held:
        return Outlook.ON_HOLD
    if waits.due_at is not None and waits.due_at > meeting.papers:
        return Outlook.WILL_MISS
    if waits.due_at is not None and waits.due_at < now:
        return Outlook.LATE
    return Outlook.AT_RISK if meeting.papers - now <= SOON else Outlook.IN_TIME


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a body's next meeting is shown; `meeting` None where it has none ahead."""

    look: Reader
    world: World
    sight: Sight
    setting: Setting
    body: Body
    meeting: Meeting | None
    now: datetime

    def lines(self, waiting: Sequence[Waits]) -> Iterator[_Line]:
        """What is not ready."""
        rest = [each for each in waiting if not self._is_ready(each)]
        passed = self._passed(min((each.key for each in rest if each.on_agenda), default=None))
        for each in rest:
            if each.on_agenda and each.key not in passed:
                continue  # of a meeting that is still to come, at another time than planned
            if not each.on_agenda and not self._counts(each):
                continue
            days = tuple(day for key, day in passed.items() if day >= passed[each.key]) if each.on_agenda else ()
            if self.meeting is None:
                found = Outlook.NO_MEETING
            else:
                found = Outlook.UNDECIDED if days else outlook(each, self.meeting, self.now)
            yield _Line(found, each.due_at, each.row, each.visit, each.stage, days)

    def told(self, waiting: Sequence[Waits], lines: Sequence[_Line], after: Place | None) -> Ahead:
        """All of it, but of the lines a part."""
        ordered = sorted(lines, key=lambda line: line.pressing)
        row = self.look.lists.row(after[2]) if after is not None else None
        before = (*after[:2], row, *after[3:]) if after is not None and row is not None else None
        skip = sum(line.pressing <= before for line in ordered) if before is not None else 0
        part = ordered[skip : skip + MOST]
        missing = _missing(self.look, self.world, part, self.sight)
        zone = self.world.governance.calendar.zone
        ready = [each.row for each in waiting if self._is_ready(each)]
        agenda = self.look.boards.items(ready[:MOST], self.sight)
        at, papers = (self.meeting.at, self.meeting.papers) if self.meeting is not None else (None, None)
        return Ahead(
            self.body.name,
            self.body.title_on(local_date(at or self.now, zone)),
            at,
            papers,
            local_date(papers, zone) if papers is not None else None,
            len(ready),
            Counter(line.outlook for line in lines),
            missing,
            skip,
            " ".join(map(str, (*part[-1].pressing[:2], missing[-1].id, *part[-1].pressing[3:]))) if part else "",
            instant_words(papers, zone) if papers is not None else "",
            self.meeting.key if self.meeting is not None else "",
            tuple(sorted(item.reference for item in agenda.values())),
        )

    def _is_ready(self, waits: Waits) -> bool:
        return self.meeting is not None and waits.on_agenda and waits.key == self.meeting.key

    def _counts(self, waits: Waits) -> bool:
        """Whether a step is to be done before the meeting from which its date counts, and not after it."""
        stage = self.world.workflow(waits.definition).stages.get(waits.stage)
        rule = stage.due.rule if stage is not None and stage.due is not None else None
        return not isinstance(rule, Offset) or rule.anchor.kind is not AnchorKind.MEETING or rule.direction.is_backward

    def _passed(self, first: str | None) -> Mapping[str, date]:
        """The days of a body's meetings that are over, from the one planned for a day on; by the day planned."""
        meeting = self.setting.planned(self.body, first) if first else None
        if meeting is None:
            return {}
        since = self.setting.meetings(self.body, meeting.at - timedelta.resolution)
        held = ((each.key, self.world.day(each.at)) for each in since)
        today = self.world.day(self.now)
        return dict(takewhile(lambda each: each[1] < today, held))


def _unseated(look: Reader, world: World, sight: Sight, today: date) -> dict[str, list[_Line]]:
    """By body, what waits for its decision and has come onto no agenda: it has no meeting that takes it.

    Under an empty name what waits for a group in which nobody reviews the organisation that it is about.
    """
    parts = [
        Part(workflow.name, stages)
        for workflow in world.every_version()
        if (stages := frozenset(path for path, stage in workflow.stages.items() if stage.meeting is not None))
    ]
    unseated = look.boards.unseated(tuple(dict.fromkeys(parts)), sight) if parts else []
    items = look.boards.items([each.row for each in unseated if len(each.stage.split()) > 1], sight)
    found: dict[str, list[_Line]] = {}
    for each in unseated:
        workflow, item = world.workflow(each.definition), items.get(each.row)
        for path in each.stage.split():
            visit = item.at_stage(path) if item is not None else None
            stage = workflow.stages[path]
            is_seated = visit is not None and own_meeting(world.governance, stage, visit) is not None
            if stage.meeting is not None and not is_seated:
                body = body_of(world, workflow, path, each.subject, today)
                line = _Line(Outlook.NO_MEETING, None, each.row, visit.number if visit else 0, path)
                found.setdefault(body.name if body is not None else "", []).append(line)
    return found


def _told_of_nobody(look: Reader, world: World, lines: Sequence[_Line], sight: Sight) -> Ahead:
    """What waits for a group that is not there."""
    missing = _missing(look, world, sorted(lines, key=lambda line: line.pressing)[:MOST], sight)
    return Ahead("", "No group", None, None, None, 0, Counter(line.outlook for line in lines), missing)


def _missing(look: Reader, world: World, part: Sequence[_Line], sight: Sight) -> tuple[Missing, ...]:
    """Lines, with what is known of their items to somebody with this sight."""
    items = look.boards.items([line.row for line in part], sight)
    return tuple(_told(world, line, items[line.row]) for line in part)


def _told(world: World, line: _Line, item: Item) -> Missing:
    workflow = world.workflow(item.definition)
    visit = item.visit(line.visit) or item.at_stage(line.stage)
    stage = workflow.stages[visit.stage if visit else line.stage]
    return Missing(
        item.id,
        item.reference,
        item.workflow,
        workflow.title,
        gist(workflow, item),
        item.subject,
        views.subject_title(world, item),
        stage.path,
        stage.title,
        tuple(owners(workflow, item, visit).split()) if visit else (),
        date.fromisoformat(visit.due.on) if visit and visit.due else None,
        line.outlook,
        world.day(instant(visit.at if visit else item.opened_at)),
        line.passed,
    )
