"""The shapes of what a governance officer looks at: what is late, the calendar, waits, lateness, what will miss."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from qa_workflow.engine import Kind
from qa_workflow.service.boards.misses import Outlook
from qa_workflow.web.api.models.base import Instant, ItemId, Told, pair


class WhyLate(Told):
    """What somebody last said of a step that is late."""

    text: str
    kind: Kind
    by: str
    on: date


class LateStep(Told):
    """A step that is late: `days` calendar days, or `late` in the days of its own rule; its date now, and at first."""

    id: ItemId
    reference: str
    workflow: str
    title: str
    gist: str
    subject: str | None
    subject_title: str | None
    period: str | None
    stage: str
    stage_title: str
    body: str | None
    body_title: str | None
    owner: list[str] = Field(validation_alias="holders")
    due_on: date
    due_at: Instant
    first_due_on: date = Field(validation_alias="first_on")
    days: int
    late: str
    changes: int
    since: date
    is_late: bool
    why: WhyLate | None
    rule: str | None
    basis: str | None
    source: str | None


class Stuck(Told):
    """An item that could not go on by itself and waits for somebody, late or not; since when, and why."""

    reference: str
    what: str
    at: Instant


class Board(Told):
    """A page of what is late, the longest late first. `total` stops counting at 1000; `or_more` says so.

    `on_hold` counts steps that were late when they were put on hold; `held=yes` asks for them. `stuck` are the first
    items that could not go on by themselves, to whoever sees a workflow as a colleague.
    """

    today: date
    steps: list[LateStep]
    next: str | None
    total: int
    or_more: bool
    on_hold: int
    stuck: list[Stuck]


class MeetingOn(Told):
    """A meeting on a day; `called_off` and `moved` where it is not held as planned, `note` says why by its rule.

    `on_agenda` is how many items you may see on its agenda, 0 where its day is over; `agenda` has up to 50 of them.
    """

    body: str
    title: str
    key: str
    at: Instant
    on: date
    called_off: bool
    moved: bool
    note: str
    on_agenda: int
    agenda: list[str]


class DueOn(Told):
    """A step that is due on a day."""

    id: ItemId
    reference: str
    workflow: str
    title: str
    subject: str | None
    subject_title: str | None
    stage: str
    stage_title: str
    body: str | None
    owner: list[str] = Field(validation_alias="holders")
    on: date
    is_late: bool


class CalendarDay(Told):
    """A day of which there is something to say."""

    on: date
    worked: bool = Field(validation_alias="is_worked")
    closed: str | None
    meetings: list[MeetingOn]
    due: list[DueOn]


class Month(Told):
    """A month; `more` where it has more due dates than are told."""

    month: str
    today: date
    days: list[CalendarDay]
    more: bool


class Longest(Told):
    """The longest stay, and whose it is."""

    days: int
    reference: str


class Wait(Told):
    """How long items wait at one stage for one body, in days; stays that go on count as long as they have lasted.

    `median` is the middle of all stays, of an even number the mean of the two in the middle. `longest` is of all stays,
    `longest_now` of those that go on, of which there are `waiting`.
    """

    workflow: str
    title: str
    stage: str
    stage_title: str
    body: str
    body_title: str
    stays: int
    median: float
    longest: Annotated[Longest, pair("days", "reference")] | None
    waiting: int
    longest_now: Annotated[Longest, pair("days", "reference")] | None


class Waits(Told):
    """Where items wait, the longest median first. `at` is when it was worked out; null if it never was yet."""

    at: Instant | None
    waits: list[Wait]


class Signal(Told):
    """What a rule says of a point, and the same in words."""

    rule: Literal["outside", "run", "trend", "near"]
    high: bool
    words: str


class LatePoint(Told):
    """One month: steps that fell due, those that were late, the share in percent (null: none fell due)."""

    month: str
    due: int
    late: int
    share: float | None
    signals: list[Signal]


class Lateness(Told):
    """Lateness over time as an XmR chart: its points, limits (null with fewer than three), and what it says in words.

    `at` is when it was worked out; null if it never was yet.
    """

    at: Instant | None
    by: Literal["last", "first"]
    verdict: str
    points: list[LatePoint]
    mean: float | None
    lower: float | None
    upper: float | None
    is_trial: bool
    rules: list[str]


class LatenessOfBody(Lateness):
    """The same of one body."""

    body: str
    body_title: str


class LatenessOfBodies(Told):
    """Lateness over time, of each body that has any figures to be seen; empty until they were worked out once."""

    bodies: list[LatenessOfBody]


class NotReady(Told):
    """An item that is not ready for a meeting it counts on, and what that means.

    `since` is when it came to its stage; `passed` are meetings before which it came and that did not decide it. Its
    outlook is "no meeting" where none is planned that takes it.
    """

    id: ItemId
    reference: str
    workflow: str
    title: str
    subject: str | None
    subject_title: str | None
    stage: str
    stage_title: str
    owner: list[str] = Field(validation_alias="holders")
    due_on: date | None
    outlook: Outlook
    words: str
    since: date
    passed: list[date]


class MeetingAhead(Told):
    """A body's next meeting, and what is not ready for it, the most pressing first.

    `meeting_at` and `papers_at` are null where no meeting is planned; `body` is empty for what waits for a group in
    which nobody reviews it. `total` is how many there are that are not ready. Where more of them are there than are
    told, `next` is the cursor for asking for this body alone.
    """

    body: str
    title: str
    meeting_at: Instant | None
    papers_at: Instant | None
    on_agenda: int
    undecided: int
    will_miss: int
    total: int
    missing: list[NotReady]
    next: str | None


class Misses(Told):
    """The next meeting of each body that anything counts on, the soonest first."""

    meetings: list[MeetingAhead]
