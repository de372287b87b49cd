"""A person as an administrator entered them: what is kept of them as JSON, and whom the house takes them to be."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Any

from qa_workflow.definition.governance import Cover, Governance, Person
from qa_workflow.engine.json_text import canonical
from qa_workflow.errors import IntegrityFault
from qa_workflow.service.ports.access import Entered


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change that waits for a second person. `change` is JSON, and has what it changes of `roles`, `organisation`,
    `from`, `to` and `cover`: what decides how far a person reaches.

    `acting_for` is whose right the proposer used, where it was not their own.
    """

    change: Mapping[str, Any]
    by: str
    at: str
    reason: str = ""
    acting_for: str | None = None

    @property
    def key(self) -> str:
        """Names exactly this change, so that what is confirmed is what was read."""
        return sha256(canonical(_pending_data(self))).hexdigest()[:12]

    def covers(self, person: str) -> bool:
        """Whether it is cover for this person that waits."""
        return "cover" in self.change and self.change["cover"]["person"] == person

    def to(self, person: Person) -> Person:
        """The person once it is confirmed."""
        return changed(person, self.change)


@dataclass(frozen=True, slots=True)
class Entry:
    """A person, with what waits to be confirmed. `is_entered` is False for one who stands in the governance file alone.

    The salt keeps what is hashed into the history (an address among it) from being guessed back.
    """

    person: Person
    pending: PendingChange | None = None
    salt: str = field(default_factory=lambda: secrets.token_hex(16))
    is_entered: bool = True

    @property
    def revision(self) -> str:
        """Names the person as they are now, for a form that was opened a while ago; another once something changes."""
        return sha256(canonical({**data(self), "salt": ""})).hexdigest()[:12]


def entry_of(found: Entered) -> Entry:
    """What was kept, as a person; raises `IntegrityFault` where it cannot be read."""
    given = found.data
    try:
        covers = tuple(cover_of(each) for each in given["covers"])
        person = Person(
            found.name,
            given["title"],
            tuple(given["roles"]),
            given["organisation"],
            given["email"],
            _day(given["from"]),
            _day(given["to"]),
            covers,
        )
        waits = given["pending"]
        pending = None
        if waits is not None:
            pending = PendingChange(waits["change"], waits["by"], waits["at"], waits["reason"], waits["acting_for"])
        return Entry(person, pending, given["salt"])
    except (KeyError, TypeError, ValueError) as fault:
        raise IntegrityFault(
            f"what was entered of {found.name} cannot be read any more; `qa-workflow verify` says what was changed"
        ) from fault


def data(entry: Entry) -> dict[str, Any]:
    """A person as they are kept."""
    person = entry.person
    return {
        "title": person.title,
        "roles": list(person.roles),
        "organisation": person.organisation,
        "email": person.email,
        "from": _text(person.start),
        "to": _text(person.until),
        "covers": [cover_data(cover) for cover in person.covers],
        "pending": None if entry.pending is None else _pending_data(entry.pending),
        "salt": entry.salt,
    }


def cover_of(given: Mapping[str, Any]) -> Cover:
    """A cover, from JSON."""
    return Cover(given["person"], date.fromisoformat(given["from"]), date.fromisoformat(given["to"]))


def cover_data(cover: Cover) -> dict[str, Any]:
    """A cover, as JSON."""
    return {"person": cover.person, "from": _text(cover.start), "to": _text(cover.until)}


def covering(person: Person, cover: Cover) -> Person:
    """The person with one cover more; those of the same person that overlap it give way."""
    kept = [c for c in person.covers if c.person != cover.person or c.until < cover.start or cover.until < c.start]
    return replace(person, covers=tuple(sorted([*kept, cover], key=lambda c: (c.start, c.until, c.person))))


def facts(entry: Entry) -> dict[str, Any]:
    """What the history says of a person: all but their address, and a hash that bears out the whole."""
    kept = data(entry)
    told = {name: value for name, value in kept.items() if name not in ("email", "salt")}
    return {"person": entry.person.name, **told, "hash": sha256(canonical(kept)).hexdigest()}


def changed(person: Person, change: Mapping[str, Any]) -> Person:
    """The person after a change, whose days may be texts; keys that are not there change nothing."""
    found = dict(change)
    if "cover" in found:
        person = covering(person, cover_of(found.pop("cover")))
    if "roles" in found:
        found["roles"] = tuple(found["roles"])
    for key, name in (("from", "start"), ("to", "until")):
        if key in found:
            day = found.pop(key)
            found[name] = _day(day) if isinstance(day, str) else day
    return replace(person, **found)


def laid_over(governance: Governance, entered: list[Entered]) -> Governance:
    """The governance with the people that were entered: they say instead of the file."""
    if not entered:
        return governance
    people = {found.name: entry_of(found).person for found in entered}
    return replace(governance, people={**governance.people, **people})


def _pending_data(pending: PendingChange) -> dict[str, Any]:
    return {
        "change": dict(pending.change),
        "by": pending.by,
        "acting_for": pending.acting_for,
        "at": pending.at,
        "reason": pending.reason,
    }


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
