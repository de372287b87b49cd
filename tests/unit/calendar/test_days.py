"""Working days: the administrator's own table, the laws of counting, and the limits."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.calendar import Calendar, CalendarFault, DayKind, OutsideYears, UnknownZone
from tests.unit.calendar.setting import COUNTED_BY_DAY, ENGLAND, days, is_foi_working, near_days, working_days

DAY = timedelta(days=1)
amounts = st.integers(1, 300)


def test_a_day_says_why_it_is_not_worked() -> None:
    calendar = Calendar(closures={date(2027, 7, 1): "Moving house"})
    assert calendar.why_not(date(2027, 7, 1)) == "Moving house"
    assert calendar.why_not(date(2027, 7, 3)) == "Saturday"
    assert calendar.why_not(date(2027, 7, 2)) is None


def test_a_local_closure_stops_working_days_but_not_the_count_of_the_law() -> None:
    day = date(2027, 7, 1)
    calendar = Calendar(closures={day: "Moving house"})
    assert not calendar.is_working(day)
    assert is_foi_working(day, calendar)


def test_a_proclaimed_holiday_stops_both_counts_and_a_withdrawn_one_neither() -> None:
    """In 2020 the bank holiday of 4 May was moved to 8 May; a library learns of such a thing only later."""
    proclaimed = Calendar(proclaimed={date(2027, 5, 7): "Bank holiday"}, withdrawn={date(2027, 5, 3): "May Day"})
    assert proclaimed.why_not(date(2027, 5, 7)) == "Bank holiday"
    assert not is_foi_working(date(2027, 5, 7), proclaimed)
    assert proclaimed.is_working(date(2027, 5, 3))
    assert is_foi_working(date(2027, 5, 3), proclaimed)


def test_an_opening_is_worked_although_it_is_a_saturday_or_a_holiday() -> None:
    calendar = Calendar(openings={date(2027, 7, 3): "Catching up", date(2027, 5, 31): "Election"})
    assert calendar.is_working(date(2027, 7, 3))
    assert calendar.is_working(date(2027, 5, 31))
    assert not is_foi_working(date(2027, 7, 3), calendar)
    assert not is_foi_working(date(2027, 5, 31), calendar)
    assert calendar.add(date(2027, 7, 2), 1, DayKind.WORKING) == date(2027, 7, 3)
    assert calendar.passed_over(date(2027, 5, 28), date(2027, 6, 2), DayKind.WORKING) == (), "it was worked"


def test_a_weekend_of_ones_own_leaves_the_count_of_the_law_alone() -> None:
    """A clinic that is closed on Mondays and works on Saturdays."""
    calendar = Calendar(weekend=frozenset({6, 0}))
    assert calendar.is_working(date(2027, 7, 3))
    assert calendar.why_not(date(2027, 7, 5)) == "Monday"
    assert is_foi_working(date(2027, 7, 5), calendar)


def test_what_a_count_passes_over_is_told_without_the_weekend_of_that_count() -> None:
    """At that clinic Christmas Day may be a Saturday that would have been worked, and Easter Monday never is."""
    clinic = Calendar(weekend=frozenset({6, 0}))
    christmas, easter = (date(2027, 12, 25), "Christmas Day"), (date(2027, 3, 29), "Easter Monday")
    days = date(2027, 3, 27), date(2027, 12, 26)
    own, law = (clinic.passed_over(*days, kind) for kind in (DayKind.WORKING, DayKind.FOI_WORKING))
    assert [each in own for each in (christmas, easter)] == [True, False]
    assert [each in law for each in (christmas, easter)] == [False, True]


def test_each_day_passed_over_is_named_once_also_over_a_new_year() -> None:
    closed = Calendar(closures={date(2027, 12, 30): "Moving house", date(2028, 1, 5): "Moving back"})
    found = closed.passed_over(date(2027, 12, 29), date(2028, 1, 6), DayKind.WORKING)
    assert [(day.day, name.partition(" (")[0]) for day, name in found] == [
        (30, "Moving house"),
        (3, "New Year's Day"),
        (5, "Moving back"),
    ]


def test_a_holiday_elsewhere_is_named_with_its_place() -> None:
    assert ENGLAND.why_not(date(2027, 8, 2), DayKind.FOI_WORKING) == "Summer Bank Holiday in Scotland"
    assert ENGLAND.why_not(date(2027, 3, 29), DayKind.FOI_WORKING) == "Easter Monday"
    scotland = Calendar(region="SCT")
    monday = scotland.why_not(date(2027, 3, 29), DayKind.FOI_WORKING)
    assert monday == "Easter Monday in England, Wales and Northern Ireland"


def test_months_later_are_the_same_day_or_the_last_of_the_month() -> None:
    assert ENGLAND.add(date(2027, 1, 31), 1, DayKind.MONTH) == date(2027, 2, 28)
    assert ENGLAND.add(date(2028, 2, 29), 1, DayKind.YEAR) == date(2029, 2, 28)
    assert ENGLAND.subtract(date(2027, 3, 31), 1, DayKind.MONTH) == date(2027, 2, 28)
    assert ENGLAND.subtract(date(2027, 1, 15), 1, DayKind.MONTH) == date(2026, 12, 15)
    assert ENGLAND.add(date(2027, 1, 31), 2, DayKind.WEEK) == date(2027, 2, 14)
    for last, months, years in ((date(2028, 1, 30), 11, 0), (date(2028, 1, 31), 12, 1), (date(2028, 2, 29), 13, 1)):
        assert ENGLAND.count_between(date(2027, 1, 31), last, DayKind.MONTH) == months
        assert ENGLAND.count_between(date(2027, 1, 31), last, DayKind.YEAR) == years


def test_the_version_changes_with_every_table_and_with_nothing_else() -> None:
    day = date(2027, 7, 1)
    versions = {
        calendar.version
        for calendar in (
            Calendar(),
            Calendar(closures={day: "Closed"}),
            Calendar(closures={day: "Shut"}),
            Calendar(openings={day: "Closed"}),
            Calendar(proclaimed={day: "Closed"}),
            Calendar(withdrawn={day: "Closed"}),
            Calendar(region="SCT"),
            Calendar(weekend=frozenset({6})),
            Calendar(zone="Europe/Paris"),
        )
    }
    assert len(versions) == 9
    assert Calendar(id="other").version == ENGLAND.version
    two = {day: "Closed", day + DAY: "Closed"}
    assert Calendar(closures=two).version == Calendar(closures=dict(reversed(two.items()))).version


def test_the_version_changes_with_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Calendar().version
    monkeypatch.setattr("qa_workflow.calendar.days.library_version", lambda: "holidays-99")
    assert Calendar().version == before.replace(before.split("+")[0], "holidays-99")


def test_a_table_changed_by_its_owner_afterwards_does_not_change_the_calendar() -> None:
    table = {date(2027, 7, 1): "Closed"}
    calendar = Calendar(closures=table)
    table[date(2027, 7, 2)] = "Closed too"
    assert calendar.is_working(date(2027, 7, 2))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"region": "ENGLAND"}, "region 'ENGLAND' has no bank holidays of its own; use one of: ENG, WLS, SCT or NIR"),
        ({"region": "eng"}, "region 'eng' has no bank holidays of its own; did you mean 'ENG'?"),
        (
            {"weekend": frozenset({7})},
            "the weekend is days of the week, Monday being 0, and leaves at least one day to work",
        ),
        (
            {"weekend": frozenset(range(7))},
            "the weekend is days of the week, Monday being 0, and leaves at least one day to work",
        ),
        (
            {"closures": {date(2027, 7, 1): "a"}, "openings": {date(2027, 7, 1): "b"}},
            "1 July 2027 is both closed and opened in calendar 'england'; take one of them out",
        ),
        (
            {"closures": {datetime(2027, 7, 1, 9, tzinfo=UTC): "a"}},
            "closures are listed by date, and 2027-07-01T09:00:00+00:00 has a time of day; leave the time out",
        ),
        (
            {"closures": {date(2207, 7, 1): "a"}},
            (
                "the year 2207 is outside 1990 to 2100, the years whose bank holidays are known; "
                "check the date, or the amount in the rule"
            ),
        ),
    ],
)
def test_a_calendar_that_cannot_be_says_why(values: dict[str, object], message: str) -> None:
    with pytest.raises(CalendarFault) as refused:
        Calendar(**values)  # type: ignore[arg-type]
    assert str(refused.value) == message


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UnknownZone, match="time zone 'Europe/Gloucester' is not known"):
        Calendar(zone="Europe/Gloucester")


@pytest.mark.parametrize("kind", list(DayKind))
@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2101, 1, 1)])
def test_years_whose_holidays_nobody_knows_are_refused(kind: DayKind, day: date) -> None:
    with pytest.raises(OutsideYears, match=f"the year {day.year} is outside 1990 to 2100"):
        ENGLAND.add(day, 1, kind)


@pytest.mark.parametrize("kind", [kind for kind in DayKind if not kind.is_elapsed])
def test_counting_out_of_the_known_years_is_refused(kind: DayKind) -> None:
    with pytest.raises(OutsideYears):
        ENGLAND.add(date(2100, 12, 1), 10_000, kind)
    with pytest.raises(OutsideYears):
        ENGLAND.subtract(date(1990, 2, 1), 10_000, kind)
    for first, last in ((date(1989, 12, 31), date(1990, 2, 1)), (date(2100, 12, 1), date(2101, 1, 1))):
        with pytest.raises(OutsideYears):
            ENGLAND.count_between(first, last, kind)


@pytest.mark.parametrize("kind", [DayKind.WORKING, DayKind.FOI_WORKING, DayKind.CALENDAR, DayKind.MONTH])
def test_no_day_later_is_the_day_itself_worked_or_not(kind: DayKind) -> None:
    """A hold that gives no day back does not move a date that lies on a Sunday."""
    sunday = date(2027, 7, 4)
    assert ENGLAND.add(sunday, 0, kind) == ENGLAND.subtract(sunday, 0, kind) == sunday


@pytest.mark.parametrize("kind", [DayKind.HOUR, DayKind.MINUTE])
def test_elapsed_time_is_not_added_to_dates(kind: DayKind) -> None:
    with pytest.raises(CalendarFault, match="elapsed time"):
        ENGLAND.add(date(2027, 1, 1), 1, kind)
    with pytest.raises(CalendarFault, match="elapsed time"):
        ENGLAND.count_between(date(2027, 1, 1), date(2027, 1, 2), kind)


@pytest.mark.parametrize("amount", [-1, 10_001])
def test_amounts_have_limits(amount: int) -> None:
    with pytest.raises(CalendarFault, match="is not an amount from 0 to 10,000"):
        ENGLAND.add(date(2027, 1, 1), amount, DayKind.WORKING)


def test_twenty_working_days_take_less_than_ten_microseconds() -> None:
    """The best of several rounds, so that a busy machine does not fail it."""
    day, rounds = date(2026, 12, 14), []
    ENGLAND.add(day, 20, DayKind.WORKING)
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(100):
            ENGLAND.add(day, 20, DayKind.WORKING)
        rounds.append((time.perf_counter() - began) / 100)
    assert min(rounds) < 10e-6


@given(days, amounts)
def test_a_working_day_date_is_a_working_day(day: date, amount: int) -> None:
    assert ENGLAND.is_working(ENGLAND.add(day, amount, DayKind.WORKING))
    assert ENGLAND.is_working(ENGLAND.subtract(day, amount, DayKind.CLEAR_WORKING))
    assert is_foi_working(ENGLAND.add(day, amount, DayKind.FOI_WORKING))


@given(working_days, amounts)
def test_before_and_after_are_inverse_from_a_working_day(day: date, amount: int) -> None:
    assert ENGLAND.subtract(ENGLAND.add(day, amount, DayKind.WORKING), amount, DayKind.WORKING) == day
    assert ENGLAND.add(ENGLAND.subtract(day, amount, DayKind.WORKING), amount, DayKind.WORKING) == day


@given(days, amounts)
def test_clear_is_one_more_than_plain(day: date, amount: int) -> None:
    for move in (ENGLAND.add, ENGLAND.subtract):
        assert move(day, amount, DayKind.CLEAR_WORKING) == move(day, amount + 1, DayKind.WORKING)


@given(days, amounts, st.sampled_from([DayKind.WORKING, DayKind.FOI_WORKING]))
def test_counting_by_position_is_counting_day_by_day(day: date, amount: int, kind: DayKind) -> None:
    """The quick way against the plain one: look at each day in turn."""
    works = ENGLAND.is_working if kind is DayKind.WORKING else is_foi_working
    for step, move in ((DAY, ENGLAND.add), (-DAY, ENGLAND.subtract)):
        reached, left = day, amount
        while left:
            reached += step
            left -= works(reached)
        assert move(day, amount, kind) == reached


@given(days, amounts, st.sampled_from([kind for kind in DayKind if not kind.is_elapsed]))
def test_what_was_added_is_what_is_counted(day: date, amount: int, kind: DayKind) -> None:
    amount = min(amount, {DayKind.YEAR: 9, DayKind.MONTH: 100}.get(kind, amount))
    assert ENGLAND.count_between(day, ENGLAND.add(day, amount, kind), kind) == amount


@given(days, days)
def test_nothing_is_counted_backwards(one: date, other: date) -> None:
    first, last = max(one, other), min(one, other)
    assert all(ENGLAND.count_between(first, last, kind) == 0 for kind in DayKind)


@given(near_days, st.integers(1, 40), near_days, st.sampled_from(COUNTED_BY_DAY))
def test_a_closure_outside_the_span_never_moves_a_date(day: date, amount: int, closed: date, kind: DayKind) -> None:
    calendar = Calendar(closures={closed: "Closed"}, proclaimed={closed: "Proclaimed"})
    for plain, moved in ((ENGLAND.add, calendar.add), (ENGLAND.subtract, calendar.subtract)):
        reached = plain(day, amount, kind)
        if min(day, reached) <= closed <= max(day, reached):
            assert abs(moved(day, amount, kind) - day) >= abs(reached - day)
        else:
            assert moved(day, amount, kind) == reached


@given(near_days, st.integers(1, 40), st.sampled_from(COUNTED_BY_DAY))
def test_calendar_days_are_worked_days_weekends_and_what_was_passed_over(day: date, amount: int, kind: DayKind) -> None:
    """Nothing is skipped without a name."""
    works = is_foi_working if kind is DayKind.FOI_WORKING else ENGLAND.is_working
    reached = ENGLAND.add(day, amount, kind)
    between = [day + DAY * n for n in range(1, (reached - day).days + 1)]
    named = [d for d, _ in ENGLAND.passed_over(day + DAY, reached, kind)]
    assert named == [d for d in between if d.weekday() < 5 and not works(d)]
