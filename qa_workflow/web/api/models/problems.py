"""The shape of a refusal, and of what it can tell a program beside the words."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from qa_workflow.web.api.models.base import Told


class Obstacle(Told):
    """One reason why a step cannot be made."""

    code: str
    text: str


class Fault(Told):
    """One place of a request that is not as described."""

    where: str
    what: str


class NewDate(Told):
    """What would come of a day given as a due date: `on`, who would be told at once, and to which stages time would
    take the item.
    """

    stage: str
    before: date | None
    given: date
    on: date
    is_past: bool
    is_far: bool
    not_worked: str | None
    told: list[str]
    does: list[str]
    sub_item: str | None


class Problem(BaseModel):
    """Problem details (RFC 9457). `code` is stable; `detail` is for people. Some codes tell more."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    meanwhile: list[str] | None = Field(None, description="Of `stale`: who did what since, and when.")
    revision: int | None = Field(None, description="Of `stale`: the revision now.")
    seen: int | None = Field(None, description="Of `stale`: the revision that was sent.")
    obstacles: list[Obstacle] | None = Field(None, description="Of `not_now`: everything that is in the way.")
    faults: list[Fault] | None = Field(
        None, description="Of `invalid` and `definition`: what is not as it should be, and where."
    )
    doubts: list[Fault] | None = Field(None, description="Of `looks_like_patient`: what looks like it, and where.")
    no_patient: str | None = Field(None, description="Of `looks_like_patient`: send this along if it is none.")
    coming: list[NewDate] | None = Field(
        None,
        description="Of `doubtful_date`: what would come of each due date that would be set.",
    )
    sure: str | None = Field(None, description="Of `doubtful_date`: send this along if the date is meant.")
