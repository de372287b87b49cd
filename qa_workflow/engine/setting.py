"""The world as one decision sees it: governance, its calendars, and when bodies really meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from qa_workflow.calendar import (
    BACK,
    Anchor,
    AnchorKind,
    Calendar,
    DueDate,
    Occurrence,
    instant_words,
    long_date,
    work_out,
)
from qa_workflow.definition.governance import Body, Governance
from qa_workflow.definition.model import Workflow
from qa_workflow.engine.almanac import Almanac

AHEAD = timedelta(days=800)
"""How far ahead a body's next meeting is looked for."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting of a body. `key`, its planned day, stays when it is moved; `papers`: the last instant for papers."""

    body: str
    key: str
    at: datetime
    papers: datetime


@dataclass(frozen=True, slots=True)
class Setting:
    """What a decision needs besides the item.

    `moved` holds meetings moved (or, None, called off) since they were planned; `taken` counts the items that already
    wait for a meeting, for bodies whose meetings take only so many.
    """

    governance: Governance
    moved: Mapping[tuple[str, str], datetime | None] = field(default_factory=dict)
    taken: Mapping[tuple[str, str], int] = field(default_factory=dict)
    almanac: Almanac = field(default_factory=Almanac, compare=False, repr=False)

    def calendar(self, workflow: Workflow, name: str | None = None) -> Calendar:
        """The named calendar, else the workflow's, else the usual one."""
        wanted = name or workflow.calendar
        return self.governance.calendars[wanted] if wanted else self.governance.calendar

    def planned(self, body: Body, key: str) -> Meeting | None:
        """The meeting planned for a day, at the time it is really held, or was to be held if it is not."""
        occurrence = body.series.find(key) if body.series else None
        if occurrence is None:
            return None
        at = self.held_at(occurrence) or occurrence.at
        return Meeting(body.name, key, at, self.papers(body, at))

    def is_held(self, body: Body, key: str) -> bool:
        """Whether a meeting is planned for a day, and held on that or another."""
        occurrence = body.series.find(key) if body.series else None
        return occurrence is not None and self.held_at(occurrence) is not None

    def meetings(self, body: Body, after: datetime) -> Iterator[Meeting]:
        """A body's meetings that begin after an instant, in the order in which they are really held."""
        if body.series is None:
            return
        planned = body.series.planned((after - BACK).date(), (after + AHEAD).date())
        held = [(self.held_at(occurrence), occurrence.key) for occurrence in planned]
        for at, key in sorted((at, key) for at, key in held if at is not None and at > after):
            yield Meeting(body.name, key, at, self.papers(body, at))

    def held_at(self, planned: Occurrence) -> datetime | None:
        """When a meeting is really held: as somebody has decided, whatever its day is now, else as its series says."""
        return self.moved.get((planned.body, planned.key), planned.at if planned.is_held else None)

    def next_meeting(
        self, body: Body, now: datetime, ready: datetime | None = None
    ) -> tuple[Meeting | None, tuple[Meeting, ...]]:
        """The next meeting that still takes papers and has room, and those passed over because they do not.

        Args:
            ready: when the papers were ready; now if left out.
        """
        passed: list[Meeting] = []
        for meeting in self.meetings(body, now):
            if self.is_full(body, meeting) or meeting.papers < (ready or now):
                passed.append(meeting)
            else:
                return meeting, tuple(passed)
        return None, tuple(passed)

    def is_full(self, body: Body, meeting: Meeting) -> bool:
        """Whether a meeting has as many items as it takes."""
        return body.capacity is not None and self.taken.get((body.name, meeting.key), 0) >= body.capacity

    def papers(self, body: Body, at: datetime) -> datetime:
        """The last instant for papers of a meeting at `at`, by the body's own rule; the meeting itself without one."""
        due = self._papers(body, at)
        return due.at if due else at

    def told(self, body: Body, meeting: Meeting, *, papers: bool) -> str:
        """Which meeting is meant, and when its papers are due, as sentences for an explanation."""
        zone = self.governance.calendar.zone
        said = f"The meeting of {body.title} is on {instant_words(meeting.at, zone)}"
        moved = self.moved.get((body.name, meeting.key)) is not None
        said += f" (planned for {long_date(date.fromisoformat(meeting.key))})." if moved else "."
        due = self._papers(body, meeting.at) if papers else None
        return f"{said} Its papers: {due.reason}" if due else said

    def told_passed(self, body: Body, meeting: Meeting, ready: datetime) -> str:
        """Why an earlier meeting is not the one, as a sentence for an explanation."""
        zone = self.governance.calendar.zone
        said = f"The meeting of {body.title} on {instant_words(meeting.at, zone)} is passed over:"
        if meeting.papers < ready:
            return f"{said} its papers were due by {instant_words(meeting.papers, zone)}."
        return f"{said} it has its {body.capacity} items already."

    def told_late(self, body: Body, meeting: Meeting, ready: datetime) -> Iterator[str]:
        """Of every earlier meeting since papers were ready that they came too late for, that it is passed over."""
        for each in self.meetings(body, ready):
            if each.at >= meeting.at:
                return
            if each.papers < ready:
                yield self.told_passed(body, each, ready)

    def _papers(self, body: Body, at: datetime) -> DueDate | None:
        if body.papers is None:
            return None

        def resolve(anchor: Anchor) -> datetime | None:
            return at if anchor.kind is AnchorKind.MEETING else None

        calendar = self.governance.calendars.get(body.papers.calendar or "", self.governance.calendar)
        due = work_out(body.papers, resolve, calendar)
        return due if isinstance(due, DueDate) else None
