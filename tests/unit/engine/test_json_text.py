"""How values are written: the bytes that were hashed yesterday are the bytes that are hashed today."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.engine.codec import item_from_json, visit_from_json, visit_to_json
from qa_workflow.engine.item import Due, Sitting, Visit
from qa_workflow.engine.json_text import canonical

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner) | st.tuples(inner, inner),
    max_leaves=10,
)


def by_the_standard_library(value: Any) -> bytes:
    """The writer of the first histories."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


@given(st.dictionaries(_TEXT, _VALUES, max_size=4))
def test_canonical_bytes_are_those_of_the_standard_library(value: dict[str, Any]) -> None:
    """Every hash of every history ever written depends on it."""
    assert canonical(value) == by_the_standard_library(value)


def test_every_character_is_written_as_the_standard_library_does() -> None:
    """Control characters, quotes, what lies beyond 16 bits; and names are sorted by code point."""
    found = {chr(code): "".join(map(chr, range(code, code + 64))) for code in range(0, 0xD800, 64)}
    found |= {"\U0001f600": "\U0010ffff", "\uffff": "\ue000"}
    assert canonical(found) == by_the_standard_library(found)


def test_what_utf8_cannot_say_is_refused() -> None:
    """Half a character has no bytes."""
    with pytest.raises(ValueError, match="surrogates"):
        canonical({"name": "\ud800"})


def test_a_visit_in_an_event_is_plain_json() -> None:
    """What is decided now must equal what is read from the history tomorrow: lists, and nothing that is as usual."""
    due = Due("2027-04-08", "2027-04-08T22:59:59.999999Z", "why", "2027-04-08", "2027-04-08T22:59:59.999999Z")
    visit = Visit(3, "a.b", "2027-04-01T08:00:00.000000Z", due, sittings=(Sitting("board", "2027-04-30", "x"),))
    visit = Visit(visit.number, visit.stage, visit.at, due, sittings=visit.sittings, votes=(("yes", "ann"),))
    found = visit_to_json(visit)
    assert found == json.loads(json.dumps(found))
    assert list(found) == ["number", "stage", "at", "due", "sittings", "votes"]
    assert visit_from_json(found) == visit


def test_a_spoilt_state_is_a_value_error() -> None:
    """Whoever reads a row can say which one it was."""
    for text in ('{"id": "1"', '{"id": 1}', "[]", "\x00"):
        with pytest.raises(ValueError):  # noqa: PT011  the library's own words
            item_from_json(text)
