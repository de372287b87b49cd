"""Faults as an editor underlines them: from where to where, in the units that JavaScript counts in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypedDict

from qa_workflow.definition import Fault

# A value that is written without quotes goes on until something that YAML gives a meaning to.
_PLAIN = re.compile(r"(?:(?!: |:$| #)[^,\]}\n])+")
_QUOTED = re.compile(r"'(?:[^'\n]|'')*'?|\"(?:[^\"\\\n]|\\.)*\"?")


class Mark(TypedDict):
    """A fault and where it stands: lines and columns count from 1, columns in UTF-16 units, and the end is after it."""

    line: int
    col: int
    end_line: int
    end_col: int
    message: str
    rule: str
    mend: str
    severity: str


def marks(text: str, faults: Iterable[Fault]) -> Iterator[Mark]:
    """Every fault of a text with its extent."""
    lines = text.split("\n")
    for fault in faults:
        line = lines[fault.line - 1] if fault.line <= len(lines) else ""
        start = min(fault.column - 1, len(line))
        also = f", first at line {fault.first.line}" if fault.first else ""
        yield Mark(
            line=fault.line,
            col=_units(line[:start]) + 1,
            end_line=fault.line,
            end_col=_units(line[: _end(line, start)]) + 1,
            message=f"{fault.what}{also}",
            rule=fault.rule,
            mend=fault.mend,
            severity=str(fault.severity),
        )


def _end(line: str, start: int) -> int:
    """Where the word or value that begins at `start` ends; at least one character on, where there is one."""
    found = (_QUOTED if line[start : start + 1] in {"'", '"'} else _PLAIN).match(line, start)
    end = start + len(found.group().rstrip()) if found else start
    return max(end, min(start + 1, len(line)))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
