"""Meeting series: recurrence, exceptions, moved meetings, holidays, and the local time over the clock changes."""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.calendar import Calendar, CalendarFault, MeetingFault, OnHoliday, OutsideYears, Series
from qa_workflow.calendar.recurrence import dates_until
from tests.unit.calendar.setting import ENGLAND, days, london, occurrences

START = date(2027, 1, 1)
BI_MONTHLY = Series("qgc", "FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH", time(14), START)


def held(series: Series, after: date, until: date) -> list[date]:
    """The days on which a body meets."""
    return [meeting.on for meeting in occurrences(series, after, until)]


def test_every_second_month_on_the_fourth_thursday() -> None:
    found = held(BI_MONTHLY, START, date(2027, 12, 31))
    assert [(day.day, day.month) for day in found] == [(28, 1), (25, 3), (27, 5), (22, 7), (23, 9), (25, 11)]


def test_14_00_stays_14_00_in_london_in_summer_and_in_winter() -> None:
    winter, summer = BI_MONTHLY.find("2027-01-28"), BI_MONTHLY.find("2027-07-22")
    assert winter is not None
    assert summer is not None
    assert winter.at == datetime(2027, 1, 28, 14, tzinfo=UTC)
    assert summer.at == datetime(2027, 7, 22, 13, tzinfo=UTC)


def test_the_day_after_is_left_out_and_the_last_day_is_in() -> None:
    assert held(BI_MONTHLY, date(2027, 1, 28), date(2027, 3, 25)) == [date(2027, 3, 25)]
    assert held(BI_MONTHLY, date(2027, 3, 25), date(2027, 1, 1)) == []


def test_a_series_that_is_over_has_no_next() -> None:
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, date(2027, 3, 1))
    assert held(series, START, date(2099, 1, 1)) == [date(2027, 1, 28), date(2027, 2, 25)]


def test_a_series_may_have_one_day() -> None:
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), date(2027, 1, 28), date(2027, 1, 28))
    assert held(series, START, date(2099, 1, 1)) == [date(2027, 1, 28)]


def test_a_body_meets_from_its_first_day_to_its_last_whatever_else_is_written() -> None:
    life, extra = (date(2027, 3, 25), date(2027, 5, 27)), {date(2027, 3, 24): "Farewell", date(2027, 5, 28): "Too late"}
    series = Series("qgc", BI_MONTHLY.rule, time(14), START, extra=extra, life=life)
    assert held(series, START, date(2027, 12, 31)) == list(life)


def test_a_meeting_at_an_hour_that_the_clocks_skip_begins_when_they_have_gone_forward() -> None:
    night = Series("watch", "FREQ=DAILY", time(1, 30), date(2027, 3, 27)).find("2027-03-28")
    assert night is not None
    assert night.at == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_days_of_later_years_may_be_left_out_and_are_looked_up() -> None:
    fourth = {date(2029, 1, 25)}
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, excluding=frozenset(fourth))
    assert held(series, date(2028, 12, 31), date(2029, 2, 28)) == [date(2029, 2, 22)]
    with pytest.raises(MeetingFault, match="it has a planned meeting on Thursday 25 January 2029"):
        Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, extra=dict.fromkeys(fourth, "Again"))


def test_a_count_ends_a_series() -> None:
    series = Series("panel", "FREQ=WEEKLY;COUNT=3", time(9), START)
    assert held(series, date(2026, 12, 31), date(2028, 1, 1)) == [date(2027, 1, 1), date(2027, 1, 8), date(2027, 1, 15)]


def test_a_meeting_left_out_is_not_held() -> None:
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, excluding=frozenset({date(2027, 2, 25)}))
    assert held(series, START, date(2027, 3, 31)) == [date(2027, 1, 28), date(2027, 3, 25)]
    assert series.find("2027-02-25") is None


def test_an_extra_meeting_is_held_and_says_why() -> None:
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, extra={date(2027, 2, 6): "Merger"})
    (extra,) = occurrences(series, date(2027, 1, 28), date(2027, 2, 24))
    assert (extra.on, extra.key, extra.note) == (date(2027, 2, 6), "2027-02-06", "Merger")


def test_a_table_changed_by_its_owner_afterwards_does_not_change_the_series() -> None:
    extra, moved = {date(2027, 2, 6): "Merger"}, {date(2027, 1, 28): date(2027, 1, 29)}
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, extra=extra, moved=moved)
    extra.clear()
    moved.clear()
    assert held(series, START, date(2027, 2, 24)) == [date(2027, 1, 29), date(2027, 2, 6)]


def test_a_moved_meeting_keeps_its_key() -> None:
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, moved={date(2027, 3, 25): date(2027, 5, 6)})
    moved = series.find("2027-03-25")
    assert moved is not None
    assert (moved.on, moved.at) == (date(2027, 5, 6), london(2027, 5, 6, 14))
    assert moved.note == "moved from Thursday 25 March 2027"
    assert held(series, date(2027, 3, 1), date(2027, 5, 31)) == [date(2027, 4, 22), date(2027, 5, 6), date(2027, 5, 27)]


def test_a_meeting_moved_into_an_earlier_year_is_found_there() -> None:
    series = Series("qgc", "FREQ=YEARLY", time(14), date(2027, 2, 1), moved={date(2029, 2, 1): date(2028, 6, 1)})
    assert held(series, date(2028, 2, 1), date(2028, 12, 31)) == [date(2028, 6, 1)]
    (found,) = occurrences(series, date(2028, 2, 1), date(2028, 12, 31))
    assert found.key == "2029-02-01"


@pytest.mark.parametrize(
    ("on_holiday", "expected"),
    [
        (OnHoliday.KEEP, [date(2027, 4, 26), date(2027, 5, 3), date(2027, 5, 10)]),
        (OnHoliday.SKIP, [date(2027, 4, 26), date(2027, 5, 10)]),
        (OnHoliday.NEXT, [date(2027, 4, 26), date(2027, 5, 4), date(2027, 5, 10)]),
        (OnHoliday.PREVIOUS, [date(2027, 4, 26), date(2027, 4, 30), date(2027, 5, 10)]),
    ],
)
def test_a_meeting_on_may_day(on_holiday: OnHoliday, expected: list[date]) -> None:
    series = Series("team", "FREQ=WEEKLY", time(9), date(2027, 4, 26), on_holiday=on_holiday)
    assert held(series, date(2027, 4, 25), date(2027, 5, 10)) == expected
    moved = series.find("2027-05-03")
    if on_holiday is OnHoliday.NEXT:
        assert moved is not None
        assert moved.note == "moved from Monday 3 May 2027 (May Day)"
    if on_holiday is OnHoliday.SKIP:
        assert moved is not None
        assert (moved.on, moved.note, moved.is_held) == (date(2027, 5, 3), "May Day", False)


def test_a_closure_of_the_organisation_is_a_holiday_too() -> None:
    closed = Calendar(closures={date(2027, 1, 28): "Moving house"})
    series = Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, on_holiday=OnHoliday.NEXT, calendar=closed)
    assert held(series, START, date(2027, 1, 31)) == [date(2027, 1, 29)]


def test_one_that_would_fall_on_the_day_of_another_is_dropped() -> None:
    """A daily meeting does not hold Saturday's, Sunday's and Monday's on one Monday."""
    daily = Series("huddle", "FREQ=DAILY", time(9), date(2027, 7, 2), on_holiday=OnHoliday.NEXT)
    assert held(daily, date(2027, 7, 1), date(2027, 7, 6)) == [date(2027, 7, 2), date(2027, 7, 5), date(2027, 7, 6)]


def test_a_holiday_of_january_may_move_a_meeting_into_december() -> None:
    yearly = Series("board", "FREQ=YEARLY", time(9), date(2027, 1, 1), on_holiday=OnHoliday.PREVIOUS)
    assert held(yearly, date(2027, 2, 1), date(2027, 12, 31)) == [date(2027, 12, 31)]


def test_the_form_of_the_rule_is_forgiving_about_capitals_spaces_and_the_name() -> None:
    assert Series("qgc", " rrule:freq=Monthly; interval=2;byday=4th; ", time(14), START).rule == BI_MONTHLY.rule


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("FREQ=HOURLY", "nobody meets HOURLY; use one of: DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=SECONDLY", "nobody meets SECONDLY; use one of: DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=MONTHY", "'MONTHY' is not a frequency; did you mean 'MONTHLY'?"),
        ("BYDAY=TH", "the rule does not say how often; begin with FREQ, as in 'FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH'"),
        ("", "'' is not a recurrence; write it as 'FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH'"),
        ("monthly", "'monthly' is not a recurrence; write it as 'FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH'"),
        ("FREQ=DAILY;INTERVAL=0", "'INTERVAL=0' is not possible; use a number from 1 to 1,000"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "'BYMONTHDAY=0' is not possible; use a number from 1 to 31, or back from the end, -1 to -31",
        ),
        ("FREQ=YEARLY;BYMONTH=13", "'BYMONTH=13' is not possible; use a number from 1 to 12"),
        (
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            (
                "'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' gives no date after 1 January 2027; "
                "change the rule, or the days between which it runs"
            ),
        ),
        (
            "FREQ=MONTHLY;COUNT=5;BYMONTH=2;BYMONTHDAY=30",
            (
                "'FREQ=MONTHLY;COUNT=5;BYMONTH=2;BYMONTHDAY=30' gives no date after 1 January 2027; "
                "change the rule, or the days between which it runs"
            ),
        ),
        (
            "FREQ=WEEKLY;BYDAY=2TH",
            "a numbered day means nothing with FREQ=WEEKLY; leave the number out, or use FREQ=MONTHLY",
        ),
        ("FREQ=MONTHLY;BYDAY=6TH", "no month has a sixth week of a day; count from 1 to 5, or back from -1 to -5"),
        ("FREQ=YEARLY;BYDAY=0MO", "'0MO' counts weeks that no year has; count from 1, or back from -1"),
        ("FREQ=MONTHLY;BYDAY=FIRSTTH", "'FIRSTTH' is not a day of the week; write '1TH'"),
        ("FREQ=MONTHLY;BYDAY=lastFR", "'LASTFR' is not a day of the week; write '-1FR'"),
        ("FREQ=MONTHLY;BYDAY=1STTH", "'1STTH' is not a day of the week; write 'TH', or with a number before it, '1TH'"),
        (
            "FREQ=WEEKLY;BYDAY=THU",
            (
                "'THU' is not a day of the week; use one of: MO, TU, WE, TH, FR, SA or SU, as in 'BYDAY=4TH' for the "
                "fourth Thursday"
            ),
        ),
        (
            "FREQ=DAILY;UNTIL=20270101",
            "'UNTIL' has no place in the rule; leave it out: the last day of a series stands beside its rule",
        ),
        (
            "FREQ=DAILY;BYHOUR=9",
            "'BYHOUR' has no place in the rule; leave it out: the time of day stands beside the rule",
        ),
        ("FREQ=DAILY;BYDAYS=MO", "'BYDAYS' is not known in a recurrence; did you mean 'BYDAY'?"),
        ("FREQ=DAILY;COUNT=3;COUNT=4", "'COUNT' is said twice; leave one of them out"),
        ("FREQ=DAILY,WEEKLY", "'FREQ' has one value, not 2; keep one of them"),
        (
            "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "'BYMONTHDAY' means nothing with FREQ=DAILY; use FREQ=MONTHLY or YEARLY",
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=2MO",
            "'BYWEEKNO' and numbered days do not go together; leave the numbers out",
        ),
        (
            "FREQ=YEARLY;BYMONTH=2;BYDAY=53MO",
            "no month has a sixth week of a day; count from 1 to 5, or back from -1 to -5",
        ),
        (
            "FREQ=DAILY;BYDAY=MO,TU;BYSETPOS=2",
            "'BYSETPOS' means nothing with FREQ=DAILY; use FREQ=WEEKLY, MONTHLY or YEARLY",
        ),
        ("FREQ=MONTHLY;BYSETPOS=1", "'BYSETPOS' has nothing to choose from; add BYDAY or another part"),
        (
            "FREQ=MONTHLY;BYWEEKNO=20",
            "'BYWEEKNO' means nothing with FREQ=MONTHLY; use FREQ=YEARLY",
        ),
        (
            "FREQ=DAILY;" + "BYDAY=MO," * 30,
            "a recurrence of 281 characters is too long; write it as 'FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH'",
        ),
    ],
)
def test_a_faulty_recurrence_says_how_to_mend_it(rule: str, message: str) -> None:
    with pytest.raises(MeetingFault) as refused:
        Series("qgc", rule, time(14), START)
    assert (str(refused.value), refused.value.key) == (message, "rule")


@pytest.mark.parametrize(
    ("values", "key", "message"),
    [
        (
            {"until": date(2026, 12, 31)},
            "until",
            "the last day, 31 December 2026, comes before the first, 1 January 2027; exchange them",
        ),
        (
            {"excluding": frozenset({date(2027, 4, 1)})},
            "excluding",
            "it does not meet on Thursday 1 April 2027; around then it meets on 25 March 2027 and 22 April 2027",
        ),
        (
            {"moved": {date(2027, 1, 1): date(2027, 1, 2)}},
            "moved",
            "it does not meet on Friday 1 January 2027; around then it meets on 28 January 2027",
        ),
        (
            {"moved": {date(2027, 1, 28): date(2027, 1, 29)}, "excluding": frozenset({date(2027, 1, 28)})},
            "moved",
            "Thursday 28 January 2027 is both left out and moved; take one of them out",
        ),
        (
            {"extra": {date(2027, 1, 28): "Again"}},
            "extra",
            "it has a planned meeting on Thursday 28 January 2027; take that day out of the extra meetings",
        ),
    ],
)
def test_days_that_cannot_be_are_refused(values: dict[str, object], key: str, message: str) -> None:
    with pytest.raises(MeetingFault) as refused:
        Series("qgc", "FREQ=MONTHLY;BYDAY=4TH", time(14), START, **values)  # type: ignore[arg-type]
    assert (str(refused.value), refused.value.key) == (message, key)


def test_years_out_of_range_are_refused() -> None:
    with pytest.raises(OutsideYears):
        Series("qgc", "FREQ=WEEKLY", time(14), date(1900, 1, 1))
    with pytest.raises(OutsideYears):
        Series("qgc", "FREQ=WEEKLY", time(14), START, extra={date(2200, 1, 1): "Far off"})
    with pytest.raises(OutsideYears):
        Series("qgc", "FREQ=WEEKLY", time(14), START, until=date(2200, 1, 1))


@pytest.mark.parametrize("key", ["", "next", "2027-02-30", "2027-1-1", "9999-12-31", "0000-00-00"])
def test_an_unknown_key_finds_nothing(key: str) -> None:
    assert BI_MONTHLY.find(key) is None


def test_looking_up_the_next_meetings_is_quick_once_known() -> None:
    """A decision asks for it with every item; thousands a second are wanted."""
    BI_MONTHLY.planned(date(2027, 6, 1), date(2028, 6, 1))
    rounds = []
    for _ in range(10):
        began = stopwatch.perf_counter()
        for _ in range(100):
            BI_MONTHLY.planned(date(2027, 6, 1), date(2028, 6, 1))
        rounds.append((stopwatch.perf_counter() - began) / 100)
    assert min(rounds) < 50e-6


RULES = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,FR",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH",
        "FREQ=YEARLY",
    ]
)


@given(RULES, days, st.sampled_from(OnHoliday), st.integers(0, 500))
def test_meetings_are_in_order_unique_and_found_by_their_keys(
    rule: str, start: date, on_holiday: OnHoliday, span: int
) -> None:
    series = Series("body", rule, time(14), start, on_holiday=on_holiday)
    found = occurrences(series, start, start + timedelta(days=span))
    assert [meeting.on for meeting in found] == sorted(meeting.on for meeting in found)
    assert len({meeting.key for meeting in found}) == len({meeting.at for meeting in found}) == len(found)
    if found:
        assert series.find(found[-1].key) == found[-1]
    if on_holiday is not OnHoliday.KEEP:
        assert all(ENGLAND.is_working(meeting.on) for meeting in found)


@given(
    st.sampled_from(["FREQ=YEARLY", "FREQ=MONTHLY", "FREQ=WEEKLY", "FREQ=DAILY"]),
    st.sampled_from(["", ";BYDAY=TU", ";BYMONTH=2,5", ";WKST=SU;BYDAY=SU,MO", ";COUNT=5"]),
    st.integers(1, 9),
    days,
)
def test_the_dates_are_those_of_the_standard(frequency: str, parts: str, interval: int, start: date) -> None:
    """Worked out 7,600 years off for speed; here against dateutil on the spot."""
    rule, last = f"{frequency};INTERVAL={interval}{parts}", date(start.year + 9, 12, 31)
    plain = rrulestr(rule, dtstart=datetime.combine(start, time()))
    expected = takewhile(lambda moment: moment.date() <= last, plain)
    assert dates_until(rule, start, last) == tuple(moment.date() for moment in expected)


def test_a_rule_without_any_date_is_refused_at_once() -> None:
    """Looking for one up to the year 9999 would take seconds."""
    began = stopwatch.perf_counter()
    with pytest.raises(MeetingFault):
        Series("body", "FREQ=DAILY;INTERVAL=7;BYDAY=MO", time(14), START)
    assert stopwatch.perf_counter() - began < 1


def test_a_rule_that_gives_its_first_date_after_its_end_gives_none() -> None:
    """The third Monday of December comes after the end of a series that runs from January to June."""
    rule = "FREQ=YEARLY;BYMONTH=12;BYDAY=3MO"
    with pytest.raises(MeetingFault, match="gives no date from 4 January 2027 to 30 June 2027"):
        Series("body", rule, time(14), date(2027, 1, 4), until=date(2027, 6, 30))
    Series("body", rule, time(14), date(2027, 1, 4), until=date(2027, 12, 31))


def test_a_year_has_a_twentieth_monday_and_a_month_has_none() -> None:
    assert dates_until("FREQ=YEARLY;BYDAY=20MO", date(2027, 1, 1), date(2027, 12, 31)) == (date(2027, 5, 17),)
    Series("body", "FREQ=YEARLY;BYDAY=20MO", time(14), START)
    for rule in ("FREQ=MONTHLY;BYDAY=20MO", "FREQ=YEARLY;BYMONTH=5;BYDAY=20MO"):
        with pytest.raises(MeetingFault, match="no month has a sixth week"):
            Series("body", rule, time(14), START)


@given(
    st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from(
                [
                    *(
                        "FREQ=DAILY",
                        "FREQ=WEEKLY",
                        "FREQ=MONTHLY",
                        "FREQ=YEARLY",
                        "INTERVAL=7",
                        "COUNT=3",
                        "BYDAY=MO,2TU",
                    ),
                    *(
                        "BYMONTHDAY=31",
                        "BYMONTH=2",
                        "BYYEARDAY=366",
                        "BYWEEKNO=53",
                        "BYSETPOS=-1",
                        "WKST=SU",
                        "BYDAY=-5SA",
                    ),
                ]
            ),
            max_size=5,
        ).map(";".join),
    )
)
def test_random_recurrences_are_worked_out_or_refused_and_nothing_else(rule: str) -> None:
    try:
        series = Series("body", rule, time(14), START)
    except CalendarFault as refused:
        mended(refused)
    else:
        assert occurrences(series, date(2026, 12, 31), date(2100, 12, 31))


def mended(fault: CalendarFault) -> None:
    """A fault says what is wrong, and then what to do."""
    what, _, mend = str(fault).partition("; ")
    assert what
    assert mend


def test_a_day_on_which_it_does_not_meet_because_it_is_not_worked_is_named_with_why() -> None:
    """Also where its turn would fall on the day of another meeting; not where somebody left the day out."""
    closed = Calendar(closures={date(2027, 5, 10): "Moving house"})
    series = Series("team", "FREQ=WEEKLY", time(9), date(2027, 4, 26), on_holiday=OnHoliday.SKIP, calendar=closed)
    named = {date(2027, 5, 3): "May Day", date(2027, 5, 10): "Moving house"}
    assert _not_held(series, date(2027, 4, 26), date(2027, 5, 17)) == named
    daily = Series("team", "FREQ=DAILY", time(9), date(2027, 5, 9), on_holiday=OnHoliday.NEXT, calendar=closed)
    assert _not_held(daily, date(2027, 5, 9), date(2027, 5, 12)) == {date(2027, 5, 10): "Moving house"}
    assert _not_held(series, date(2027, 5, 10), date(2027, 5, 17)) == {}
    left_out = Series(
        "team", "FREQ=WEEKLY", time(9), date(2027, 4, 26), excluding=frozenset({date(2027, 5, 3)}),
        on_holiday=OnHoliday.SKIP,
    )  # fmt: skip
    assert _not_held(left_out, date(2027, 4, 26), date(2027, 5, 5)) == {}


def _not_held(series: Series, after: date, until: date) -> dict[date, str]:
    return {turn.on: turn.note for turn in series.planned(after, until) if not turn.is_held}
