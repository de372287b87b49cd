"""How values are written as JSON: compact, in UTF-8, and for what is hashed in one way only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.json import Encoder


def _plain(value: object) -> object:
    """A text or a mapping of another class than the usual ones, as the usual one."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


ENCODER = Encoder(enc_hook=_plain)
"""Names in the order in which they come."""
_SORTED = Encoder(enc_hook=_plain, order="sorted")


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way to write a mapping: sorted names, no blanks, UTF-8, no floats (they have no one spelling).

    The bytes are those of `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`, which wrote
    the first histories; a test holds the two equal.
    """
    return _SORTED.encode(value)
