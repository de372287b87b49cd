"""Two texts line by line, as a page shows them: what was taken out, what was put in, and a little around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the difference: `mark` is "+", "-", " ", or "@" for the heading of a passage."""

    mark: str
    text: str


def line_diff(old: str, new: str, around: int = 3) -> Iterator[Line]:
    """The passages that differ; nothing for two equal texts."""
    for number, line in enumerate(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=around)):
        if number >= 2:  # the first two name the files
            yield Line("@", _heading(line)) if line.startswith("@@") else Line(line[:1], line[1:])


def _heading(line: str) -> str:
    """`@@ -12,7 +12,8 @@` as "Line 12"."""
    found = re.search(r"\+(\d+)", line)
    return f"Line {found[1]}" if found else ""
