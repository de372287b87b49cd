"""What will miss the next meeting of a Board whose papers close 5 clear working days before, on both databases."""

from __future__ import annotations

from datetime import date

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


def test_what_was_on_an_agenda_that_is_over_is_not_missing(office: Engine, clock: FakeClock) -> None:
    office.advance(NORTH, "accept", actor="rob")
    clock.set("2027-05-03T09:00")
    assert outlooks(office) == {SOUTH: Outlook.LATE}
