"""Reading the text of a file: plain data with places, and nothing that YAML could do besides."""

from __future__ import annotations

import time

import pytest

from qa_workflow.definition.faults import Place
from qa_workflow.definition.text.decode import MAX_BYTES
from qa_workflow.definition.text.events import MAX_EVENTS
from qa_workflow.definition.text.source import Source, read_source


def source(text: str) -> Source:
    return read_source(text.encode(), "file.yaml")


def rules(data: bytes) -> list[str]:
    return [fault.rule for fault in read_source(data, "file.yaml").faults]


def test_only_true_false_and_plain_whole_numbers_are_more_than_text() -> None:
    """What YAML makes of `NO`, `12:30` and `010` has cost others a country, a time and two."""
    text = "{a: true, b: false, c: 12, d: -3, e: NO, f: on, g: 12:30, h: 010, i: 1.5, j: 2027-04-30, k: True, l: 0x10}"
    assert source(text).data == {
        "a": True, "b": False, "c": 12, "d": -3, "e": "NO", "f": "on", "g": "12:30", "h": "010", "i": "1.5",
        "j": "2027-04-30", "k": "True", "l": "0x10",
    }  # fmt: skip


def test_quotes_keep_text_as_text() -> None:
    """Also what would otherwise be a number."""
    assert source("{a: '12', b: \"true\"}").data == {"a": "12", "b": "true"}


def test_keys_are_text() -> None:
    """`on:` and `1:` are words."""
    assert source("{on: x, 1: y, true: z}").data == {"on": "x", "1": "y", "true": "z"}


def test_places_count_lines_and_columns_from_one() -> None:
    """As editors do."""
    found = source("one: 1\ntwo:\n  - {three: x}\n")
    assert found.key(("two",)) == Place(2, 1)
    assert found.key(("two", 0, "three")) == Place(3, 6)
    assert found.value(("two", 0, "three")) == Place(3, 13)


def test_a_way_that_is_not_written_leads_to_the_part_that_is() -> None:
    """A short form has no place for what it leaves out."""
    assert source("due: 5 working days after entry\n").value(("due", "rule")) == Place(1, 6)


@pytest.mark.parametrize(
    ("text", "offset", "column"),
    [
        ("a: some text", 5, 9),
        ("a: 'some text'", 5, 10),
        ("a: 'it''s text'", 5, 11),
        ('a: "some text"', 5, 10),
        ("é: ärger text", 6, 10),
        ("😀: some text", 5, 9),
    ],
)
def test_a_place_within_a_value_is_counted_in_characters(text: str, offset: int, column: int) -> None:
    """Quotes and doubled quotes are written too."""
    key = text[0]
    assert source(text).value((key,), offset) == Place(1, column)


def test_a_byte_order_mark_is_read_past() -> None:
    """Editors on Windows write it."""
    assert read_source(b"\xef\xbb\xbfa: b\r\nc: d\r\n", "file.yaml").data == {"a": "b", "c": "d"}


def test_a_hidden_character_is_said_once_and_of_several_ten_at_the_most() -> None:
    """What was pasted from a word processor has hundreds of one; a file that is not text at all has thousands."""
    assert rules(b"\x01" * 500) == ["control-character"]
    assert "here and in line 3;" in str(*source("a: \x01\nb: \nc: \x01\n").faults)
    assert rules(bytes([*range(1, 9), *range(14, 32)])) == ["control-character"] * 10


def test_both_places_of_a_duplicate_are_known() -> None:
    """One of them is the slip, and only the author knows which."""
    (fault,) = source("a: 1\nb: 2\na: 3\n").faults
    assert (fault.line, fault.first) == (3, Place(1, 1))
    assert str(fault) == "file.yaml:3:1: duplicate-key: the key 'a' is given twice, first at line 1; keep one of them"


def test_reading_goes_on_after_a_fault() -> None:
    """All that is wrong with the text is said at once."""
    found = source("a: &x 1\nb: !t 2\na: 3\nc: *x\nd:\n")
    assert [fault.rule for fault in found.faults] == [
        "yaml-anchor", "yaml-tag", "duplicate-key", "yaml-alias", "empty-value",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"[" * 200_000, "too-deep"),
        (b"{a: " * 200_000, "too-deep"),
        (b"- " * 200_000, "too-deep"),
        (b"? " * 200_000, "key-not-text"),
        (b"a: [" + b"x, " * MAX_EVENTS + b"]", "too-many-parts"),
        (b"x" * (MAX_BYTES + 1), "too-large"),
        (b"a: b\n" * 1_000_000, "too-large"),
        (b"a: " + b"&a " * 1000, "yaml-syntax"),
        (b'"' * 100_001, "yaml-syntax"),
        (b"%YAML 9.9\n---\na: b\n", "yaml-syntax"),
        (b"\x00", "control-character"),
        (b"\xff\xfea\x00", "not-utf-8"),
        (b"a: \xc3\x28", "not-utf-8"),
        (b"a: \xed\xa0\x80", "not-utf-8"),
    ],
    ids=range(14),
)
def test_what_would_stop_a_server_is_refused_quickly(data: bytes, rule: str) -> None:
    """Depth, size and number are bounded before anything is built."""
    begun = time.process_time()
    assert rule in rules(data)
    assert time.process_time() - begun < 2


def test_the_largest_file_that_is_read_is_read_quickly() -> None:
    """A thousand stages are about 400 KB."""
    lines = [f"key_{number}: {{a: b, c: [d, e]}}\n" for number in range(8_000)]
    begun = time.process_time()
    assert rules("".join(lines).encode()) == []
    assert time.process_time() - begun < 2


def test_faults_beyond_a_number_are_not_listed() -> None:
    """The first ones explain the rest."""
    found = source("\n".join(f"k{number}: &a x" for number in range(500)))
    assert len(found.faults) == 201
    assert [fault.rule for fault in found.faults][-1] == "too-many-faults"
