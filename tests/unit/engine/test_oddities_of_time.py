"""Odd combinations of dates, each a rule: held while they count, set anew, passed before they were there."""

from collections.abc import Callable

import pytest

from qa_workflow.engine import Setting
from qa_workflow.engine.commands import (
    ChangeDate,
    MeetingMoved,
    PutOnHold,
    Record,
    Resume,
)
from tests.unit.engine.stage_play import Play, at, governance, one_stage

COUNTED = """
workflow: counted
title: Counted from receipt
fields: {received_on: date}
stages:
  first: {owner: author, due: 10 working days after received_on, transitions: {go: {to: second, asks: received_on}}}
  second: {owner: author, due: 10 working days after received_on, transitions: {close: {to: ended}}}
  ended: {end: completed}
"""


def test_a_hold_moves_a_date_that_counts_from_before_it_in_later_stages_too() -> None:
    """What stops a clock stops it for good: the date does not jump back when the item goes on to another stage."""
    play = Play(COUNTED, received_on="2027-04-01")
    assert play.due == "2027-04-15"
    play.do(PutOnHold("awaiting figures"), "rob")
    play.until("2027-04-07T09:00")
    play.do(Resume(), "rob")
    assert play.due == "2027-04-21"
    play.fire("go")
    assert play.due == "2027-04-21"


def test_a_hold_that_was_over_before_counting_began_gives_nothing_back() -> None:
    play = Play(COUNTED)
    play.do(PutOnHold("awaiting figures"), "rob")
    play.until("2027-04-07T09:00")
    play.do(Resume(), "rob")
    play.fire("go", received_on="2027-04-08")
    assert play.due == "2027-04-22"


def test_of_a_hold_only_what_falls_after_the_beginning_counts() -> None:
    """Received on the Tuesday of a hold from Thursday to Wednesday: one day is given back."""
    play = Play(COUNTED)
    play.do(PutOnHold("awaiting figures"), "rob")
    play.until("2027-04-07T09:00")
    play.do(Resume(), "rob")
    play.do(Record({"received_on": "2027-04-06"}), "cher")
    assert play.due == "2027-04-21"


REVISED = """
workflow: revised
title: Revised
fields: {due_on: date}
stages:
  open:
    owner: author
    due: due_on
    remind: [2 working days before due, {when: 3 working days after entry, to: reviewer}]
    escalate: [{when: 1 working day after due, to: chair}]
    transitions: {finish: {to: ended}}
  ended: {end: completed}
"""


def test_a_new_date_brings_back_what_hangs_on_it_and_nothing_else() -> None:
    """The reminder counted from entry has had its day; it is not sent again because the due date moved."""
    play = Play(REVISED, due_on="2027-04-08")
    play.until("2027-04-13T09:00")
    assert play.kinds == ["opened", "reminded", "reminded", "overdue", "escalated"]
    play.do(Record({"due_on": "2027-04-20"}, "agreed anew"), "cher")
    play.until("2027-04-22T12:00")
    assert play.kinds[5:] == ["recorded", "reminded", "overdue", "escalated"]
    assert [e.data["timer"] for e in play.events if e.kind == "reminded"] == ["remind.0", "remind.1", "remind.0"]


SHARED = """
workflow: shared
title: One date for two
fields: {due_on: date}
stages:
  both:
    due: due_on
    parallel:
      join: all
      branches:
        one: {owner: author, transitions: {postpone: {to: here, needs: due_on}, give: {to: done, needs: due_on}}}
        two: {owner: author, transitions: {give: {to: done}}}
    transitions: {joined: {to: ended}}
  ended: {end: completed}
"""


@pytest.mark.parametrize(
    "change",
    [
        lambda play: play.do(Record({"due_on": "2027-04-20"}, "agreed anew"), "cher"),
        lambda play: play.fire("postpone", due_on="2027-04-20"),
        lambda play: play.fire("both.one.give", due_on="2027-04-20"),
    ],
    ids=["a field is filled in", "a step that stays", "a step of a branch"],
)
def test_a_lateness_that_the_clock_had_not_seen_is_on_record_before_a_field_moves_its_date(
    change: Callable[[Play], object],
) -> None:
    """Whoever is quicker than the clock does not make it undone: what goes up when late twice counts it."""
    play = Play(SHARED, due_on="2027-04-08")
    play.now = at("2027-04-09T09:00")
    change(play)
    late = next(event for event in play.events if event.kind == "overdue")
    assert (late.actor, late.data["slip"][:10], late.seq) == ("system:clock", "2027-04-08", 2)
    assert (play.item.slips, play.item.is_overdue(play.now), play.topics.count("overdue")) == (1, False, 0)
    play.until("2027-04-21T09:00")
    assert (play.kinds.count("overdue"), play.item.slips) == (2, 2)


def test_a_date_moved_into_the_past_is_overdue_at_once_and_only_once() -> None:
    play = Play(REVISED, due_on="2027-04-20")
    play.until("2027-04-09T09:00")
    play.do(Record({"due_on": "2027-04-02"}, "agreed anew"), "cher")
    play.until("2027-04-09T10:00")
    assert (play.kinds.count("overdue"), play.item.slips) == (1, 1)
    play.do(Record({"due_on": "2027-04-01"}, "agreed anew"), "cher")
    play.until("2027-04-09T11:00")
    assert play.kinds.count("overdue") == 1


def test_a_step_whose_time_was_over_at_entry_is_not_late() -> None:
    """Nobody was silent: it is made when the stage is entered."""
    text = one_stage(
        "      publish: {to: ended, at: ready_on}", fields="ready_on: date", more="    due: 5 working days after entry"
    )
    play = Play(text, ready_on="2027-03-01")
    play.until("2027-04-01T09:01")
    assert play.item.status == "closed"


def test_what_is_to_be_skipped_when_late_is_passed_over() -> None:
    text = one_stage("      notice: {to: ended, at: 2 working days after entry, late: skip}\n      finish: {to: ended}")
    play = Play(text)
    play.jump("2027-04-20T09:00")
    assert (play.stages, play.kinds) == (["work"], ["opened", "passed"])
    assert not [o for o in play.sent if o.payload["topic"] == "waits_for_you"]
    assert not play.timers()


def test_time_that_comes_while_held_waits_for_the_hold_to_end() -> None:
    """A clock that a hold does not stop has its say afterwards; too late by then, it is a person's."""
    text = one_stage(
        "      publish: {to: ended, at: {rule: 2 working days after entry, while_held: runs}}\n      stop: {to: ended}"
    )
    play = Play(text)
    play.do(PutOnHold("awaiting a court"), "rob")
    play.until("2027-04-20T09:00")
    assert play.kinds == ["opened", "held"]
    play.do(Resume(), "rob")
    play.until("2027-04-20T09:01")
    assert play.kinds[-1] == "waived"
    play.fire("publish", "rob")
    assert play.item.status == "closed"


MEETING = """
workflow: to_the_panel
title: To the panel
stages:
  waiting: {owner: chair, meeting: panel, transitions: {note: {to: ended}}}
  ended: {end: completed}
"""


def test_the_meeting_after_one_that_is_called_off_lies_ahead() -> None:
    """It may be called off when it should have been held already; the next is not one that is past too."""
    play = Play(MEETING)
    assert play.due == "2027-04-06"
    play.until("2027-04-14T12:00")
    play.setting = Setting(governance(), {("panel", "2027-04-06"): None})
    play.do(MeetingMoved("panel", "2027-04-06", None, "was not quorate"), "cher")
    assert play.due == "2027-04-20"


def test_a_date_explains_which_meetings_were_passed_over() -> None:
    play = Play(MEETING.replace("panel", "board"), now="2027-04-21T09:00")
    due = play.item.due()
    assert due is not None
    why = due.why
    assert "Wednesday 28 April 2027 at 14:00 is passed over: its papers were due by" in why


def test_a_changed_date_is_kept_through_holds_and_fields() -> None:
    play = Play(REVISED, due_on="2027-04-08")
    play.do(ChangeDate(at("2027-06-01T00:00").date(), "agreed", "the data is late"), "cher")
    play.do(PutOnHold("awaiting figures"), "rob")
    play.until("2027-04-20T09:00")
    play.do(Resume(), "rob")
    play.do(Record({"due_on": "2027-04-30"}), "cher")
    assert play.due == "2027-06-01"


def test_a_vote_that_fills_a_date_moves_what_counts_from_it() -> None:
    """The due date and the reminder, in the same event; the next one has nothing to mend."""
    text = """
workflow: voted
title: Voted on
fields: {seen_on: date}
stages:
  vote:
    owner: reviewer
    due: 3 working days after seen_on
    transitions: {agree: {to: agreed, votes: 2, asks: seen_on}}
  agreed: {end: agreed}
"""
    play = Play(text)
    play.fire("agree", "rob", seen_on="2027-04-06")
    assert (play.kinds[-1], play.due, [t.name for t in play.timers()]) == ("voted", "2027-04-09", ["overdue"])
