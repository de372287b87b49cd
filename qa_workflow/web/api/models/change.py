"""The shapes of what a change would mean, and of moving live items; of calendars and their days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from qa_workflow.web.api.models.base import Day, Name, Reason, Sent, Told, pair
from qa_workflow.web.api.models.drafts import Redated
from qa_workflow.web.api.models.items import Looked

Dates = Literal["keep", "elapsed", "restart"]
FateName = Literal["needs_choice", "nobody", "late", "moves", "unaffected"]
Table = Literal["closures", "openings"]
Paths = Annotated[dict[Name, Name], Field(max_length=200)]


class Choices(Sent):
    """What is said of a move: what takes the place of stages and steps that are gone, and what becomes of due dates.

    `keep` lets a date stay, `elapsed` counts by the new rule from when the stage was entered, `restart` from now.
    """

    instead: Paths = Field({}, description="By path, what is gone and what takes its place.")
    dates: Dates = "keep"
    by_stage: Annotated[dict[Name, Dates], Field(max_length=200)] = Field(
        {}, description="Other than `dates`, for single stages."
    )


class AskImpact(Choices):
    """Which part of what a version would mean is wanted."""

    limit: int = Field(50, ge=1, le=200, description="How many items of each fate a page has at most.")
    cursor: str | None = Field(None, max_length=300, description="Where to go on: `next` of the page before.")


class MoveItems(Choices, Looked):
    """A portion of items to be moved to a version."""

    version: int = Field(ge=1, le=10**6, description="The published version that they go to.")
    reason: Reason
    leave: list[Literal["late", "nobody"]] = Field([], max_length=2, description="Items of these fates stay.")
    limit: int = Field(50, ge=1, le=200, description="How many items are looked at before an answer is given.")
    cursor: str | None = Field(None, max_length=300, description="Where to go on: `next` of the portion before.")


class DateMove(Told):
    """A due date before and after."""

    stage: str
    before: date | None
    after: date | None


class Verdict(Told):
    """What a version means for one item, and the same in words."""

    id: str = Field(validation_alias="item")
    reference: str
    fate: FateName
    here: list[str]
    there: list[str]
    dates: list[DateMove]
    due_now: date | None
    due_then: date | None
    late: list[str]
    nobody: list[str]
    why: list[str]
    words: str


class GoneStage(Told):
    """A stage or step that the version lacks and items are at, or have made; `likely` is what it seems to be now."""

    path: str
    title: str
    items: int
    in_branch: bool
    likely: str | None
    is_step: bool


class Counts(Told):
    """How many items have each fate."""

    needs_choice: int
    nobody: int
    late: int
    moves: int
    unaffected: int


class Impact(Told):
    """What a version means for the live items of its workflow; counts are of all, verdicts of this page."""

    workflow: str
    version: int
    total: int
    there: int
    counts: Counts
    gone: list[GoneStage]
    verdicts: list[Verdict]
    next: str | None


class ForeseenDate(Redated):
    """A due date that would move, why, and on what it rests."""

    is_statutory: bool


class NotForeseen(Told):
    """An item of which it cannot be said, and why."""

    reference: str
    why: str


class MeetingThen(Told):
    """What becomes of a meeting: on which day it is held before and after (null: it is not held).

    `moved`: somebody had moved it to its day. `time` is the new one where its day stays and its time does not.
    """

    body: str
    title: str
    before: date | None
    after: date | None
    moved: bool
    time: str


class Foreseen(Told):
    """Which due dates of open items would move, and which meetings of the coming year; of a day, the meetings on it.

    Of the dates the first hundred are told, of the meetings the first five hundred; `more_meetings` are not.
    """

    items: int
    moves: int
    statutory: int
    shown: list[ForeseenDate]
    unknown: list[Annotated[NotForeseen, pair("reference", "why")]]
    meetings: list[MeetingThen]
    more_meetings: int


class DraftImpact(Told):
    """What a draft would mean: of a workflow for its items, of the governance file for dates; the other is null."""

    workflow: Impact | None
    governance: Foreseen | None


class MovedItem(Told):
    """What became of one item: it was moved, or left where it is."""

    moved: bool
    verdict: Verdict


class MovedItems(Told):
    """A portion of a move. `next` is where it goes on, null where it is over."""

    version: int
    items: list[MovedItem]
    next: str | None


class NamedDay(Told):
    """A day of which a calendar says something; `table` is the one that it can be taken out of."""

    day: date
    name: str
    kind: str
    table: Table | None


class Calendar(Told):
    """A calendar's days of one year that are not as other days."""

    name: str
    days: list[NamedDay]


class PendingCount(Told):
    """Open items are still to be counted again: since whose publication, and why."""

    actor: str
    reason: str


class Calendars(Told):
    """Every calendar, for one year. `pending`: counting again was stopped half-way; it can go on."""

    year: int
    calendars: list[Calendar]
    pending: PendingCount | None


class DayWish(Sent):
    """A day to be closed, or worked; `name` says why, null takes it out of the table."""

    calendar: Name
    table: Table = "closures"
    on: Day
    name: Name | None


class Recounted(Told):
    """How many due dates have moved."""

    moves: int
