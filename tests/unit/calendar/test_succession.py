"""A series that takes over from another plans what is to come; what had begun by then stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial

from qa_workflow.calendar import Calendar, OnHoliday, Series, Succession, Term
from tests.unit.calendar.setting import london

OLD = Series("qgc", "FREQ=MONTHLY;INTERVAL=2;BYDAY=2TH", time(14), date(2026, 1, 1))
"""Second Thursdays of January, March, May, July, September and November."""
NEW = replace(OLD, rule="FREQ=MONTHLY;BYDAY=1TH")
YEAR = date(2026, 12, 31), date(2027, 12, 31)
JUNE = london(2027, 6, 20, 9)


def after(*terms: tuple[Series | None, datetime], moved: Mapping[str, datetime | None] | None = None) -> Succession:
    """The old series, then others, each from an instant on."""

    def told(series: Series | None) -> Series | None:
        return series

    known = [Term(at, partial(told, series)) for series, at in ((OLD, london(2026, 1, 1, 9)), *terms)]
    return Succession(known, {("qgc", key): at for key, at in (moved or {}).items()})


def days(found: Succession) -> list[str]:
    """The days of 2027 on which the body meets, as 03-11."""
    return [f"{each.on:%m-%d}" for each in found.planned(*YEAR) if each.is_held]


def test_what_was_held_stays_and_what_is_to_come_is_by_the_new_rule() -> None:
    found = after((NEW, JUNE))
    assert days(found) == ["01-14", "03-11", "05-13", "07-01", "08-05", "09-02", "10-07", "11-04", "12-02"]
    assert found.find("2027-05-13") == OLD.find("2027-05-13")
    assert found.find("2027-05-06") is None, "nobody met that day"
    assert found.find("2027-07-08") is None, "it is planned no more"
    assert found.find("2027-07-01") == NEW.find("2027-07-01")
    known = found.find("2027-05-13")
    assert known is not None
    assert found.planned(date(2027, 3, 11), date(2027, 5, 13)) == (known,), "later than the first day, up to the last"
    last = found.find("2100-01-07")
    assert last is not None, "in the last year that is known"
    assert last == NEW.find("2100-01-07")
    assert [found.find(key) for key in ("half past two", "2027-99-99", "0001-01-01")] == [None, None, None]


def test_a_body_that_meets_no_more_has_met() -> None:
    assert days(after((None, JUNE))) == ["01-14", "03-11", "05-13"]


def test_each_of_several_series_tells_of_its_own_time() -> None:
    found = after((NEW, london(2027, 4, 2, 9)), (replace(OLD, at=time(10)), JUNE))
    assert days(found) == ["01-14", "03-11", "05-06", "06-03", "07-08", "09-09", "11-11"]
    assert [each.at.hour for each in found.planned(date(2027, 6, 1), date(2027, 7, 31))] == [13, 9], "in UTC"


def test_of_the_day_itself_the_hour_decides() -> None:
    """Published in the morning, the meeting of the afternoon is by the new file; in the evening, by the old."""
    at_ten = replace(NEW, rule=OLD.rule, at=time(16))
    morning, evening = after((at_ten, london(2027, 5, 13, 9))), after((at_ten, london(2027, 5, 13, 15)))
    on_the_hour = after((at_ten, london(2027, 5, 13, 14)))
    hours = [each.at.hour for found in (morning, on_the_hour, evening) if (each := found.find("2027-05-13"))]
    assert hours == [15, 13, 13], "in UTC"


def test_a_day_closed_afterwards_had_its_meeting() -> None:
    closed = Calendar(closures={date(2027, 5, 13): "Offices moved"})
    later = replace(OLD, calendar=closed, on_holiday=OnHoliday.SKIP)
    assert "05-13" in days(after((later, JUNE)))
    assert "05-13" not in days(after((later, london(2027, 5, 12, 9))))


def test_a_meeting_that_somebody_had_moved_is_held_once_by_the_series_that_planned_it() -> None:
    """Brought forward, it was held before the new file came; put off, it was planned before and is still to come."""
    forward = after((NEW, JUNE), moved={"2027-07-08": london(2027, 6, 10, 14)})
    assert forward.find("2027-07-08") == OLD.find("2027-07-08")
    off = after((NEW, JUNE), moved={"2027-05-13": london(2027, 6, 30, 14)})
    assert off.find("2027-05-13") == OLD.find("2027-05-13")
    later = after((NEW, JUNE), moved={"2027-07-08": london(2027, 7, 15, 14)})
    assert later.find("2027-07-08") is None, "neither day had come"
    assert after((NEW, JUNE), moved={"2027-07-08": None}).find("2027-07-08") is None


def test_a_meeting_held_in_another_year_than_it_was_planned_for_is_found_where_it_is_held() -> None:
    moved = {date(2026, 11, 12): date(2027, 1, 5), date(2028, 1, 13): date(2027, 12, 20)}
    found = Succession([Term(london(2026, 1, 1, 9), lambda: replace(OLD, moved=moved))])
    assert (days(found)[:2], days(found)[-2:]) == (["01-05", "01-14"], ["11-11", "12-20"])
    new_year = replace(OLD, rule="FREQ=YEARLY", moved={date(2028, 1, 1): date(2027, 1, 1)})
    whole_year = Succession([Term(london(2026, 1, 1, 9), lambda: new_year)])
    assert [each.key for each in whole_year.planned(*YEAR)] == ["2027-01-01", "2028-01-01"]


def test_a_file_may_say_that_a_meeting_to_come_was_brought_forward() -> None:
    """It would be in no calendar: to come by neither."""
    forward = replace(OLD, moved={date(2027, 7, 8): date(2027, 6, 17)})
    assert days(after((forward, JUNE)))[2:5] == ["05-13", "06-17", "09-09"]


def test_earlier_series_are_not_asked_about_days_that_they_have_no_say_in() -> None:
    def unread() -> Series:
        raise AssertionError("it is read for nothing")

    terms = [Term(london(2020, 1, 1, 9), unread), Term(london(2021, 1, 1, 9), lambda: OLD), Term(JUNE, lambda: NEW)]
    assert Succession(terms).planned(*YEAR)
