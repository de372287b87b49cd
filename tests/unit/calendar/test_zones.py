"""The wall clock of London and instants in UTC, over the days on which the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.calendar import (
    SkippedTime,
    UnknownZone,
    at_local,
    end_of_day,
    instant_words,
    local,
    local_date,
    start_of_day,
)
from qa_workflow.errors import NaiveInstant
from tests.unit.calendar.setting import days, instants

FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)
HOUR = timedelta(hours=1)


def test_14_00_is_an_hour_earlier_in_utc_in_summer() -> None:
    assert at_local(date(2027, 1, 28), time(14)) == datetime(2027, 1, 28, 14, tzinfo=UTC)
    assert at_local(date(2027, 7, 22), time(14)) == datetime(2027, 7, 22, 13, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_refused_and_the_change_is_named() -> None:
    with pytest.raises(SkippedTime) as refused:
        at_local(FORWARD, time(1, 30))
    assert str(refused.value) == (
        "01:30 on 29 March 2026 does not exist in Europe/London: the clocks go forward from 01:00 to 02:00; "
        "give a time before 01:00, or 02:00 or later"
    )


@pytest.mark.parametrize("skipped", [time(1), time(1, 30), time(1, 59, 59, 999_999)])
def test_a_skipped_time_is_the_change_itself_when_asked(skipped: time) -> None:
    assert at_local(FORWARD, skipped, forward=True) == datetime(2026, 3, 29, 1, tzinfo=UTC)


@pytest.mark.parametrize(("at", "hour"), [(time(0, 59), 0), (time(2), 1)])
def test_the_times_beside_the_change_exist(at: time, hour: int) -> None:
    assert at_local(FORWARD, at) == datetime(2026, 3, 29, hour, at.minute, tzinfo=UTC)


def test_of_a_time_that_happens_twice_the_first_is_taken_unless_told() -> None:
    assert at_local(BACK, time(1, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert at_local(BACK, time(1, 30), second=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_days_of_the_changes_have_23_and_25_hours() -> None:
    microsecond = timedelta(microseconds=1)
    assert end_of_day(FORWARD) + microsecond - start_of_day(FORWARD) == 23 * HOUR
    assert end_of_day(BACK) + microsecond - start_of_day(BACK) == 25 * HOUR


def test_the_end_of_a_day_is_its_last_microsecond() -> None:
    assert end_of_day(date(2027, 7, 1)) == datetime(2027, 7, 1, 22, 59, 59, 999_999, tzinfo=UTC)
    assert end_of_day(date(2027, 1, 1)) == datetime(2027, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC)


def test_a_day_whose_midnight_is_skipped_begins_with_the_change() -> None:
    """In São Paulo the clocks went forward at midnight."""
    assert start_of_day(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant, match="2027-01-01T09:00:00 has no time zone"):
        local_date(datetime(2027, 1, 1, 9))  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize("zone", ["Europe/Gloucester", "", "../etc", "Europe"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZone, match="write it as place names, such as 'Europe/London'"):
        start_of_day(date(2027, 1, 1), zone)


def test_instants_in_words() -> None:
    assert instant_words(datetime(2027, 8, 6, 13, 5, tzinfo=UTC)) == "Friday 6 August 2027 at 14:05"
    assert instant_words(end_of_day(date(2027, 8, 6))) == "the end of Friday 6 August 2027"


@given(days)
def test_the_days_of_london_tile_the_time_line(day: date) -> None:
    assert end_of_day(day) + timedelta(microseconds=1) == start_of_day(day + timedelta(days=1))
    assert local_date(start_of_day(day)) == local_date(end_of_day(day)) == day


@given(instants)
def test_an_instant_comes_back_from_the_wall_clock(instant: datetime) -> None:
    shown = local(instant)
    assert at_local(shown.date(), shown.time(), second=bool(shown.fold)) == instant


@given(days, st.times())
def test_a_local_time_is_shown_as_it_was_given_or_moved_forward(day: date, at: time) -> None:
    shown = local(at_local(day, at, forward=True))
    assert (shown.date(), shown.time()) >= (day, at)
