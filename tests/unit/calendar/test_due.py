"""Due rules worked out: every kind of anchor, roll, time of day, and the sentence that explains the date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_workflow.calendar import (
    Anchor,
    Calendar,
    DueDate,
    OutsideYears,
    TimeRule,
    Unknown,
    end_of_day,
    local_date,
    parse,
    time_rule,
    work_out,
)
from qa_workflow.errors import NaiveInstant
from tests.unit.calendar.setting import ENGLAND, due, london, near_days, rules, work

FRIDAY = date(2027, 4, 30)
RECEIVED = {"received_on": FRIDAY}
VERSION = f"by calendar england, version {ENGLAND.version}."


def test_a_date_is_due_by_its_last_microsecond_in_london() -> None:
    """Midnight in summer is 23:00 in UTC."""
    found = due("5 calendar days after received_on", RECEIVED)
    assert found.on == date(2027, 5, 5)
    assert found.at == datetime(2027, 5, 5, 22, 59, 59, 999_999, tzinfo=UTC)


def test_a_time_of_day_is_due_at_that_instant() -> None:
    found = due("7 calendar days before meeting", {"meeting": london(2027, 3, 31, 14)}, at="12:00")
    assert found.at == london(2027, 3, 24, 12)
    assert found.explanation.startswith("Wednesday 24 March 2027 at 12:00: 7 calendar days before meeting, ")


def test_the_day_of_an_instant_is_the_day_in_london() -> None:
    """23:30 in UTC on a summer evening is the next day."""
    assert due("1 calendar day after entry", {"entry": datetime(2027, 6, 1, 23, 30, tzinfo=UTC)}).on == date(2027, 6, 3)


def test_dates_are_counted_in_the_zone_of_the_calendar() -> None:
    kiritimati = Calendar(zone="Pacific/Kiritimati")
    found = due("1 calendar day after entry", {"entry": london(2027, 6, 1, 12)}, calendar=kiritimati)
    assert found.on == date(2027, 6, 3)
    assert found.at == datetime(2027, 6, 3, 9, 59, 59, 999_999, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveInstant):
        due("1 calendar day after entry", {"entry": datetime(2027, 6, 1)})  # noqa: DTZ001 - what is refused


@pytest.mark.parametrize(
    ("roll", "on", "last"),
    [
        (None, date(2027, 5, 30), date(2027, 5, 28)),
        ("earlier working day", date(2027, 5, 28), None),
        ("later working day", date(2027, 6, 1), None),
    ],
)
def test_a_sunday_before_a_bank_holiday_rolls_as_the_rule_says(roll: str | None, on: date, last: date | None) -> None:
    found = due("30 calendar days after received_on", RECEIVED, roll=roll)
    assert (found.on, found.last_working_day, found.at) == (on, last, end_of_day(on))


def test_a_working_day_does_not_roll() -> None:
    found = due("3 calendar days after received_on", {"received_on": date(2027, 7, 5)}, roll="later working day")
    assert found.on == date(2027, 7, 8)
    assert "moved" not in found.explanation


def test_a_due_day_that_is_a_holiday_says_its_name() -> None:
    found = due("1 calendar day after received_on", {"received_on": date(2027, 5, 30)}, roll="later working day")
    assert found.explanation == (
        "Tuesday 1 June 2027: 1 calendar day after received_on, counted from Sunday 30 May 2027, moved to the later "
        f"working day because Monday 31 May 2027 is Spring Bank Holiday, {VERSION}"
    )


def test_the_last_working_day_is_not_one_before_the_clock_began() -> None:
    """What starts on a Saturday and ends on the Sunday has no working day at all."""
    found = due("1 calendar day after received_on", {"received_on": date(2027, 7, 3)})
    assert (found.on, found.last_working_day) == (date(2027, 7, 4), None)
    found = due("1 calendar day after received_on", {"received_on": date(2027, 7, 2)})
    assert (found.on, found.last_working_day) == (date(2027, 7, 3), date(2027, 7, 2)), "the Friday itself"


def test_a_due_date_before_an_anchor_keeps_its_last_working_day() -> None:
    found = due("3 calendar days before meeting", {"meeting": date(2026, 11, 25)})
    assert (found.on, found.last_working_day) == (date(2026, 11, 22), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("rule", "anchor", "on"),
    [
        ("1 month after received_on", date(2027, 1, 31), date(2027, 2, 28)),
        ("1 month beginning with received_on", date(2027, 4, 1), date(2027, 4, 30)),
        ("1 month beginning with received_on", date(2027, 3, 1), date(2027, 3, 31)),
        ("1 month beginning with received_on", date(2027, 1, 31), date(2027, 2, 28)),
        ("1 month ending with received_on", date(2027, 3, 31), date(2027, 3, 1)),
        ("3 months beginning with received_on", date(2027, 3, 1), date(2027, 5, 31)),
        ("1 year beginning with received_on", date(2027, 4, 1), date(2028, 3, 31)),
        ("1 year ending with received_on", date(2028, 3, 31), date(2027, 4, 1)),
        ("2 weeks beginning with received_on", date(2027, 4, 1), date(2027, 4, 14)),
        ("2 weeks ending with received_on", date(2027, 4, 14), date(2027, 4, 1)),
        ("5 working days beginning with received_on", date(2027, 7, 5), date(2027, 7, 9)),
        ("5 working days beginning with received_on", date(2027, 7, 3), date(2027, 7, 9)),
        ("5 working days ending with received_on", date(2027, 7, 9), date(2027, 7, 5)),
        ("5 working days ending with received_on", date(2027, 7, 11), date(2027, 7, 5)),
        ("1 FOI working day beginning with received_on", date(2027, 8, 2), date(2027, 8, 3)),
    ],
)
def test_a_span_with_its_anchor_ends_on(rule: str, anchor: date, on: date) -> None:
    assert due(rule, {"received_on": anchor}).on == on


def test_what_is_skipped_depends_on_whether_the_anchors_own_day_counts() -> None:
    spring = (date(2027, 5, 31), "Spring Bank Holiday")
    assert due("1 working day after received_on", {"received_on": spring[0]}).skipped == ()
    assert due("1 working day beginning with received_on", {"received_on": spring[0]}).skipped == (spring,)
    assert due("1 working day before received_on", {"received_on": spring[0]}).skipped == ()
    assert due("1 working day ending with received_on", {"received_on": spring[0]}).skipped == (spring,)


def test_closures_that_were_skipped_are_named() -> None:
    calendar = Calendar(id="trust", closures={date(2027, 7, 6): "Moving house"})
    found = due("2 working days after received_on", {"received_on": date(2027, 7, 5)}, calendar=calendar)
    assert found.explanation == (
        "Thursday 8 July 2027: 2 working days after received_on, counted from Monday 5 July 2027, passing over "
        f"Moving house (Tuesday 6 July 2027), by calendar trust, version {calendar.version}."
    )


def test_a_long_list_of_holidays_is_cut_short_in_the_sentence_only() -> None:
    found = due("300 working days after received_on", RECEIVED)
    assert len(found.skipped) == 10
    assert "New Year's Day (substitute day) (Monday 3 January 2028) and 4 more, by calendar" in found.explanation


class TestFixedDays:
    """Days of the year, each in its own way the first that comes."""

    def test_the_plain_day_comes_after_the_periods_end(self) -> None:
        found = due("on 30 April", {"period end": date(2027, 3, 31), "opening": date(2028, 1, 1)})
        assert found.on == FRIDAY
        assert found.explanation == (
            "Friday 30 April 2027: on 30 April, counted from period end on Wednesday 31 March 2027, " + VERSION
        )

    def test_without_a_period_it_is_the_first_from_the_opening_on(self) -> None:
        assert due("on 30 April", {"opening": FRIDAY}).on == FRIDAY
        assert due("on 30 April", {"opening": date(2027, 5, 1)}).on == date(2028, 4, 30)

    def test_in_period_it_lies_between_start_and_end(self) -> None:
        year = {"period start": date(2026, 4, 1), "period end": date(2027, 3, 31)}
        assert due("on 1 April in period", year).on == date(2026, 4, 1)
        assert due("on 31 March in period", year).on == date(2027, 3, 31)

    def test_a_period_without_that_day_has_no_due_date_and_says_so(self) -> None:
        quarter = {"period start": date(2026, 10, 1), "period end": date(2026, 12, 31)}
        found = work("on 30 April in period", quarter)
        assert isinstance(found, Unknown)
        assert found.why == "there is no 30 April from 1 October 2026 to 31 December 2026"

    def test_after_an_anchor_it_is_strictly_later(self) -> None:
        assert due("on 30 April after period end", {"period end": date(2027, 3, 31)}).on == FRIDAY
        assert due("on 30 April after received_on", RECEIVED).on == date(2028, 4, 30)
        assert due("on 30 April after received_on", {"received_on": date(2027, 4, 29)}).on == FRIDAY

    def test_without_period_and_opening_it_is_not_known_yet(self) -> None:
        found = work("on 30 April", {})
        assert isinstance(found, Unknown)
        assert (str(found.anchor), str(found)) == ("opening", "opening is not known yet")

    def test_the_year_after_the_last_is_refused(self) -> None:
        for last in (date(2100, 6, 1), date.max):
            with pytest.raises(OutsideYears):
                due("on 30 April after received_on", {"received_on": last})

    def test_what_the_rule_names_is_waited_for_and_nothing_else_stands_in_for_it(self) -> None:
        """Counted from the opening instead, it would be a date of the law, and the wrong one."""
        for rule, waits_for in (("after received_on", "received_on"), ("in period", "period start")):
            found = work(f"on 30 April {rule}", {"opening": FRIDAY})
            assert isinstance(found, Unknown)
            assert found.why == f"{waits_for} is not known yet"


@pytest.mark.parametrize(
    "rule", ["5 working days before meeting of cqrg", "meeting of cqrg", "3 hours after meeting of cqrg"]
)
def test_what_is_not_known_yet_says_what_it_waits_for(rule: str) -> None:
    found = work(rule, {})
    assert isinstance(found, Unknown)
    assert str(found) == "meeting of cqrg is not known yet"


class TestElapsedTime:
    """Hours and minutes are time that passes, whatever the clock on the wall does meanwhile."""

    def test_24_hours_over_the_change_are_an_hour_later_on_the_wall(self) -> None:
        found = due("24 hours after entry", {"entry": london(2026, 3, 28, 12)})
        assert found.at == london(2026, 3, 29, 13)
        assert due("24 hours after entry", {"entry": london(2026, 10, 24, 12)}).at == london(2026, 10, 25, 11)

    def test_a_calendar_day_over_the_change_is_a_day_on_the_wall(self) -> None:
        assert due("1 calendar day after entry", {"entry": london(2026, 3, 28, 12)}, at="12:00").at == london(
            2026, 3, 29, 12
        )

    def test_hours_are_explained_to_the_minute(self) -> None:
        found = due("48 hours after entry", {"entry": london(2027, 7, 6, 14, 5)})
        assert found.explanation == (
            "Thursday 8 July 2027 at 14:05: 48 hours after entry, counted from Tuesday 6 July 2027 at 14:05, " + VERSION
        )

    def test_from_a_date_they_run_from_its_end_and_back_from_its_start(self) -> None:
        after = due("24 hours after received_on", RECEIVED)
        assert (after.on, after.at) == (date(2027, 5, 1), end_of_day(date(2027, 5, 1)))
        assert after.explanation.startswith("Saturday 1 May 2027: 24 hours after received_on, counted from Friday 30 ")
        assert due("24 hours before received_on", RECEIVED).at == london(2027, 4, 29)

    def test_minutes(self) -> None:
        assert due("90 minutes before meeting", {"meeting": london(2027, 3, 31, 14)}).at == london(2027, 3, 31, 12, 30)


class TestBareAnchors:
    """The anchor's own day, or its own instant."""

    def test_a_date_counts_to_its_end(self) -> None:
        found = due("received_on", RECEIVED)
        assert (found.on, found.at) == (FRIDAY, end_of_day(FRIDAY))
        assert found.explanation == f"Friday 30 April 2027: received_on, {VERSION}"

    def test_an_instant_is_due_at_that_instant(self) -> None:
        meeting = london(2027, 3, 31, 14)
        assert due("meeting", {"meeting": meeting}).at == meeting
        assert due("due", {"due": end_of_day(FRIDAY)}).at == end_of_day(FRIDAY)

    def test_the_second_half_past_one_in_october_stays_the_second(self) -> None:
        second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        assert due("entry", {"entry": second}).at == second

    def test_a_time_of_day_comes_before_the_anchors_own(self) -> None:
        assert due("meeting", {"meeting": london(2027, 3, 31, 14)}, at="09:00").at == london(2027, 3, 31, 9)

    def test_one_that_rolls_is_due_by_the_end_of_the_day(self) -> None:
        found = due("entry", {"entry": london(2027, 7, 3, 14)}, roll="earlier working day")
        assert (found.on, found.at) == (date(2027, 7, 2), end_of_day(date(2027, 7, 2)))


def test_a_time_of_day_that_the_clocks_skip_is_due_when_they_go_forward() -> None:
    found = due("1 calendar day after received_on", {"received_on": date(2026, 3, 28)}, at="01:30")
    assert found.at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert found.explanation.startswith("Sunday 29 March 2026 at 02:00: ")
    assert ", as the clocks go forward over 01:30, " in found.explanation


def test_a_time_of_day_that_happens_twice_is_due_at_the_first() -> None:
    found = due("1 calendar day after received_on", {"received_on": date(2026, 10, 24)}, at="01:30")
    assert found.at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("basis", "source", "words"),
    [
        ("statute", "SI 2010/279\n as amended.", ", as required by statute (SI 2010/279 as amended), "),
        ("local", None, ", as agreed locally, "),
        ("to be confirmed", None, ", on a basis to be confirmed, "),
        (None, "Standing orders", ", as said in Standing orders, "),
    ],
)
def test_basis_and_source_are_in_the_sentence(basis: str | None, source: str | None, words: str) -> None:
    found = work("received_on", RECEIVED, basis=basis, source=source)
    assert isinstance(found, DueDate)
    assert words in found.explanation


def test_an_amount_that_leads_out_of_the_known_years_is_refused() -> None:
    for rule in ("10000 years after received_on", "10000 weeks after received_on", "9000 months before received_on"):
        with pytest.raises(OutsideYears):
            due(rule, RECEIVED)


@given(rules, near_days, st.sampled_from([None, "earlier working day", "later working day"]))
def test_every_rule_comes_to_a_date_in_one_sentence(rule: object, day: date, roll: str | None) -> None:
    """Whatever can be said can be worked out, unless it leaves the years that are known."""
    text = str(rule)
    elapsed = " hour" in text or " minute" in text
    try:
        found = work(text, _Everything(day), roll=None if elapsed else roll)
    except OutsideYears:
        return
    if isinstance(found, Unknown):
        assert "in period" in text
        return
    assert local_date(found.at) == found.on
    assert found.explanation.count(". ") == 0
    assert found.explanation.endswith(".")
    assert found.rule.rule == rule
    if roll and not elapsed:
        assert ENGLAND.is_working(found.on)
    assert (found.last_working_day is None) or not ENGLAND.is_working(found.on)


@given(rules, near_days)
def test_working_out_is_repeatable_and_a_later_anchor_never_gives_an_earlier_date(rule: object, day: date) -> None:
    text = str(rule)
    assume("in period" not in text)
    try:
        one, two = due(text, _Everything(day)), due(text, _Everything(day + timedelta(days=1)))
    except OutsideYears:
        return
    assert one == due(text, _Everything(day))
    assert one.on <= two.on
    assert one.at <= two.at


def test_the_resolver_is_asked_for_the_anchor_of_the_rule() -> None:
    asked: list[Anchor] = []
    work_out(TimeRule(parse("5 working days after papers of cqrg for subject")), asked.append, ENGLAND)
    assert [str(anchor) for anchor in asked] == ["papers of cqrg for subject"]


def test_a_due_date_can_be_kept_and_compared() -> None:
    rule = time_rule("5 working days after received_on")
    one, two = (work_out(rule, {parse("received_on"): FRIDAY}.get, Calendar()) for _ in range(2))
    assert one == two


class _Everything(dict[str, date]):
    """Every anchor stands for one day."""

    def __init__(self, day: date) -> None:
        self.day = day

    def get(self, _key: str, _default: object = None) -> date:
        return self.day
