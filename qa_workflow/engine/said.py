"""What people type, as it is kept: it reads as it was typed, to everybody and in every program.

One rule for fields, comments and every reason: docs/decisions/0038-what-is-typed.md.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from qa_workflow.errors import UsageFault

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_PLAIN = "\n\r\t"
_JOINER = "\u200d"
_AS_SEEN = str.maketrans(
    {
        "\uf0b7": "•",
        "\uf0a7": "▪",
        "\uf06c": "●",
        "\uf06e": "■",
        "\uf0a8": "◻",
        "\uf076": "❖",
        "\uf0d8": "➢",
        "\uf0e0": "→",
        "\uf0fb": "✗",
        "\uf0fc": "✓",
        "\uf0fe": "☑",
        "\uf04a": "☺",
        "\v": "\n",
    }
)
"""What Word copies out by numbers of its own fonts (bullets, ticks, arrows, a smile), and a line broken by hand."""
_FLAGS = re.compile(
    "\U0001f3f4(?:"
    + "|".join("".join(chr(0xE0000 + ord(letter)) for letter in country) for country in ("gbeng", "gbsct", "gbwls"))
    + ")\U000e007f"
)
"""The flags of England, Scotland and Wales: a black one with letters that nobody sees. Others may say anything."""
_LOOKS = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
_ARROWS = "\u2194\u2195"
_SHOWN = 20


class Unreadable(NamedTuple):
    """A character that cannot be taken, and where it stands."""

    sign: str
    before: str

    def __str__(self) -> str:
        what = (
            "a sign that only one font has"
            if unicodedata.category(self.sign) == "Co"
            else "a character that cannot be seen"
        )
        named = f"{what} (U+{ord(self.sign):04X})"
        if not self.before:
            return f"it begins with {named}; delete it, or type the text anew"
        return f"{named} stands after “{self.before}”; delete it, or type that place anew"


def as_read(text: str) -> str:
    """The text in one form of writing; what Word copies out by numbers of its own fonts is the sign that was seen."""
    text = unicodedata.normalize("NFC", text)
    return text if text.isprintable() else text.translate(_AS_SEEN)


def unreadable(text: str) -> Unreadable | None:
    """The first character that nobody sees, or that each sees otherwise; None where all is as it is read.

    Some turn what stands beside them, or command a terminal. A joiner within an emoji is seen: it makes one of two.
    """
    if text.isprintable():
        return None
    bare = _FLAGS.sub("\U0001f3f4", text)
    for place, sign in enumerate(bare):
        if unicodedata.category(sign) in _HIDDEN and sign not in _PLAIN and not _joins(bare, place):
            before = "".join(each if each.isprintable() else " " for each in bare[:place])
            return Unreadable(sign, before.strip()[-_SHOWN:])
    return None


def said(text: str, what: str = "the reason") -> str:
    """What somebody says, as it is kept, without spaces around it.

    Raises:
        UsageFault: something in it cannot be read as it was typed.
    """
    text = as_read(text).strip()
    if (found := unreadable(text)) is not None:
        raise UsageFault(f"{what} cannot be taken: {found}")
    return text


def _joins(text: str, place: int) -> bool:
    before, after = text[max(place - 3, 0) : place], text[place + 1 : place + 2]
    return text[place] == _JOINER and _is_emoji(_LOOKS.sub("", before)[-1:]) and _is_emoji(after)


def _is_emoji(sign: str) -> bool:
    return bool(sign) and (unicodedata.category(sign) == "So" or sign in _ARROWS)
