"""What will miss the next meeting of a Board whose papers close 5 clear working days before, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qa_workflow.service.boards import misses
from qa_workflow.service.boards.calendar_view import month
from qa_workflow.service.boards.filters import BoardFilters
from qa_workflow.service.boards.misses import Ahead, Missing, Outlook, ahead
from qa_workflow.service.front import Engine
from qa_workflow.service.items.meetings import lateness
from qa_workflow.service.telling.meetings import has_passed
from qa_workflow.testing import FakeClock
from tests.service.late import actor, house_of

MINUTES = """
workflow: minutes
title: Minutes
reference: M/{number}
stages:
  writing: {owner: author, due: 5 working days after meeting of board, transitions: {prepare: {to: preparing}}}
  preparing: {owner: author, due: 5 working days before meeting of board, transitions: {end: {to: over}}}
  over: {end: completed}
"""
MAY = datetime(2027, 5, 26, 13, tzinfo=UTC)
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


def test_the_calendar_tells_an_agenda_within_sight_until_the_day_is_over(office: Engine, clock: FakeClock) -> None:
    office.advance(NORTH, "accept", actor="rob")

    def told(person: str) -> list[str]:
        found = month(house_of(office), actor(office, person), "2027-04", BoardFilters(), house_of(office).now())
        return [reference for day in found.days for meeting in day.meetings for reference in meeting.agenda]

    assert [told(person) for person in ("ann", "nora", "saul")] == [[NORTH], [NORTH], []]
    clock.set("2027-04-29T09:00")
    assert told("ann") == [], "it was not decided"


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
    assert board(office).meeting_at == MAY


def test_what_a_meeting_did_not_decide_is_listed_under_the_next(office: Engine, clock: FakeClock) -> None:
    """It is on no agenda to come; each meeting that passes it by is named."""
    office.advance(NORTH, "accept", actor="rob")
    clock.set("2027-05-03T09:00")
    assert outlooks(office) == {NORTH: Outlook.UNDECIDED, SOUTH: Outlook.LATE}
    found = board(office)
    assert (found.meeting_at, found.on_agenda, found.undecided, found.not_ready) == (MAY, 0, 1, 1)
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


def test_what_came_too_late_for_a_meeting_is_on_its_agenda_when_it_is_moved(office: Engine, clock: FakeClock) -> None:
    """It was passed over by its old papers and is in time for the new ones; the preview says so before."""
    clock.set("2027-04-22T09:00")
    office.advance(NORTH, "accept", actor="rob")
    held = datetime(2027, 5, 6, 13, tzinfo=UTC)
    assert [s.key for v in office.item(NORTH).visits for s in v.sittings] == ["2027-05-26"]
    seen = office.move_meeting("board", "2027-04-28", held, actor="cher", reason="room", preview=True)
    assert (NORTH, "2027-05-26", "2027-05-06") in {(each.reference, each.before, each.after) for each in seen}
    office.move_meeting("board", "2027-04-28", held, actor="cher", reason="room")
    assert board(office).agenda == (NORTH,)


@pytest.mark.parametrize(
    ("now", "to", "said"),
    [
        (21, 30, ("Overdue now, and would not be any more", "2 of them are overdue now and would not be any more.")),
        (19, 23, ("Would be overdue at once", "2 of them would be overdue at once.")),
        (21, 27, ("Overdue, and would be still",)),
        (16, 29, ("",)),
    ],
)
def test_a_lateness_that_a_moved_meeting_takes_away_or_brings_is_told_before(
    office: Engine, clock: FakeClock, now: int, to: int, said: tuple[str, ...]
) -> None:
    """An overdue item that is in time again by a move, of which nobody was told, is nobody's."""
    clock.set(f"2027-04-{now}T09:00")
    held = datetime(2027, 4, to, 13, tzinfo=UTC)
    seen = office.move_meeting("board", "2027-04-28", held, actor="cher", reason="room", preview=True)
    assert [each.lateness for each in seen] == [said[0]] * 2
    assert tuple(lateness(seen)) == said[1:]


def test_a_day_that_somebody_set_does_not_move_with_the_meeting(office: Engine) -> None:
    """It was counted among the dates that move, from a day to the same day."""
    held = datetime(2027, 5, 5, 13, tzinfo=UTC)
    office.change_date(NORTH, date(2027, 4, 22), actor="cher", basis="letter", reason="data late")
    seen = office.move_meeting("board", "2027-04-28", held, actor="cher", reason="room", preview=True)
    assert [(each.reference, each.before) for each in seen] == [(SOUTH, "2027-04-20")]
    assert office.move_meeting("board", "2027-04-28", held, actor="cher", reason="room") == seen
    (visit,) = office.item(NORTH).visits
    assert visit.due is not None
    assert (visit.due.on, [s.at for s in visit.sittings]) == ("2027-04-22", ["2027-05-05T13:00:00.000000Z"])


def test_what_an_item_is_about_is_told_to_who_moves_its_meeting_and_sees_it(office: Engine, tmp_path: Path) -> None:
    """Its date moves, whoever moves it; what it is about is told only to those who see it."""
    path = tmp_path / "definitions" / "governance.yaml"
    path.write_text(path.read_text().replace("meet: chair", "meet: [chair, contact]"))
    office.publish([path.parent], actor=None)
    held = datetime(2027, 5, 5, 13, tzinfo=UTC)
    for person, others in (("cher", "Quarterly report, North Trust"), ("saul", "")):
        seen = office.move_meeting("board", "2027-04-28", held, actor=person, reason="room", preview=True)
        assert {each.reference: each.about for each in seen} == {NORTH: others, SOUTH: "Quarterly report, South Trust"}


def test_a_body_before_which_nothing_waits_is_listed_too(office: Engine) -> None:
    """That nothing is missing is an answer; that a body is not there is none."""
    for subject in ("north", "south"):
        office.cancel(f"R/2026-27-Q4/{subject}", actor="cher", reason="opened by mistake")
    assert (board(office).title, board(office).on_agenda, board(office).missing) == ("The Board", 0, ())


def test_a_meeting_of_today_may_be_sitting_until_its_day_is_over(office: Engine, clock: FakeClock) -> None:
    """From the hour it begins nobody knows whether it has decided; the day after it is known that it has not."""
    office.advance(NORTH, "accept", actor="rob")
    clock.set("2027-04-28T15:30")
    found = board(office)
    assert (found.meeting_at, found.agenda, found.undecided) == (datetime(2027, 4, 28, 13, tzinfo=UTC), (NORTH,), 0)
    assert not why(office, NORTH)
    clock.set("2027-04-29T09:00")
    assert outlooks(office)[NORTH] is Outlook.UNDECIDED
    assert "The Board met on 28 April 2027; no decision of that meeting is recorded." in why(office, NORTH)


def why(office: Engine, reference: str) -> str:
    """What an item says of a meeting that has passed it by."""
    house = house_of(office)
    with house.looking() as (_, world):
        item = office.item(reference)
        return has_passed(world, world.workflow(item.definition), item.visits[0], house.now())


def without_meetings_from_may(office: Engine, tmp_path: Path) -> None:
    """The Board meets for the last time in April."""
    path = tmp_path / "definitions" / "governance.yaml"
    path.write_text(path.read_text().replace("from: 2026-01-01,", "from: 2026-01-01, to: 2027-04-30,", 1))
    office.publish([path], actor=None)


def test_what_waits_for_a_body_that_never_meets_again_comes_before_all(
    office: Engine, clock: FakeClock, tmp_path: Path
) -> None:
    """One stood on the last agenda, the other came too late for any; no meeting takes either."""
    office.advance(NORTH, "accept", actor="rob")
    without_meetings_from_may(office, tmp_path)
    clock.set("2027-05-03T09:00")
    office.advance(SOUTH, "accept", actor="rob")
    found = board(office)
    assert (found.meeting_at, found.total, found.will_miss) == (None, 2, 2)
    assert {each.reference: each.words for each in found.missing} == {
        NORTH: (
            "waits since 2 April 2027; the meeting of 28 April 2027 passed without a decision, and no other is planned"
        ),
        SOUTH: "waits since 3 May 2027, and is on no agenda: no meeting that takes it is planned",
    }
    house = house_of(office)
    assert [each.body for each in ahead(house, actor(office, "ann"), house.now(), body="board")] == ["board"]
    assert not outlooks(office, "saul").keys() - {SOUTH}


def test_a_body_without_a_meeting_ahead_is_listed_too(office: Engine, clock: FakeClock, tmp_path: Path) -> None:
    for reference in (NORTH, SOUTH):
        office.cancel(reference, actor="cher", reason="opened by mistake")
    without_meetings_from_may(office, tmp_path)
    clock.set("2027-05-03T09:00")
    assert (board(office).meeting_at, board(office).total) == (None, 0)


def test_of_many_the_first_are_shown_and_all_are_counted(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misses, "MOST", 1)
    found = board(office)
    assert (found.total, found.not_ready, len(found.missing), found.more) == (2, 2, 1, True)
    house = house_of(office)
    (rest,) = ahead(house, actor(office, "ann"), house.now(), body="board", after=misses.read_place(found.last))
    assert {*found.missing, *rest.missing} == {*missing(office, monkeypatch)}
    assert (rest.total, rest.skip, rest.shown, rest.more) == (2, 1, 2, False)
    monkeypatch.setattr(misses, "MOST", 1)
    office.cancel(found.missing[0].reference, actor="cher", reason="opened by mistake")
    (still,) = ahead(house, actor(office, "ann"), house.now(), body="board", after=misses.read_place(found.last))
    assert (still.missing, still.total, still.skip) == (rest.missing, 1, 0)
    assert [misses.read_place(text) for text in ("", "1", "1 2 3 4 s", "x 2 3 4 s")] == [None] * 4


def missing(office: Engine, monkeypatch: pytest.MonkeyPatch) -> tuple[Missing, ...]:
    monkeypatch.setattr(misses, "MOST", 200)
    return board(office).missing


def test_of_many_on_an_agenda_all_are_counted(office: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for reference in (NORTH, SOUTH):
        office.advance(reference, "accept", actor="rob")
    monkeypatch.setattr(misses, "MOST", 1)
    assert (board(office).on_agenda, board(office).agenda) == (2, (NORTH,))


def test_what_is_due_after_a_meeting_does_not_count_on_it(office: Engine, tmp_path: Path) -> None:
    """Minutes that are to be written within days of a meeting can be in time for it no more."""
    path = tmp_path / "definitions" / "minutes.yaml"
    path.write_text(MINUTES)
    office.publish([path.parent], actor=None)
    office.open("minutes", actor="ann")
    assert outlooks(office).keys() == {NORTH, SOUTH}
    office.open("minutes", actor="ann")
    office.advance("M/2", "prepare", actor="ann")
    assert outlooks(office).keys() == {NORTH, SOUTH, "M/2"}


HELD = datetime(2027, 4, 28, 13, tzinfo=UTC)


@pytest.mark.parametrize("is_last", [False, True])
def test_a_meeting_held_after_all_has_back_what_it_had_before_it_was_called_off(
    office: Engine, tmp_path: Path, is_last: bool
) -> None:
    """Also what had no other meeting to wait for meanwhile, and what only counts its date from it."""
    if is_last:
        without_meetings_from_may(office, tmp_path)
    office.advance(NORTH, "accept", actor="rob")
    before = {name: [(v.sittings, v.due and v.due.at) for v in office.item(name).visits] for name in (NORTH, SOUTH)}
    office.move_meeting("board", "2027-04-28", None, actor="cher", reason="not quorate")
    seen = office.move_meeting("board", "2027-04-28", HELD, actor="cher", reason="it is quorate", preview=True)
    assert {each.reference for each in seen} == {NORTH, SOUTH}
    office.move_meeting("board", "2027-04-28", HELD, actor="cher", reason="it is quorate")
    assert {name: [(v.sittings, v.due and v.due.at) for v in office.item(name).visits] for name in before} == before
    assert board(office).agenda == (NORTH,)


NOBODYS = """
workflow: case
title: Case
subject: provider
reference: C/{number}
stages:
  review: {owner: author, meeting: panel for subject, transitions: {end: {to: over}}}
  over: {end: completed}
"""


def test_what_waits_for_a_group_in_which_nobody_reviews_it_is_listed_by_itself(office: Engine, tmp_path: Path) -> None:
    """It has no body under which it could stand, and would be on no list of any."""
    path = tmp_path / "definitions" / "case.yaml"
    path.write_text(NOBODYS)
    office.publish([path.parent], actor=None)
    for subject in ("north", "south"):
        office.open("case", subject=subject, actor="ann")
    house = house_of(office)
    found = {each.body: each for each in ahead(house, actor(office, "ann"), house.now())}
    assert [each.reference for each in found[""].missing] == ["C/2"]
    assert (found[""].meeting_at, found["panel"].agenda) == (None, ("C/1",))
    assert "" not in {each.body for each in ahead(house, actor(office, "nora"), house.now())}, "it is not about hers"


TWO = """
workflow: case
title: Case
subject: provider
reference: C/{number}
stages:
  review:
    parallel:
      join: all
      branches:
        decided: {owner: author, meeting: panel, transitions: {note: {}}}
        heard: {owner: author, meeting: forum, transitions: {hear: {}}}
    transitions: {joined: {to: over}}
  over: {end: completed}
"""


def test_what_is_on_one_agenda_and_on_none_of_another_body_is_listed_under_that(office: Engine, tmp_path: Path) -> None:
    """Being expected by the panel does not bring it before the forum, which has met for the last time."""
    governance, forum = tmp_path / "definitions" / "governance.yaml", "  forum: {title: The Forum, meets: {rule: "
    forum += 'FREQ=MONTHLY;BYDAY=1MO, from: 2026-01-01, to: 2027-03-31, at: "10:00"}}\n'
    governance.write_text(governance.read_text().replace("bodies:\n", f"bodies:\n{forum}"))
    (tmp_path / "definitions" / "case.yaml").write_text(TWO)
    office.publish([governance.parent], actor=None)
    office.open("case", subject="north", actor="ann")
    house = house_of(office)
    found = {each.body: each for each in ahead(house, actor(office, "ann"), house.now())}
    assert (found["panel"].agenda, found["panel"].total) == (("C/1",), 0)
    assert [(each.reference, each.stage_title) for each in found["forum"].missing] == [("C/1", "Heard")]


COUNTED = """
workflow: case
title: Case
subject: provider
reference: C/{number}
stages:
  review: {owner: author, meeting: board, due: 1 working day before meeting of panel, transitions: {note: {to: over}}}
  over: {end: completed}
"""


def test_what_waits_for_one_body_and_counts_from_another_is_on_the_agenda_of_the_first(
    office: Engine, tmp_path: Path
) -> None:
    """The panel takes one item a meeting: it is not full of what only counts from it, and `verify` agrees."""
    path = tmp_path / "definitions" / "case.yaml"
    path.write_text(COUNTED)
    office.publish([path.parent], actor=None)
    office.open("case", subject="north", actor="ann")
    house = house_of(office)
    found = {each.body: each for each in ahead(house, actor(office, "ann"), house.now())}
    assert (found["board"].agenda, found["panel"].agenda) == (("C/1",), ())
    with house.looking() as (look, _):
        assert [body for body, _ in look.taken(["board", "panel"])] == ["board"]
    path.write_text(NOBODYS)
    office.publish([path.parent], actor=None)
    office.open("case", subject="north", actor="ann")
    found = {each.body: each for each in ahead(house, actor(office, "ann"), house.now())}
    assert (found["panel"].agenda, found["panel"].meeting_at) == (("C/2",), datetime(2027, 4, 6, 9, tzinfo=UTC))
    assert office.verify().findings == ()
