"""What a workflow file means: frozen values, with every reference resolved and every rule parsed.

Stages are kept in one flat mapping by *path*. A stage of the main flow has its own name as path (`review`); a stage
inside a branch has the path of the parallel stage, the branch, and its own name (`review.accuracy.first_look`), or just
`review.accuracy` where the branch is a single stage. A *trigger path* is a stage path and a trigger
(`review.accuracy.check`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain
from typing import Any

from qa_workflow.calendar import TimeRule

HERE = "here"
"""A transition `to: here` records and stays: the visit goes on, its clock runs on."""
DONE = "done"
"""Where a transition inside a branch leads when it names no stage: the branch is finished."""
JOINED = "joined"
"""The trigger that the engine itself fires when a parallel or sub-item stage has what it waits for."""
NEVER = "never"
"""In place of a stage from which on a field is disclosed: the subject's own people do not see it at all."""
ORGANISATION = "organisation"
"""In place of a kind: items of the workflow may be about an organisation of any kind."""
SUBJECT = "subject"
"""In place of a sub-item's field that receives an entry: the sub-item is about that organisation."""


class FieldType(StrEnum):
    """What a field may hold; values are stored as JSON, decimals and dates as text."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    DOCUMENT = "document"
    PERSON = "person"
    ORGANISATION = "organisation"
    ITEM = "item"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice, with the words shown at the point of choice."""

    value: str
    title: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A named value that an item carries, typed."""

    name: str
    type: FieldType
    label: str
    help: str = ""
    options: tuple[Option, ...] = ()
    of: FieldType = FieldType.TEXT
    kind: str | None = None
    """Of which kind the organisations that it names are; None: of any."""
    words: int | None = None
    valid: TimeRule | None = None
    default: Any = None
    release: str = "private"
    erasable: bool = False
    disclosed_from: str | None = None
    """The stage from which on the subject's own people see it, or NEVER; None: they see it at once."""


@dataclass(frozen=True, slots=True)
class Who:
    """Who may act: any of these roles, whoever last fired one of these trigger paths, or the person in a field.

    Empty means nobody; `anyone` means every signed-in person within the scope of the item.
    """

    roles: tuple[str, ...] = ()
    did: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    anyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.roles or self.did or self.fields or self.anyone)

    @property
    def words(self) -> tuple[str, ...]:
        """Each of them in the words of the file, for messages and lists."""
        return (
            *self.roles,
            *(f"whoever did {path}" for path in self.did),
            *(f"person in {name}" for name in self.fields),
            *(["anyone"] if self.anyone else []),
        )


def either(several: Iterable[Who]) -> Who:
    """All who are one of several."""
    found = list(several)
    return Who(
        roles=tuple(dict.fromkeys(chain.from_iterable(who.roles for who in found))),
        did=tuple(dict.fromkeys(chain.from_iterable(who.did for who in found))),
        fields=tuple(dict.fromkeys(chain.from_iterable(who.fields for who in found))),
        anyone=any(who.anyone for who in found),
    )


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition without side effects. `holds` gives exactly True or False, or raises `GuardFault`."""

    text: str
    holds: Callable[[Any], bool] = field(compare=False, repr=False)
    reads: frozenset[str] = field(default=frozenset(), compare=False)


class Effect(StrEnum):
    """What may leave the house."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class EffectRule:
    """An effect asked for by a transition or by entering or leaving a stage; it leaves through the outbox."""

    kind: Effect
    to: Who = Who()
    name: str = ""
    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One way a transition may lead: the first case whose guard holds; `when` None is the else."""

    to: str
    when: Guard | None = None


class Late(StrEnum):
    """What a timer does when it is looked at more than one working day after its time (RELIABILITY §5.8)."""

    FIRE = "fire"
    SKIP = "skip"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Opens:
    """A sub-item that a transition opens: one, or one for each entry of a list field."""

    workflow: str
    each: str | None = None
    into: str | None = None
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """A permitted step out of a stage."""

    trigger: str
    stage: str
    cases: tuple[Case, ...]
    title: str
    by: Who
    not_by: Who = Who()
    needs: tuple[str, ...] = ()
    needs_reason: bool = False
    asks: tuple[str, ...] = ()
    """Fields that whoever makes the step is asked for too, and that may stay empty."""
    when: Guard | None = None
    says: str = ""
    """What people are told when `when` does not hold; the condition itself if empty."""
    at_most: int | None = None
    votes: int = 1
    at: TimeRule | None = None
    late: Late = Late.HOLD
    not_before: TimeRule | None = None
    not_after: TimeRule | None = None
    only_while: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    sets: tuple[tuple[str, Any], ...] = ()
    clears: tuple[str, ...] = ()
    opens: tuple[Opens, ...] = ()
    effects: tuple[EffectRule, ...] = ()
    bulk: bool = True

    @property
    def path(self) -> str:
        """The trigger path, unique in a workflow."""
        return f"{self.stage}.{self.trigger}"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A message before (or after) something is due; to the stage's owner unless `to` says otherwise."""

    when: TimeRule
    to: Who = Who()


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an escalation ladder."""

    when: TimeRule
    to: Who


@dataclass(frozen=True, slots=True)
class Lapse:
    """Time moves the item on; recorded as lapsed, never as an approval. `to` is DONE inside a branch."""

    when: TimeRule
    to: str
    outcome: str = "lapsed"
    late: Late = Late.FIRE


class JoinKind(StrEnum):
    """How many of the branches (or sub-items) that were started must finish."""

    ALL = "all"
    ANY = "any"
    FIRST = "first"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Join:
    """`count` matters for FIRST only."""

    kind: JoinKind
    count: int = 1

    def needed(self, started: int) -> int:
        """How many finished ones meet the join, given how many were started."""
        match self.kind:
            case JoinKind.ALL:
                return started
            case JoinKind.NONE:
                return 0
            case _:
                return min(self.count if self.kind is JoinKind.FIRST else 1, started)


class Rest(StrEnum):
    """What becomes of branches (or sub-items) still open when the join is met."""

    CANCELLED = "cancelled"
    IGNORED = "ignored"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Branch:
    """One line of work of a parallel stage; `path` is that of its stages, `start` the stage it opens at."""

    name: str
    path: str
    start: str
    title: str
    when: Guard | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Parallel:
    """Branches open at once; the stage ends when the join is met."""

    branches: Mapping[str, Branch]
    join: Join
    rest: Rest = Rest.CANCELLED
    one_at_a_time: bool = False


@dataclass(frozen=True, slots=True)
class SubItems:
    """Items of another workflow that are part of this one: a fixed number, one for each entry, or still growing."""

    workflow: str
    join: Join
    count: int | None = None
    each: str | None = None
    into: str | None = None
    more: Who = Who()
    copies: tuple[tuple[str, str], ...] = ()
    rest: Rest = Rest.IGNORED


@dataclass(frozen=True, slots=True)
class BodyRef:
    """A body by its identifier, or the body of a kind that reviews the item's subject."""

    name: str
    for_subject: bool = False

    def __str__(self) -> str:
        return f"{self.name} for subject" if self.for_subject else self.name


@dataclass(frozen=True, slots=True)
class Collects:
    """Closed items of lower bodies that this stage's report gathers, each line linked to its source."""

    workflow: str
    since: str = "last meeting"
    when: Guard | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """Where an item rests: an owner, a due rule, and the steps out of it."""

    path: str
    name: str
    flow: str
    title: str
    about: str = ""
    owner: Who = Who()
    claim: bool = False
    due: TimeRule | None = None
    reminders: tuple[Reminder, ...] = ()
    ladder: tuple[Rung, ...] = ()
    lapse: Lapse | None = None
    transitions: Mapping[str, Transition] = field(default_factory=dict)
    meeting: BodyRef | None = None
    parallel: Parallel | None = None
    sub_items: SubItems | None = None
    collects: tuple[Collects, ...] = ()
    on_entry: tuple[EffectRule, ...] = ()
    on_exit: tuple[EffectRule, ...] = ()
    end: str | None = None
    public: bool = False
    """What ends here is published, with its public fields."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A line of stages of which one is open at a time: the whole workflow (path ``""``) or one branch."""

    path: str
    start: str
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """The clock opens an item for each organisation of a kind, once a period."""

    each: str
    every: str
    on: TimeRule
    when: Guard | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """When an item has ended, the next one opens at this time: from plan or from completion, as the anchor says."""

    when: TimeRule
    copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """From which stage on the subject's own people see a field: `stage` (None: never), by where items can go.

    `ahead` are the stages of the main line from which an item may still come to it, `past` itself and those that are
    reached only through it.
    """

    stage: str | None
    ahead: frozenset[str] = frozenset()
    past: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One definition, complete. `hash` is the SHA-256 of the file's bytes and is what items pin."""

    name: str
    title: str
    purpose: str
    subject: str | None
    period: str | None
    reference: str
    calendar: str | None
    fields: Mapping[str, Field]
    stages: Mapping[str, Stage]
    flows: Mapping[str, Flow]
    opening: Opening | None = None
    repeat: Repeat | None = None
    needs: tuple[str, ...] = ()
    rights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    retention: str | None = None
    body: BodyRef | None = None
    disclosures: Mapping[str, Disclosure] = field(default_factory=dict, compare=False)
    """By field, for those that are not disclosed at once; worked out from the fields and from where steps lead."""
    hash: str = ""

    @property
    def start(self) -> str:
        """Path of the stage at which an item opens."""
        return self.flows[""].start

    def is_about(self, kind: str | None) -> bool:
        """Whether an item may be about an organisation of this kind."""
        return kind is not None and self.subject in (kind, ORGANISATION)

    def asking_its_subject(self) -> Workflow:
        """The same with its subject as one more field, for whoever names that with the others."""
        kind = None if self.subject == ORGANISATION else self.subject
        asked = Field(SUBJECT, FieldType.ORGANISATION, "What it is about", kind=kind)
        return replace(self, fields={SUBJECT: asked, **self.fields})

    def triggers(self) -> Mapping[str, Transition]:
        """Every transition by its trigger path."""
        return {t.path: t for stage in self.stages.values() for t in stage.transitions.values()}

    def names_workflows(self) -> tuple[str, ...]:
        """Other workflows that this one opens, waits for or collects from."""
        named: dict[str, None] = {}
        for stage in self.stages.values():
            opened = (opens.workflow for step in stage.transitions.values() for opens in step.opens)
            waited_for = (stage.sub_items.workflow,) if stage.sub_items else ()
            named.update(dict.fromkeys((*waited_for, *opened, *(collects.workflow for collects in stage.collects))))
        return tuple(named)
