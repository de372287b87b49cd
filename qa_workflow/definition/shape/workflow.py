"""The accepted keys of a workflow file, once: parser, JSON Schema and manual are all made from these classes.

A shape holds text as it was written; what the text means is worked out in `build`. A short form (a string where a
mapping is allowed, one name where a list is) is widened to the long form before it is looked at, so that every fault
has one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StrictBool,
    StrictInt,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from qa_workflow.definition.model import FieldType, Late, Rest

IDENTIFIER = r"^[a-z][a-z0-9_]*$"
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER, max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
RuleText = Annotated[str, StringConstraints(min_length=1, max_length=300)]
GuardText = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Scalar = StrictBool | StrictInt | str


class Shape(BaseModel):
    """Closed: a key that is not listed is a fault. A number where text is expected is read as its figures."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


@dataclass(frozen=True, slots=True)
class _Short:
    """A plain string stands for a longer form: it is widened before it is looked at; the JSON Schema allows both.

    The longer form is a mapping with just this key; without a key, a list of just this entry.

    A number is widened too, so that what is said of it is what the longer form says.
    """

    key: str | None

    def widen(self, value: Any) -> Any:
        if not isinstance(value, str | int) or isinstance(value, bool):
            return value
        return [value] if self.key is None else {self.key: value}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.widen, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class _One:
    """Where a list is allowed, one entry may stand without it; the JSON Schema allows both."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.widen, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}

    @staticmethod
    def widen(value: Any) -> Any:
        return value if isinstance(value, list | bool) or value is None else [value]


Names = Annotated[list[Text], Field(min_length=1), _Short(None)]
"""One name, or a list of them."""


class DueShape(Shape):
    """When something is due, in the grammar of *Times*. A plain string stands for `rule` alone."""

    rule: RuleText = Field(description="amount, kind of day, before or after, anchor; or a fixed day of the year")
    at: RuleText | None = Field(None, description='time of day, local, as "12:00"; without it the whole day counts')
    roll: Literal["earlier working day", "later working day"] | None = Field(
        None, description="where the date goes when it falls on a day that is not a working day"
    )
    basis: Literal["statute", "contract", "policy", "local", "to be confirmed"] | None = Field(
        None, description="what makes this date binding"
    )
    source: Text | None = Field(None, description="where the rule is written, as text or link")
    calendar: Identifier | None = Field(
        None, description="a calendar of the governance file, if not the workflow's own"
    )
    while_held: Literal["pauses", "runs"] | None = Field(
        None,
        description="whether a hold stops this clock; it does stop what counts from an entry, an event or a field",
    )


Due = Annotated[DueShape, _Short("rule")]


class OptionShape(Shape):
    """One value of a choice."""

    value: Text = Field(description="what is stored and compared")
    title: Text | None = Field(None, description="what people read; the value itself if left out")
    meaning: Text | None = Field(None, description="the definition shown at the point of choice")


class FieldShape(Shape):
    """A value that an item carries. A plain string stands for `type` alone."""

    type: FieldType = Field(description="what it may hold")
    label: Text | None = Field(None, description="what people read; made from the name if left out")
    help: Text | None = Field(None, description="a sentence under the label")
    scale: Identifier | None = Field(
        None, description="for a choice, or a list of choices: a scale of the governance file"
    )
    options: list[Annotated[OptionShape, _Short("value")]] | None = Field(
        None, description="for a choice, or a list of choices: the values"
    )
    of: FieldType | None = Field(None, description="for a list: what its entries are, no lists; text if left out")
    kind: Identifier | None = Field(
        None, description="for organisations: of which kind they are, as `provider`; of any if left out"
    )
    words: Annotated[StrictInt, Field(ge=1, le=100000)] | None = Field(
        None, description="for text: how many words are expected at the most; more is a warning, not a refusal"
    )
    valid: Due | None = Field(None, description="how long this counts as evidence, e.g. `12 months after received_on`")
    default: Scalar | None = Field(None, description="value at opening")
    release: Literal["private", "public"] | None = Field(
        None,
        description="`public`: told to everybody once the item has ended at a public end; else as the workflow says",
    )
    disclosed_from: Identifier | None = Field(
        None,
        description="from which stage on the subject's own people see it, or `never`; at once if left out",
    )
    erasable: StrictBool | None = Field(
        None,
        description="of what is likely to have to be removed one day; two people can remove any text, marked or not",
    )


class EffectShape(Shape):
    """Something that leaves the house: exactly one of `mail`, `webhook`, `document`."""

    mail: Names | None = Field(None, description="roles (or `whoever did …`, `person in …`) to write to")
    webhook: Identifier | None = Field(
        None, description="a receiver that the operator has named; a later version calls it"
    )
    document: Identifier | None = Field(
        None, description="a document to be made from a template; a later version makes it"
    )
    subject: Text | None = Field(
        None, description="for mail: its subject; `{reference}`, `{stage}`, `{subject}` are filled in"
    )
    text: Text | None = Field(
        None, description="for mail: its text, filled in the same way; no case detail belongs here"
    )


class CaseShape(Shape):
    """One way a choice may go: the first whose `when` holds, or the `else` at the end."""

    when: GuardText | None = Field(None, description="the condition")
    to: Identifier | None = Field(None, description="where it leads when the condition holds")
    otherwise: Identifier | None = Field(None, alias="else", description="where it leads when no condition held")


class OpensShape(Shape):
    """A sub-item that a transition opens. A plain string stands for `workflow` alone."""

    workflow: Identifier = Field(description="which workflow")
    each: Identifier | None = Field(None, description="a list field: one sub-item for each entry")
    into: Identifier | None = Field(
        None, description="the sub-item's field that receives the entry; `subject`: it is about that organisation"
    )
    copies: dict[Identifier, Identifier] | None = Field(None, description="sub-item's field: this item's field")


class TransitionShape(Shape):
    """A permitted step out of a stage; its key is the trigger."""

    to: Annotated[list[Annotated[CaseShape, _Short("to")]], Field(min_length=1), _Short(None)] | None = Field(
        None,
        description="the next stage, `here` to record and stay, or a list of cases; left out, a branch is done",
    )
    title: Text | None = Field(None, description="what the button says")
    by: Names | None = Field(
        None, description="who may: roles, `whoever did …`, `person in FIELD`, `anyone`; the stage's owner if left out"
    )
    not_by: Names | None = Field(None, description="who may not, usually `whoever did …` (four eyes)")
    needs: Names | None = Field(None, description="fields that must be filled, and `reason`")
    asks: Names | None = Field(
        None,
        description="fields that are asked for too and may stay empty; like those needed, they are for who may do this",
    )
    when: GuardText | None = Field(None, description="a condition that must hold")
    says: Text | None = Field(None, description="what people are told when the condition does not hold")
    at_most: Text | None = Field(None, description="how often in an item's life, as `2 times`")
    votes: Annotated[StrictInt, Field(ge=1, le=100)] | None = Field(
        None, description="how many different people must do it before it happens; one vote a person in each visit"
    )
    at: Due | None = Field(None, description="the clock does it at this time (and people too, if `by` says so)")
    late: Late | None = Field(
        None,
        description="when the clock comes more than a working day late: `fire`, `skip`, or `hold` for a person to look",
    )
    not_before: Due | None = Field(None, description="not allowed until then")
    not_after: Due | None = Field(None, description="not allowed after then")
    only_while: Names | None = Field(None, description="stages (or branches) one of which must be open: a milestone")
    cancels: Names | None = Field(None, description="branches that this step withdraws")
    sets: dict[Identifier, Scalar] | None = Field(
        None,
        description="fields that this step fills: with a fixed value, dates also with `today` or a time, as "
        "`3 years after approved_on`",
    )
    clears: Names | None = Field(
        None,
        description="fields that this step empties, for redoing work; those it `needs` too are given anew each time",
    )
    opens: Annotated[list[Annotated[OpensShape, _Short("workflow")]], _One()] | None = Field(
        None, description="sub-items that this step opens, not waited for"
    )
    effects: list[EffectShape] | None = Field(None, description="what leaves the house when this happens")
    bulk: StrictBool | None = Field(None, description="`false`: never on many items at once")


class ReminderShape(Shape):
    """A message at a time. A plain string stands for `when` alone."""

    when: RuleText = Field(description="when, as `2 working days before due`")
    to: Names | None = Field(None, description="the stage's owner if left out")


class RungShape(Shape):
    """One step of an escalation ladder."""

    when: RuleText = Field(description="when they are told, as `2 working days after due`")
    to: Names = Field(description="roles told")


Reminders = Annotated[list[Annotated[ReminderShape, _Short("when")]], _One()]
Ladder = Annotated[list[RungShape], _One()]


class LapseShape(Shape):
    """Time moves the item on, and the history says that it was time and not a person."""

    when: Due = Field(description="the time")
    to: Identifier | None = Field(None, description="the stage; inside a branch left out to finish it")
    outcome: Text | None = Field(None, description="how it is recorded; `lapsed` if left out")
    late: Late | None = Field(None, description="as for a transition; `fire` if left out")


class BranchShape(Shape):
    """One line of work of a parallel stage: a stage of its own, or several under `stages`."""

    when: GuardText | None = Field(None, description="the branch is started only if this holds (multi-choice)")
    optional: StrictBool | None = Field(None, description="the join does not wait for it")
    title: Text | None = Field(None, description="what people read")
    stages: dict[Identifier, StageShape] | None = Field(None, description="for a branch of several stages")
    about: Text | None = Field(None, description="as for a stage")
    owner: Names | None = Field(None, description="as for a stage")
    claim: StrictBool | None = Field(None, description="as for a stage")
    due: Due | None = Field(None, description="as for a stage")
    remind: Reminders | None = Field(None, description="as for a stage")
    escalate: Ladder | None = Field(None, description="as for a stage")
    lapse: LapseShape | None = Field(None, description="as for a stage")
    transitions: dict[Identifier, TransitionShape] | None = Field(None, description="as for a stage")
    meeting: Text | None = Field(None, description="as for a stage")
    sub_items: SubItemsShape | None = Field(None, description="as for a stage")
    on_entry: list[EffectShape] | None = Field(None, description="as for a stage")
    on_exit: list[EffectShape] | None = Field(None, description="as for a stage")


JOIN = r"^(all|any|none|first [1-9][0-9]{0,2})$"
JoinText = Annotated[str, StringConstraints(pattern=JOIN)]
"""How many must finish: `all`, `any`, `first 2`, `none`."""


class ParallelShape(Shape):
    """Branches open at once; the stage ends with the trigger `joined` when the join is met."""

    branches: dict[Identifier, BranchShape] = Field(description="the lines of work")
    join: JoinText | None = Field(
        None, description="`all` (if left out), `any` or `first N` of the branches that were started"
    )
    rest: Rest | None = Field(
        None,
        description="what becomes of the others: `cancelled` (if left out); `ignored`: may go on, not waited for; "
        "`kept`: the item does not close before they are done",
    )
    order: Literal["together", "one at a time"] | None = Field(
        None, description="`one at a time`: in any order, but a branch that was begun is finished before another begins"
    )


class SubItemsShape(Shape):
    """Items of another workflow that are part of this one, each with its own clock."""

    workflow: Identifier = Field(description="which workflow")
    count: Annotated[StrictInt, Field(ge=1, le=1000)] | None = Field(None, description="a fixed number")
    each: Identifier | None = Field(None, description="a list field: one for each entry at the time of entry")
    into: Identifier | None = Field(
        None, description="the sub-item's field that receives the entry; `subject`: it is about that organisation"
    )
    more: Names | None = Field(None, description="who may add more while the stage is open")
    wait: JoinText | None = Field(
        None, description="`all` (if left out), `any`, `first N`, or `none`: the stage does not wait"
    )
    rest: Rest | None = Field(
        None,
        description="what becomes of those still open when the stage is left: `ignored` (if left out): they go on, "
        "not waited for; `cancelled`; `kept`: the item does not close before they are done",
    )
    copies: dict[Identifier, Identifier] | None = Field(None, description="sub-item's field: this item's field")


class CollectsShape(Shape):
    """What this stage's report gathers from the bodies below, each line linked to its source."""

    workflow: Identifier = Field(description="whose items")
    since: Literal["last meeting", "period start", "opening"] | None = Field(
        None, description="from when on; `last meeting` if left out"
    )
    when: GuardText | None = Field(None, description="which of them")


class StageShape(Shape):
    """Where an item rests."""

    title: Text | None = Field(None, description="what people read; made from the name if left out")
    about: Text | None = Field(None, description="a sentence for the person who has to act")
    owner: Names | None = Field(None, description="who has to act: roles, `whoever did …`, `person in FIELD`")
    claim: StrictBool | None = Field(None, description="offered to all owners; one takes it before acting")
    due: Due | None = Field(
        None, description="when the stage should be over; a stage that waits for a meeting is due on its day"
    )
    remind: Reminders | None = Field(None, description="messages before it is due")
    escalate: Ladder | None = Field(None, description="who is told, and when, once it is late")
    lapse: LapseShape | None = Field(None, description="what happens if nobody acts")
    transitions: dict[Identifier, TransitionShape] | None = Field(None, description="the steps out of it, by trigger")
    meeting: Text | None = Field(
        None, description="a body: the item waits for its next meeting for which papers are still in time"
    )
    parallel: ParallelShape | None = Field(None, description="branches open at once")
    sub_items: SubItemsShape | None = Field(None, description="items that are part of this one")
    collects: list[Annotated[CollectsShape, _Short("workflow")]] | None = Field(
        None, description="what a report gathers; a later version makes the report"
    )
    on_entry: list[EffectShape] | None = Field(None, description="effects on entering")
    on_exit: list[EffectShape] | None = Field(None, description="effects on leaving")
    end: Text | None = Field(
        None, description="the item is over; how, in a word: `completed`, `lapsed`, `withdrawn`, …"
    )
    public: StrictBool | None = Field(
        None,
        description="for an end: what ends here is published, with its fields that say `release: public` and no others",
    )


class OpeningShape(Shape):
    """The clock opens the cycle."""

    each: Identifier = Field(description="a kind of organisation: one item about each")
    every: Literal["month", "quarter", "half_year", "year", "financial_year"] = Field(
        description="the period that each item is about"
    )
    on: Annotated[Due, Field(description="when; anchors are `period start` and `period end`")]
    when: GuardText | None = Field(
        None, description="only for those for which this holds, as `subject() not in ['primary_care']`"
    )


class RepeatShape(Shape):
    """When an item has ended, the next opens by itself. A plain string stands for `when` alone."""

    when: RuleText = Field(
        description="from plan (`2 years after opening`) or from completion (`2 years after closed was entered`)"
    )
    copies: dict[Identifier, Identifier] | None = Field(None, description="next item's field: this item's field")


class RightsShape(Shape):
    """What roles may do to an item beyond its transitions."""

    open: Names | None = Field(None, description="open an item")
    hold: Names | None = Field(None, description="stop the clock with a reason, and resume")
    cancel: Names | None = Field(None, description="withdraw the item with its sub-items")
    correct: Names | None = Field(
        None,
        description="correct a field, or put back to a stage, due when it was due before; the history keeps both",
    )
    change_date: Names | None = Field(None, description="change one item's due date with a basis and an approver")
    assign: Names | None = Field(None, description="give what is open to another person")
    record: Names | None = Field(None, description="fill fields without moving the item (its owners always may)")
    meet: Names | None = Field(None, description="move a meeting, or call it off")
    publish: Names | None = Field(None, description="publish a definition")
    remove: Names | None = Field(None, description="remove a file or a text that names a patient; two people for each")
    see_all: Names | None = Field(None, description="see every organisation's items")
    administer: Names | None = Field(None, description="look after people, accounts, cover and the machine room")


class WorkflowShape(Shape):
    """A workflow file."""

    workflow: Identifier = Field(description="its name, for ever")
    title: Text = Field(description="what people read")
    purpose: Text | None = Field(None, description="what it is for, in a sentence")
    subject: Identifier | None = Field(
        None, description="the kind of organisation that each item is about; `organisation`: of any kind"
    )
    body: Text | None = Field(None, description="the body that looks after it, for lists and reports")
    period: Literal["month", "quarter", "half_year", "year", "financial_year"] | None = Field(
        None, description="the period that each item is about"
    )
    reference: Text | None = Field(
        None,
        description="how items are named: `{period}`, `{subject}`, `{number}`, which counts those whose references "
        "read alike otherwise (with `{subject}` each organisation's by themselves); made from the name if left out",
    )
    calendar: Identifier | None = Field(
        None, description="whose working days count; the governance file's first if left out"
    )
    release: Literal["private", "public"] | None = Field(
        None, description="what a field that does not say `release` says of it; `private` if left out"
    )
    retention: Text | None = Field(
        None,
        description="how long its records are to be kept after closing, as `20 years`; nothing is deleted by itself",
    )
    opens: OpeningShape | None = Field(None, description="when the clock opens items")
    repeat: Annotated[RepeatShape, _Short("when")] | None = Field(
        None, description="when the next one opens after this one"
    )
    needs: Names | None = Field(None, description="fields that a person must fill to open an item")
    rights: RightsShape | None = Field(
        None, description="who may do what else; the governance file's rights if left out"
    )
    fields: dict[Identifier, Annotated[FieldShape, _Short("type")]] | None = Field(None, description="what items carry")
    start: Identifier | None = Field(None, description="the first stage; the first one listed if left out")
    stages: dict[Identifier, StageShape] = Field(description="where items rest, in the order people read them")


BranchShape.model_rebuild()
StageShape.model_rebuild()
