"""What time does: reminders, overdue, ladders, lapses, timed steps; in order, once, late after a silence."""

from datetime import timedelta

import pytest

from qa_workflow.engine.commands import PutOnHold, Record, Resume
from qa_workflow.engine.refusals import NotNow
from tests.unit.engine.stage_play import Play

WATCHED = """
workflow: watched
title: Watched
fields: {received_on: date, wanted_by: date}
stages:
  answer:
    owner: author
    due: 5 working days after entry
    remind: [2 working days before due]
    escalate:
      - {when: 1 working day after due, to: reviewer}
      - {when: 3 working days after due, to: chair}
    transitions: {answer: {to: ended}, late_answer: {to: ended, at: 15 working days after entry, by: author}}
    lapse: {when: 10 working days after entry, to: gone}
  gone: {end: lapsed}
  ended: {end: completed}
"""


def test_time_reminds_flags_escalates_and_lapses_in_order() -> None:
    """A Thursday: due the Thursday after (8 April), reminded at nine on the 6th."""
    play = Play(WATCHED)
    play.until("2027-04-06T07:59")
    assert play.kinds == ["opened"]
    play.until("2027-04-06T08:00")
    assert play.kinds[-1] == "reminded"
    play.until("2027-04-08T22:59")
    assert not play.item.is_overdue(play.now)
    play.until("2027-04-08T23:00")
    assert (play.kinds[-1], play.item.is_overdue(play.now), play.item.slips) == ("overdue", True, 1)
    play.until("2027-04-30T09:00")
    assert play.kinds == ["opened", "reminded", "overdue", "escalated", "escalated", "lapsed"]
    assert (play.item.status, play.item.outcome) == ("closed", "lapsed")


def test_a_lapse_is_never_an_approval() -> None:
    """The history says that it was time, and what for."""
    play = Play(WATCHED)
    play.until("2027-04-30T09:00")
    lapse = play.events[-1]
    assert (lapse.kind, lapse.actor, lapse.trigger, lapse.data["lapsed"]["outcome"]) == (
        "lapsed",
        "system:clock",
        None,
        "lapsed",
    )
    assert "did" not in lapse.data


def test_each_timer_fires_once() -> None:
    play = Play(WATCHED)
    play.until("2027-04-12T12:00")
    count = len(play.events)
    play.jump("2027-04-12T12:01")
    assert len(play.events) == count


def test_after_a_week_of_silence_all_is_recorded_in_order_and_only_the_highest_rung_is_told() -> None:
    play = Play(WATCHED)
    play.jump("2027-04-14T09:00")
    assert play.kinds[1:] == ["reminded", "overdue", "escalated", "escalated"]
    assert play.topics == ["overdue", "escalation"], "the reminder was overtaken, the lower rung is not told"
    assert [o.to.roles for o in play.sent if o.payload["topic"] == "escalation"] == [("chair",)]


TIMED = """
workflow: consultation
title: Consultation
fields: {ready: {type: yes_no, default: true}}
stages:
  consult:
    owner: author
    transitions:
      close_consultation: {to: ended, at: 2 weeks after entry, when: ready == true}
  ended: {end: completed}
"""


def test_a_stage_advances_when_its_time_has_come() -> None:
    play = Play(TIMED)
    play.until("2027-04-15T22:59")
    assert play.stages == ["consult"]
    play.until("2027-04-15T23:00")
    assert (play.stages, play.events[-1].actor) == (["ended"], "system:clock")


def test_a_timed_step_that_comes_much_too_late_waits_for_a_person() -> None:
    """More than one working day late: it goes to a person's list instead of happening unseen."""
    play = Play(TIMED)
    play.jump("2027-04-26T09:00")
    assert (play.stages, play.kinds[-1]) == (["consult"], "waived")
    assert play.topics == ["waits_for_you"]
    play.fire("close_consultation", "ann")
    assert play.stages == ["ended"]


UNCLEAR = """
workflow: unclear
title: Where time leads depends on a field
fields: {note: text}
stages:
  wait: {owner: author, %s}
  after: {owner: author, transitions: {close: {to: ended}}}
  both:
    owner: author
    parallel:
      branches:
        a: {owner: author, when: note == 'no', transitions: {done_a: {}}}
        b: {owner: author, transitions: {done_b: {}}}
    transitions: {joined: {to: ended}, back: {to: after}}
  ended: {end: completed}
"""


@pytest.mark.parametrize(
    "wait",
    [
        "transitions: {go: {at: 2 weeks after entry, to: [{when: note == 'no', to: after}, {else: both}]}}",
        "transitions: {go: {at: 2 weeks after entry, to: both}, aside: {to: after}}",
        "lapse: {when: 2 weeks after entry, to: both}, transitions: {aside: {to: after}}",
    ],
)
def test_what_time_cannot_judge_waits_for_a_person_and_stops_nothing_else(wait: str) -> None:
    """A case, or the condition of a branch, reads a field that is not filled."""
    play = Play(UNCLEAR % f"remind: [{{when: 15 calendar days after entry}}], {wait}")
    play.until("2027-04-17T09:00")
    assert (play.stages, play.kinds[-2:]) == (["wait"], ["waived", "reminded"])
    assert "field 'note' is not filled" in (play.events[-2].reason or "")
    assert play.topics == ["waits_for_you", "reminder"]


@pytest.mark.parametrize(
    "wait",
    [
        "transitions: {go: {at: 2 weeks after entry, to: [{when: note == 'no', to: after}, {else: both}]}}",
        "transitions: {go: {at: 2 weeks after entry, to: both}, aside: {to: after}}",
        "lapse: {when: 2 weeks after entry, to: both}, transitions: {aside: {to: after}}",
    ],
)
def test_what_time_could_not_judge_it_does_once_the_field_is_filled(wait: str) -> None:
    """Somebody has looked, and what was missing is there; nobody has to remember to make the step as well."""
    play = Play((UNCLEAR % wait).replace("fields: {note: text}", "fields: {note: text, other: text}"))
    play.until("2027-04-17T09:00")
    assert (play.stages, play.kinds[-1]) == (["wait"], "waived")
    play.do(Record({"other": "said"}), "cher")
    play.until("2027-04-18T09:00")
    assert (play.stages, play.kinds[-1]) == (["wait"], "recorded"), "what it does not ask for changes nothing"
    play.do(Record({"note": "yes"}), "cher")
    play.until("2027-04-19T09:00")
    assert play.stages == ["both.b"]


def test_nobody_makes_a_step_of_the_clock_before_its_time() -> None:
    play = Play(TIMED)
    with pytest.raises(NotNow, match="only the clock"):
        play.fire("close_consultation", "ann")


def test_a_timed_step_whose_condition_does_not_hold_is_passed() -> None:
    play = Play(TIMED.replace("transitions:\n", "transitions:\n      close: {to: ended}\n"), ready=False)
    play.until("2027-04-16T09:00")
    assert (play.stages, play.kinds[-1]) == (["consult"], "passed")
    assert play.topics == []


@pytest.mark.parametrize("late", ["when: ready == true", "late: skip"])
def test_the_only_way_on_is_not_passed_over_without_a_word(late: str) -> None:
    """Nobody would ever look at the item again; so it waits for somebody, who can make the step."""
    play = Play(TIMED.replace("when: ready == true", f"asks: ready, {late}"), ready=False)
    play.jump("2027-04-26T09:00")
    assert (play.stages, play.kinds[-1]) == (["consult"], "waived")
    assert play.topics == ["waits_for_you"]
    play.fire("close_consultation", "ann", ready=True)
    assert play.stages == ["ended"]


STAYS = """
workflow: stays
title: What is done while it stays
fields: {seen_on: date}
stages:
  watch:
    owner: author
    transitions:
      look: {to: here, at: %s, sets: {seen_on: today}}
      close: {to: ended}
  ended: {end: completed}
"""


def test_a_timed_step_that_stays_is_made_once_in_a_visit() -> None:
    play = Play(STAYS % "3 working days after entry")
    play.until("2027-05-06T09:00")
    assert (play.kinds, play.stages) == (["opened", "moved"], ["watch"])


def test_a_timed_step_that_counts_from_itself_is_made_again_and_again() -> None:
    """The first time by a person; then every week until the item goes on."""
    play = Play((STAYS % "1 week after look was done").replace("at: ", "by: author, at: "))
    play.fire("look")
    play.until("2027-04-30T09:00")
    assert [e.actor for e in play.events[1:]] == ["ann", *["system:clock"] * 3]


@pytest.mark.parametrize(
    "wait",
    [
        "{transitions: {go: {at: 2 weeks after entry, to: [{when: note == 'no', to: after}, {else: both}]}}}",
        "{owner: author, lapse: {when: 2 weeks after entry, to: both}}",
    ],
)
def test_what_waits_and_nobody_can_do_is_told_to_those_who_may_correct_it(wait: str) -> None:
    """There is no owner, or no step for one: they alone can put it elsewhere."""
    play = Play(UNCLEAR.replace("{owner: author, %s}", wait))
    play.until("2027-04-17T09:00")
    assert [o.to.roles for o in play.sent if o.payload.get("topic") == "waits_for_you"] == [("chair",)]


FAR = """
workflow: far
title: A date beyond every calendar
fields: {seen_on: date}
stages:
  wait: {owner: author, %s}
  both: {owner: author, due: 3 working days after seen_on, transitions: {close: {to: ended}}}
  ended: {end: completed}
"""


@pytest.mark.parametrize(
    "wait",
    [
        "transitions: {go: {at: 2 weeks after entry, to: both}, aside: {to: ended}}",
        "lapse: {when: 2 weeks after entry, to: both}, transitions: {aside: {to: ended}}",
    ],
)
@pytest.mark.parametrize("key", ["due", "lapse"])
def test_a_date_that_no_calendar_knows_stops_nothing(wait: str, key: str) -> None:
    """It was typed where no rule counted from it; now time would count from it, and a person has to look."""
    text = (FAR % wait).replace("due: 3", "due: 3" if key == "due" else "lapse: {to: ended, when: 3")
    play = Play(text if key == "due" else text.replace("seen_on, trans", "seen_on}, trans"), seen_on="2100-12-30")
    play.until("2027-04-17T09:00")
    assert (play.stages, play.kinds[-1]) == (["wait"], "waived")
    assert "2101 is outside 1990 to 2100" in (play.events[-1].reason or "")


def test_a_hold_that_leads_beyond_every_calendar_keeps_nobody_from_going_on() -> None:
    """The item could never be resumed; the date stays where the last year that is known lets it be."""
    text = FAR % "transitions: {go: {to: both}}"
    play = Play(text, seen_on="2100-12-20")
    play.fire("go")
    play.do(PutOnHold("a court"), "rob")
    play.jump("2027-06-01T09:00")
    play.do(Resume("it has said"), "rob")
    due = play.item.visits[0].due
    assert (play.item.status, due.on if due else None) == ("open", "2100-12-23")


FIELD_DUE = """
workflow: answered
title: Answered
fields: {received_on: date}
stages:
  answer: {owner: author, due: 30 calendar days after received_on, transitions: {answer: {to: ended}}}
  ended: {end: completed}
"""


def test_a_due_date_waits_for_what_it_counts_from() -> None:
    """Receipt, not entry: 30 days from 30 April 2027 end on a Sunday, and the last working day is Friday the 28th."""
    play = Play(FIELD_DUE)
    assert play.due is None
    play.do(Record({"received_on": "2027-04-30"}), "cher")
    assert play.due == "2027-05-30"
    assert "Friday 28 May 2027 as the last working day" in play.due_date.why


REVISED = """
workflow: action
title: Action
fields: {due_on: date}
stages:
  working:
    owner: author
    due: due_on
    transitions:
      finish: {to: ended}
      revise: {to: here, needs: [due_on, reason]}
      goes_up: {to: up, at: 1 working day after due, when: slips() >= 2}
  up: {owner: chair, transitions: {take: {to: ended}}}
  ended: {end: completed}
"""


def test_original_and_revised_dates_are_both_kept_and_late_twice_goes_up() -> None:
    """The action log as people know it: due, revised due; the second slip goes up by itself."""
    play = Play(REVISED, due_on="2027-04-07")
    play.until("2027-04-12T09:00")
    assert (play.item.slips, play.stages) == (1, ["working"])
    play.fire("revise", reason="the data came late", due_on="2027-04-21")
    due = play.due_date
    assert (due.on, due.first_on, play.item.is_overdue(play.now)) == ("2027-04-21", "2027-04-07", False)
    play.until("2027-04-26T09:00")
    assert (play.item.slips, play.stages) == (2, ["up"])


def test_a_step_may_have_its_earliest_and_its_latest_time() -> None:
    text = """
workflow: appeal
title: Appeal
stages:
  letter: {owner: author, transitions: {decide: {to: appealable}}}
  appealable:
    owner: author
    transitions:
      appeal:
        to: ended
        not_before: 2 working days after decide was done
        not_after: 30 working days after decide was done
      rest: {to: ended}
  ended: {end: completed}
"""
    play = Play(text)
    play.fire("decide")
    with pytest.raises(NotNow, match="can be done from"):
        play.fire("appeal")
    play.now += timedelta(days=90)
    with pytest.raises(NotNow, match="could be done until"):
        play.fire("appeal")


def test_evidence_counts_only_while_it_is_valid() -> None:
    text = """
workflow: evidence
title: Evidence
fields: {checked_on: {type: date, valid: 12 months after checked_on}}
stages:
  one: {owner: author, transitions: {go: {to: ended, needs: checked_on}}}
  ended: {end: completed}
"""
    play = Play(text, checked_on="2025-03-01")
    with pytest.raises(NotNow, match="a newer one is needed"):
        play.fire("go")
    play.fire("go", checked_on="2027-01-15")
    assert play.item.status == "closed"


def test_a_date_that_was_missed_slips_once_in_whichever_stage() -> None:
    """Moving on with the date already missed is not missing it again."""
    text = """
workflow: two_stages
title: Two stages
fields: {due_on: date}
stages:
  first: {owner: author, due: due_on, transitions: {go: {to: second}}}
  second: {owner: author, due: due_on, transitions: {go_on: {to: ended}}}
  ended: {end: completed}
"""
    play = Play(text, due_on="2027-04-05")
    play.until("2027-04-07T09:00")
    play.fire("go")
    play.until("2027-04-09T09:00")
    assert (play.kinds.count("overdue"), play.item.slips) == (2, 1)
