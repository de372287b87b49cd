"""The shapes of workflows and of their versions."""

from __future__ import annotations

from qa_workflow.definition.model import FieldType
from qa_workflow.web.api.models.base import Instant, Told


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
