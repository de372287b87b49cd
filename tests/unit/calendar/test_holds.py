"""Holds: the time of the hold is given back, in the kind of days that the rule counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.calendar import CalendarFault, DayKind, DueDate, OutsideYears, end_of_day, extend
from tests.unit.calendar.setting import ENGLAND, due, instants, london, near_days

FRIDAY = date(2027, 4, 30)


def five_working_days() -> DueDate:
    """Due on Monday 10 May 2027: 3 May is a bank holiday."""
    return due("5 working days after received_on", {"received_on": FRIDAY})


def test_a_hold_from_tuesday_to_thursday_gives_two_working_days_back() -> None:
    found = extend(five_working_days(), london(2027, 5, 4, 16), london(2027, 5, 6, 9), DayKind.WORKING, ENGLAND)
    assert (found.on, found.at) == (date(2027, 5, 12), end_of_day(date(2027, 5, 12)))
    assert found.explanation == (
        "Wednesday 12 May 2027: 5 working days after received_on, counted from Friday 30 April 2027, passing over "
        "May Day (Monday 3 May 2027), 2 working days later for the hold from Tuesday 4 May 2027 to Thursday 6 May "
        f"2027, by calendar england, version {ENGLAND.version}."
    )


def test_a_hold_over_a_weekend_gives_one_working_day_and_three_calendar_days_back() -> None:
    held, resumed = london(2027, 5, 7, 16), london(2027, 5, 10, 9)
    assert extend(five_working_days(), held, resumed, DayKind.WORKING, ENGLAND).on == date(2027, 5, 11)
    calendar_days = due("30 calendar days after received_on", {"received_on": FRIDAY})
    assert extend(calendar_days, held, resumed, DayKind.CALENDAR, ENGLAND).on == date(2027, 6, 2)


def test_a_hold_within_one_day_gives_no_day_back() -> None:
    found = extend(five_working_days(), london(2027, 5, 4, 9), london(2027, 5, 4, 17), DayKind.WORKING, ENGLAND)
    assert found.on == date(2027, 5, 10)
    assert "0 working days later for the hold from Tuesday 4 May 2027 to Tuesday 4 May 2027" in found.explanation


def test_hours_are_given_back_to_the_instant() -> None:
    two_days = due("48 hours after entry", {"entry": london(2027, 7, 5, 9)})
    found = extend(two_days, london(2027, 7, 5, 10), london(2027, 7, 5, 13, 20), DayKind.HOUR, ENGLAND)
    assert found.at == london(2027, 7, 7, 12, 20)
    assert ", 3 hours and 20 minutes later for the hold from Monday 5 July 2027 at 10:00 to " in found.explanation


def test_holds_add_up_in_order() -> None:
    once = extend(five_working_days(), london(2027, 5, 4, 9), london(2027, 5, 5, 9), DayKind.WORKING, ENGLAND)
    twice = extend(once, london(2027, 5, 6, 9), london(2027, 5, 7, 9), DayKind.WORKING, ENGLAND)
    assert twice.on == date(2027, 5, 12)
    assert twice.explanation.count("for the hold") == 2


def test_a_rolled_date_is_rolled_again_from_where_the_count_ends() -> None:
    """Sunday 30 May and two calendar days are Tuesday 1 June, and not Friday 28 May and two days."""
    rolled = due("30 calendar days after received_on", {"received_on": FRIDAY}, roll="earlier working day")
    assert rolled.on == date(2027, 5, 28)
    found = extend(rolled, london(2027, 5, 4, 9), london(2027, 5, 6, 9), DayKind.CALENDAR, ENGLAND)
    assert (found.on, found.counted_to) == (date(2027, 6, 1), date(2027, 6, 1))


def test_holidays_passed_over_while_moving_are_named() -> None:
    late = due("19 working days after received_on", {"received_on": FRIDAY})
    assert late.on == date(2027, 5, 28)
    found = extend(late, london(2027, 5, 4, 9), london(2027, 5, 5, 9), DayKind.WORKING, ENGLAND)
    assert found.on == date(2027, 6, 1)
    assert found.skipped[-1] == (date(2027, 5, 31), "Spring Bank Holiday")


def test_a_holiday_passed_over_is_named_once_however_often_the_date_moves() -> None:
    """Maundy Thursday becomes the Tuesday after Easter, and then the Wednesday."""
    found = due("4 working days after received_on", {"received_on": date(2027, 3, 19)})
    assert found.on == date(2027, 3, 25)
    for on in (date(2027, 3, 30), date(2027, 3, 31)):
        found = extend(found, london(2027, 3, 22, 9), london(2027, 3, 23, 9), DayKind.WORKING, ENGLAND)
        assert found.on == on
        assert found.skipped == ((date(2027, 3, 26), "Good Friday"), (date(2027, 3, 29), "Easter Monday"))


@pytest.mark.parametrize(
    ("hour", "minute", "second", "said"),
    [(13, 0, 0, "3 hours"), (10, 1, 59, "1 minute"), (10, 0, 59, "0 minutes"), (12, 1, 0, "2 hours and 1 minute")],
)
def test_a_hold_of_hours_is_told_to_the_minute(hour: int, minute: int, second: int, said: str) -> None:
    two_days = due("48 hours after entry", {"entry": london(2027, 7, 5, 9)})
    ended = london(2027, 7, 5, hour, minute) + timedelta(seconds=second)
    found = extend(two_days, london(2027, 7, 5, 10), ended, DayKind.HOUR, ENGLAND)
    assert found.holds[0].startswith(f"{said} later for the hold from Monday 5 July 2027 at 10:00 to ")


def test_what_is_due_at_an_hour_is_due_at_that_hour_after_a_hold_of_days() -> None:
    """The hour is the meeting's, and no rule's."""
    at_two = due("meeting", {"meeting": london(2027, 5, 12, 14)})
    found = extend(at_two, london(2027, 5, 4, 9), london(2027, 5, 6, 9), DayKind.CALENDAR, ENGLAND)
    assert found.at == london(2027, 5, 14, 14)


def test_a_time_of_day_stays_over_the_change_of_the_clocks() -> None:
    noon = due("1 calendar day after received_on", {"received_on": date(2026, 3, 26)}, at="12:00")
    found = extend(noon, london(2026, 3, 26, 9), london(2026, 3, 28, 9), DayKind.CALENDAR, ENGLAND)
    assert found.at == london(2026, 3, 29, 12)


def test_a_hold_that_began_when_it_was_overdue_gives_nothing_back() -> None:
    late = five_working_days()
    assert extend(late, late.at + timedelta(microseconds=1), london(2027, 6, 1), DayKind.WORKING, ENGLAND) == late
    assert extend(late, late.at, london(2027, 6, 1), DayKind.WORKING, ENGLAND).on > late.on


def test_a_hold_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CalendarFault, match="cannot end at"):
        extend(five_working_days(), london(2027, 5, 5), london(2027, 5, 4), DayKind.WORKING, ENGLAND)


RULES = st.sampled_from(
    [
        "5 working days",
        "5 clear working days",
        "5 FOI working days",
        "30 calendar days",
        "2 weeks",
        "1 month",
        "30 hours",
    ]
)


@given(
    RULES,
    near_days,
    st.tuples(instants, instants, instants),
    st.sampled_from([None, "earlier working day", "later working day"]),
    st.sampled_from([None, "00:00", "01:30", "12:00"]),
)
def test_a_longer_hold_never_gives_an_earlier_date(
    rule: str, day: date, held: tuple[datetime, datetime, datetime], roll: str | None, at: str | None
) -> None:
    """No hold, a hold, a longer hold: never earlier, in date or in instant."""
    began, shorter, longer = sorted(held)
    if "hour" in rule:
        roll = at = None
    plain = due(f"{rule} after received_on", {"received_on": day}, roll=roll, at=at)
    kind = plain.rule.held_in
    try:
        one, two = (extend(plain, began, ended, kind, ENGLAND) for ended in (shorter, longer))
    except OutsideYears:
        return
    assert plain.on <= one.on <= two.on
    assert plain.at <= one.at <= two.at


@given(near_days, st.integers(1, 60), st.integers(0, 40))
def test_a_hold_of_working_days_is_a_longer_allowance(day: date, amount: int, held: int) -> None:
    """Five days with a hold of two are seven days."""
    plain = due(f"{amount} working days after received_on", {"received_on": day})
    began = ENGLAND.working_on_or_after(day)
    ended = ENGLAND.add(began, held, DayKind.WORKING)
    if end_of_day(began) <= plain.at:
        found = extend(plain, end_of_day(began), end_of_day(ended), DayKind.WORKING, ENGLAND)
        assert found.on == due(f"{amount + held} working days after received_on", {"received_on": day}).on
