"""Numbers out of what was sent: a form, an address or a cursor may hold anything in their place."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def number_of(text: str, otherwise: T, *, digits: int = 9) -> int | T:
    """A whole number of so many digits at most; `otherwise` for everything else that may stand there."""
    return int(text) if text.isdecimal() and len(text) <= digits else otherwise
