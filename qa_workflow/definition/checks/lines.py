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
    if not source.tree.has_breaks:
        return
    ahead: list[tuple[Path, Any]] = [((), source.data or {})]
    while ahead:
        path, here = ahead.pop()
        for key, value in here.items() if isinstance(here, dict) else enumerate(here):
            if not isinstance(value, str):
                if isinstance(value, (dict, list)):
                    ahead.append(((*path, key), value))
            elif (found := _BREAK.search(value)) and _is_one_line((*path, key)):
                is_last = found.end() == len(value)
                what = "the text ends with a line break" if is_last else "the text goes over several lines"
                mend = "write `>-` in place of `>` or `|`" if is_last else "write it on one line, or after `>-`"
                source.faults.add("one-line", source.value((*path, key)), f"{what}, and is read as one", mend)


def _is_one_line(path: Path) -> bool:
    """By the key at which a text stands, itself or in a list; what a step `sets` has names of fields for keys."""
    keys = [part for part in path if isinstance(part, str)]
    return keys[-1] in _ONE_LINE and "sets" not in keys[-2:-1]
