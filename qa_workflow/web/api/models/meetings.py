"""The shapes of bodies and of their meetings."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from qa_workflow.web.api.models.base import Day, Instant, ItemId, Reason, Told, When
from qa_workflow.web.api.models.items import Looked


class Body(Told):
    """A group or committee that meets."""

    name: str
    title: str
    kind: str | None
    capacity: int | None


class Bodies(Told):
    """Every group and committee."""

    bodies: list[Body]


class Meeting(Told):
    """A meeting. `key`, its planned day, stays when it is moved; `papers` is the last instant for papers."""

    body: str
    key: str
    at: Instant
    papers: Instant


class Meetings(Told):
    """A body's next meetings."""

    meetings: list[Meeting]


class MoveMeeting(Looked):
    """When a meeting is held instead (null: not at all; a day alone keeps its time), and why.

    With `preview` nothing is done. `sure` is what a refusal `doubtful_date` gave: a day that is past, or not worked, is
    meant.
    """

    at: Annotated[
        When | Day | None,
        Field(union_mode="left_to_right"),
    ]
    reason: Reason
    preview: bool = False
    sure: Annotated[str, StringConstraints(max_length=500)] | None = None


class MovedDate(Told):
    """What a moved meeting does to one stage of one item."""

    id: ItemId | None
    reference: str
    stage: str
    before: date | None
    after: date | None
    stage_title: str
    about: str
    was_late: bool
    is_late: bool


class Moved(Told):
    """Every due date that moves, or would move, with a meeting; and when that is held then, and its papers are due.

    `not_worked`: why its day is none on which work is done; to hold it then, or in the past, has to be `sure`.
    """

    preview: bool
    at: Instant | None
    papers: Instant | None
    not_worked: str | None
    dates: list[MovedDate]
