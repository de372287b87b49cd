"""The faults of one file while they are being found."""

from __future__ import annotations

from collections.abc import Iterator

from qa_workflow.definition.faults import Fault, Place, Severity
from qa_workflow.definition.rules import RULES

MOST = 200
"""A file with more faults than this is not read further: the first ones explain the rest."""


class Faults:
    """Gathers the faults of one file. What was said of a place already says nothing new and is dropped."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors: set[str] = set()
        """The rules that are broken, warnings left out; also where there are too many faults to list them all."""
        self._found: dict[tuple[int, int, str, str], Fault] = {}

    def add(self, rule: str, place: Place, what: str, mend: str, first: Place | None = None) -> None:
        """Record one fault; its severity is the rule's. What it quotes from the file is put on one line."""
        what, mend = " ".join(what.split()), " ".join(mend.split())
        key = (place.line, place.column, rule, what)
        if RULES[rule].severity is Severity.ERROR:
            self.errors.add(rule)
        if key in self._found:
            return
        if self.full:
            rule, what, mend, first = "too-many-faults", f"more than {MOST} faults were found", "mend these first", None
            key = (0, 0, rule, what)
        self._found.setdefault(
            key, Fault(self.file, place.line, place.column, rule, what, mend, RULES[rule].severity, first)
        )

    @property
    def full(self) -> bool:
        """Enough was found; looking further would not help anyone."""
        return len(self._found) >= MOST

    @property
    def refused(self) -> bool:
        """At least one of them is an error."""
        return any(fault.severity is Severity.ERROR for fault in self._found.values())

    def __iter__(self) -> Iterator[Fault]:
        return iter(sorted(self._found.values(), key=lambda fault: fault.order))

    def __len__(self) -> int:
        return len(self._found)
