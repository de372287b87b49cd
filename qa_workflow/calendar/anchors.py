"""Anchors: what a due rule counts from. Values only; whoever holds the item looks up what an anchor stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from qa_workflow.calendar.faults import CalendarFault

NAME = re.compile(r"[a-z][a-z0-9_]*")
PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


class AnchorKind(StrEnum):
    """The value is the word of the grammar; FIELD has none, for its own name stands there."""

    ENTRY = "entry"
    OPENING = "opening"
    DUE = "due"
    PERIOD_START = "period start"
    PERIOD_END = "period end"
    MEETING = "meeting"
    PAPERS = "papers"
    FIELD = "field"
    DONE = "was done"
    ENTERED = "was entered"
    LEFT = "was left"

    @property
    def has_body(self) -> bool:
        """Whether it may say of which body."""
        return self in {AnchorKind.MEETING, AnchorKind.PAPERS}

    @property
    def has_name(self) -> bool:
        """Whether it names a field, or the path of a trigger or stage."""
        return self in {AnchorKind.FIELD, *HAPPENINGS}

    @property
    def pauses(self) -> bool:
        """Whether a clock that counts from it stops, by default, while the item is held.

        What counts from something that happened to the item does; what depends on the year or on others does not.
        """
        return self.has_name or self in {AnchorKind.ENTRY, AnchorKind.OPENING}


HAPPENINGS = (AnchorKind.DONE, AnchorKind.ENTERED, AnchorKind.LEFT)
"""What may follow the path of a trigger or stage."""

ANCHOR_WORDS = tuple(kind.value for kind in AnchorKind if not kind.has_name)
"""Anchors that are words of the grammar, as "entry" and "period end"."""

RESERVED = frozenset({
    "entry", "opening", "due", "period", "meeting", "papers",
    "on", "in", "before", "after", "beginning", "ending", "with", "of", "for", "was",
})  # fmt: skip
"""Words that cannot be the name of a field, for a rule could not tell them apart."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a rule counts from.

    Args:
        name: the field, or the dotted path of a trigger or stage; empty for the other kinds.
        body: the body whose meeting or papers are meant, or a kind of body if `for_subject`; None for the item's own.
        start, end: columns in the text it was read from; they are no part of its identity.
    """

    kind: AnchorKind
    name: str = ""
    body: str | None = None
    for_subject: bool = False
    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        shape = NAME if self.kind is AnchorKind.FIELD else PATH
        named = bool(shape.fullmatch(self.name)) and not (self.kind is AnchorKind.FIELD and self.name in RESERVED)
        if self.kind.has_name != bool(self.name) or (self.name and not named):
            raise CalendarFault(f"'{self.name}' cannot be the name in an anchor of kind {self.kind.name}")
        if self.body is not None and not (self.kind.has_body and NAME.fullmatch(self.body)):
            raise CalendarFault(f"'{self.body}' cannot be the body in an anchor of kind {self.kind.name}")
        if self.for_subject and self.body is None:
            raise CalendarFault("'for subject' needs a kind of body before it, as in 'meeting of cqrg for subject'")

    def __str__(self) -> str:
        """As the grammar says it."""
        if self.kind is AnchorKind.FIELD:
            return self.name
        if self.kind.has_name:
            return f"{self.name} {self.kind}"
        of_body = f" of {self.body}" if self.body else ""
        return f"{self.kind}{of_body}{' for subject' if self.for_subject else ''}"
