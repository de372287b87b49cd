"""What is wrong with a file: each fault says what, where, and how to mend it, and all of them are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from qa_workflow.errors import QaWorkflowError

_SHOWN = 10
"""How many names a message lists."""
_OFFERED = 3
"""How many a question names at the most."""


class Severity(StrEnum):
    """An error refuses the file; a warning lets it pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Line and column in a file, both counted from 1; columns count characters."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `rule` is an id of the register in `rules`; `first` is the other of two places."""

    file: str
    line: int
    column: int
    rule: str
    what: str
    mend: str
    severity: Severity = Severity.ERROR
    first: Place | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.rule}: {self.in_words}"

    @property
    def in_words(self) -> str:
        """What is wrong and how to mend it, for whoever is told the place beside."""
        also = f", first at line {self.first.line}" if self.first else ""
        return f"{self.what}{also}; {self.mend}"

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sorted this way, faults read like the file."""
        return self.file, self.line, self.column, self.rule, self.what


class DefinitionRefused(QaWorkflowError):
    """A file cannot be used; `faults` holds every reason."""

    code = "definition"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, if one is close enough."""
    likely = [k for k in known if abs(len(k) - len(name)) <= 3 and (k[:1] == name[:1] or k[-2:] == name[-2:])]
    close = get_close_matches(name, likely[:200], n=1, cutoff=0.66)
    if close:
        return close[0]
    longer = _longer(name, known)
    return longer[0] if len(longer) == 1 else None


def _longer(name: str, known: Iterable[str]) -> list[str]:
    """Known names of which this is a word or several."""
    return [k for k in known if len(name) >= 4 and (f"_{name}" in k or f"{name}_" in k)]


def called(said: str, known: Mapping[str, Iterable[str]]) -> str | None:
    """The one identifier of which this is the title, or another word that people use for it."""
    text = " ".join(said.casefold().replace("-", " ").split()).removeprefix("the ")
    found = [k for k, words in known.items() if text in (k.replace("_", " "), *(w.casefold() for w in words))]
    return found[0] if len(found) == 1 else None


def several(said: str, known: Iterable[str]) -> str | None:
    """How to write several known names that somebody put into one text, as "report and visited_on"."""
    names = [part for part in re.split(r"\s*(?:[,;/&+]|\band\b|\bor\b)\s*", said.strip()) if part]
    return f"write `[{', '.join(names)}]`" if len(names) > 1 and set(names) <= set(known) else None


def mend_name(name: str, known: Sequence[str], otherwise: str = "") -> str:
    """How to mend a name that is not known: the one meant, or a short list of what there is, or `otherwise`."""
    meant = near(name, known)
    likely = [meant] if meant is not None else _longer(name, known)
    if 1 <= len(likely) <= _OFFERED:
        return f"did you mean {' or '.join(map(repr, likely))}?"
    if not known:
        return otherwise
    listed = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
    return f"{otherwise}, or use one of: {listed}" if otherwise else f"use one of: {listed}"
