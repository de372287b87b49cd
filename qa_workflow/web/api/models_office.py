"""The shapes of what a governance officer looks at over time: waits, lateness, and the next meetings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from qa_workflow.web.api.models import Told


class Longest(Told):
    """The longest stay, and whose it is."""

    days: int
    reference: str


class WaitTold(Told):
    """How long items wait at one stage for one body, in whole days; stays that go on count as long as they have lasted.

    `longest` is of all stays, `longest_now` of those that go on, of which there are `waiting`.
    """

    workflow: str
    title: str
    stage: str
    stage_title: str
    body: str
    body_title: str
    stays: int
    median: int
    longest: Longest | None
    waiting: int
    longest_now: Longest | None


class Waits(Told):
    """Where items wait, the longest median first. `at` is when it was worked out; null if it never was yet."""

    at: datetime | None
    waits: list[WaitTold]


class SignalTold(Told):
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
    signals: list[SignalTold]


class LatenessTold(Told):
    """Lateness over time as an XmR chart: its points, limits (null with fewer than three), and what it says in words.

    `at` is when it was worked out; null if it never was yet.
    """

    at: datetime | None
    by: Literal["last", "first"]
    verdict: str
    points: list[LatePoint]
    mean: float | None
    lower: float | None
    upper: float | None
    is_trial: bool
    rules: list[str]


class MissingTold(Told):
    """An item that is not ready for a meeting it counts on, and what that means."""

    reference: str
    title: str
    subject: str | None
    stage_title: str
    holders: list[str]
    due_on: date | None
    outlook: Literal["missed", "will miss", "late", "on hold", "at risk", "in time"]
    words: str


class AheadTold(Told):
    """A body's next meeting, and what is not ready for it; `more`: there is more than is told."""

    body: str
    title: str
    meeting_at: datetime
    papers_at: datetime
    on_agenda: int
    will_miss: int
    missing: list[MissingTold]
    more: bool


class Misses(Told):
    """The next meeting of each body that anything counts on, the soonest first."""

    meetings: list[AheadTold]
