"""Periods: NHS quarters and financial years, their labels, and that they tile the time line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.calendar import CalendarFault, OutsideYears, PeriodFault, PeriodKind, parse_period, period_containing
from tests.unit.calendar.setting import days

kinds = st.sampled_from(PeriodKind)


@pytest.mark.parametrize(
    ("kind", "label", "start", "end"),
    [
        ("quarter", "2026-27 Q1", date(2026, 4, 1), date(2026, 6, 30)),
        ("quarter", "2026-27 Q4", date(2027, 1, 1), date(2027, 3, 31)),
        ("half_year", "2026-27 H1", date(2026, 4, 1), date(2026, 9, 30)),
        ("half_year", "2026-27 H2", date(2026, 10, 1), date(2027, 3, 31)),
        ("financial_year", "2026-27", date(2026, 4, 1), date(2027, 3, 31)),
        ("financial_year", "1999-00", date(1999, 4, 1), date(2000, 3, 31)),
        ("year", "2027", date(2027, 1, 1), date(2027, 12, 31)),
        ("month", "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        (PeriodKind.MONTH, "2027-05", date(2027, 5, 1), date(2027, 5, 31)),
    ],
)
def test_labels_and_what_they_mean(kind: PeriodKind, label: str, start: date, end: date) -> None:
    period = parse_period(kind, label)
    assert (period.kind, period.start, period.end, str(period)) == (kind, start, end, label)
    one = timedelta(days=1)
    assert [day in period for day in (start - one, start, end, end + one)] == [False, True, True, False]


def test_small_letters_and_wider_spaces_are_understood() -> None:
    assert parse_period("quarter", " 2026-27   q4 ").label == "2026-27 Q4"


def test_after_q4_comes_q1_of_the_next_year() -> None:
    q4 = parse_period("quarter", "2026-27 Q4")
    assert (q4.next.label, q4.previous.label) == ("2027-28 Q1", "2026-27 Q3")


QUARTERS = "quarters are Q1 (April to June) to Q4 (January to March)"


@pytest.mark.parametrize(
    ("kind", "label", "message"),
    [
        ("quarter", "2026-27 Q5", f"'2026-27 Q5' is not a quarter: {QUARTERS}; write it as '2026-27 Q4'"),
        ("quarter", "2026-27", "'2026-27' is not a quarter; write it as '2026-27 Q4'"),
        ("quarter", "Q4 2026/27", "'Q4 2026/27' is not a quarter; did you mean '2026-27 Q4'?"),
        ("quarter", "2026-27Q4", "'2026-27Q4' is not a quarter; did you mean '2026-27 Q4'?"),
        ("quarter", "2026-28 Q1", "'2026-28 Q1' is not a quarter; did you mean '2026-27 Q1'?"),
        ("financial_year", "2026-28", "'2026-28' is not a financial year; did you mean '2026-27'?"),
        ("financial_year", "2026/27", "'2026/27' is not a financial year; did you mean '2026-27'?"),
        ("financial_year", "2026-2027", "'2026-2027' is not a financial year; did you mean '2026-27'?"),
        ("financial_year", "2026-27 Q4", "'2026-27 Q4' is not a financial year; write it as '2026-27'"),
        ("half_year", "2026-27 H3", "'2026-27 H3' is not a half year; write it as '2026-27 H1'"),
        ("year", "2026-27", "'2026-27' is not a year; did you mean '2026'?"),
        ("month", "2027-13", "'2027-13' is not a month; write it as '2027-05'"),
        ("month", "2027/5", "'2027/5' is not a month; did you mean '2027-05'?"),
        ("month", "May 2027", "'May 2027' is not a month; did you mean '2027-05'?"),
        ("month", "last month", "'last month' is not a month; write it as '2027-05'"),
        ("month", "", "'' is not a month; write it as '2027-05'"),
        (
            "week",
            "2027-05",
            "'week' is not a kind of period; use one of: month, quarter, half_year, year or financial_year",
        ),
        ("quater", "2026-27 Q4", "'quater' is not a kind of period; did you mean 'quarter'?"),
    ],
)
def test_a_faulty_label_says_how_to_mend_it(kind: str, label: str, message: str) -> None:
    with pytest.raises(PeriodFault) as refused:
        parse_period(kind, label)
    assert str(refused.value) == message


def test_years_out_of_range_are_refused() -> None:
    for kind, label in (
        ("year", "1989"),
        ("financial_year", "2100-01"),
        ("quarter", "9999-00 Q4"),
        ("month", "0000-01"),
    ):
        with pytest.raises(OutsideYears):
            parse_period(kind, label)


@given(kinds, days)
def test_periods_tile_the_time_line_without_gap_or_overlap(kind: PeriodKind, day: date) -> None:
    period = period_containing(kind, day)
    assert day in period
    assert period.next.start - period.end == period.start - period.previous.end == timedelta(days=1)
    assert period.next.previous == period.previous.next == period


@given(kinds, days)
def test_a_period_is_read_back_from_its_label(kind: PeriodKind, day: date) -> None:
    period = period_containing(kind, day)
    assert parse_period(kind, period.label) == period
    assert parse_period(kind, period.label.lower()) == period


@given(kinds, st.one_of(st.text(max_size=12), st.from_regex(r"[QH]?[0-9 /-]{4,9} ?[QH]?[0-9]?", fullmatch=True)))
def test_random_labels_are_read_or_refused(kind: PeriodKind, label: str) -> None:
    try:
        assert parse_period(kind, label).label == " ".join(label.upper().split())
    except CalendarFault as refused:
        mended(refused)


def mended(fault: CalendarFault) -> None:
    """A fault says what is wrong, and then what to do."""
    what, _, mend = str(fault).partition("; ")
    assert what
    assert mend
