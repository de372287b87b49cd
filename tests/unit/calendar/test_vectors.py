"""Dates worked out by hand from the published bank holidays: each rule as people say it, and the day it comes to."""

from __future__ import annotations

from datetime import date

import pytest

from qa_workflow.calendar import Calendar, DayKind, DueDate
from tests.unit.calendar.setting import ENGLAND, due, is_foi_working


def test_thirty_days_beginning_with_1_april_end_on_30_april() -> None:
    """The day itself counts when the rule says "beginning with"; it does not when the rule says "after"."""
    assert due("30 calendar days beginning with entry", {"entry": date(2027, 4, 1)}).on == date(2027, 4, 30)


def test_thirty_days_after_receipt_on_30_april_2027_end_on_a_sunday_whose_last_working_day_is_friday_28_may() -> None:
    """Monday 31 May is a bank holiday: what is right in law is of no use to whoever has to act."""
    found = due("30 calendar days after received_on", {"received_on": date(2027, 4, 30)})
    assert (found.on, found.last_working_day) == (date(2027, 5, 30), date(2027, 5, 28))
    assert "Sunday 30 May 2027" in found.explanation
    assert "Friday 28 May 2027 as the last working day" in found.explanation


def test_three_working_days_after_christmas_eve_2026_are_new_years_eve() -> None:
    """28 December is the substitute for Boxing Day, a Saturday."""
    assert due("3 working days after received_on", {"received_on": date(2026, 12, 24)}).on == date(2026, 12, 31)


def test_five_working_days_before_a_meeting_on_31_march_2027_are_22_march() -> None:
    """Good Friday and Easter Monday lie between."""
    assert due("5 working days before meeting", {"meeting": date(2027, 3, 31)}).on == date(2027, 3, 22)


def test_five_clear_working_days_before_a_meeting_on_31_march_2027_are_19_march() -> None:
    """Clear days leave out the day of the notice as well as that of the meeting."""
    assert due("5 clear working days before meeting", {"meeting": date(2027, 3, 31)}).on == date(2027, 3, 19)


def test_seven_calendar_days_before_a_meeting_on_31_march_2027_are_24_march() -> None:
    assert due("7 calendar days before meeting", {"meeting": date(2027, 3, 31)}).on == date(2027, 3, 24)


def test_five_clear_working_days_before_a_meeting_on_6_january_2027_are_christmas_eve() -> None:
    assert due("5 clear working days before meeting", {"meeting": date(2027, 1, 6)}).on == date(2026, 12, 24)


@pytest.mark.parametrize(
    ("rule", "day"),
    [("3 calendar days before meeting", date(2026, 11, 22)), ("3 working days before meeting", date(2026, 11, 20))],
)
def test_two_boards_that_merge_count_three_days_before_25_november_2026_each_in_its_own_way(
    rule: str, day: date
) -> None:
    assert due(rule, {"meeting": date(2026, 11, 25)}).on == day


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("20 working days after received_on", date(2027, 1, 14)),
        ("20 FOI working days after received_on", date(2027, 1, 15)),
    ],
)
def test_twenty_days_from_14_december_2026_are_a_day_longer_for_freedom_of_information(rule: str, day: date) -> None:
    """4 January is a bank holiday in Scotland, and so for freedom of information everywhere."""
    assert due(rule, {"received_on": date(2026, 12, 14)}).on == day


def test_fifteen_working_days_after_1_december_2026_are_22_december() -> None:
    assert due("15 working days after received_on", {"received_on": date(2026, 12, 1)}).on == date(2026, 12, 22)


def test_a_draft_quality_account_is_due_on_30_april_after_the_financial_year() -> None:
    """The plain day of the year comes after the period's end."""
    found = due("on 30 April", {"period end": date(2027, 3, 31), "period start": date(2026, 4, 1)})
    assert found.on == date(2027, 4, 30)


def test_easter_2027() -> None:
    assert ENGLAND.why_not(date(2027, 3, 26)) == "Good Friday"
    assert ENGLAND.why_not(date(2027, 3, 29)) == "Easter Monday"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 12, 28), "Boxing Day (substitute day)"),
        (date(2027, 12, 27), "Christmas Day (substitute day)"),
        (date(2027, 12, 28), "Boxing Day (substitute day)"),
        (date(2022, 9, 19), "State Funeral of Queen Elizabeth II"),
        (date(2023, 5, 8), "Coronation of Charles III"),
    ],
)
def test_substitute_days_and_holidays_of_one_year_only_are_not_worked(day: date, name: str) -> None:
    assert ENGLAND.why_not(day) == name
    assert not is_foi_working(day)


def test_15_june_2026_is_worked_in_england_and_does_not_count_for_freedom_of_information() -> None:
    """A holiday of Scotland alone, proclaimed late."""
    day = date(2026, 6, 15)
    assert ENGLAND.is_working(day)
    assert (ENGLAND.why_not(day, DayKind.FOI_WORKING) or "").endswith(" in Scotland")
    assert not Calendar(region="SCT").is_working(day)


def test_20_foi_days_over_15_june_2026() -> None:
    asked = {"received_on": date(2026, 6, 12)}
    assert due("1 working day after received_on", asked).on == date(2026, 6, 15)
    assert due("1 FOI working day after received_on", asked).on == date(2026, 6, 16)


def test_every_vector_explains_itself_in_one_sentence() -> None:
    found = due("5 clear working days before meeting", {"meeting": date(2027, 3, 31)})
    assert isinstance(found, DueDate)
    assert found.explanation == (
        "Friday 19 March 2027: 5 clear working days before meeting, counted from Wednesday 31 March 2027, passing over "
        "Good Friday (Friday 26 March 2027) and Easter Monday (Monday 29 March 2027), "
        f"by calendar england, version {ENGLAND.version}."
    )
