"""What people wrote, on a terminal: characters that would command it, or turn the text around, are only shown."""

from __future__ import annotations

import re

_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with a mark in place of each; as wide as it looks."""
    return _COMMANDS.sub("\ufffd", text)


def escaped(document: str) -> str:
    """A JSON document that means the same, with each of them escaped."""
    return _COMMANDS.sub(lambda found: f"\\u{ord(found.group()):04x}", document)
