"""Due rules as values: an offset from an anchor, a fixed day of the year, or an anchor itself; and the long form.

`str(rule)` is its normal form in English, and `grammar.parse` reads that back to an equal rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from math import inf
from typing import TypeAlias

from qa_workflow.calendar.anchors import Anchor, AnchorKind
from qa_workflow.calendar.faults import MOST, CalendarFault, RuleFault
from qa_workflow.calendar.kinds import DayKind
from qa_workflow.calendar.words import MONTHS, clock_time

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""29 February is left out: a rule must hold every year."""


class Direction(StrEnum):
    """Where from the anchor, and whether the anchor's own day counts: it does for the two that say "with"."""

    BEFORE = "before"
    AFTER = "after"
    BEGINNING_WITH = "beginning with"
    ENDING_WITH = "ending with"

    @property
    def is_backward(self) -> bool:
        """Whether the date lies before the anchor."""
        return self in {Direction.BEFORE, Direction.ENDING_WITH}

    @property
    def is_inclusive(self) -> bool:
        """Whether the anchor's own day is the first that counts."""
        return self in {Direction.BEGINNING_WITH, Direction.ENDING_WITH}


@dataclass(frozen=True, slots=True)
class Offset:
    """So many units before or after an anchor."""

    amount: int
    unit: DayKind
    direction: Direction
    anchor: Anchor

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= MOST:
            raise CalendarFault(f"an amount is 1 to {MOST:,}, not {self.amount:,}")
        if self.direction.is_inclusive and (self.unit.is_elapsed or self.unit is DayKind.CLEAR_WORKING):
            raise CalendarFault(f"{self.unit.plural} cannot count the anchor's own day", "say 'before' or 'after'")

    def __str__(self) -> str:
        return f"{self.unit.counted(self.amount)} {self.direction} {self.anchor}"


@dataclass(frozen=True, slots=True)
class FixedDay:
    """A day of the year: the one in the item's period, the first after an anchor, or, if neither is said, the first
    after the period's end (after the opening, if the item is about no period)."""

    day: int
    month: int
    in_period: bool = False
    after: Anchor | None = None

    def __post_init__(self) -> None:
        if not (1 <= self.month <= len(MONTHS) and 1 <= self.day <= MONTH_DAYS[self.month - 1]):
            raise CalendarFault(f"there is no day {self.day} in month {self.month} of every year")
        if self.in_period and self.after:
            raise CalendarFault("a fixed day lies in the period or after an anchor, not both")

    @property
    def name(self) -> str:
        """As "30 April"."""
        return f"{self.day} {MONTHS[self.month - 1]}"

    def __str__(self) -> str:
        return f"on {self.name}{' in period' if self.in_period else ''}{f' after {self.after}' if self.after else ''}"


Rule: TypeAlias = Offset | FixedDay | Anchor


def anchor_of(rule: Rule) -> Anchor | None:
    """What the rule says it counts from; the period's start for `in period`, None for a plain day of the year."""
    match rule:
        case Offset():
            return rule.anchor
        case FixedDay():
            return Anchor(AnchorKind.PERIOD_START) if rule.in_period else rule.after
        case Anchor():
            return rule


def is_later(one: Rule, other: Rule) -> bool:
    """Whether, of two rules that count from the same, the one always gives a later day than the other."""
    if isinstance(one, Offset) and isinstance(other, Offset) and one.unit is other.unit:
        return _signed(one) > _signed(other)
    return not isinstance(one, FixedDay) and not isinstance(other, FixedDay) and _days(one)[0] > _days(other)[1]


def _signed(offset: Offset) -> int:
    """The amount, below 0 before the anchor; the anchor's own day makes one less of it."""
    amount = offset.amount - offset.direction.is_inclusive
    return -amount if offset.direction.is_backward else amount


_IN_DAYS: Mapping[DayKind, tuple[float, float]] = {
    DayKind.CALENDAR: (1, 1),
    DayKind.WEEK: (7, 7),
    DayKind.MONTH: (28, 31),
    DayKind.YEAR: (365, 366),
    DayKind.HOUR: (0, 1 / 24),
    DayKind.MINUTE: (0, 1 / 1440),
}
"""Calendar days in one of each at the least and at the most; there is no most of days that are worked."""


def _days(rule: Offset | Anchor) -> tuple[float, float]:
    """Calendar days from the anchor, at the least and at the most."""
    if isinstance(rule, Anchor):
        return 0, 0
    least, most = (each * rule.amount - rule.direction.is_inclusive for each in _IN_DAYS.get(rule.unit, (1, inf)))
    return (-most, -least) if rule.direction.is_backward else (least, most)


class Roll(StrEnum):
    """Where a date goes that falls on a day that is not worked."""

    EARLIER = "earlier working day"
    LATER = "later working day"


class Basis(StrEnum):
    """What makes a date binding."""

    STATUTE = "statute"
    CONTRACT = "contract"
    POLICY = "policy"
    LOCAL = "local"
    TO_BE_CONFIRMED = "to be confirmed"

    @property
    def words(self) -> str:
        """For people, after a date or a rule."""
        return _BASES[self]


_BASES = {
    Basis.STATUTE: "as required by statute",
    Basis.CONTRACT: "as required by contract",
    Basis.POLICY: "as a policy says",
    Basis.LOCAL: "as agreed locally",
    Basis.TO_BE_CONFIRMED: "on a basis to be confirmed",
}


class WhileHeld(StrEnum):
    """What a hold does to the clock."""

    PAUSES = "pauses"
    RUNS = "runs"


@dataclass(frozen=True, slots=True)
class TimeRule:
    """The long form: a rule with where its date rolls, its time of day, what it rests on, and whose days are counted.

    Without `at` the whole day counts; without `calendar` (an id) it is the workflow's; without `while_held` it follows
    from the anchor. Hours and minutes are exact to the instant, so that they take neither `at` nor `roll`.
    """

    rule: Rule
    roll: Roll | None = None
    at: time | None = None
    basis: Basis | None = None
    source: str | None = None
    calendar: str | None = None
    while_held: WhileHeld | None = None

    def __post_init__(self) -> None:
        if not (isinstance(self.rule, Offset) and self.rule.unit.is_elapsed):
            return
        for key, value in (("at", self.at and clock_time(self.at)), ("roll", self.roll)):
            if value:
                what = f"{self.rule.unit.plural} end at an exact instant, which leaves nothing for '{key}'"
                raise RuleFault(value, 0, len(value), what, f"leave '{key}' out, or count in days", key=key)

    @property
    def pauses(self) -> bool:
        """Whether a hold stops this clock."""
        if self.while_held:
            return self.while_held is WhileHeld.PAUSES
        anchor = None if isinstance(self.rule, FixedDay) else anchor_of(self.rule)
        return anchor is not None and anchor.kind.pauses

    @property
    def held_in(self) -> DayKind:
        """In which unit a hold is given back."""
        return self.rule.unit.held_in if isinstance(self.rule, Offset) else DayKind.CALENDAR

    def __str__(self) -> str:
        """The rule, its time of day and its roll, as people say them."""
        at = f" at {clock_time(self.at)}" if self.at else ""
        return f"{self.rule}{at}{f', or the {self.roll}' if self.roll else ''}"
