"""The shapes of people, their accounts and their cover."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from qa_workflow.web.api.models.base import Day, Instant, Name, Reason, Sent, Told, Words

PendingKey = Annotated[str, StringConstraints(pattern="^[0-9a-f]{12}$")]


class Person(Told):
    """Somebody who acts."""

    name: str
    title: str
    organisation: str | None
    roles: list[str]
    active: bool


class People(Told):
    """Everybody who acts, or did."""

    people: list[Person]


class PersonGiven(Sent):
    """What is entered of a person; names that are left out stay as they are."""

    title: Words | None = None
    email: Words | None = None
    organisation: Name | None = None
    roles: list[Name] = Field([], max_length=100)
    from_: Day | None = Field(None, alias="from", description="The first day.")
    to: Day | None = Field(None, description="The last day.")
    reason: Words = ""

    def given(self) -> dict[str, Any]:
        """What was really sent, by the names of the use case."""
        told = self.model_dump(by_alias=True, exclude_unset=True, exclude={"reason", "name"})
        return {name: "" if name == "title" and value is None else value for name, value in told.items()}


class NewPerson(PersonGiven):
    """Somebody new; their roles wait for a second person."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "new-lead", "title": "A new quality lead", "roles": ["quality_lead"]}]}
    )
    name: Name


class Leave(Sent):
    """Somebody's last day, and who takes over what they hold."""

    last_day: Day
    to: Name | None = None
    reason: Reason = "has left"


class Substitute(Sent):
    """Who stands in, from which day to which; both are included."""

    substitute: Name
    from_: Day = Field(alias="from")
    until: Day
    reason: Words = ""


class EndCover(Sent):
    """The two between whom cover ends."""

    covered: Name
    substitute: Name
    reason: Words = ""


class Confirm(Sent):
    """The change that was read, by its key."""

    key: PendingKey


class Reject(Confirm):
    """Why it shall come to nothing."""

    reason: Words = ""


class PendingChange(Told):
    """A change that waits for a second person; `key` names exactly this change."""

    key: str
    change: dict[str, Any]
    by: str
    acting_for: str | None
    at: Instant
    reason: str


class PersonKept(Person):
    """A person as they are kept; `revision` is also the ETag."""

    email: str | None
    from_: date | None = Field(validation_alias="start", serialization_alias="from")
    to: date | None = Field(validation_alias="until")
    revision: str
    pending: PendingChange | None


class Cover(Told):
    """Who stands in for whom, and on which days."""

    substitute: str
    covered: str
    from_: date = Field(validation_alias="start", serialization_alias="from")
    until: date


class HeldItem(Told):
    """What is with a person by name: taken on, named in a field, or because they did an earlier step."""

    item: str
    reference: str
    stage: str
    title: str
    why: Literal["taken on", "named", "did"]
    field: str | None


class Standing(Told):
    """How somebody signs in."""

    status: Literal["invited", "active", "closed"] | None
    has_password: bool
    has_code: bool
    needs_code: bool
    is_linked: bool
    invited_until: Instant | None


class PersonInFull(PersonKept):
    """A person with their cover, their account, and what they hold."""

    covers: list[Cover]
    standing: Standing
    held: list[HeldItem]


class WaitingChange(Told):
    """A change that waits: what the person would be, the rights they would gain, why who asks cannot confirm it."""

    person: str
    title: str
    pending: PendingChange
    roles: list[str]
    organisation: str | None
    gains: list[str]
    why_not: str | None


class Confirmations(Told):
    """Every change to people that waits for a second person."""

    waiting: list[WaitingChange]


class Ended(Told):
    """How many sessions have ended, and how many keys and calendar feeds were taken back."""

    sessions: int
    keys: int
    feeds: int


class CoverSet(Told):
    """All cover in which a person has a part; `pending` where what was asked for waits for a second person."""

    covers: list[Cover]
    pending: PendingChange | None
