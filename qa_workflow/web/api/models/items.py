"""The shapes of items: as they are told, and what may be asked of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from qa_workflow.engine import Kind
from qa_workflow.web.api.models.base import Day, Instant, ItemId, Name, Reason, Sent, Sha256, Told, When, Words

MOST_FIELDS = 200
MOST_ITEMS = 500


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


class Looked(Sent):
    """What is looked through for a patient's data before it is saved."""

    no_patient: Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")] | None = Field(
        None,
        description="What a refusal `looks_like_patient` gave under this name: says that it was looked at, and that no "
        "patient could be identified by it.",
    )


class Dated(Looked):
    """What may set a due date."""

    sure: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        None,
        description="What a refusal `doubtful_date` gave under this name: says that a date which is past, or no "
        "working day, is meant.",
        examples=["cqrg_review 2027-08-07"],
    )


class OpenItem(Dated):
    """An item to be opened."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"workflow": "cqrg_action", "subject": "ghft", "fields": {}, "reason": "Agreed in April"}]
        }
    )
    workflow: Name
    subject: Name | None = None
    period: Name | None = Field(None, examples=["2026-27 Q4"])
    fields: Fields = Field(default_factory=dict)
    reason: Words | None = None


class Advance(Dated):
    """A step to be made; `trigger` is its name, or its path where several branches know the name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"trigger": "accept", "fields": {}, "reason": None}]})
    trigger: Name
    fields: Fields = Field(default_factory=dict)
    reason: Words | None = None


class Record(Dated):
    """Fields to be filled or emptied, without a step."""

    fields: Fields
    reason: Words | None = None


class Comment(Looked):
    """Something to be said; it stays in the history, for everybody who may see the item.

    `colleagues_only`: not for the people of the organisation that the item is about. `why_late`: it is why the item is
    late, and lists of what is late show it.
    """

    text: Reason
    colleagues_only: bool = False
    why_late: bool = False
    tell: Name | None = None


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
    until: When | None = None


class Resume(Looked):
    """Why the clock runs again, if there is something to say."""

    reason: Words | None = None


class Cancel(Looked):
    """Why the item is withdrawn."""

    reason: Reason


class Correct(At, Dated):
    """What was recorded wrongly: fields, or the stage; `corrects` is the number of the event that was wrong.

    A stage that the item was at before is due when it was due then.
    """

    reason: Reason
    fields: Fields = Field(default_factory=dict)
    corrects: Annotated[int, Field(ge=1, le=10**9)] | None = None


class ChangeDate(At, Dated):
    """Another due date, on whose authority (one's own where no approver is named), and why."""

    on: Day
    basis: Reason
    reason: Reason
    approver: Name | None = None


class SubItem(At, Dated):
    """One more sub-item of a stage that takes more."""

    fields: Fields = Field(default_factory=dict)


class BulkItem(Sent):
    """One of many items, at the revision that was looked at."""

    id: ItemId
    revision: Annotated[int, Field(ge=1, le=10**9)]


class BulkAdvance(Looked):
    """One step for many items; each is done or refused by itself. With `preview` nothing is done."""

    items: Annotated[list[BulkItem], Field(min_length=1, max_length=MOST_ITEMS)]
    trigger: Name
    fields: Fields = Field(default_factory=dict)
    reason: Words | None = None
    preview: bool = False


class Held(Told):
    """Why the clock is stopped, and until when; null until somebody resumes it."""

    since: Instant
    until: Instant | None
    reason: str
    by: str


class Step(Told):
    """A step that the open stages have: who may make it, and what is still missing, in sentences.

    What it `needs` has to be filled in before it or with it; what it `asks` for may stay empty.
    """

    trigger: str
    path: str
    stage: str
    title: str
    to: list[str]
    by: list[str]
    not_by: list[str]
    needs: list[str]
    asks: list[str]
    missing: list[str]


class Event(Told):
    """One line of a history. `data` has what the event did to the item, and may gain names.

    `who`, `what` and `told` say it in words, as the pages do: what happened, then what it rests on and what followed.
    `corrects` are the events that this one puts right; `corrected_by` the later ones that say that this one was wrong,
    or changed a value that it gave.
    """

    seq: int
    at: Instant
    actor: str
    acting_for: str | None
    kind: Kind
    trigger: str | None
    from_: str | None = Field(alias="from")
    to: str | None
    reason: str | None
    data: dict[str, Any]
    who: str
    what: str
    told: list[str]
    corrects: list[int]
    corrected_by: list[int]


class Item(Told):
    """An item. `stage` is a list where branches are open; `revision` is also the ETag.

    What is `undisclosed` is not shown to the people of the item's own organisation: for them it is not in `fields`.
    """

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
    undisclosed: list[str]
    gone: dict[str, str]
    owner: list[str]
    opened_at: Instant
    due_at: Instant | None
    due_on: date | None
    first_due_on: date | None
    time_left: str
    overdue: bool
    revision: int
    hold: Held | None
    available: list[Step]


class Happened(Told):
    """An event that the request came to: what happened, then what it rests on and what followed, in sentences."""

    seq: int
    what: str
    told: list[str]


class Changed(Item):
    """An item as the request left it, and what the request came to: also what followed from it by itself.

    It says where a step has led and by when the item is due there, and that something was recorded before the body had
    met that decides it.
    """

    happened: list[Happened]


class Items(Told):
    """A page of items. `next` is the cursor of the next page, null on the last; `total` only if asked for."""

    items: list[Item]
    next: str | None
    total: int | None


class Parent(Told):
    """The item that another is part of, if there is one that may be seen."""

    parent: Item | None


class HappenedTo(Event):
    """An event, and the item to which it happened."""

    id: ItemId
    reference: str
    workflow: str
    subject: str | None


class Happenings(Told):
    """Events of all items, in an order into which nothing is put later.

    `next` is where the next page begins, and what has happened since the last; null as long as nothing ever has.
    """

    events: list[HappenedTo]
    next: str | None
    more: bool


class History(Told):
    """All that ever happened to an item, in order."""

    events: list[Event]


class Anchor(Told):
    """The checkpoint that holds an item, and how many of its first events it saw."""

    number: int
    at: Instant
    events: int
    text: str


class ItemProof(Told):
    """Whether an item proves itself; `ok` where it does, `head` is the last event's hash."""

    reference: str
    ok: bool
    said: str
    held: str
    findings: list[str]
    events: int
    head: str
    checkpoint: Anchor | None


class Explanation(Told):
    """Why one date is what it is."""

    stage: str
    stage_title: str
    due_on: date | None
    first_due_on: date | None
    why: str
    rule: str | None
    basis: str | None
    source: str | None
    holds: list[list[str]]
    changes: list[str]


class Explanations(Told):
    """Why each date of an item is what it is, one for each open stage."""

    explanations: list[Explanation]


class Ahead(Told):
    """A stage that a step would open, and by when the item would be due there; null and empty where it has no date."""

    stage: str
    stage_title: str
    due_on: date | None
    time_left: str = Field(validation_alias="left")


class StepForMe(Step):
    """A step, for who asks: why they may not make it (`forbidden`, empty where they may), and where it would lead.

    `ahead` is empty where that depends on what is sent with the step, or the step cannot be made. `early` says that the
    meeting which the item waits for has not been held; the step can be made all the same.
    """

    forbidden: list[str]
    ahead: list[Ahead]
    early: str


class Steps(Told):
    """What can be done with an item; with nothing `forbidden` and nothing `missing`, who asks can do it now.

    A step that `needs` a `reason` takes it from the request, where it has a place of its own beside `fields`.
    """

    steps: list[StepForMe]


class Kept(Told):
    """A document that is kept. Send it, as it is, as the value of a field; its ticket is good for who uploaded it."""

    sha256: Sha256
    name: str
    size: int
    ticket: str


class Outcome(Told):
    """What became of one item of many; `not_worked`: why the day on which it is due is none on which work is done."""

    id: str
    reference: str | None
    done: bool
    stages: list[str]
    due_on: date | None
    not_worked: str | None
    code: str | None
    detail: str | None


class Outcomes(Told):
    """What became, or with `preview` would become, of each item, in the order in which they were sent."""

    preview: bool
    outcomes: list[Outcome]
