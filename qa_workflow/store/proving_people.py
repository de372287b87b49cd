"""The people that were entered, against the history that says how each of them came to be as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from qa_workflow.store.access import PERSON
from qa_workflow.store.proving import Case

PEOPLE = "people"


def prove_people(case: Case, said: Iterable[tuple[int, str, Mapping[str, Any]]]) -> None:
    """Each row must be, byte for byte, what the last line about that person says; and nobody may be missing."""
    last = {data["person"]: (seq, data["hash"]) for seq, _, data in said}
    for row in case.connection.execute(select(PERSON).order_by(PERSON.c.name)):
        place = f"person {row.name}"
        seq, digest = last.pop(row.name, (None, None))
        if seq is None:
            case.find(place, None, "person", f"history {PEOPLE!r} knows nothing of them")
        elif sha256(row.data.encode()).hexdigest() != digest:
            case.find(place, None, "person.data", f"line {seq} of history {PEOPLE!r} says otherwise")
    for name, (seq, _) in sorted(last.items()):
        case.find(f"person {name}", None, "person", f"line {seq} of history {PEOPLE!r} entered them, and they are gone")
