"""Calendar feeds: identifiers that stay, sequences that rise, events called off and not dropped; on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_workflow.effects.feeds import ICalendars
from qa_workflow.service.boards import feeds
from qa_workflow.service.boards.feeds import KEPT, MOST, CalendarEvent, NoSuchFeed, TooManyFeeds, following
from qa_workflow.service.front import Engine
from qa_workflow.service.refusals import Unknown
from qa_workflow.testing import FakeClock
from tests.databases import Prepare
from tests.service.late import actor, house_of, two_reports

NORTH = "R/2026-27-Q4/north"
WALL = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TODAY = date(2027, 4, 2)


class Kept:
    """Keeps what it is to write."""

    def __init__(self) -> None:
        self.events: dict[str, CalendarEvent] = {}
        self.title = ""

    def write(self, title: str, events: Iterable[CalendarEvent], *, now: datetime, base: str) -> bytes:
        self.title, self.events = title, {event.summary: event for event in events}
        return f"{now} {base}".encode()


@pytest.fixture
def office_pattern() -> Prepare:
    return two_reports


def given_away(office: Engine, person: str = "ann", about: str = "mine") -> str:
    return feeds.give(house_of(office), actor(office, person), about, now=WALL)[0]


def shown(office: Engine, secret: str, wall: datetime = WALL) -> dict[str, CalendarEvent]:
    kept = Kept()
    feeds.read(house_of(office), secret, kept, now=wall, base="https://quality.example.org")
    return kept.events


def test_a_persons_feed_has_what_waits_for_them_and_no_case_detail(office: Engine) -> None:
    found = shown(office, given_away(office))
    assert sorted(found) == [
        "Due: R/2026-27-Q4/north, Awaited (Quarterly report)",
        "Due: R/2026-27-Q4/south, Awaited (Quarterly report)",
    ]
    assert {event.on for event in found.values()} == {"2027-04-16"}
    assert shown(office, given_away(office, "rob")) == {}


def test_a_bodys_feed_has_its_meetings_and_what_comes_to_it(office: Engine) -> None:
    office.advance(NORTH, "skip", actor="ann")
    office.advance(NORTH, "accept", actor="rob")
    found = shown(office, given_away(office, about="body:board"))
    assert found["The Board meets at 14:00"].on.startswith("202")
    assert any(summary.startswith("Due: R/2026-27-Q4/north, At board") for summary in found)
    assert len({event.uid for event in found.values()}) == len(found)


def test_one_feed_has_the_meetings_of_all_bodies_and_all_that_is_due(office: Engine) -> None:
    office.advance(NORTH, "skip", actor="ann")
    office.advance(NORTH, "accept", actor="rob")
    found = shown(office, given_away(office, about="bodies"))
    assert found.keys() >= shown(office, given_away(office, about="body:board")).keys()
    assert "Due: R/2026-27-Q4/south, Awaited (Quarterly report)" in found
    theirs = shown(office, given_away(office, "saul", "bodies"))
    assert not any("north" in summary for summary in theirs), "within what its owner may see"


def test_nobodys_feed_shows_what_is_out_of_their_sight(office: Engine) -> None:
    for subject in ("north", "south"):
        office.advance(f"R/2026-27-Q4/{subject}", "skip", actor="ann")
        office.advance(f"R/2026-27-Q4/{subject}", "accept", actor="rob")
    found = shown(office, given_away(office, "saul", "body:board"))
    assert [summary for summary in found if summary.startswith("Due")] == [
        "Due: R/2026-27-Q4/south, At board (Quarterly report)"
    ]


def test_a_changed_date_is_the_same_event_with_a_higher_sequence(office: Engine) -> None:
    secret = given_away(office)
    before = next(e for e in shown(office, secret).values() if "north" in e.summary)
    assert shown(office, secret)[before.summary] == before
    office.change_date(NORTH, date(2027, 4, 20), actor="cher", basis="policy", reason="agreed")
    after = shown(office, secret)[before.summary]
    assert (after.uid, after.on, after.sequence) == (before.uid, "2027-04-20", before.sequence + 1)


def test_a_feed_given_away_after_a_change_does_not_fall_behind_another(office: Engine) -> None:
    """Both show the same event under one identifier: by a lower sequence a program would take the change back."""
    uid, first = "meeting-board-2027-04-28", given_away(office, about="body:board")
    by_uid(office, first)
    office.move_meeting("board", "2027-04-28", datetime(2027, 4, 29, 13, tzinfo=UTC), actor="cher", reason="room")
    changed = by_uid(office, first, minutes=5)[uid].sequence
    second = given_away(office, about="bodies")
    assert by_uid(office, second, minutes=6)[uid].sequence >= changed
    office.move_meeting("board", "2027-04-28", datetime(2027, 4, 30, 13, tzinfo=UTC), actor="cher", reason="room")
    assert by_uid(office, first, minutes=9)[uid].sequence > by_uid(office, second, minutes=6)[uid].sequence


def test_what_is_done_is_called_off_and_not_dropped(office: Engine) -> None:
    secret = given_away(office)
    before = next(e for e in shown(office, secret).values() if "north" in e.summary)
    office.advance(NORTH, "skip", actor="ann")
    after = shown(office, secret)[before.summary]
    assert (after.uid, after.called_off, after.sequence) == (before.uid, "2027-04-02", before.sequence + 1)
    assert shown(office, secret)[before.summary] == after


def test_a_meeting_that_is_moved_or_called_off_tells_its_followers(office: Engine) -> None:
    secret = given_away(office, about="body:board")
    uid = "meeting-board-2027-04-28"
    planned = by_uid(office, secret)[uid]
    assert planned.on == "2027-04-28"
    office.move_meeting("board", "2027-04-28", datetime(2027, 4, 29, 13, tzinfo=UTC), actor="cher", reason="room")
    assert (by_uid(office, secret)[uid].on, by_uid(office, secret)[uid].sequence) == (
        "2027-04-29",
        planned.sequence + 1,
    )
    office.move_meeting("board", "2027-04-28", None, actor="cher", reason="no business")
    gone = by_uid(office, secret)[uid]
    assert (gone.called_off, gone.sequence) == ("2027-04-02", planned.sequence + 2)


def test_a_meeting_that_was_called_off_is_in_a_new_feed_as_called_off(office: Engine) -> None:
    """Whoever subscribed afterwards saw no meeting at all, and did not learn that the one they knew of was off."""
    before = given_away(office, about="bodies")
    uid = "meeting-board-2027-04-28"
    held = by_uid(office, before)[uid]
    office.move_meeting("board", "2027-04-28", None, actor="cher", reason="no business")
    after = given_away(office, about="body:board")
    found = by_uid(office, after)[uid]
    assert (found.called_off, found.on, found.at) == ("2027-04-02", held.on, held.at)
    assert by_uid(office, before)[uid].sequence > held.sequence
    assert by_uid(office, after)[uid] == found, "a second look changes nothing"
    office.move_meeting("board", "2027-04-28", date(2027, 4, 28), actor="cher", reason="there is business")
    again = by_uid(office, after)[uid]
    assert (again.called_off, again.sequence > found.sequence) == ("", True)


def by_uid(office: Engine, secret: str, *, minutes: int = 0) -> Mapping[str, CalendarEvent]:
    return {event.uid: event for event in shown_all(office, secret, minutes=minutes)}


def shown_all(office: Engine, secret: str, *, minutes: int = 0) -> list[CalendarEvent]:
    found: list[CalendarEvent] = []

    class All:
        def write(self, title: str, events: Iterable[CalendarEvent], *, now: datetime, base: str) -> bytes:
            found.extend(events)
            return f"{title} {now} {base}".encode()

    feeds.read(house_of(office), secret, All(), now=WALL + timedelta(minutes=minutes), base="")
    return found


@pytest.mark.parametrize("secret", ["", "nonsense", "x" * 200, "é"])
def test_an_address_that_was_never_given_shows_nothing(office: Engine, secret: str) -> None:
    with pytest.raises(NoSuchFeed):
        shown(office, secret)


def test_a_feed_that_is_taken_back_shows_nothing(office: Engine) -> None:
    secret = given_away(office)
    (feed,) = feeds.of(house_of(office), "ann")
    with pytest.raises(NoSuchFeed):
        feeds.take_back(house_of(office), "rob", feed.id)
    feeds.take_back(house_of(office), "ann", feed.id)
    with pytest.raises(NoSuchFeed):
        shown(office, secret)
    with pytest.raises(NoSuchFeed):
        feeds.take_back(house_of(office), "ann", feed.id)


def test_a_feed_is_of_a_body_that_is_known(office: Engine) -> None:
    with pytest.raises(Unknown, match="did you mean 'board'"):
        given_away(office, about="body:bord")


def test_there_is_an_end_to_it(office: Engine) -> None:
    for _ in range(MOST):
        given_away(office)
    with pytest.raises(TooManyFeeds):
        given_away(office)


EVENTS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["2027-04-05", "2027-04-06"]))


@given(st.lists(st.tuples(EVENTS, st.integers(0, 3)), max_size=6))
def test_whatever_happens_sequences_rise_with_each_change_and_nothing_is_dropped(
    lives: list[tuple[dict[str, str], int]],
) -> None:
    seen: dict[str, CalendarEvent] = {}
    at = WALL
    for days, minutes in lives:
        at += timedelta(minutes=minutes)
        now = {uid: CalendarEvent(uid, on, uid, "/") for uid, on in days.items()}
        after = following(seen, now, TODAY, at)
        assert seen.keys() | now.keys() == after.keys()
        for uid, event in after.items():
            assert bool(event.called_off) is (uid not in now)
            if (before := seen.get(uid)) is not None:
                changed = (before.on, bool(before.called_off)) != (event.on, bool(event.called_off))
                assert event.sequence > before.sequence if changed else event.sequence == before.sequence
        assert following(after, now, TODAY, at) == after
        seen = after


def test_after_ninety_days_what_was_called_off_is_forgotten() -> None:
    gone = {"a": CalendarEvent("a", "2027-04-05", "a", "/", 1, TODAY.isoformat())}
    assert following(gone, {}, TODAY + KEPT - timedelta(days=1), WALL) == gone
    assert following(gone, {}, TODAY + KEPT, WALL) == {}


def test_a_meeting_that_was_held_long_ago_is_not_called_off() -> None:
    """A feed looks back for two months; what lies before was held all the same, and leaves the feed after a year."""
    held = {"m": CalendarEvent("m", TODAY.isoformat(), "The Board meets at 14:00", "/calendar", at=WALL.isoformat())}
    shown = following({}, held, TODAY, WALL)
    assert following(shown, {}, TODAY + timedelta(days=61), WALL) == shown
    assert following(shown, {}, TODAY + timedelta(days=60), WALL)["m"].called_off
    assert following(shown, {}, TODAY + timedelta(days=400), WALL) == {}


def test_the_file_is_what_calendar_programs_expect(office: Engine, clock: FakeClock) -> None:
    secret = given_away(office)
    before = {event.uid: event.sequence for event in shown_all(office, secret)}
    office.advance(NORTH, "skip", actor="ann")
    content = feeds.read(house_of(office), secret, ICalendars(), now=WALL, base="https://quality.example.org")
    calendar = icalendar.Calendar.from_ical(content)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    assert b"X-PUBLISHED-TTL:PT1H\r\n" in content
    assert b"VTIMEZONE" not in content
    off, on = sorted(calendar.walk("VEVENT"), key=lambda event: str(event["STATUS"]))
    assert (str(off["STATUS"]), str(on["STATUS"])) == ("CANCELLED", "CONFIRMED")
    assert off["SEQUENCE"] in {sequence + 1 for sequence in before.values()}
    assert (on.decoded("DTSTART"), on.decoded("DTEND")) == (date(2027, 4, 16), date(2027, 4, 17))
    assert str(on["TRANSP"]) == "TRANSPARENT"
    assert str(on["URL"]) == "https://quality.example.org/items/R/2026-27-Q4/south"
    assert clock.now().date() == TODAY


def test_a_meeting_takes_its_time_and_what_is_due_leaves_the_day_free(office: Engine) -> None:
    """So that a calendar program shows the clash; 14:00 in London is 13:00 UTC in April."""
    secret = given_away(office, about="bodies")
    content = feeds.read(house_of(office), secret, ICalendars(), now=WALL, base="https://quality.example.org")
    events = {str(event["UID"]): event for event in icalendar.Calendar.from_ical(content).walk("VEVENT")}
    meeting = events["meeting-board-2027-04-28@qa-workflow"]
    begin = datetime(2027, 4, 28, 13, tzinfo=UTC)
    assert (meeting.decoded("DTSTART"), meeting.decoded("DTEND")) == (begin, begin + timedelta(hours=2))
    assert str(meeting["TRANSP"]) == "OPAQUE"
    due = [event for uid, event in events.items() if uid.startswith("due-")]
    assert due
    assert all(type(event.decoded("DTSTART")) is date and str(event["TRANSP"]) == "TRANSPARENT" for event in due)


def test_a_meeting_at_another_time_of_its_day_is_a_changed_event(office: Engine) -> None:
    secret, uid = given_away(office, about="body:board"), "meeting-board-2027-04-28"
    before = by_uid(office, secret)[uid]
    office.move_meeting("board", "2027-04-28", datetime(2027, 4, 28, 14, tzinfo=UTC), actor="cher", reason="room")
    after = by_uid(office, secret)[uid]
    assert (after.on, after.at, after.sequence) == (before.on, "2027-04-28T14:00:00+00:00", before.sequence + 1)


def test_a_title_over_two_lines_is_told_in_one() -> None:
    """A name of a calendar is written as it is; in a definition it may have been folded by hand."""
    written = ICalendars().write("The\r\nBoard", (), now=datetime(2027, 4, 1, tzinfo=UTC), base="https://example.org")
    assert icalendar.Calendar.from_ical(written)["X-WR-CALNAME"] == "The Board"


def test_a_sign_that_some_programs_take_for_the_end_of_a_line_ends_none() -> None:
    """They would read the rest of a title as a property of its own."""
    titled = CalendarEvent("u", "2027-04-16", "Due: a\u2028URL:https://b.example\u2029c\x85d\ne", "/items/a")
    written = ICalendars().write("The\u2028Board", [titled], now=WALL, base="https://example.org")
    assert written.decode().splitlines() == written.decode().split("\r\n")[:-1]
    (event,) = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert event["SUMMARY"] == "Due: a URL:https://b.example c d e"


def test_an_empty_feed_is_a_calendar_all_the_same() -> None:
    """RFC 5545 wants at least one component, and programs refuse to subscribe to less."""
    written = ICalendars().write("Nothing", (), now=datetime(2027, 4, 1, tzinfo=UTC), base="https://example.org")
    assert len(icalendar.Calendar.from_ical(written).subcomponents) == 1


def test_a_feed_says_when_an_event_last_changed(office: Engine) -> None:
    """LAST-MODIFIED of RFC 5545, beside the sequence that rises; an event that stands still keeps both."""
    house, secret, clock = house_of(office), given_away(office), datetime(2027, 4, 2, 9, tzinfo=UTC)

    def event(now: datetime) -> tuple[int, datetime]:
        content = feeds.read(house, secret, ICalendars(), now=now, base="https://quality.example.org")
        found = icalendar.Calendar.from_ical(content).walk("VEVENT")
        (one,) = (each for each in found if "north" in str(each["SUMMARY"]))
        return one.decoded("SEQUENCE"), one.decoded("LAST-MODIFIED")

    first, said = event(clock)
    assert said == clock
    assert event(clock + timedelta(hours=1)) == (first, clock)
    office.change_date(NORTH, date(2027, 4, 20), actor="cher", basis="policy", reason="agreed")
    moved = clock + timedelta(hours=2)
    assert event(moved) == (first + 120, moved), "two hours"
    assert event(moved + timedelta(hours=1)) == (first + 120, moved)
