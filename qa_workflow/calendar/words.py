"""Dates as people read them, in British English and the same on every machine, whatever its locale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def long_date(day: date) -> str:
    """As "6 August 2027"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def weekday_date(day: date) -> str:
    """As "Friday 6 August 2027"."""
    return f"{WEEKDAYS[day.weekday()]} {long_date(day)}"


def clock_time(at: time) -> str:
    """As "14:05"; what is below a minute is not shown."""
    return f"{at:%H:%M}"


def counted(amount: int, singular: str, plural: str | None = None) -> str:
    """As "1 working day", "2 working days"."""
    return f"{amount} {singular if amount == 1 else plural or singular + 's'}"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """As "a", "a and b", "a, b and c"; nothing for an empty sequence."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
