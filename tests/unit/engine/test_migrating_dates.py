"""An item goes on under another version: when it is due, which meeting counts, and what time has done."""

from __future__ import annotations

import pytest

from qa_workflow.definition import read_governance
from qa_workflow.engine import Setting
from qa_workflow.engine.commands import DateChoice, PutOnHold, Recount, Resume
from tests.unit.engine.desk import REVIEW, Desk, at_check, closed_on
from tests.unit.engine.stage_play import GOVERNANCE, at


@pytest.mark.parametrize(
    ("choice", "due"),
    [(DateChoice.KEEP, "2027-04-15"), (DateChoice.ELAPSED, "2027-04-06"), (DateChoice.RESTART, "2027-04-12")],
)
def test_a_date_is_kept_or_counted_from_the_entry_or_from_now(choice: DateChoice, due: str) -> None:
    """Entered on Thursday 1 April 2027; the rule goes from 10 to 3 working days on Wednesday the 7th."""
    play = at_check()
    assert play.due == "2027-04-15"
    play.until("2027-04-07T09:00")
    play.migrate(REVIEW.replace("10 working days", "3 working days"), dates=choice)
    assert play.due == due
    assert play.due_date.first_on == "2027-04-15"
    assert ("Kept at" in play.due_date.why) is (choice is DateChoice.KEEP)


def test_a_date_that_was_kept_is_not_moved_by_what_happens_later() -> None:
    play = at_check()
    play.migrate(REVIEW.replace("10 working days", "3 working days"))
    play.do(PutOnHold("waiting"), "rob")
    play.until("2027-04-05T09:00")
    play.do(Resume(), "rob")
    assert play.due == "2027-04-15"


def test_a_stage_of_its_own_can_be_treated_otherwise() -> None:
    play = at_check()
    play.until("2027-04-07T09:00")
    by_stage = {"check": DateChoice.RESTART}
    play.migrate(REVIEW.replace("5 working days", "6 working days"), by_stage=by_stage)
    assert play.due == "2027-04-21"


def test_what_time_has_done_it_does_not_do_again() -> None:
    """The reminder went out under the old version; the new one has it second."""
    play = at_check()
    play.until("2027-04-13T09:00")
    assert play.kinds[-1] == "reminded"
    more = "remind: [5 working days before due, 2 working days before due]"
    play.migrate(REVIEW.replace("remind: [2 working days before due]", more))
    assert play.visit("check").fired == ("remind.1",)
    assert [t.name for t in play.timers()] == ["overdue", "remind.0", "escalate.0"]


def test_what_time_has_done_it_does_not_do_again_on_a_day_that_was_closed_since() -> None:
    """The day after the due date is closed once its warning has gone out: by now it would go out a day later."""
    play = at_check()
    play.until("2027-04-16T12:00")
    play.setting = closed_on("2027-04-16")
    play.migrate(REVIEW.replace("5 working days", "6 working days"))
    assert play.visit("check").fired == ("remind.0", "overdue", "escalate.0")


def test_a_reminder_that_a_version_moves_to_this_very_moment_has_gone_out() -> None:
    """Once is enough: it went out the day before."""
    play = at_check()
    play.until("2027-04-14T08:00")
    assert play.kinds[-1] == "reminded"
    play.migrate(REVIEW.replace("10 working days", "11 working days"), dates=DateChoice.ELAPSED)
    assert play.visit("check").fired == ("remind.0",)
    play.until("2027-04-14T09:00")
    assert play.kinds.count("reminded") == 1


def test_a_date_moved_ahead_is_missed_and_told_anew() -> None:
    play = at_check()
    play.until("2027-04-16T12:00")
    assert play.visit("check").fired == ("remind.0", "overdue", "escalate.0")
    play.migrate(REVIEW.replace("10 working days", "20 working days"), dates=DateChoice.ELAPSED)
    assert not play.item.is_overdue(play.now)
    assert play.visit("check").fired == ()


def test_a_meeting_that_still_counts_stays_the_same() -> None:
    text = """
workflow: paper
title: Paper
stages:
  wait: {owner: author, meeting: board, due: papers of board, transitions: {note: {to: over}}}
  over: {end: completed}
"""
    play = Desk(text)
    seat = play.visit("wait").sittings
    assert seat[0].key == "2027-04-28"
    play.migrate(
        text.replace("due: papers of board", "due: 2 working days before meeting of board"), dates=DateChoice.ELAPSED
    )
    assert (play.visit("wait").sittings, play.due) == (seat, "2027-04-26")
    play.migrate(text.replace("meeting: board, due: papers of board", "meeting: panel"), dates=DateChoice.ELAPSED)
    assert [s.body for s in play.visit("wait").sittings] == ["panel"]


def test_a_closure_moves_what_counts_over_it() -> None:
    play = at_check()
    play.setting = closed_on("2027-04-14")
    play.do(Recount("a closure was added"), "cher")
    assert play.due == "2027-04-16"
    assert play.events[-1].data["dates"] == [["check", "2027-04-15", "2027-04-16"]]
    assert "Moving day" in play.due_date.why
    before = play.item
    play.do(Recount("a closure was added"), "cher")
    assert play.item == before, "counted again, nothing has changed, and nothing is said"


def test_a_meeting_that_is_no_longer_planned_gives_way_to_the_next() -> None:
    text = """
workflow: paper
title: Paper
stages:
  wait: {owner: author, meeting: board, transitions: {note: {to: over}}}
  over: {end: completed}
"""
    play = Desk(text)
    assert play.due == "2027-04-28"
    later = read_governance(GOVERNANCE.replace(b"BYDAY=-1WE", b"BYDAY=-1TH"), "g.yaml").required()
    play.setting = Setting(later)
    play.do(Recount("the board meets on Thursdays"), "cher")
    assert play.due == "2027-04-29"


def test_a_meeting_that_was_held_stays_the_one_that_counts() -> None:
    """Minutes are due so long after it, whenever the board meets from now on."""
    text = """
workflow: minutes
title: Minutes
stages:
  write: {owner: author, meeting: board, due: 10 working days after meeting, transitions: {send: {to: over}}}
  over: {end: completed}
"""
    play = Desk(text)
    play.until("2027-05-04T09:00")
    due = play.due
    later = read_governance(GOVERNANCE.replace(b"BYDAY=-1WE", b"BYDAY=-1TH"), "g.yaml").required()
    play.setting = Setting(later)
    play.do(Recount("the board meets on Thursdays"), "cher")
    assert (play.due, play.visit("write").sittings[0].key) == (due, "2027-04-28")


def test_a_date_moves_with_the_version_where_the_past_that_it_counts_from_has_another_name() -> None:
    """And not unsaid with whatever is done next."""
    check = (
        "{owner: reviewer, due: 3 working days after plan was left, transitions: {back: {to: plan}, ok: {to: over}}}"
    )
    plan = "{owner: author, transitions: {go: {to: check}}}"
    text = "workflow: named\ntitle: Named\nstages:\n%s  plan: %s\n  check: %s\n  over: {end: completed}\n"
    play = Desk(text % (f"  draft: {plan}\n", plan, check))
    play.fire("go")
    assert not play.due
    play.migrate(text % ("", plan, check), instead={"draft": "plan"}, dates=DateChoice.ELAPSED)
    assert (play.due, play.events[-1].data["dates"]) == ("2027-04-06", [["check", None, "2027-04-06"]])


@pytest.mark.parametrize(
    ("choice", "due", "slips"),
    [(DateChoice.KEEP, "2027-04-15", 0), (DateChoice.ELAPSED, "2027-04-22", 1), (DateChoice.RESTART, "2027-05-10", 1)],
)
def test_a_lateness_that_the_clock_had_not_seen_is_on_record_before_a_version_moves_its_date(
    choice: DateChoice, due: str, slips: int
) -> None:
    """Late on Friday 16 April 2027 by the old rule, which knew of it before it went. A date that is kept is late still,
    and the clock says so when it looks.
    """
    play = at_check()
    play.now = at("2027-04-16T09:00")
    play.migrate(REVIEW.replace("10 working days", "15 working days"), dates=choice)
    assert (play.due, play.item.slips) == (due, slips)
    late = [(e.actor, e.data["slip"][:10], e.source) for e in play.events if e.kind == "overdue"]
    assert late == [("system:clock", "2027-04-15", "check")] * slips
    assert play.kinds[-1] == "migrated"
    play.until("2027-05-12T09:00")
    assert (play.kinds.count("overdue"), play.item.slips) == (slips + 1, slips + 1)
