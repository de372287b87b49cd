"""Odd combinations, each a rule: what is left over, reopened, voted on twice, or begun out of turn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from qa_workflow.engine import Setting
from qa_workflow.engine.commands import (
    Assign,
    Cancel,
    Claim,
    Correct,
    PutOnHold,
    Resume,
)
from qa_workflow.engine.refusals import ItemIsHeld, NotNow
from tests.unit.engine.stage_play import Play, governance, one_stage

LEFT_OVER = """
workflow: left_over
title: Left over
stages:
  review:
    parallel:
      join: any
      rest: %s
      branches:
        quick: {owner: reviewer, transitions: {done_quick: {}}}
        slow:
          stages:
            first: {owner: reviewer, transitions: {look: {to: second}}}
            second: {owner: reviewer, transitions: {done_slow: {}}}
    transitions: {joined: {to: after}}
  after: {owner: author, transitions: {close: {to: ended}}}
  ended: {end: completed}
"""


def test_a_kept_branch_of_several_stages_is_kept_to_its_end() -> None:
    play = Play(LEFT_OVER % "kept")
    play.fire("done_quick", "rob")
    play.fire("look", "rob")
    play.fire("close")
    assert (play.item.status, play.stages) == ("open", ["review.slow.second", "ended"])
    play.fire("done_slow", "rob")
    assert (play.item.status, play.stages) == ("closed", ["ended"])


def test_an_ignored_branch_of_several_stages_ends_with_the_item() -> None:
    play = Play(LEFT_OVER % "ignored")
    play.fire("done_quick", "rob")
    play.fire("look", "rob")
    play.fire("close")
    assert (play.item.status, [v.stage for v in play.item.visits]) == ("closed", ["ended"])


NESTED_REST = """
workflow: nested_rest
title: Nested rest
stages:
  review:
    parallel:
      join: %s
      branches:
        x: {owner: reviewer, transitions: {done_x: {}}}
        y:
          stages:
            both:
              parallel:
                join: any
                rest: kept
                branches:
                  p: {owner: reviewer, transitions: {done_p: {}}}
                  q: {owner: reviewer, transitions: {done_q: {}}}
              transitions: {joined: {to: last}}
            last: {owner: reviewer, transitions: {done_y: {}}}
    transitions: {joined: {to: after}}
  after: {owner: author, transitions: {close: {to: ended}}}
  ended: {end: completed}
"""


def test_what_a_finished_branch_left_over_outlives_the_join_around_it() -> None:
    """It was to be kept; the join around it cancels only what it did not wait for."""
    play = Play(NESTED_REST % "all")
    for trigger in ("done_p", "done_y", "done_x", "close"):
        play.fire(trigger, "ann" if trigger == "close" else "rob")
    assert (play.item.status, play.stages) == ("open", ["review.y.both.q", "ended"])
    play.fire("done_q", "rob")
    assert play.item.status == "closed"


def test_what_an_unfinished_branch_left_over_goes_with_it() -> None:
    play = Play(NESTED_REST % "any")
    play.fire("done_p", "rob")
    play.fire("done_x", "rob")
    assert play.stages == ["after"]


BRANCHES = """
workflow: branches
title: Branches
fields: {wide: yes_no}
stages:
  review:
    parallel:
      order: %s
      branches:
        a: {owner: reviewer, claim: true, due: 5 working days after review was entered, transitions: {done_a: {}}}
        b: {owner: reviewer, claim: true, transitions: {done_b: {}, more_b: {to: here}}}
    transitions: {joined: {to: after}, withdraw: {to: before, by: author}}
  before: {owner: author, transitions: {again: {to: review}}}
  after: {owner: author, due: 2 working days after done_b was done, transitions: {close: {to: ended}}}
  ended: {end: completed}
"""


def test_a_branch_is_not_taken_on_out_of_turn() -> None:
    """Two people who each begin a branch would wait for each other for ever."""
    play = Play(BRANCHES % "one at a time")
    play.do(Claim("b"), "rob")
    with pytest.raises(NotNow, match="finished first"):
        play.do(Claim("a"), "ruth")
    with pytest.raises(NotNow, match="finished first"):
        play.do(Assign("ruth", "has time", "a"), "cher")
    play.fire("done_b", "rob")
    play.do(Claim("a"), "ruth")
    play.fire("done_a", "ruth")
    assert play.stages == ["after"]


def test_a_second_round_begins_with_no_branch_begun() -> None:
    play = Play(BRANCHES % "one at a time")
    play.fire("withdraw")
    play.fire("again")
    play.do(Claim("a"), "rob")
    play.fire("done_a", "rob")
    assert play.stages == ["review.b"]


def test_a_branch_that_begins_with_branches_is_begun_when_one_of_them_is_done() -> None:
    text = (NESTED_REST % "all").replace("      join: all\n", "      join: all\n      order: one at a time\n", 1)
    play = Play(text)
    play.fire("done_p", "rob")
    with pytest.raises(NotNow, match="finished first"):
        play.fire("done_x", "rob")
    play.fire("done_y", "rob")
    play.fire("done_x", "rob")
    assert "after" in play.stages


def test_a_branch_counts_from_the_entry_of_the_stage_around_it() -> None:
    assert Play(BRANCHES % "together").due == "2027-04-08"


def test_the_stage_above_is_dated_by_the_step_that_finishes_its_branch() -> None:
    """A lag between any two events: the date is there at once, not only after the next event."""
    text = (BRANCHES % "together").replace(
        "    transitions: {joined: {to: after}, withdraw",
        "    due: 3 working days after done_b was done\n    transitions: {joined: {to: after}, withdraw",
    )
    play = Play(text)
    play.do(Claim("b"), "rob")
    play.fire("done_b", "rob")
    assert next(v.due.on for v in play.item.visits if v.stage == "review" and v.due) == "2027-04-06"


def test_a_branch_whose_start_cannot_be_judged_refuses_the_step_and_changes_nothing() -> None:
    """An error is never "no": the field is not filled, so it is not known whether the branch starts."""
    text = (BRANCHES % "together").replace("b: {owner: reviewer, claim", "b: {when: wide, owner: reviewer, claim")
    with pytest.raises(NotNow, match="whether branch 'b' starts cannot be judged"):
        Play(text)
    assert Play(text, wide=False).stages == ["review.a"]


def test_what_others_may_do_is_not_taken_on_with_the_work() -> None:
    """The author withdraws what a reviewer has claimed, or nobody yet; another reviewer does not decide it."""
    text = one_stage("      accept: {to: ended}\n      withdraw: {to: ended, by: author}", more="    claim: true")
    play = Play(text)
    assert (play.can("ann")["withdraw"], play.can("rob")["accept"]) == (True, False)
    play.do(Claim(), "rob")
    assert (play.can("ann")["withdraw"], play.can("rhys")["accept"]) == (True, False)
    play.fire("withdraw", "ann")
    assert play.item.status == "closed"


def test_a_vote_is_one_a_person_also_for_those_who_stand_in() -> None:
    """Whoever voted for somebody has used that vote; and nobody votes twice by standing in for two."""
    text = one_stage("      agree: {to: ended, by: chair, votes: 2}")
    play = Play(text, now="2027-04-06T09:00")
    house = governance()
    ann = replace(house.people["ann"], covers=(replace(house.people["ruth"].covers[0], person="cher"),))
    play.setting = Setting(replace(house, people={**house.people, "ann": ann}))
    play.fire("agree", "ann")
    assert play.events[-1].acting_for == "cher"
    with pytest.raises(NotNow, match="cher has voted already"):
        play.fire("agree", "cher")
    with pytest.raises(NotNow, match="ann has voted already"):
        play.fire("agree", "ann")


def test_what_was_voted_and_stays_is_voted_on_anew() -> None:
    play = Play(one_stage("      extend: {to: here, votes: 2}\n      finish: {to: ended}"))
    play.fire("extend", "rob")
    play.fire("extend", "rhys")
    play.fire("extend", "ruth")
    assert play.kinds == ["opened", "voted", "moved", "voted"]


def test_a_panel_votes_also_where_one_of_them_has_taken_the_stage_on() -> None:
    play = Play(one_stage("      agree: {to: ended, votes: 2}", more="    claim: true"))
    play.do(Claim(), "rob")
    play.fire("agree", "rhys")
    play.fire("agree", "ruth")
    assert play.item.status == "closed"


def test_here_and_back_again_are_two_things_also_among_cases() -> None:
    """`to: here` goes on with the visit; a case that leads to the same stage begins a new one."""
    cases = "to: [{when: note == 'stay', to: here}, {when: note == 'again', to: work}, {else: ended}]"
    play = Play(one_stage(f"      go: {{asks: note, {cases}}}"))
    play.fire("go", "rob", note="stay")
    assert play.item.last_visit == 1
    play.fire("go", "rob", note="again")
    assert (play.item.last_visit, play.stages) == (2, ["work"])
    play.fire("go", "rob", note="over")
    assert play.stages == ["ended"]


SUB = """
workflow: with_sub_items
title: With sub-items
stages:
  gather:
    owner: author
    sub_items: {workflow: one_part, count: 2%s}
    transitions: {%sstop: {to: after}}
  after:
    owner: author
    transitions: {close: {to: [{when: "closed('gather', 'completed') >= 2", to: ended}, {else: short}]}}
  ended: {end: completed}
  short: {end: short}
"""
WAITS = SUB % ("", "joined: {to: after}, ")


def test_a_sub_item_that_ends_twice_counts_once() -> None:
    """It was reopened by a correction, and ended again."""
    play = Play(WAITS)
    play.child_ends("completed", "C/1")
    play.child_ends(None, "C/1")
    play.child_ends("completed", "C/1")
    assert play.stages == ["gather"]
    assert play.kinds == ["opened", "sub_item_ended", "sub_item_reopened", "sub_item_ended"]
    play.child_ends("completed", "C/2")
    assert play.stages == ["after"]


def test_a_sub_item_that_was_reopened_is_waited_for_again() -> None:
    play = Play(WAITS)
    play.child_ends("completed", "C/1")
    play.child_ends(None, "C/1")
    play.child_ends("completed", "C/2")
    assert play.stages == ["gather"]


def test_how_sub_items_ended_can_be_asked_after_their_stage_was_left() -> None:
    for outcomes, stage in ((["completed", "completed"], "ended"), (["completed", "withdrawn"], "short")):
        play = Play(WAITS)
        for outcome in outcomes:
            play.child_ends(outcome)
        play.fire("close")
        assert play.stages == [stage]


def test_a_sub_item_that_ends_while_its_parent_is_held_does_not_move_it() -> None:
    """The join waits until the clock runs again."""
    play = Play(WAITS)
    play.child_ends()
    play.do(PutOnHold("awaiting a court"), "rob")
    play.child_ends()
    assert (play.item.status, play.stages) == ("held", ["gather"])
    play.do(Resume(), "rob")
    assert play.stages == ["after"]


def test_a_stage_that_waits_for_no_sub_item_is_left_by_a_person() -> None:
    play = Play(SUB % (", wait: none", ""))
    play.child_ends()
    assert play.stages == ["gather"]
    play.fire("stop")
    assert play.stages == ["after"]


def test_a_branch_that_lapsed_says_so_to_guards() -> None:
    """`decided` gives the trigger by which a branch was left; where time moved it, that is `lapse`."""
    text = """
workflow: comments
title: Comments
stages:
  ask:
    parallel:
      branches:
        patients: {owner: reviewer, lapse: {when: 5 working days after entry}, transitions: {comment: {}}}
    transitions: {joined: {to: [{when: "decided('patients') == 'lapse'", to: silent}, {else: heard}]}}
  silent: {end: silent}
  heard: {end: heard}
"""
    play = Play(text)
    play.fire("comment", "rob")
    assert play.item.outcome == "heard"
    play = Play(text)
    play.until("2027-04-12T09:00")
    assert play.item.outcome == "silent"


def test_holding_with_open_branches_moves_each_of_their_dates() -> None:
    text = (BRANCHES % "together").replace("b: {owner", "b: {due: 3 working days after entry, owner")
    play = Play(text)
    play.do(PutOnHold("industrial action"), "rob")
    with pytest.raises(ItemIsHeld):
        play.do(Claim("a"), "rob")
    play.until("2027-04-06T09:00")
    play.do(Resume(), "rob")
    dates = {v.stage: v.due.on for v in play.item.visits if v.due}
    assert dates == {"review.a": "2027-04-13", "review.b": "2027-04-09"}


def test_a_lapse_deep_within_branches_finishes_its_own_branch_only() -> None:
    text = (
        (NESTED_REST % "all")
        .replace("rest: kept", "rest: cancelled")
        .replace("join: any", "join: all")
        .replace("p: {owner: reviewer,", "p: {owner: reviewer, lapse: {when: 2 working days after entry},")
    )
    play = Play(text)
    play.until("2027-04-07T09:00")
    assert play.stages == ["review.x", "review.y.both.q"]
    play.fire("done_q", "rob")
    assert play.stages == ["review.x", "review.y.last"]


def test_a_correction_out_of_branches_ends_them() -> None:
    play = Play(NESTED_REST % "any")
    play.fire("done_x", "rob")
    play.do(Correct("only one has looked", stage="review"), "cher")
    assert play.stages == ["review.x", "review.y.both.p", "review.y.both.q"]
    play.do(Correct("both had looked", stage="after"), "cher")
    assert [v.stage for v in play.item.visits] == ["after"]


def test_work_that_was_taken_on_can_be_given_to_another_once_the_hold_is_over() -> None:
    play = Play(one_stage("      accept: {to: ended}", more="    claim: true"))
    play.do(Claim(), "rob")
    play.do(PutOnHold("rob is ill"), "ruth")
    with pytest.raises(ItemIsHeld):
        play.do(Assign("rhys", "rob is ill"), "cher")
    play.do(Resume(), "ruth")
    play.do(Assign("rhys", "rob is ill"), "cher")
    assert (play.can("rhys")["accept"], play.can("rob")["accept"]) == (True, False)


def test_a_cancelled_item_comes_back_where_a_correction_puts_it() -> None:
    play = Play(NESTED_REST % "all")
    play.do(Cancel("opened twice"), "cher")
    play.now += timedelta(days=3)
    play.do(Correct("it was the other one", stage="review"), "cher")
    assert (play.item.status, play.stages) == ("open", ["review.x", "review.y.both.p", "review.y.both.q"])
