"""From bytes to text: UTF-8 of a bounded size, with no character that cannot be seen or that turns the text round."""

from __future__ import annotations

import re

from qa_workflow.definition.faults import Place
from qa_workflow.definition.found_faults import Faults

MAX_BYTES = 1024 * 1024
"""A workflow of a thousand stages is about 400 KB; nobody reviews more than this in one file."""
_MOST_SHOWN = 10
_CONTROL = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u115f\u1160\u180e\u200b-\u200d\u2028\u2029\u2060-\u2064"
    "\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"
)
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SPACES = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
UNSEEN = re.compile(f"[{_CONTROL}{_BIDI}{_SPACES}]")
_SPACE = re.compile(f"[{_SPACES}]")
_BIDI_ONE = re.compile(f"[{_BIDI}]")
_OTHER_ENCODINGS = ((b"\x00\x00\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


def decode(data: bytes, faults: Faults) -> str | None:
    """The text of a file without its byte order mark, or None where it cannot be trusted."""
    if len(data) > MAX_BYTES:
        faults.add("too-large", Place(), f"the file has more than {MAX_BYTES:,} bytes", "split it into several")
        return None
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            faults.add("not-utf-8", Place(), f"the file is written in {encoding}", "save it as UTF-8")
            return None
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as bad:
        before = data[: bad.start].decode("utf-8", "replace")
        what = f"the byte {data[bad.start]:#04x} is not UTF-8"
        mend = "save it as UTF-8 (it looks like Windows or Latin text)"
        faults.add("not-utf-8", place_of(before, len(before)), what, mend)
        return None
    for count, found in enumerate(UNSEEN.finditer(text)):
        refuse_unseen(found[0], place_of(text, found.start()), faults)
        if count + 1 == _MOST_SHOWN:
            break
    return None if len(faults) else text


def refuse_unseen(character: str, place: Place, faults: Faults) -> None:
    """A character that people would not see, take for another, or be misled by."""
    name = f"U+{ord(character):04X}"
    if _BIDI_ONE.match(character):
        what = f"the character {name} turns the direction of writing round, so that the text is not what it looks like"
        faults.add("bidi-character", place, what, "delete it")
    elif _SPACE.match(character):
        what = f"the character {name} looks like a space and is none"
        faults.add("control-character", place, what, "type a space in its place")
    else:
        faults.add("control-character", place, f"the character {name} cannot be seen", "delete it")


def place_of(text: str, index: int) -> Place:
    """Line and column of a character."""
    start = text.rfind("\n", 0, index) + 1
    return Place(text.count("\n", 0, index) + 1, index - start + 1)
