"""What will miss the next meeting of a Board whose papers close 5 clear working days before, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qa_workflow.service.boards.misses import Ahead, Outlook, ahead
from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock
from tests.service.late import actor, house_of

NORTH, SOUTH = "R/2026-27-Q4/north", "R/2026-27-Q4/south"


@pytest.fixture(autouse=True)
def papers_for_the_board(office: Engine) -> None:
    """Two reports in review, which is due by the papers of the Board of 28 April; they close on 20 April."""
    for subject in ("north", "south"):
        office.open("report", subject=subject, period="2026-27 Q4", actor="ann")
        office.advance(f"R/2026-27-Q4/{subject}", "skip", actor="ann")


def board(office: Engine, person: str = "ann") -> Ahead:
    house = house_of(office)
    (found,) = ahead(house, actor(office, person), house.now())
    return found


def outlooks(office: Engine, person: str = "ann") -> dict[str, Outlook]:
    return {each.reference: each.outlook for each in board(office, person).missing}


def test_a_meeting_says_when_its_papers_close_and_what_is_not_ready(office: Engine) -> None:
    found = board(office)
    assert (found.title, found.papers_on, found.on_agenda) == ("The Board", date(2027, 4, 20), 0)
    assert outlooks(office) == {NORTH: Outlook.IN_TIME, SOUTH: Outlook.IN_TIME}
    assert found.will_miss == 0


def test_what_is_on_the_agenda_does_not_miss(office: Engine) -> None:
    office.advance(NORTH, "accept", actor="rob")
    assert (board(office).on_agenda, outlooks(office)) == (1, {SOUTH: Outlook.IN_TIME})


def test_near_the_papers_what_is_not_ready_is_at_risk(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-04-16T09:00")
    assert set(outlooks(office).values()) == {Outlook.AT_RISK}


def test_when_the_papers_have_closed_it_is_missed(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-04-21T09:00")
    assert set(outlooks(office).values()) == {Outlook.MISSED}
    assert "papers have closed" in board(office).missing[0].words


def test_what_is_on_hold_will_not_get_ready_by_itself(office: Engine) -> None:
    office.hold(NORTH, actor="rob", reason="waits for a court")
    assert outlooks(office)[NORTH] is Outlook.ON_HOLD


def test_a_date_changed_beyond_the_papers_will_miss(office: Engine) -> None:
    office.change_date(NORTH, date(2027, 4, 26), actor="cher", basis="policy", reason="agreed")
    assert outlooks(office)[NORTH] is Outlook.WILL_MISS


def test_a_date_that_has_passed_before_the_papers_close_is_late(office: Engine, clock: FakeClock) -> None:
    office.change_date(NORTH, date(2027, 4, 9), actor="cher", basis="policy", reason="sooner")
    clock.set("2027-04-12T09:00")
    assert outlooks(office)[NORTH] is Outlook.LATE
    assert board(office).missing[0].reference == NORTH


def test_nobody_sees_what_is_out_of_sight(office: Engine) -> None:
    assert list(outlooks(office, "saul")) == [SOUTH]


def test_what_missed_one_meeting_counts_on_the_next(office: Engine, clock: FakeClock) -> None:
    """By the Board of 26 May it is still in review; it is not forgotten because the meeting it counted on is over."""
    clock.set("2027-05-03T09:00")
    assert outlooks(office) == {NORTH: Outlook.LATE, SOUTH: Outlook.LATE}
    assert board(office).meeting_at.date() == date(2027, 5, 26)


def test_what_a_meeting_did_not_decide_is_listed_under_the_next(office: Engine, clock: FakeClock) -> None:
    """It is on no agenda to come; each meeting that passes it by is named."""
    office.advance(NORTH, "accept", actor="rob")
    clock.set("2027-05-03T09:00")
    assert outlooks(office) == {NORTH: Outlook.UNDECIDED, SOUTH: Outlook.LATE}
    found = board(office)
    assert (found.meeting_at.date(), found.on_agenda, found.undecided, found.not_ready) == (date(2027, 5, 26), 0, 1, 1)
    assert found.missing[0].words == (
        "waits since 2 April 2027; the meeting of 28 April 2027 passed without a decision; it is not on the agenda of "
        "this one"
    )
    clock.set("2027-05-27T09:00")
    assert "the meetings of 28 April 2027 and 26 May 2027 passed" in board(office).missing[0].words


def test_what_is_on_the_agenda_of_a_meeting_that_was_put_off_is_not_undecided(office: Engine, clock: FakeClock) -> None:
    office.advance(NORTH, "accept", actor="rob")
    office.move_meeting("board", "2027-04-28", datetime(2027, 5, 4, 13, tzinfo=UTC), actor="cher", reason="room")
    clock.set("2027-05-03T09:00")
    assert NORTH not in outlooks(office)
    assert board(office).agenda == (NORTH,)


def test_a_body_before_which_nothing_waits_is_listed_too(office: Engine) -> None:
    """That nothing is missing is an answer; that a body is not there is none."""
    for subject in ("north", "south"):
        office.cancel(f"R/2026-27-Q4/{subject}", actor="cher", reason="opened by mistake")
    assert (board(office).title, board(office).on_agenda, board(office).missing) == ("The Board", 0, ())
