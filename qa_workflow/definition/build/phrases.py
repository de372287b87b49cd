"""The short phrases besides times and guards: who, which body, how often, how long, from when to when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from qa_workflow.definition.model import BodyRef

ANYONE = "anyone"
WHO_FORMS = (
    ("ROLE", "everyone who holds the role", "quality_lead"),
    ("whoever did TRIGGER", "the person who made that transition last", "whoever did accuracy.check"),
    ("person in FIELD", "the person named in a field", "person in action_owner"),
    (ANYONE, "every signed-in person within the scope of the item", ANYONE),
)
"""Form, meaning, example; for the manual and for messages."""

_NAME = r"[a-z][a-z0-9_]*"
_WHOEVER = re.compile(rf"whoever did ({_NAME}(?:\.{_NAME})*)")
_PERSON_IN = re.compile(rf"person in ({_NAME})")
_ROLE = re.compile(_NAME)
_BODY = re.compile(rf"({_NAME})( for subject)?")
_TIMES = re.compile(r"([1-9][0-9]{0,2}) times?")
_RETENTION = re.compile(r"[1-9][0-9]{0,2} (?:years?|months?)|for ever")
_BETWEEN = re.compile(r"(\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class WhoPhrase:
    """One who phrase: exactly one of the four is set; `offset` is where its name begins in the text."""

    role: str | None = None
    did: str | None = None
    field: str | None = None
    anyone: bool = False
    offset: int = 0


def who_phrase(text: str) -> WhoPhrase | None:
    """None if the text has none of the forms."""
    if text == ANYONE:
        return WhoPhrase(anyone=True)
    if found := _WHOEVER.fullmatch(text):
        return WhoPhrase(did=found[1], offset=found.start(1))
    if found := _PERSON_IN.fullmatch(text):
        return WhoPhrase(field=found[1], offset=found.start(1))
    return WhoPhrase(role=text) if _ROLE.fullmatch(text) else None


def body_phrase(text: str) -> BodyRef | None:
    """`governing_body`, or `cqrg for subject`."""
    found = _BODY.fullmatch(text)
    return BodyRef(found[1], bool(found[2])) if found else None


def times_phrase(text: str) -> int | None:
    """`2 times`, `once`, `twice`."""
    if text in ("once", "twice"):
        return 1 if text == "once" else 2
    found = _TIMES.fullmatch(text)
    return int(found[1]) if found else None


def retention_phrase(text: str) -> bool:
    """Whether the text is a time that records are kept: `20 years`, `18 months`, `for ever`."""
    return _RETENTION.fullmatch(text) is not None


def between_phrase(text: str) -> tuple[date, date] | None:
    """`2027-08-02 to 2027-08-13`. None if it is not of that form or names a day that does not exist."""
    found = _BETWEEN.fullmatch(text)
    days = (day_of(found[1]), day_of(found[2])) if found else (None, None)
    return (days[0], days[1]) if days[0] and days[1] else None


def day_of(text: str) -> date | None:
    """The day, or None if there is no such day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None  # weeks and days without hyphens are ISO too, and nobody's habit


def placeholders(text: str) -> list[tuple[str, int]]:
    """Names in braces, each with where it begins."""
    return [(found[1], found.start()) for found in _PLACEHOLDER.finditer(text)]
