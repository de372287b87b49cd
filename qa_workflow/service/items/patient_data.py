"""Patient data does not belong here, and some will be pasted all the same: what looks like it is pointed out, once.

Whoever typed it decides: it is taken out, or confirmed as something else. Nothing is stored before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa_workflow.errors import Refusal

_NUMBER = re.compile(r"(?<![\d.,/-])(\d{3})([ \-\u00a0\u2009]?)(\d{3})\2(\d{4})(?![\d/-])(?![.,]\d)")
_DAY = r"(?:\d{1,2}[ ./-](?:\d{1,2}|[A-Za-z]{3,9})[ ./,-]{1,2}\d{2,4}|\d{4}-\d{2}-\d{2})"
_BORN = re.compile(
    rf"\b(?:d\.?\s?o\.?\s?b\.?|date of birth|birth ?date|born(?: on)?)[\s:.=(-]{{0,5}}({_DAY})", re.IGNORECASE
)
_LONGEST = 1_000_000
NHS_NUMBER, DATE_OF_BIRTH = "NHS number", "date of birth"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that looks like a patient's data: in which field, and the very text."""

    field: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"“{self.text}” looks like {'an' if self.kind == NHS_NUMBER else 'a'} {self.kind}"


class LooksLikePatient(Refusal):
    """Something that was sent looks like a patient's data, and nobody has said that it is none."""

    code = "looks_like_patient"

    def __init__(self, found: Sequence[Doubt]) -> None:
        self.doubts, self.mark = tuple(found), mark(found)
        said = ", ".join(dict.fromkeys(f"{doubt.field}: {doubt.kind}" for doubt in found))
        super().__init__(
            f"something looks like a patient's data ({said}), so nothing was saved; take it out, or, where it is "
            f"something else, say so by sending it again with no_patient {self.mark}"
        )


def require_none(given: Mapping[str, Any], confirmed: str | None) -> None:
    """Refuse what looks like a patient's data, unless it was confirmed as something else by its `mark`.

    Raises:
        LooksLikePatient: says where; the text itself is not repeated.
    """
    found = doubts(given)
    if found and confirmed != mark(found):
        raise LooksLikePatient(found)


def is_nhs_number(digits: str) -> bool:
    """Ten digits of which the last is right: the others weighted 10 to 2, the sum taken from 11 by remainder."""
    if len(digits) != 10 or not digits.isdecimal() or len(set(digits)) == 1:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = (11 - total % 11) % 11
    return check == int(digits[9])


def doubts(given: Mapping[str, Any]) -> list[Doubt]:
    """What looks like a patient's data in texts, and in lists of texts, each once."""
    found = (Doubt(field, kind, text) for field, value in given.items() for kind, text in _in(value))
    return list(dict.fromkeys(found))


def excerpts(text: str) -> Iterator[str]:
    """What in a long text looks like a patient's data, each with what makes it look so."""
    return (found[0] for _, found in _looked_through(text))


def mark(found: Iterable[Doubt]) -> str:
    """What a confirmation names, so that it covers these doubts and none that are typed later."""
    told = "\0".join(sorted(f"{doubt.field}\1{doubt.text}" for doubt in found))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _in(value: Any) -> Iterator[tuple[str, str]]:
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            for kind, found in _looked_through(text[:_LONGEST]):
                yield kind, found[1] if kind == DATE_OF_BIRTH else found[0]


def _looked_through(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """By kind, each place where something looks like a patient's data."""
    for number in _NUMBER.finditer(text):
        if is_nhs_number(number[1] + number[3] + number[4]):
            yield NHS_NUMBER, number
    yield from ((DATE_OF_BIRTH, born) for born in _BORN.finditer(text))
