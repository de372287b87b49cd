"""Which days of a year are not worked, and why: what a form's month says of its days."""

from __future__ import annotations

from tests.web.site import Site


def test_days_that_are_not_worked_are_told_with_why_and_weekends_are_not(site: Site) -> None:
    told = site.client("ghft-contact").get("/calendar/closed/2027").json()
    assert told["2027-08-30"] == "Late Summer Bank Holiday"
    assert told["2027-03-26"] == "Good Friday"
    assert not {"2027-08-28", "2027-08-29", "2027-08-31"} & told.keys()
    assert {day[:4] for day in told} == {"2027"}


def test_of_a_year_whose_bank_holidays_nobody_knows_nothing_is_told(site: Site) -> None:
    assert site.client("ghft-contact").get("/calendar/closed/1066").status_code == 400
