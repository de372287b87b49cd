"""The shapes of what the governance file says: organisations, and the file by version."""

from __future__ import annotations

from qa_workflow.web.api.models.base import Told
from qa_workflow.web.api.models.workflows import Version


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
