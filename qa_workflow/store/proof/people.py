"""The people that were entered, against the history that says how each of them came to be as they are."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import select

from qa_workflow.store.access import PERSON
from qa_workflow.store.proof.proving import Case, Said

PEOPLE = "people"


def prove_people(case: Case, said: Iterable[Said]) -> None:
    """Each row must be, byte for byte, what the last line about that person says; and nobody may be missing."""
    last = {line.data["person"]: line for line in said}
    for row in case.connection.execute(select(PERSON).order_by(PERSON.c.name)):
        place = f"person {row.name}"
        line = last.pop(row.name, None)
        if line is None:
            case.find(place, None, "person", f"history {PEOPLE!r} knows nothing of them")
        elif sha256(row.data.encode()).hexdigest() != line.data["hash"]:
            case.find(place, None, "person.data", f"line {line.seq} of history {PEOPLE!r} says otherwise")
        elif row.changed_at != line.at:
            case.find(place, None, "person.changed_at", f"line {line.seq} of history {PEOPLE!r} is of another time")
    for name, line in sorted(last.items()):
        what = f"line {line.seq} of history {PEOPLE!r} entered them, and they are gone"
        case.find(f"person {name}", None, "person", what)
