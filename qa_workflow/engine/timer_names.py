"""How what time does to a visit is named: `overdue`, `remind.0`, `escalate.1`, `lapse`, `at.TRIGGER` or `resume`."""

from __future__ import annotations

RESUME, REMIND, OVERDUE, ESCALATE, AT, LAPSE = "resume", "remind", "overdue", "escalate", "at", "lapse"
"""The kinds, in the order in which what comes at one instant happens."""
KINDS = (RESUME, REMIND, OVERDUE, ESCALATE, AT, LAPSE)
TELLS = frozenset({REMIND, OVERDUE, ESCALATE})
"""What only tells people; the item stays where it is."""
MOVES = frozenset({AT, LAPSE})


def kind_of(name: str) -> str:
    """One of `KINDS`."""
    return name.partition(".")[0]


def which(name: str) -> str:
    """Which of its kind: the number of a reminder or a rung, counted from 0, or a step's trigger; else empty."""
    return name.partition(".")[2]
