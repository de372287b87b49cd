"""What is different in another version of a workflow or governance file, in words; who can newly do what first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """What sort of difference it is, the gravest first."""

    MAY = "who may newly do something"
    EASED = "what is asked for no longer, or otherwise"
    MAY_NOT = "who may no longer do something, and what is asked for besides"
    FLOW = "stages and steps"
    TIME = "dates, reminders and escalations"
    FIELDS = "what is recorded"
    TEXT = "words"


_ORDER = {weight: place for place, weight in enumerate(Weight)}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Args:
        where: the path in the definition, as `review.accept` or `fields.note`.
        roles: those that can do more by it.
        people: those by name (of the governance file) who can do more by it.
    """

    weight: Weight
    where: str
    sentence: str
    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


ONLY_WRITTEN_OTHERWISE = Difference(
    Weight.TEXT, "", "Nothing but how the file is written: its order, its layout or its comments."
)
"""Of two files whose bytes are not the same, and that mean the same."""


def ordered(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """The gravest first; within a weight in the order of the file, each said once."""
    return tuple(sorted(dict.fromkeys(found), key=lambda each: _ORDER[each.weight]))


def sentences(found: Sequence[Difference]) -> list[str]:
    """The differences as sentences, in their order."""
    return [each.sentence for each in found]


def gainers(found: Iterable[Difference]) -> tuple[frozenset[str], frozenset[str]]:
    """Roles, and people by name, who can do more than before."""
    all_found = list(found)
    roles = frozenset(role for each in all_found for role in each.roles)
    return roles, frozenset(person for each in all_found for person in each.people)
