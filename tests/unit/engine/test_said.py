"""What people type is read as it was typed: what is taken, what is turned into what was seen, what is refused."""

from __future__ import annotations

import pytest

from qa_workflow.engine.said import as_read, said, unreadable
from qa_workflow.errors import UsageFault

NURSE = "\U0001f469\U0001f3fd\u200d\u2695\ufe0f"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SHAKES_ITS_HEAD = "\U0001f642\u200d\u2194\ufe0f"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "Agreed on 10 July,\r\n\tas sent.",
        "Ünïcode – “quoted” … ½ µg £5 €6 → done",
        "heart \u2764\ufe0f, thumb \U0001f44d\U0001f3fd",
        f"a nurse {NURSE}, a family {FAMILY}, no {SHAKES_ITS_HEAD}",
        f"England {ENGLAND} won",
    ],
)
def test_what_is_seen_is_taken_as_it_is(text: str) -> None:
    """An emoji of several is joined by a character that alone nobody would see."""
    assert (as_read(text), unreadable(text)) == (text, None)


@pytest.mark.parametrize(
    ("pasted", "read"),
    [
        ("\uf0b7\tStaffing", "•\tStaffing"),
        ("\uf0a7 beds", "▪ beds"),
        ("\uf0fc done", "✓ done"),
        ("one\vtwo", "one\ntwo"),
    ],
)
def test_what_word_copies_out_in_a_font_of_its_own_is_kept_as_what_was_seen(pasted: str, read: str) -> None:
    """A list from a Word document has these for its bullets; elsewhere they are empty boxes."""
    assert said(pasted) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("txt\u202efdp.exe", "a character that cannot be seen (U+202E) stands after “txt”; delete it, or type that"),
        ("the ward\nsafe\u00adty", "(U+00AD) stands after “the ward safe”"),
        ("\u200b", "it begins with a character that cannot be seen (U+200B); delete it, or type the text anew"),
        ("a\u200db", "(U+200D) stands after “a”"),
        ("\U0001f468\u200d", "(U+200D) stands after “\U0001f468”"),
        ("a\x1b[31mb", "(U+001B) stands after “a”"),
        ("\U0001f3f4\U000e0068\U000e0069\U000e007f", "(U+E0068) stands after “\U0001f3f4”"),
        ("a \uf0ab b", "a sign that only one font has (U+F0AB) stands after “a”"),
    ],
)
def test_what_nobody_sees_or_each_sees_otherwise_is_refused_with_its_place(text: str, told: str) -> None:
    """They turn what stands beside them, command a terminal, or say what is read by programs alone."""
    with pytest.raises(UsageFault) as refused:
        said(text)
    assert str(refused.value).startswith("the reason cannot be taken: ")
    assert told in str(refused.value)
