"""Which of two rules that count from the same always gives the later day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.calendar import CalendarFault, DayKind, Direction, is_later, parse
from tests.unit.calendar.setting import days, due


@pytest.mark.parametrize(
    ("one", "other", "later"),
    [
        ("3 months after entry", "84 calendar days after entry", False),
        ("3 months after entry", "83 calendar days after entry", True),
        ("10 working days after entry", "9 calendar days after entry", True),
        ("10 calendar days after entry", "9 working days after entry", False),
        ("5 working days after entry", "5 working days beginning with entry", True),
        ("entry", "1 calendar day before entry", True),
        ("1 calendar day before entry", "1 working day before entry", False),
        ("on 30 April after entry", "entry", False),
        ("1 working day ending with entry", "1 calendar day before entry", False),
        ("1 week ending with entry", "1 calendar day before entry", False),
        ("1 week ending with entry", "7 calendar days before entry", True),
    ],
)
def test_the_later_of_two_rules(one: str, other: str, later: bool) -> None:
    assert is_later(parse(one), parse(other)) is later


IN_DAYS = tuple(kind for kind in DayKind if not kind.is_elapsed)
OFFSETS = st.tuples(st.integers(1, 9), st.sampled_from(IN_DAYS), st.sampled_from(list(Direction)))


@given(one=OFFSETS, other=OFFSETS, entry=days)
def test_what_is_said_to_be_later_is_later_on_every_day(
    one: tuple[int, DayKind, Direction], other: tuple[int, DayKind, Direction], entry: date
) -> None:
    texts = [f"{unit.counted(amount)} {direction} entry" for amount, unit, direction in (one, other)]
    try:
        first, second = (parse(text) for text in texts)
    except CalendarFault:
        return  # clear days do not count the anchor's own
    if is_later(first, second):
        dates = [due(text, {"entry": entry}).on for text in texts]
        same_day = one[2].is_inclusive or other[2].is_inclusive  # a count that begins on a day that is not worked
        assert dates[0] >= dates[1] if same_day else dates[0] > dates[1]
