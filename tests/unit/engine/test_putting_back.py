"""A correction puts an item back to a stage: it is due as it was before, as if the step away had not been made."""

from __future__ import annotations

from qa_workflow.engine.commands import ChangeDate, Correct, PutOnHold, Record, Resume
from qa_workflow.engine.past import last_visits
from tests.unit.engine.stage_play import Play, at

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
    play.do(Record({"seen_on": "2027-04-20"}))
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
    """A rule that counts from a field, or a meeting, gives what it gives today."""
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
    assert (first, play.due) == ("2027-04-28", "2027-06-30")


def test_a_hold_in_between_is_given_back_and_a_second_correction_counts_from_the_same() -> None:
    play = Play(TEXT)
    play.fire("send", note="x")
    play.do(PutOnHold("the building is closed"), "rob")
    play.until("2027-04-08T09:00")
    play.do(Resume(), "rob")
    put_back(play, "draft")
    put_back(play, "draft")
    assert (play.due, play.item.visits[0].since) == ("2027-04-15", play.item.opened_at)


def test_a_stage_that_it_was_never_at_counts_from_the_correction() -> None:
    play = Play(TEXT)
    play.until("2027-04-08T12:00")
    put_back(play, "review")
    assert {v.stage: v.due.on for v in play.item.visits if v.due} == {"review.a": "2027-04-13"}
