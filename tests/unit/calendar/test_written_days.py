"""A day in a command or a request: one way to write it, and what is wrong with any other."""

from __future__ import annotations

from datetime import date

import pytest

from qa_workflow.calendar.written_days import written_day
from qa_workflow.errors import UsageFault


@pytest.mark.parametrize("text", ["2027-04-30", " 2027-4-30 ", "2028-02-29"])
def test_a_day_is_year_month_and_day(text: str) -> None:
    assert written_day(text) in {date(2027, 4, 30), date(2028, 2, 29)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-02-30", "30 February 2027 does not exist: February 2027 ends on the 28th; give another day"),
        ("2027-02-29", "29 February 2027 does not exist"),
        ("2027-04-31", "April 2027 ends on the 30th"),
        ("2027-12-32", "December 2027 ends on the 31st"),
        ("2027-13-01", "2027-13-01 does not exist: a year has 12 months"),
        ("2027-00-10", "a year has 12 months"),
        ("0027-05-01", "the year 27 is outside 1990 to 2100; check the date"),
        ("9999-12-31", "the year 9999 is outside 1990 to 2100"),
        ("20260-05-01", "'20260-05-01' is not a date; write year-month-day, as 2027-04-30"),
        ("27-05-01", "is not a date"),
        ("31/4/2027", "is not a date"),
        ("1/5/2027", "is not a date"),
        ("30 April 2027", "is not a date"),
        ("20270501", "is not a date"),
        ("2027-W18-6", "is not a date"),
        ("2027-05-01T10:00", "is not a date"),
        ("٢٠٢٧-٠٥-٠١", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_what_is_no_day_says_what_is_wrong_and_how_to_write_it(text: str, said: str) -> None:
    """Day and month never change places: nothing is read that could be meant in two ways."""
    with pytest.raises(UsageFault) as caught:
        written_day(text)
    assert said in str(caught.value)
