"""Where a list goes on: an opaque word that holds the place, and for which list it was given.

It carries no right: whoever sends one sees, from that place on, what they may see. So it is not signed, only checked.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import sha256

from qa_workflow.service.lists.onward import BadCursor
from qa_workflow.web.numbers import number_of


def write(place: str, asked: Mapping[str, object]) -> str:
    """The cursor for going on after a place of the list that was asked for, in the list's own words."""
    text = json.dumps([place, _about(asked)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, asked: Mapping[str, object]) -> str:
    """The place after which a list goes on, in its own words.

    Raises:
        BadCursor: it cannot be read, or was given out for other filters.
    """
    match _parts(cursor):
        case [str() as place, str() as about] if about == _about(asked):
            return place
    raise BadCursor


def read_number(cursor: str, asked: Mapping[str, object]) -> int:
    """The place, in a list that counts; raises `BadCursor`."""
    return _counted(read(cursor, asked), digits=18)


def read_event(cursor: str, asked: Mapping[str, object]) -> tuple[str, int]:
    """The place, in a list of events: an item and a number; raises `BadCursor`."""
    item, _, seq = read(cursor, asked).partition(" ")
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


def _about(asked: Mapping[str, object]) -> str:
    """For which list: filters, not how long a page is."""
    told = json.dumps({name: value for name, value in sorted(asked.items()) if value is not None}, default=str)
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]
