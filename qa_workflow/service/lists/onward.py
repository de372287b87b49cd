"""Where a list goes on, as a word in an address: after which item, and not after which row.

Rows are counted over all items. Whoever sees a part of them would read from one how many others there are.
"""

from __future__ import annotations

import re

from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.lists import Place
from qa_workflow.service.ports.store import Reader

_WORD = re.compile(r"([01])\.(-?[0-9]{1,18})\.(-?)([0-9a-f]{32})")


class BadCursor(UsageFault):
    """A cursor that was not given out here, or for another list."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__(
            "the cursor is not one that was given out for this list; begin again without it, with the same filters"
        )


def word(place: Place, key: str) -> str:
    """A place as it stands in an address; `key` is its item's."""
    return f"{int(place.is_undated)}.{place.due_at}.{'-' if place.number < 0 else ''}{key}"


def read(look: Reader, text: str | None) -> Place | None:
    """A place of an address; the beginning where it cannot be read, or where its item is not here."""
    found = _WORD.fullmatch(text or "")
    row = look.lists.row(found[4]) if found is not None else None
    if found is None or row is None:
        return None
    return Place(found[1] == "1", int(found[2]), -row if found[3] else row)


def demanded(look: Reader, text: str | None) -> Place | None:
    """The same for a program, which would begin again without noticing; raises `BadCursor`."""
    place = read(look, text)
    if text is not None and place is None:
        raise BadCursor
    return place
