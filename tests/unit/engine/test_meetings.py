"""Stages that wait for a meeting: papers in time and late, meetings that are moved, called off and full."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest

from qa_workflow.calendar import Series
from qa_workflow.definition import Governance, read_governance
from qa_workflow.engine import Setting
from qa_workflow.engine.commands import ChangeDate, MeetingMoved, Recount
from qa_workflow.service.telling import notices
from tests.unit.engine.stage_play import GOVERNANCE, Play, at, governance

MEETING = """
workflow: to_the_board
title: To the board
stages:
  write:
    owner: author
    due: papers of board
    transitions: {submit: {to: board_meeting}}
  board_meeting:
    meeting: board
    owner: chair
    transitions: {note: {to: ended}}
  ended: {end: completed}
"""


def test_papers_are_due_by_the_bodys_own_rule_before_its_next_meeting() -> None:
    """The Board meets on Wednesday 28 April: five clear working days before is Tuesday 20 April."""
    play = Play(MEETING)
    assert play.due == "2027-04-20"
    why = play.due_date.why
    assert "Wednesday 28 April 2027" in why
    assert "5 clear working days before meeting" in why


def test_a_paper_in_time_waits_for_the_next_meeting() -> None:
    play = Play(MEETING)
    play.until("2027-04-20T12:00")
    play.fire("submit")
    assert play.due == "2027-04-28"
    assert [s.key for v in play.item.visits for s in v.sittings] == ["2027-04-28"]


def test_a_late_paper_rolls_over_to_the_meeting_after() -> None:
    play = Play(MEETING)
    play.until("2027-04-21T09:00")
    play.fire("submit")
    assert play.due == "2027-05-26"


def test_a_moved_meeting_moves_what_waits_for_it() -> None:
    play = Play(MEETING)
    moved = at("2027-05-05T13:00")
    play.setting = Setting(governance(), {("board", "2027-04-28"): moved})
    play.do(MeetingMoved("board", "2027-04-28", moved, "the chair is abroad"), "cher")
    assert play.due == "2027-04-26", "five clear working days before Wednesday 5 May; Monday 3 May is a bank holiday"
    assert play.events[-1].data["dates"] == [["write", "2027-04-20", "2027-04-26"]]
    assert play.due_date.first_on == "2027-04-20"


def move(play: Play, key: str, to: str | None) -> None:
    moved = at(to) if to else None
    play.setting = Setting(governance(), {**play.setting.moved, ("board", key): moved})
    play.do(MeetingMoved("board", key, moved, "the chair is abroad"), "cher")


def test_what_came_too_late_for_a_meeting_is_in_time_when_it_is_moved() -> None:
    """An item waits for the first meeting that it is in time for."""
    play = Play(MEETING)
    play.until("2027-04-21T09:00")
    play.fire("submit")
    assert play.due == "2027-05-26"
    move(play, "2027-04-28", "2027-05-05T13:00")
    assert (play.due, play.due_date.first_on) == ("2027-05-05", "2027-05-26")
    assert play.events[-1].data["dates"] == [["board_meeting", "2027-05-26", "2027-05-05"]]
    assert [s.key for v in play.item.visits for s in v.sittings] == ["2027-04-28"]
    move(play, "2027-04-28", "2027-05-12T13:00")
    assert play.due == "2027-05-12", "from here on it goes with that meeting"


@pytest.mark.parametrize(
    ("to", "said"), [("2027-05-12T13:00", "a meeting was moved"), (None, "a meeting was called off")]
)
def test_who_waits_for_a_meeting_is_told_whether_it_is_moved_or_called_off(to: str | None, said: str) -> None:
    """The one is another day, the other another meeting."""
    play = Play(MEETING)
    move(play, "2027-04-28", to)
    assert notices._HAPPENED[play.topics[-1]].startswith(said)


@pytest.mark.parametrize(
    "change",
    [
        lambda play: move(play, "2027-04-28", "2027-05-12T13:00"),
        lambda play: play.do(ChangeDate(date(2027, 5, 4), "agreed with the provider", "they asked"), "cher"),
        lambda play: recount(play, papers_until_the_day()),
    ],
    ids=["its meeting moves", "it is given another date", "papers are due later"],
)
def test_a_lateness_that_the_clock_had_not_seen_is_on_record_before_its_date_moves(
    change: Callable[[Play], object],
) -> None:
    """It was late, whoever looked; nobody is told of it any more, and the next date can be missed in its turn."""
    play = Play(MEETING)
    play.now = at("2027-04-22T09:00")
    change(play)
    late = play.events[-2]
    assert (str(late.kind), late.actor, late.data["slip"][:10]) == ("overdue", "system:clock", "2027-04-20")
    assert (late.source, late.data["due_at"][:10]) == ("write", "2027-04-20")
    assert not play.item.is_overdue(play.now)
    assert "overdue" not in play.topics
    play.until("2027-06-30T09:00")
    assert (play.kinds.count("overdue"), play.item.slips) == (2, 2)


def test_what_is_late_by_its_other_date_too_is_said_to_be_so_once() -> None:
    """By the clock, when it looks, to whom it concerns."""
    play = Play(MEETING)
    play.now = at("2027-05-04T09:00")
    recount(play, papers_until_the_day())
    assert (play.due, play.kinds[1:]) == ("2027-04-27", ["recounted"])
    play.until("2027-05-05T09:00")
    assert (play.kinds[1:], play.item.slips, play.topics[-1]) == (["recounted", "overdue"], 1, "overdue")


def test_a_lateness_that_the_clock_had_not_seen_is_on_record_before_its_date_goes() -> None:
    """The body meets no more, and nothing is due."""
    play = Play(MEETING)
    play.now = at("2027-04-22T09:00")
    title = b"    title: The Board\n"
    recount(play, read_governance(GOVERNANCE.replace(title, title + b"    to: 2027-03-31\n"), "").required())
    assert play.item.visits[0].due is None
    assert (play.kinds.count("overdue"), play.item.slips) == (1, 1)


def recount(play: Play, governance: Governance) -> None:
    play.setting = Setting(governance)
    play.do(Recount("papers are due the day before"), "cher")


def papers_until_the_day() -> Governance:
    """The Board takes papers until the day before it meets."""
    text = GOVERNANCE.replace(b"papers: 5 clear working days before meeting", b"papers: 1 working day before meeting")
    return read_governance(text, "governance.yaml").required()


def test_what_came_too_late_for_a_meeting_is_in_time_when_its_papers_are_due_later() -> None:
    """A recount is no worse than a move: whatever makes it in time, it waits for the first meeting that takes it."""
    play = Play(MEETING)
    play.until("2027-04-21T09:00")
    play.fire("submit")
    assert play.due == "2027-05-26"
    play.setting = Setting(papers_until_the_day())
    play.do(Recount("papers are due the day before"), "cher")
    assert play.due == "2027-04-28"
    assert play.events[-1].data["dates"] == [["board_meeting", "2027-05-26", "2027-04-28"]]


@pytest.mark.parametrize("to", ["2027-04-28T15:00", "2027-06-02T13:00", None])
def test_a_meeting_that_it_is_too_late_for_still_or_that_comes_later_is_passed_over(to: str | None) -> None:
    play = Play(MEETING)
    play.until("2027-04-21T09:00")
    play.fire("submit")
    before = play.item
    move(play, "2027-04-28", to)
    assert play.item == before


def test_nothing_becomes_late_by_a_meeting_that_is_moved() -> None:
    """With a date before the meeting, the day to be ready by may have passed when the meeting is moved."""
    text = MEETING.replace("    meeting: board\n", "    meeting: board\n    due: papers of board\n")
    play = Play(text)
    play.until("2027-04-21T09:00")
    play.fire("submit")
    assert play.due == "2027-05-18"
    play.until("2027-04-27T09:00")
    move(play, "2027-04-28", "2027-05-05T13:00")
    assert play.due == "2027-05-18"


def test_that_a_meeting_was_passed_over_is_said_also_when_the_next_one_is_moved() -> None:
    play = Play(MEETING)
    play.until("2027-04-21T09:00")
    play.fire("submit")
    passed = "on Wednesday 28 April 2027 at 14:00 is passed over: its papers were due by"
    assert passed in play.due_date.why
    move(play, "2027-05-26", "2027-06-02T13:00")
    assert play.due == "2027-06-02"
    assert passed in play.due_date.why


def test_a_meeting_called_off_lets_the_next_one_count() -> None:
    play = Play(MEETING)
    play.fire("submit")
    play.setting = Setting(governance(), {("board", "2027-04-28"): None})
    play.do(MeetingMoved("board", "2027-04-28", None, "not quorate"), "cher")
    assert play.due == "2027-05-26"


def test_the_body_of_a_kind_that_reviews_the_subject_is_meant() -> None:
    text = (
        MEETING.replace("title: To the board", "title: To the panel\nsubject: provider")
        .replace("papers of board", "meeting of panel for subject")
        .replace("meeting: board", "meeting: panel for subject")
    )
    play = Play(text, subject="north")
    assert play.due == "2027-04-06"


def test_a_full_meeting_takes_no_more() -> None:
    text = MEETING.replace("papers of board", "meeting of panel").replace("meeting: board", "meeting: panel")
    play = Play(text)
    play.setting = Setting(governance(), taken={("panel", "2027-04-06"): 1})
    play.fire("submit")
    assert play.due == "2027-04-13"


def test_a_body_that_has_ended_is_followed_by_its_successor() -> None:
    """What was under way when two groups merged goes on in the new one."""
    play = Play(MEETING)
    bodies = play.setting.governance.bodies
    ended = Series("panel", "FREQ=WEEKLY;BYDAY=TU", time(10), date(2026, 1, 1), date(2027, 4, 2))
    panel = replace(bodies["panel"], successor="board", series=ended)
    changed = replace(play.setting.governance, bodies={**bodies, "panel": panel})
    text = MEETING.replace("papers of board", "meeting of panel").replace("meeting: board", "meeting: panel")
    play = Play(text)
    play.setting = Setting(changed)
    play.fire("submit")
    assert (play.due, play.item.visits[0].sittings[0].body) == ("2027-04-28", "board")


def test_the_owner_is_told_that_a_late_paper_rolled_over() -> None:
    """And the history says which meeting it missed."""
    play = Play(MEETING)
    play.until("2027-04-21T09:00")
    play.fire("submit")
    assert play.topics[-1] == "rolled_over"
    assert play.events[-1].data["rolled_over"] == {"2": ["2027-04-28"]}


def test_a_meeting_put_off_as_far_as_it_may_be_is_there_on_its_last_morning_too() -> None:
    """Whoever comes that morning is in time for it; it was in no list any more, and the one after was taken."""
    house = governance()
    setting = Setting(house, moved={("board", "2027-04-28"): at("2028-04-28T13:00")})
    coming = next(setting.meetings(house.bodies["board"], at("2028-04-28T08:00")))
    assert coming.key == "2027-04-28"
