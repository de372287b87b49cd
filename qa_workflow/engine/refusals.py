"""Ordinary answers with a reason: who may, what is missing, what happened meanwhile. Nothing was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from qa_workflow.definition.model import Who
from qa_workflow.errors import Refusal, UsageFault


class Of(StrEnum):
    """What a name in a message is the name of."""

    PERSON = "person"
    ROLE = "role"
    STEP = "step"
    """A trigger."""
    DID = "did"
    """The path of a trigger: whoever made that step."""
    FIELD = "field"
    LABEL = "label"
    """A field whose label says enough without quotation marks."""
    PERSON_IN = "person in"
    """A field that names somebody."""
    STAGE = "stage"


_WRITTEN = {Of.STEP: "{!r}", Of.FIELD: "{!r}", Of.LABEL: "{!r}", Of.DID: "whoever did {}", Of.PERSON_IN: "person in {}"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a message. As text it is what people type on the command line; a page puts the title in its place."""

    of: Of
    name: str

    def __str__(self) -> str:
        return _WRITTEN.get(self.of, "{}").format(self.name)


class Aside(str):
    """A part of a message that only explains a name; where titles stand for names it is left out."""

    __slots__ = ()


Said = tuple[str | Name, ...]
"""A message in its parts."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a step cannot be made now.

    Args:
        code: stable.
        said: for everybody; in parts where names are in it.
        detail: for those alone who look after the house: a condition as the file has it may name other organisations.
    """

    code: str
    said: str | Said
    detail: str = ""

    @property
    def text(self) -> str:
        """What is said, with names as they are written in the files."""
        return self.said if isinstance(self.said, str) else "".join(map(str, self.said))


def listed(parts: Iterable[str | Name]) -> Iterator[str | Name]:
    """Several parts of a message with commas between them."""
    for place, each in enumerate(parts):
        yield from (", ", each) if place else (each,)


def meant(who: Who) -> Iterator[str | Name]:
    """All who are one of these as parts of a message, in the order of `Who.words`."""
    kinds = ((Of.ROLE, who.roles), (Of.DID, who.did), (Of.PERSON_IN, who.fields))
    names = [Name(of, name) for of, several in kinds for name in several]
    return listed([*names, *(["anyone"] if who.anyone else [])])


class NotNow(Refusal):
    """A step that exists here cannot be made: every obstacle is named, not only the first."""

    code = "not_now"

    def __init__(self, reference: str, trigger: str, obstacles: Sequence[Obstacle]) -> None:
        self.reference, self.trigger, self.obstacles = reference, trigger, tuple(obstacles)
        said = "; ".join(o.text for o in obstacles)
        super().__init__(f"{reference}: {trigger!r} was not done: {said}")


class NoSuchStep(Refusal):
    """The trigger does not exist where the item is."""

    code = "no_such_step"

    def __init__(
        self, reference: str, trigger: str, stages: Sequence[str], known: Sequence[str], elsewhere: str | None
    ) -> None:
        self.reference, self.trigger, self.stages, self.known = reference, trigger, tuple(stages), tuple(known)
        near = get_close_matches(trigger, known, n=1)
        if elsewhere:
            mend = f"it belongs to stage {elsewhere!r}; from here: {', '.join(known) or 'nothing that a person does'}"
        elif near:
            mend = f"did you mean {near[0]!r}?"
        else:
            mend = f"from here: {', '.join(known) or 'nothing that a person does'}"
        super().__init__(f"{reference} is at {', '.join(stages)}, which has no {trigger!r}; {mend}")


class WhichOne(Refusal):
    """Several open branches fit; one must be named."""

    code = "which_one"

    def __init__(self, reference: str, word: str, paths: Sequence[str]) -> None:
        self.reference, self.word, self.paths = reference, word, tuple(paths)
        super().__init__(f"{reference}: {word!r} fits several open branches; say which: {', '.join(paths)}")


class ItemIsOver(Refusal):
    """The item is closed or cancelled."""

    code = "item_is_over"

    def __init__(self, reference: str, status: str, when: str, outcome: str | None) -> None:
        self.reference, self.status, self.when, self.outcome = reference, status, when, outcome
        how = f" ({outcome})" if outcome and outcome != status else ""
        super().__init__(f"{reference} was {status} on {when}{how}; only a comment or a correction can still be added")


class ItemIsHeld(Refusal):
    """The item's clock is stopped."""

    code = "item_is_held"

    def __init__(self, reference: str, since: str, reason: str, actor: str) -> None:
        self.reference, self.since, self.reason, self.actor = reference, since, reason, actor
        super().__init__(f"{reference} is on hold since {since} ({reason}; by {actor}); resume it first")


class NotAllowed(Refusal):
    """Somebody asked for what is not theirs to do."""

    code = "not_allowed"

    def __init__(self, reference: str, what: str, actor: str, who_may: Sequence[str]) -> None:
        self.reference, self.what, self.actor, self.who_may = reference, what, actor, tuple(who_may)
        super().__init__(f"{reference}: {actor} may not {what}; this is for: {', '.join(who_may) or 'nobody'}")


class Nonsense(Refusal):
    """A wish that cannot be granted in this state, said in a sentence."""

    code = "nonsense"

    def __init__(self, reference: str, what: str) -> None:
        self.reference, self.what = reference, what
        super().__init__(f"{reference}: {what}")


class NeedsChoice(Refusal):
    """An item cannot go on under another version until somebody says how; every reason is named."""

    code = "needs_choice"

    def __init__(self, reference: str, obstacles: Sequence[Obstacle]) -> None:
        self.reference, self.obstacles = reference, tuple(obstacles)
        said = "; ".join(o.text for o in obstacles)
        super().__init__(f"{reference} was not moved to the other version: {said}")


class UnknownField(UsageFault):
    """A field that the workflow does not declare."""

    code = "unknown_field"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        near = get_close_matches(name, known, n=1)
        mend = f"did you mean {near[0]!r}?" if near else f"the workflow has: {', '.join(known) or 'none'}"
        super().__init__(f"field {name!r} is not known; {mend}")


class BadValue(UsageFault):
    """A value that does not fit its field.

    Args:
        mend: for those alone who look after the house: what is known to it besides.
    """

    code = "bad_value"

    def __init__(self, field: str, why: str, mend: str = "") -> None:
        self.field, self.why, self.mend = field, why, mend
        super().__init__(f"{field}: {why}")
