"""What people type, read: each rule with what it accepts and what it says when it cannot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_workflow.cli import reading
from qa_workflow.errors import UsageFault


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-04-01T09:00", datetime(2027, 4, 1, 8, tzinfo=UTC)),
        ("2027-01-15 09:00", datetime(2027, 1, 15, 9, tzinfo=UTC)),
        ("2027-04-01", datetime(2027, 3, 31, 23, tzinfo=UTC)),
        ("2027-04-01T09:00Z", datetime(2027, 4, 1, 9, tzinfo=UTC)),
        ("2027-04-01T09:00:30+02:00", datetime(2027, 4, 1, 7, 0, 30, tzinfo=UTC)),
        ("2027-10-31T01:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_without_an_offset_is_london_time(text: str, expected: datetime) -> None:
    """Of a time that happens twice in October, the first is meant."""
    assert reading.instant(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027-02-30T09:00", "30 February 2027 does not exist: February 2027 ends on the 28th"),
        ("2027-06-31", "31 June 2027 does not exist: June 2027 ends on the 30th"),
        ("2027-01-32", "January 2027 ends on the 31st"),
        ("2027-13-01", "a year has 12 months"),
        ("2027-03-28T01:30", "01:30 on 28 March 2027 does not exist in Europe/London"),
        ("2027-04-01T25:00", "a time of day that does not exist"),
        ("2027-04-01T09:00+99:00", "an offset that cannot be read"),
        ("1 April 2027", "write it as 2027-04-01T09:00"),
        ("0027-04-01", "outside 1990 to 2100"),
        ("tomorrow", "is no date and time"),
        ("", "is no date and time"),
    ],
)
def test_an_impossible_instant_is_named(text: str, said: str) -> None:
    with pytest.raises(UsageFault) as caught:
        reading.instant(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("3 weeks", datetime(2027, 4, 15, 8, tzinfo=UTC)),
        ("10 days", datetime(2027, 4, 4, 8, tzinfo=UTC)),
        ("1 month", datetime(2027, 4, 25, 8, tzinfo=UTC)),
        ("36 hours", datetime(2027, 3, 26, 21, tzinfo=UTC)),
        ("1 year", datetime(2028, 3, 25, 9, tzinfo=UTC)),
    ],
)
def test_days_keep_the_local_time_of_day_and_hours_do_not(words: str, expected: datetime) -> None:
    """The clocks go forward on 28 March 2027."""
    assert reading.later(datetime(2027, 3, 25, 9, tzinfo=UTC), words) == expected


def test_the_last_of_a_month_stays_the_last() -> None:
    assert reading.later(datetime(2027, 1, 31, 12, tzinfo=UTC), "1 month") == datetime(2027, 2, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize("words", ["three weeks", "3", "3 fortnights", "-1 day", "1.5 days", "1 day 2 hours"])
def test_an_amount_that_cannot_be_read_is_refused(words: str) -> None:
    with pytest.raises(UsageFault, match="is not an amount of time"):
        reading.later(datetime(2027, 3, 25, 9, tzinfo=UTC), words)


@pytest.mark.parametrize("unit", ["minutes", "hours", "days", "weeks", "months", "years"])
@pytest.mark.parametrize("amount", ["100000000", "9" * 20, "9" * 5000])
def test_no_amount_leads_beyond_the_years_that_are_known(amount: str, unit: str) -> None:
    """A rehearsal's clock cannot be set back: where it is in no year that is known, nothing can be done there."""
    with pytest.raises(UsageFault, match="lead beyond the year 2100"):
        reading.later(datetime(2027, 3, 25, 9, tzinfo=UTC), f"{amount} {unit}")


def test_settings_are_text_files_and_lists(tmp_path: Path) -> None:
    file = tmp_path / "q4.pdf"
    file.write_bytes(b"%PDF")
    given = [f"report=@{file}", "note=@@home", "a=1", "a=2", "a=3", "empty=", "sum=1=1"]
    assert reading.settings(given) == {
        "report": file,
        "note": "@home",
        "a": ["1", "2", "3"],
        "empty": "",
        "sum": "1=1",
    }


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("report", "write field=value"),
        ("=x", "write field=value"),
        ("report=@", "no file is named after @"),
        ("report=@nowhere.pdf", "there is no file nowhere.pdf"),
        ("report=@.", "is a folder"),
    ],
)
def test_a_setting_that_cannot_be_read_says_how_to_write_it(word: str, said: str) -> None:
    with pytest.raises(UsageFault) as caught:
        reading.settings([word])
    assert said in str(caught.value)
