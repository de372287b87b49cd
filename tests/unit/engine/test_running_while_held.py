"""A date that a hold does not stop is told of, missed and escalated while the item is on hold, and moves nothing."""

from datetime import datetime

import pytest

from qa_workflow.engine import Setting
from qa_workflow.engine.commands import ChangeDate, PutOnHold, Recount, Resume
from qa_workflow.engine.dated import dated_apart
from qa_workflow.engine.refusals import Nonsense
from qa_workflow.errors import NaiveInstant
from tests.unit.engine.stage_play import Play, at

STATUTE = """
workflow: complaint
title: Complaint
fields: {note: text}
stages:
  answering:
    owner: author
    due: {rule: 10 working days after opening, while_held: WHILE, basis: statute}
    remind: [2 working days before due, 4 working days after entry]
    escalate: [{when: 1 working day after due, to: chair}]
    lapse: {when: 15 working days after opening, to: lapsed}
    transitions:
      answer: {to: answered}
      fade: {to: answered, at: 12 working days after opening}
  answered: {end: completed}
  lapsed: {end: lapsed}
"""


def held(how: str = "runs") -> Play:
    """On hold from 2 April; its ten working days from 1 April end on 15 April."""
    play = Play(STATUTE.replace("WHILE", how))
    play.until("2027-04-02T09:00")
    play.do(PutOnHold("the complainant is ill"), "rob")
    return play


def test_a_date_that_runs_on_is_told_missed_and_escalated_on_hold() -> None:
    """A statutory day passes whoever has put the item aside; silence would be the worst answer."""
    play = held()
    assert (play.due, play.item.is_overdue(play.now)) == ("2027-04-15", False)
    play.until("2027-05-20T09:00")
    assert play.kinds == ["opened", "held", "reminded", "overdue", "escalated"]
    assert (play.item.status, play.item.is_overdue(play.now), play.item.slips) == ("held", True, 1)
    assert [out.payload["topic"] for out in play.sent][-3:] == ["reminder", "overdue", "escalation"]


def test_nothing_moves_by_itself_on_hold() -> None:
    """Lapses and timed steps wait until somebody resumes it, also where a date runs on."""
    play = held()
    play.until("2027-05-20T09:00")
    assert {t.name for t in play.timers()} == set()
    play.do(Resume(), "rob")
    assert play.due == "2027-04-15", "the hold gives it nothing back"
    assert {t.name for t in play.timers()} >= {"lapse"}


@pytest.mark.parametrize("until", ["2072-01-01T09:00", "9999-12-31T23:59"])
def test_a_hold_that_nobody_would_live_to_see_ends_is_refused(until: str) -> None:
    """The year is wrong; of the last one that there is, no instant in UTC could be made."""
    play = Play(STATUTE.replace("WHILE", "pauses"))
    with pytest.raises(Nonsense, match="more than 10 years from now; mend the year"):
        play.do(PutOnHold("a strike", datetime.fromisoformat(f"{until}-12:00")), "rob")


def test_a_hold_ends_at_an_instant_and_not_at_whatever_a_clock_shows() -> None:
    play = Play(STATUTE.replace("WHILE", "pauses"))
    with pytest.raises(NaiveInstant, match="has no time zone"):
        play.do(PutOnHold("a strike", datetime(2027, 5, 4, 9)), "rob")  # noqa: DTZ001


def test_a_clock_that_a_hold_stops_says_nothing_till_it_ends() -> None:
    play = held("pauses")
    assert (play.due, play.timers()) == (None, [])
    play.until("2027-05-20T09:00")
    assert play.kinds == ["opened", "held"]
    play.do(Resume(), "rob")
    assert play.due == "2027-06-03"


def test_a_date_that_was_changed_with_authority_runs_on() -> None:
    """No hold moves it, so that it is missed on the day it says."""
    play = Play(STATUTE.replace("WHILE", "pauses"))
    play.do(ChangeDate(at("2027-04-20T00:00").date(), "a letter", "agreed"), "cher")
    play.do(PutOnHold("nobody here"), "rob")
    play.until("2027-05-03T09:00")
    assert play.item.is_overdue(play.now)
    play.do(Resume(), "rob")
    assert play.due == "2027-04-20"


def test_the_hold_ends_by_itself_as_before() -> None:
    play = Play(STATUTE.replace("WHILE", "runs"))
    play.do(PutOnHold("nobody here", at("2027-04-20T09:00")), "rob")
    play.until("2027-04-20T10:00")
    assert play.kinds == ["opened", "held", "reminded", "overdue", "escalated", "resumed"]


TWO = """
workflow: two
title: Two clocks
fields: {note: text}
stages:
  both:
    owner: author
    parallel:
      branches:
        law: {owner: author, due: {rule: 3 working days after entry, while_held: runs}, transitions: {a: {}}}
        ours: {owner: author, due: 2 working days after entry, transitions: {b: {}}}
    transitions: {joined: {to: ended}}
  ended: {end: completed}
"""


def test_of_several_dates_only_those_that_run_are_due_on_hold() -> None:
    play = Play(TWO)
    assert play.due == "2027-04-05"
    play.do(PutOnHold("nobody here"), "rob")
    assert play.due == "2027-04-06"
    assert [visit.stage for visit in dated_apart(play.item)] == ["both.law"]


@pytest.mark.parametrize("how", ["runs", "pauses"])
def test_a_recount_on_hold_leaves_what_runs_running(how: str) -> None:
    play = held(how)
    play.setting = Setting(play.setting.governance)
    play.do(Recount("a closure was added"), "cher")
    assert (play.due is None) == (how == "pauses")
