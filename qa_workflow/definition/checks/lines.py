"""What people read as one line is written as one: lists, subjects of mails and calendars have room for no second."""

from __future__ import annotations

import re
from typing import Any

from qa_workflow.definition.text.source import Path, Source

_ONE_LINE = frozenset({"title", "label", "value", "aliases", "end", "outcome", "subject", "place", "source"})
"""The keys whose text is read within a line of something else."""
_BREAK = re.compile("[\n\r\v\f\x85\u2028\u2029]")


def check_lines(source: Source) -> None:
    """All rules of this module."""
    ahead: list[tuple[Path, Any]] = [((), source.data)]
    while ahead:
        path, here = ahead.pop()
        if isinstance(here, dict | list):
            inner = here.items() if isinstance(here, dict) else enumerate(here)
            ahead.extend(((*path, key), value) for key, value in inner)
        elif isinstance(here, str) and _is_one_line(path) and (found := _BREAK.search(here)):
            is_last = found.end() == len(here)
            what = "the text ends with a line break" if is_last else "the text goes over several lines"
            mend = "write `>-` in place of `>` or `|`" if is_last else "write it on one line, or after `>-`"
            source.faults.add("one-line", source.value(path), f"{what}, and is read as one", mend)


def _is_one_line(path: Path) -> bool:
    """By the key at which a text stands, itself or in a list; what a step `sets` has names of fields for keys."""
    keys = [part for part in path if isinstance(part, str)]
    return keys[-1] in _ONE_LINE and "sets" not in keys[-2:-1]
