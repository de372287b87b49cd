"""A time rule written out, value by value, and what is wrong with one of them."""

from __future__ import annotations

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.calendar import (
    Basis,
    DayKind,
    Direction,
    Offset,
    Roll,
    RuleFault,
    TimeRule,
    WhileHeld,
    parse_at,
    time_rule,
)
from tests.unit.calendar.setting import ENTRY


def test_the_long_form() -> None:
    rule = time_rule(
        "5 working days after entry",
        roll="Later working  day",
        at="12:00",
        basis="to be confirmed",
        source="Standing orders",
        calendar="england",
        while_held="runs",
    )
    assert rule == TimeRule(
        Offset(5, DayKind.WORKING, Direction.AFTER, ENTRY),
        Roll.LATER,
        time(12),
        Basis.TO_BE_CONFIRMED,
        "Standing orders",
        "england",
        WhileHeld.RUNS,
    )
    assert str(rule) == "5 working days after entry at 12:00, or the later working day"


@pytest.mark.parametrize(
    ("values", "key", "message"),
    [
        ({"at": "9:30"}, "at", "'9:30' is not a time of day; write '09:30'"),
        ({"at": "12.30"}, "at", "'12.30' is not a time of day; write '12:30'"),
        ({"at": "24:00"}, "at", "'24:00' is not a time of day; leave 'at' out: without it the whole day counts"),
        (
            {"at": "noon"},
            "at",
            "'noon' is not a time of day; write hours and minutes from 00:00 to 23:59, as in '12:00'",
        ),
        (
            {"roll": "earlier workin day"},
            "roll",
            "'earlier workin day' is not known as 'roll'; did you mean 'earlier working day'?",
        ),
        (
            {"basis": "law"},
            "basis",
            "'law' is not known as 'basis'; use one of: statute, contract, policy, local or to be confirmed",
        ),
        ({"while_held": "pause"}, "while_held", "'pause' is not known as 'while_held'; did you mean 'pauses'?"),
    ],
)
def test_a_fault_of_the_long_form_says_which_value(values: dict[str, str], key: str, message: str) -> None:
    with pytest.raises(RuleFault) as refused:
        time_rule("5 working days after entry", **values)
    assert (refused.value.key, str(refused.value)) == (key, message)


@pytest.mark.parametrize(
    ("values", "key"), [({"at": "12:00"}, "at"), ({"at": "00:00"}, "at"), ({"roll": "later working day"}, "roll")]
)
def test_hours_take_neither_a_time_of_day_nor_a_roll(values: dict[str, str], key: str) -> None:
    with pytest.raises(RuleFault) as refused:
        time_rule("5 hours after entry", **values)
    assert refused.value.key == key
    assert str(refused.value) == (
        f"hours end at an exact instant, which leaves nothing for '{key}'; leave '{key}' out, or count in days"
    )


@given(st.text(max_size=8))
def test_a_random_time_of_day_is_read_or_refused(text: str) -> None:
    with suppress(RuleFault):
        assert f"{parse_at(text):%H:%M}" == text.strip()
