"""The shapes of what programs send and are answered, as the description of the API tells them."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

LONGEST_REASON = 10_000
MOST_FIELDS = 200
MOST_ITEMS = 500
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def _readable(value: str) -> str:
    text = unicodedata.normalize("NFC", value)
    if any(unicodedata.category(c) in _HIDDEN and c not in "\n\r\t" for c in text):
        raise ValueError("it holds characters that cannot be seen; write it without them")
    return text


Words = Annotated[str, StringConstraints(max_length=LONGEST_REASON), AfterValidator(_readable)]
"""Text that people read: no characters that cannot be seen."""
Reason = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON), AfterValidator(_readable)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_readable)]
ItemId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Sent(BaseModel):
    """What a program sends: names that are not known are refused, numbers are not made of text."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Told(BaseModel):
    """What a program is answered: exactly these names."""

    model_config = ConfigDict(extra="forbid")


class Document(Sent):
    """A document as the value of a field: as `POST /documents` has answered, or as the item has it already."""

    sha256: Sha256
    name: Name
    size: Annotated[int, Field(ge=1, le=2**40)]
    ticket: Annotated[str, StringConstraints(max_length=2_000)] | None = None


Scalar = str | bool | int | float | None
Value = Document | Scalar | list[Document | Scalar]
Fields = Annotated[
    dict[Name, Value],
    Field(
        max_length=MOST_FIELDS,
        description="Values by the names of the workflow's fields; null empties one. Dates as 2027-04-30, documents as "
        "`POST /documents` has answered them.",
    ),
]


# What is sent


class Looked(Sent):
    """What is looked through for a patient's data before it is saved."""

    no_patient: Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")] | None = Field(
        None,
        description="What a refusal `looks_like_patient` gave under this name: says that it was looked at, and that no "
        "patient could be identified by it.",
    )


class OpenItem(Looked):
    """An item to be opened."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"workflow": "cqrg_action", "subject": "ghft", "fields": {}, "reason": "Agreed in April"}]
        }
    )
    workflow: Name
    subject: Name | None = None
    period: Name | None = Field(None, examples=["2026-27 Q4"])
    fields: Fields = {}
    reason: Words | None = None


class Advance(Looked):
    """A step to be made; `trigger` is its name, or its path where several branches know the name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"trigger": "accept", "fields": {}, "reason": None}]})
    trigger: Name
    fields: Fields = {}
    reason: Words | None = None


class Record(Looked):
    """Fields to be filled or emptied, without a step."""

    fields: Fields
    reason: Words | None = None


class Comment(Looked):
    """Something to be said; it stays in the history."""

    text: Reason


class At(Sent):
    """The stage that is meant, where several are open."""

    stage: Name | None = None


class Assign(At, Looked):
    """Whom the work is given to, and why."""

    person: Name
    reason: Reason


class Hold(Looked):
    """Why the clock stops, and (if it is known) until when."""

    reason: Reason
    until: Annotated[AwareDatetime, Field(strict=False)] | None = None


class Resume(Looked):
    """Why the clock runs again, if there is something to say."""

    reason: Words | None = None


class Cancel(Looked):
    """Why the item is withdrawn."""

    reason: Reason


class Correct(At, Looked):
    """What was recorded wrongly: fields, or the stage; `corrects` is the number of the event that was wrong."""

    reason: Reason
    fields: Fields = {}
    corrects: Annotated[int, Field(ge=1, le=10**9)] | None = None


class ChangeDate(At, Looked):
    """Another due date, on whose authority, and why."""

    on: Annotated[date, Field(strict=False)]
    basis: Reason
    reason: Reason
    approver: Name | None = None


class SubItem(At, Looked):
    """One more sub-item of a stage that takes more."""

    fields: Fields = {}


class BulkItem(Sent):
    """One of many items, at the revision that was looked at."""

    id: ItemId
    revision: Annotated[int, Field(ge=1, le=10**9)]


class BulkAdvance(Looked):
    """One step for many items; each is done or refused by itself. With `preview` nothing is done."""

    items: Annotated[list[BulkItem], Field(min_length=1, max_length=MOST_ITEMS)]
    trigger: Name
    fields: Fields = {}
    reason: Words | None = None
    preview: bool = False


class MoveMeeting(Sent):
    """When a meeting is held instead (null: not at all), and why. With `preview` nothing is done."""

    at: Annotated[AwareDatetime, Field(strict=False)] | None
    reason: Reason
    preview: bool = False


# What is answered


class Held(Told):
    """Why the clock is stopped."""

    since: str
    reason: str
    by: str


class Step(Told):
    """A step that the open stages have: who may make it, and what is still missing, in sentences."""

    trigger: str
    path: str
    stage: str
    title: str
    to: list[str]
    by: list[str]
    not_by: list[str]
    needs: list[str]
    missing: list[str]


class Event(Told):
    """One line of a history. `data` has what the event did to the item, and may gain names."""

    seq: int
    at: datetime
    actor: str
    acting_for: str | None
    kind: str
    trigger: str | None
    from_: str | None = Field(alias="from")
    to: str | None
    reason: str | None
    data: dict[str, Any]


class Item(Told):
    """An item. `stage` is a list where branches are open; `revision` is also the ETag."""

    id: ItemId
    reference: str
    workflow: str
    version: int
    title: str
    stage: str | list[str]
    stage_title: str
    status: Literal["open", "held", "closed", "cancelled"]
    outcome: str | None
    subject: str | None
    subject_title: str | None
    period: str | None
    fields: dict[str, Any]
    owner: list[str]
    opened_at: datetime
    due_at: datetime | None
    due_on: date | None
    first_due_on: date | None
    overdue: bool
    revision: int
    hold: Held | None
    available: list[Step]


class Items(Told):
    """A page of items. `next` is the cursor of the next page, null on the last; `total` only if asked for."""

    items: list[Item]
    next: str | None
    total: int | None


class Parent(Told):
    """The item that another hangs on, if there is one that may be seen."""

    parent: Item | None


class History(Told):
    """All that ever happened to an item, in order."""

    events: list[Event]


class Explanation(Told):
    """Why one date is what it is."""

    stage: str
    title: str
    due_on: date | None
    first_on: date | None
    why: str
    rule: str | None
    basis: str | None
    source: str | None
    holds: list[list[str]]
    changes: list[str]


class Explanations(Told):
    """Why each date of an item is what it is, one for each open stage."""

    explanations: list[Explanation]


class Steps(Told):
    """What can be done with an item by who asks; a step without anything missing can be made now."""

    steps: list[Step]


class Kept(Told):
    """A document that is kept. Send it, as it is, as the value of a field; its ticket is good for who uploaded it."""

    sha256: Sha256
    name: str
    size: int
    ticket: str


class Outcome(Told):
    """What became of one item of many."""

    id: str
    reference: str | None
    done: bool
    stages: list[str]
    code: str | None
    detail: str | None


class Outcomes(Told):
    """What became, or with `preview` would become, of each item, in the order in which they were sent."""

    preview: bool
    outcomes: list[Outcome]


class Obstacle(Told):
    """One reason why a step cannot be made."""

    code: str
    text: str


class Fault(Told):
    """One place of a request that is not as described."""

    where: str
    what: str


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
    now: datetime


class PersonTold(Told):
    """Somebody who acts."""

    name: str
    title: str
    organisation: str | None
    roles: list[str]
    active: bool


class People(Told):
    """Everybody who acts, or did."""

    people: list[PersonTold]


class Version(Told):
    """One published version of a workflow. `hash` is the SHA-256 of its text, which items pin."""

    version: int
    hash: str
    published_at: datetime
    published_by: str


class WorkflowTold(Told):
    """A workflow at its newest version."""

    name: str
    title: str
    purpose: str
    subject: str | None
    period: str | None
    newest: Version


class Workflows(Told):
    """Every workflow that is published."""

    workflows: list[WorkflowTold]


class Versions(Told):
    """Every version of a workflow, the newest first."""

    versions: list[Version]


class FieldTold(Told):
    """A field that items of a workflow carry."""

    name: str
    label: str
    type: str
    of: str | None
    help: str
    options: list[str]


class StageTold(Told):
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
    fields: list[FieldTold]
    stages: list[StageTold]


class BodyTold(Told):
    """A group or committee that meets."""

    name: str
    title: str
    kind: str | None
    capacity: int | None


class Bodies(Told):
    """Every group and committee."""

    bodies: list[BodyTold]


class MeetingTold(Told):
    """A meeting. `key`, its planned day, stays when it is moved; `papers` is the last instant for papers."""

    body: str
    key: str
    at: datetime
    papers: datetime


class Meetings(Told):
    """A body's next meetings."""

    meetings: list[MeetingTold]


class RedatedTold(Told):
    """What a moved meeting does to one stage of one item."""

    reference: str
    stage: str
    before: date | None
    after: date | None
    stage_title: str


class Moved(Told):
    """Every due date that moves, or would move, with a meeting."""

    preview: bool
    dates: list[RedatedTold]


class Machine(Told):
    """How the house is: what waits, what needs a person, when time was last looked at."""

    database: str
    schema_revision: str
    rehearsal: bool
    now: datetime
    seconds_since_sweep: float | None
    sweep_error: str | None
    items_open: int
    items_overdue: int
    letters_waiting: int
    letters_given_up: int
    incidents_open: int
    sessions: int


class Incident(Told):
    """Something that needs, or needed, a person; settled by trying again or by giving up."""

    number: int
    at: datetime
    kind: str
    what: str
    item: str | None
    can_retry: bool
    can_give_up: bool
    settled_at: datetime | None
    settled_by: str | None
    outcome: str | None
    reason: str | None


class Settle(Sent):
    """Why this is the right thing to do; it is on record."""

    reason: Reason


class Incidents(Told):
    """What needs a person, the oldest first."""

    incidents: list[Incident]


class Verified(Told):
    """What checking the whole history found; `ok` where it proves itself."""

    ok: bool
    said: str
    findings: list[str]


class Schema(BaseModel):
    """A JSON Schema."""

    model_config = ConfigDict(extra="allow")


class Verify(Sent):
    """The text of a checkpoint that was kept elsewhere, if there is one."""

    checkpoint: Annotated[str, StringConstraints(max_length=100_000)] | None = None


class WhyLate(Told):
    """What somebody last said of a step that is late."""

    text: str
    kind: str
    by: str
    on: date


class LateStep(Told):
    """A step that is late: `days` calendar days, or `late` in the days of its own rule; its date now, and at first."""

    id: ItemId
    reference: str
    workflow: str
    title: str
    subject: str | None
    period: str | None
    stage: str
    stage_title: str
    body: str | None
    body_title: str | None
    holders: list[str]
    due_on: date
    due_at: datetime
    first_on: date
    days: int
    late: str
    changes: int
    since: date
    is_late: bool
    why: WhyLate | None
    rule: str | None
    basis: str | None
    source: str | None


class Board(Told):
    """A page of what is late, the longest late first. `total` stops counting at 1000; `or_more` says so."""

    today: date
    steps: list[LateStep]
    next: str | None
    total: int
    or_more: bool


class MeetingOn(Told):
    """A meeting on a day; `called_off` and `moved` where it is not held as planned."""

    body: str
    title: str
    key: str
    at: datetime
    on: date
    called_off: bool
    moved: bool


class DueOn(Told):
    """A step that is due on a day."""

    id: ItemId
    number: int
    reference: str
    title: str
    subject: str | None
    stage_title: str
    body: str | None
    holders: list[str]
    on: date
    is_late: bool


class DayTold(Told):
    """A day of which there is something to say."""

    on: date
    worked: bool
    closed: str | None
    meetings: list[MeetingOn]
    due: list[DueOn]


class Month(Told):
    """A month; `more` where it has more due dates than are told."""

    month: str
    today: date
    days: list[DayTold]
    more: bool


class DraftTold(Told):
    """A definition being written. Of a proposed one, exactly the bytes of `proposed_hash` can be approved."""

    id: int
    kind: str
    name: str
    status: Literal["draft", "proposed", "published"]
    revision: int
    author: str
    writers: list[str]
    changed_at: datetime
    based_on: str | None
    note: str
    proposed_hash: str | None
    proposed_by: str | None
    proposed_at: datetime | None


class Drafts(Told):
    """Everybody's drafts that are not published, the latest changed first."""

    drafts: list[DraftTold]


class DifferenceTold(Told):
    """One difference to what is published, in a sentence; roles and people that can do more by it."""

    where: str
    sentence: str
    roles: list[str]
    people: list[str]


class DraftInFull(DraftTold):
    """A draft with its text, and what it changes; `differences` is null while the text has faults."""

    source: str
    differences: list[DifferenceTold] | None


Source = Annotated[str, StringConstraints(max_length=262_144)]


class BeginDraft(Sent):
    """A draft; begun as a published text (`based_on`, its hash) if `source` is left out."""

    kind: Literal["workflow", "governance"]
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


class Nothing(Sent):
    """Nothing more is to be said."""


class Gone(Told):
    """It is no longer there."""

    gone: bool


class PublishedTold(Told):
    """What was published."""

    kind: str
    name: str
    version: int
    hash: str
    new: bool
