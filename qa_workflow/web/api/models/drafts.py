"""The shapes of definitions being written, and of what is wrong with them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from qa_workflow.web.api.models.base import Instant, Name, Sent, Sha256, Told, Words

Kind = Literal["workflow", "governance"]
Source = Annotated[
    str, StringConstraints(max_length=262_144), Field(examples=["workflow: site_visit\ntitle: Site visit\n"])
]


class Draft(Told):
    """A definition being written. Of a proposed one, exactly the bytes of `proposed_hash` can be approved."""

    id: int
    kind: Kind
    name: str
    status: Literal["draft", "proposed", "published"]
    revision: int
    author: str
    writers: list[str]
    changed_at: Instant
    based_on: str | None
    note: str
    proposed_hash: str | None
    proposed_by: str | None
    proposed_at: Instant | None


class Drafts(Told):
    """Everybody's drafts that are not published, the latest changed first."""

    drafts: list[Draft]


class Difference(Told):
    """One difference to what is published, in a sentence; roles and people that can do more by it."""

    where: str
    sentence: str
    roles: list[str]
    people: list[str]


class DraftInFull(Draft):
    """A draft with its text, and what it changes; `differences` is null while the text has faults."""

    source: str
    differences: list[Difference] | None


class BeginDraft(Sent):
    """A draft; begun as a published text (`based_on`, its hash) if `source` is left out."""

    kind: Kind
    name: Name
    source: Source | None = None
    based_on: Sha256 | None = None


class SaveDraft(Sent):
    """The text, right or wrong."""

    source: Source


class Propose(Sent):
    """What the change is for."""

    note: Words = ""


class Approve(Sent):
    """The SHA-256 of exactly the bytes that the approver has read."""

    proposed_hash: Sha256


class Redated(Told):
    """A due date that moved with what was published: why the new one, and on what it rests."""

    reference: str
    stage: str
    before: date | None
    after: date | None
    why: str
    basis: str | None


class Published(Told):
    """What was published, and the due dates that moved with it: under the calendar of a new governance file."""

    kind: Kind
    name: str
    version: int
    hash: str
    new: bool
    moved: list[Redated]


class CheckText(Sent):
    """A text to be read as publishing would read it."""

    kind: Kind
    source: Source


class Mark(Told):
    """A fault of a text: from where to where (columns in UTF-16 units, the end is after it), and how to mend it."""

    line: int
    col: int
    end_line: int
    end_col: int
    message: str
    rule: str
    mend: str
    severity: Literal["error", "warning"]


class Checked(Told):
    """What is wrong with a text; its diagram as SVG, as far as it can be drawn."""

    faults: list[Mark]
    picture: str | None
