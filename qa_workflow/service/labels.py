"""Names that people give to files, lists and keys; shown back without what hides or turns text."""

from __future__ import annotations

import unicodedata

LONGEST = 150
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str) -> str:
    """Without characters that cannot be seen, and each that can in its plain form."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in _HIDDEN)


def shown(text: str) -> str:
    """The same, cut to 150 characters."""
    return plain(text)[:LONGEST]
