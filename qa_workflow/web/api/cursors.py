"""Where a list goes on: an opaque word that holds the place, and for which list it was given.

It carries no right: whoever sends one sees, from that place on, what they may see. So it is not signed, only checked.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import sha256

from qa_workflow.errors import UsageFault
from qa_workflow.service.ports.lists import Place
from qa_workflow.web.numbers import number_of

_LARGEST = 2**63 - 1


class BadCursor(UsageFault):
    """A cursor that was not given out here, or for another list."""

    code, http_status = "bad_cursor", 400

    def __init__(self) -> None:
        super().__init__(
            "the cursor is not one that was given out for this list; begin again without it, with the same filters"
        )


def write(place: Place, asked: Mapping[str, object]) -> str:
    """The cursor for going on after a place of the list that was asked for."""
    text = json.dumps([place.is_undated, place.due_at, place.number, _about(asked)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, asked: Mapping[str, object]) -> Place:
    """The place after which a list goes on.

    Raises:
        BadCursor: it cannot be read, or was given out for other filters.
    """
    found = _parts(cursor)
    match found:
        case [bool() as is_undated, int() as due_at, int() as number, str() as about] if about == _about(asked):
            if _is_number(due_at) and _is_number(number):
                return Place(is_undated, due_at, number)
    raise BadCursor


def write_words(place: str, asked: Mapping[str, object]) -> str:
    """The same for a list that has its place in words of its own."""
    text = json.dumps([place, _about(asked)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_words(cursor: str, asked: Mapping[str, object]) -> str:
    """The place, in the list's own words; raises `BadCursor`."""
    match _parts(cursor):
        case [str() as place, str() as about] if about == _about(asked):
            return place
    raise BadCursor


def read_number(cursor: str, asked: Mapping[str, object]) -> int:
    """The place, in a list that counts; raises `BadCursor`."""
    return _counted(read_words(cursor, asked), digits=18)


def read_event(cursor: str, asked: Mapping[str, object]) -> tuple[str, int]:
    """The place, in a list of events: an item and a number; raises `BadCursor`."""
    item, _, seq = read_words(cursor, asked).partition(" ")
    return item, _counted(seq, digits=9)


def _counted(text: str, *, digits: int) -> int:
    found = number_of(text, None, digits=digits)
    if found is None:
        raise BadCursor
    return found


def _parts(cursor: str) -> object:
    try:
        text = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise BadCursor from fault


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _about(asked: Mapping[str, object]) -> str:
    """For which list: filters, not how long a page is."""
    told = json.dumps({name: value for name, value in sorted(asked.items()) if value is not None}, default=str)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]
