"""What may be entered of a person: names, words, addresses and days that mean something here; all faults at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from qa_workflow.definition.governance import Governance, Person
from qa_workflow.definition.shape.governance import ADDRESS, PERSON
from qa_workflow.definition.text.decode import UNSEEN
from qa_workflow.errors import UsageFault

_NAME = re.compile(PERSON)
_ADDRESS = re.compile(ADDRESS)
_LONGEST = 120


class BadPerson(UsageFault):
    """Something entered of a person means nothing here; `faults` says what, by field."""

    code = "bad_person"

    def __init__(self, name: str, faults: Mapping[str, str]) -> None:
        self.name, self.faults = name, dict(faults)
        said = "; ".join(faults.values())
        super().__init__(f"{name}: {said}{'' if said.endswith('?') else '.'} Nothing was saved")


def check_name(name: str, governance: Governance) -> None:
    """A name for somebody new; it goes into histories, so it is never changed or given again."""
    fault = None
    if not _NAME.fullmatch(name) or len(name) > 60:
        fault = "a name has small letters, digits and hyphens, begins with a letter, and has at most 60 of them"
    elif name in governance.people:
        fault = f"{name!r} is somebody already; change that person, or choose another name"
    elif name in governance.roles:
        fault = f"{name!r} is a role; choose another name"
    if fault is not None:
        raise BadPerson(name[:60], {"name": fault})


def cleaned(name: str, given: Mapping[str, Any], governance: Governance) -> dict[str, Any]:
    """What was entered, in one spelling: no blanks around it, empty is None.

    Raises:
        BadPerson: a field that there is not, or whose value means nothing.
    """
    faults: dict[str, str] = {}
    found: dict[str, Any] = {}
    for key, value in given.items():
        match key:
            case "title":
                found[key] = _title(value, faults)
            case "email":
                found[key] = _email(value, faults)
            case "roles":
                found[key] = _roles(value, governance, faults)
            case "organisation":
                found[key] = _organisation(value, governance, faults)
            case "from" | "to":
                found[key] = value
            case _:
                faults[key] = f"{key!r} is not something that is kept of a person"
    if faults:
        raise BadPerson(name, faults)
    return found


def check_whole(person: Person, governance: Governance) -> None:
    """What must hold between the fields of a person."""
    faults: dict[str, str] = {}
    if person.start and person.until and person.until < person.start:
        faults["to"] = "the last day is before the first"
    own = [role for role in person.roles if role in governance.roles and governance.roles[role].own]
    if own and person.organisation is None:
        title = governance.roles[own[0]].title
        faults["organisation"] = f"{title!r} reaches one's own organisation only; say which that is"
    if faults:
        raise BadPerson(person.name, faults)


def _title(value: str, faults: dict[str, str]) -> str:
    title = " ".join(unicodedata.normalize("NFC", value).split())
    if not title:
        faults["title"] = "the name that people read is missing"
    elif len(title) > _LONGEST or UNSEEN.search(title):
        faults["title"] = f"the name that people read has more than {_LONGEST} characters, or some that cannot be seen"
    return title


def _email(value: str | None, faults: dict[str, str]) -> str | None:
    address = (value or "").strip()
    if address and (not _ADDRESS.fullmatch(address) or len(address) > 254 or UNSEEN.search(address)):
        faults["email"] = "that is no e-mail address; write it as name@example.org"
    return address or None


def _roles(value: Any, governance: Governance, faults: dict[str, str]) -> tuple[str, ...]:
    roles = tuple(dict.fromkeys(role.strip() for role in value if role.strip()))
    unknown = next((role for role in roles if role not in governance.roles), None)
    if unknown is not None:
        faults["roles"] = _no(unknown, "role", tuple(governance.roles))
    return tuple(role for role in governance.roles if role in roles)


def _organisation(value: str | None, governance: Governance, faults: dict[str, str]) -> str | None:
    organisation = (value or "").strip() or None
    if organisation is not None and organisation not in governance.organisations:
        faults["organisation"] = _no(organisation, "organisation", tuple(governance.organisations))
    return organisation


def _no(word: str, what: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    mend = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known[:12])}"
    return f"{what} {word[:60]!r} is not known; {mend}"
