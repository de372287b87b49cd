"""A correction puts an item back to a stage: it is due as it was before, as if the step away had not been made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qa_workflow.definition import read_governance
from qa_workflow.engine import Setting
from qa_workflow.engine.commands import ChangeDate, Correct, PutOnHold, Record, Resume, Tick
from qa_workflow.engine.past import last_visits
from qa_workflow.engine.refusals import Nonsense, NotAllowed
from tests.unit.engine.stage_play import GOVERNANCE, Play, at

TEXT = """
workflow: put_back
title: Put back
fields: {seen_on: date, note: text}
stages:
  draft:
    owner: author
    due: 5 working days after entry
    remind: [1 working day before due]
    escalate: [{when: 2 working days after due, to: chair}]
    lapse: {when: 10 working days after entry, to: faded}
    transitions: {send: {to: review, needs: note}}
  review:
    owner: reviewer
    parallel:
      branches:
        a: {owner: reviewer, due: 3 working days after entry, transitions: {done_a: {}}}
        b: {owner: reviewer, due: seen_on, transitions: {done_b: {}}}
    transitions: {joined: {to: board}}
  board: {meeting: board, owner: chair, transitions: {note_it: {to: ended}}}
  ended: {end: completed}
  faded: {end: lapsed}
"""


def put_back(play: Play, stage: str) -> None:
    play.do(Correct("it was recorded for another item", {}, stage, past=last_visits(play.events)), "cher")


def test_a_stage_that_is_put_back_to_is_due_as_it_was() -> None:
    """The step away from it was recorded wrongly: nothing becomes punctual by it, and the date first given stays."""
    play = Play(TEXT)
    play.fire("send", note="x")
    play.until("2027-04-08T12:00")
    put_back(play, "draft")
    assert (play.due, play.due_date.first_on) == ("2027-04-08", "2027-04-08")
    play.do(Record({"seen_on": "2027-04-20"}), "cher")
    assert play.due == "2027-04-08", "the rule goes on to say so"


def test_what_people_were_told_of_the_date_is_not_told_again() -> None:
    play = Play(TEXT)
    play.until("2027-04-15T12:00")
    told = [kind for kind in play.kinds if kind in ("reminded", "overdue", "escalated")]
    assert told == ["reminded", "overdue", "escalated"]
    play.fire("send", note="x")
    put_back(play, "draft")
    play.until("2027-04-16T12:00")
    assert [kind for kind in play.kinds if kind in ("reminded", "overdue", "escalated")] == told
    assert (play.item.is_overdue(play.now), play.item.slips) == (True, 1)


def test_what_moves_the_item_by_itself_counts_from_the_correction() -> None:
    """It would lapse before anybody has looked at it."""
    play = Play(TEXT)
    play.fire("send", note="x")
    play.until("2027-05-20T12:00")
    put_back(play, "draft")
    play.until("2027-06-03T12:00")
    assert play.stages == ["draft"]
    play.until("2027-06-05T12:00")
    assert play.item.outcome == "lapsed"


def test_a_date_that_was_changed_with_authority_is_kept() -> None:
    play = Play(TEXT)
    play.do(ChangeDate(at("2027-06-01T00:00").date(), "agreed with the provider", "they asked"), "cher")
    play.fire("send", note="x")
    put_back(play, "draft")
    assert (play.due, play.due_date.fixed, play.due_date.first_on) == ("2027-06-01", True, "2027-04-08")


def test_branches_are_due_as_they_were_and_fields_and_meetings_as_they_say_now() -> None:
    """A rule that counts from a field gives what it gives today; of meetings it is the one that it was there for."""
    play = Play(TEXT, seen_on="2027-04-20")
    play.fire("send", note="x")
    play.until("2027-04-02T12:00")
    play.fire("done_a", "rob")
    play.fire("done_b", "rob")
    first = play.due
    play.until("2027-05-20T12:00")
    play.do(Correct("the other day was meant", {"seen_on": "2027-06-20"}), "cher")
    put_back(play, "review")
    assert {v.stage: v.due.on for v in play.item.visits if v.due} == {
        "review.a": "2027-04-06",
        "review.b": "2027-06-20",
    }
    put_back(play, "board")
    assert (first, play.due) == ("2027-04-28", "2027-04-28")


def at_the_board(until: str) -> Play:
    """At the board, and away from it by mistake before its meeting of 28 April."""
    play = Play(TEXT, seen_on="2027-04-20")
    play.fire("send", note="x")
    play.until("2027-04-02T12:00")
    play.fire("done_a", "rob")
    play.fire("done_b", "rob")
    play.until(until)
    play.fire("note_it", "cher")
    return play


def test_put_back_to_a_meeting_it_is_due_at_the_meeting_that_it_was_there_for() -> None:
    """With the next one a lateness would be gone from the board by a slip, and nobody would have decided it."""
    play = at_the_board("2027-05-10T12:00")
    play.jump("2027-05-20T12:00")
    put_back(play, "board")
    assert (play.due, play.due_date.first_on) == ("2027-04-28", "2027-04-28")
    assert [s.key for s in play.item.visits[0].sittings] == ["2027-04-28"]
    assert play.item.is_overdue(play.now)


@pytest.mark.parametrize(("held", "due"), [("2027-06-02T14:00", "2027-06-02"), (None, "2027-05-26")])
def test_put_back_to_a_meeting_that_was_moved_meanwhile_it_is_due_as_that_is_held(held: str | None, due: str) -> None:
    """Called off, the next one takes its place, as for all that waited for it."""
    play = at_the_board("2027-04-20T12:00")
    play.jump("2027-04-30T12:00")
    play.setting = replace(play.setting, moved={("board", "2027-04-28"): at(held) if held else None})
    put_back(play, "board")
    assert (play.due, play.due_date.first_on) == (due, "2027-04-28")


def test_a_field_changed_meanwhile_moves_no_date_by_putting_back_without_the_right() -> None:
    """Away, the field has no date to move; back, it would."""
    play = at_the_board("2027-04-20T12:00")
    play.setting = Setting(
        read_governance(
            GOVERNANCE.replace(b"change_date: [chair, deputy]", b"change_date: deputy"), "governance.yaml"
        ).required()
    )
    play.do(Correct("the other day was meant", {"seen_on": "2027-06-20"}), "cher")
    with pytest.raises(NotAllowed, match="may not put it back to a stage with another due date than it had there"):
        put_back(play, "review")
    play.do(Correct("the first was right", {"seen_on": "2027-04-20"}), "cher")
    put_back(play, "review")
    assert play.due == "2027-04-06"


def test_a_hold_in_between_is_given_back_and_a_second_correction_counts_from_the_same() -> None:
    play = Play(TEXT)
    play.fire("send", note="x")
    play.do(PutOnHold("the building is closed"), "rob")
    play.until("2027-04-08T09:00")
    play.do(Resume(), "rob")
    put_back(play, "draft")
    put_back(play, "draft")
    assert (play.due, play.item.visits[0].since) == ("2027-04-15", play.item.opened_at)


def test_a_correction_takes_an_item_nowhere_that_it_has_not_been() -> None:
    """Else whoever may correct would pass by roles, guards, evidence and second people; its steps lead onward."""
    play = Play(TEXT)
    for stage in ("review", "board", "ended", "faded"):
        with pytest.raises(Nonsense, match="never been; a correction puts it back to draft, onward it goes by its"):
            put_back(play, stage)
    play.fire("send", note="x")
    with pytest.raises(Nonsense, match="back to draft, review,"):
        put_back(play, "ended")
    put_back(play, "draft")
    put_back(play, "review")
    assert play.item.at_stage("review") is not None


def test_a_correction_takes_an_item_on_where_time_could_not() -> None:
    """A lapse that came too late waits for a person; nobody's step leads there."""
    play = Play(TEXT.replace("to: faded}", "to: faded, late: hold}"))
    play.now += timedelta(days=30)
    play.do(Tick(), "clock")
    assert play.kinds[-1] == "waived"
    put_back(play, "faded")
    assert (play.item.status, play.item.outcome) == ("closed", "lapsed")
