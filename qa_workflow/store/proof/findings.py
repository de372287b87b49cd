"""What a proof says: how much was looked at, each thing found with its place, and whether it is held from outside."""

from __future__ import annotations

from dataclasses import dataclass

from qa_workflow.calendar.words import counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not prove itself.

    Attributes:
        place: the item by its reference, a history of the house, a definition or a document.
        number: of the line in the history, where there is one.
        where: table and column (and byte, where that can be told).
        what: in words.
    """

    place: str
    number: int | None
    where: str
    what: str

    def __str__(self) -> str:
        line = "" if self.number is None else f", event {self.number}"
        return f"{self.place}{line}: {self.what} [{self.where}]"


@dataclass(frozen=True, slots=True)
class Proof:
    """The answer of `verify`. `anchor` says what holds it from outside, or that nothing does."""

    findings: tuple[Finding, ...]
    items: int
    events: int
    records: int
    documents: int
    anchor: str
    removed: tuple[str, ...] = ()
    """Documents that were taken out with authority, each in a sentence; nothing is wrong with that."""

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def __str__(self) -> str:
        amounts = ((self.items, "item"), (self.events, "event"), (self.records, "record"), (self.documents, "document"))
        seen = ", ".join(counted(amount, name) for amount, name in amounts)
        if self.sound:
            return f"{seen}: internally consistent; {self.anchor}"
        count = len(self.findings)
        things = "1 thing does not prove itself" if count == 1 else f"{count} things do not prove themselves"
        return f"{seen}: {things}; {self.anchor}"
