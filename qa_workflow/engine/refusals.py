"""Ordinary answers with a reason: who may, what is missing, what happened meanwhile. Nothing was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from qa_workflow.errors import Refusal, UsageFault


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why a step cannot be made now.

    Args:
        code: stable.
        text: for everybody.
        detail: for those alone who look after the house: a condition as the file has it may name other organisations.
    """

    code: str
    text: str
    detail: str = ""


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
