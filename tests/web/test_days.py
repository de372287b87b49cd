"""Days as people type them: months by number or by name; what is no day is told."""

from __future__ import annotations

from datetime import date

import pytest

from qa_workflow.web.days import WrongDay, day_of


@pytest.mark.parametrize("month", ["2", "02", "feb", "Feb.", "FEBRUARY", "Febr"])
def test_a_month_is_a_number_or_a_name_or_the_beginning_of_one(month: str) -> None:
    assert day_of(("3", month, "2027"), "Due on") == date(2027, 2, 3)


def test_every_month_has_a_short_name() -> None:
    short = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    assert [day_of(("1", name, "2027"), "Due on") for name in short] == [date(2027, n, 1) for n in range(1, 13)]


@pytest.mark.parametrize(
    "parts", [("3", "ju", "2027"), ("3", "may", "26"), ("31", "feb", "2027"), ("3", "mayor", "2027")]
)
def test_what_could_mean_two_days_or_none_is_refused(parts: tuple[str, str, str]) -> None:
    """A year of two digits, too: nobody guesses the century."""
    with pytest.raises(WrongDay):
        day_of(parts, "Due on")
