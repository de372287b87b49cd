"""The shapes of what the house is made of: who asks, people, workflows, bodies and their meetings."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from qa_workflow.definition.model import FieldType
from qa_workflow.web.api.models.base import Day, Instant, ItemId, Reason, Told, When
from qa_workflow.web.api.models.items import Looked


class Me(Told):
    """Who asks: a person, through which roles and rights, for whom they stand in, and how far the key reaches."""

    person: str
    title: str
    organisation: str | None
    roles: list[str]
    rights: list[str]
    stands_in_for: list[str]
    scopes: list[str]
    sees_everything: bool
    now: Instant


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


class Version(Told):
    """One published version of a workflow. `hash` is the SHA-256 of its text, which items pin.

    `proposed_by` is null where it was published from files.
    """

    version: int
    hash: str
    published_at: Instant
    published_by: str
    proposed_by: str | None


class Workflow(Told):
    """A workflow at its newest version."""

    name: str
    title: str
    purpose: str
    subject: str | None
    period: str | None
    newest: Version


class Workflows(Told):
    """Every workflow that is published."""

    workflows: list[Workflow]


class Versions(Told):
    """Every version of a workflow, the newest first."""

    versions: list[Version]


class WorkflowField(Told):
    """A field that items of a workflow carry."""

    name: str
    label: str
    type: FieldType
    of: FieldType | None
    help: str
    options: list[str]


class Stage(Told):
    """A stage at which items rest; `end` is the outcome of one that ends them."""

    path: str
    title: str
    owner: list[str]
    end: str | None
    triggers: list[str]


class Definition(Told):
    """One version of a workflow, taken apart."""

    name: str
    title: str
    version: Version
    fields: list[WorkflowField]
    stages: list[Stage]


class Organisation(Told):
    """An organisation that items may be about, by the title that it has now; null: it has no successor."""

    name: str
    title: str
    kind: str
    active: bool
    successor: str | None


class Organisations(Told):
    """Every organisation that may be known of."""

    organisations: list[Organisation]


class GovernanceVersions(Told):
    """Every version of the governance file, the newest first."""

    name: str
    versions: list[Version]


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
