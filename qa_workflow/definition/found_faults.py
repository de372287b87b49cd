"""The faults of one file while they are being found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_workflow.calendar.words import listed
from qa_workflow.definition.faults import Fault, Place, Severity
from qa_workflow.definition.rules import RULES

_OF_NAMES = "unknown-"
"""What the rules begin with by which a name is not known: it is mended in one place, or wherever it stands."""
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
        return _told_once(sorted(self._found.values(), key=lambda fault: fault.order))

    def withdraw(self, rule: str, place: Place) -> None:
        """Take back what was said of a place, where something else says it better."""
        for key in [key for key in self._found if key[:3] == (place.line, place.column, rule)]:
            del self._found[key]

    def __len__(self) -> int:
        return len(self._found)


def _told_once(faults: Sequence[Fault]) -> Iterator[Fault]:
    """Each slip once: a name that is misspelt in five places, or a character pasted over and over, is one."""
    same: dict[tuple[str, str, str], list[Fault]] = {}
    for fault in faults:
        is_one = fault.rule.startswith(_OF_NAMES) or fault.rule == "control-character"
        same.setdefault((fault.rule, fault.what, fault.mend if is_one else str(fault)), []).append(fault)
    for first, *others in same.values():
        lines = list(dict.fromkeys(fault.line for fault in others if fault.line != first.line))
        also = f", here and in line{'s' if len(lines) > 1 else ''} {listed(list(map(str, lines)), 'and')}"
        yield replace(first, what=f"{first.what}{also}") if lines else first
