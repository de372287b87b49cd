"""Which days are asked back: those that somebody types as a due date, and none that a rule works out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qa_workflow.engine import EVERYTHING
from qa_workflow.service.front import Engine
from qa_workflow.service.refusals import DoubtfulDate
from qa_workflow.service.telling.history import Teller
from tests.service.late import house_of
from tests.service.publishers import office_at

POLICY = """
workflow: policy
title: Policy
reference: P/{number}
fields: {due_on: date, seen_on: date, review_by: date, agreed: list}
stages:
  draft:
    owner: author
    transitions:
      agree: {to: rolled, needs: due_on}
      look: {to: counted, needs: seen_on}
      approve: {to: reviewed, needs: seen_on, sets: {review_by: 1 calendar day after seen_on}}
      split: {to: both, needs: due_on}
      promise: {to: promised, needs: due_on}
      order:
        to: counted
        asks: [agreed, due_on, seen_on]
        opens: [{workflow: task, each: agreed, into: what, copies: {by: due_on, seen: seen_on}}]
      hurry:
        to: counted
        needs: seen_on
        sets: {review_by: 1 calendar day after seen_on}
        opens: [{workflow: task, copies: {by: review_by}}]
      gather: {to: gathering, asks: due_on}
  rolled: {title: Agreed, owner: author, due: {rule: due_on, roll: earlier working day}, transitions: {end: {to: over}}}
  counted: {owner: author, due: 1 calendar day after seen_on, transitions: {end: {to: over}}}
  reviewed: {owner: author, due: review_by, transitions: {end: {to: over}}}
  promised:
    title: Promised
    owner: author
    due: due_on
    escalate: [{when: 1 calendar day after due, to: chair}]
    lapse: {when: 5 calendar days after due, to: left, late: fire}
    transitions: {end: {to: over}}
  left: {title: Left alone, owner: reviewer, transitions: {end: {to: over}}}
  both:
    parallel:
      branches:
        one: {title: One, owner: author, due: due_on, transitions: {first: {}}}
        two: {title: Two, owner: author, due: due_on, transitions: {second: {}}}
    transitions: {joined: {to: over}}
  gathering:
    owner: author
    sub_items: {workflow: task, count: 1, more: author, copies: {by: due_on}}
    transitions: {joined: {to: over}}
  over: {end: completed}
"""
TASK = """
workflow: task
title: Task
reference: T/{number}
fields: {what: text, by: date, seen: date}
stages:
  begun: {title: Begun, owner: author, due: by, transitions: {go: {to: waiting}}}
  waiting: {owner: author, due: 1 calendar day after seen, transitions: {end: {to: over}}}
  over: {end: completed}
"""
SUNDAY = "2027-05-02"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Engine]:
    """With a policy that has just been opened."""
    with office_at(
        tmp_path, f"sqlite:///{tmp_path / 'office.db'}", texts={"policy.yaml": POLICY, "task.yaml": TASK}, whole=False
    ) as found:
        found.open("policy", actor="ann")
        yield found


def test_a_day_that_the_rule_rolls_is_told_with_the_day_that_it_comes_to(office: Engine) -> None:
    """Whoever types a Sunday sees that Friday is meant by the workflow."""
    with pytest.raises(DoubtfulDate) as asked:
        office.advance("P/1", "agree", actor="ann", fields={"due_on": "2027-05-02"})
    coming = asked.value.coming
    assert coming.doubts == ("2 May 2027 is not a working day (Sunday)",)
    assert coming.follows[0].startswith("Agreed would be due on 30 April 2027: ")
    moved = office.advance("P/1", "agree", actor="ann", fields={"due_on": "2027-05-02"}, sure=coming.mark)
    assert moved.due().on == "2027-04-30"  # type: ignore[union-attr]


@pytest.mark.parametrize("trigger", ["look", "approve"])
def test_a_day_that_a_rule_counts_or_a_step_works_out_is_not_asked_about(office: Engine, trigger: str) -> None:
    """Nobody typed the Sunday; the author of the workflow chose how it is counted."""
    moved = office.advance("P/1", trigger, actor="ann", fields={"seen_on": "2027-05-01"})
    assert moved.due().on == "2027-05-02"  # type: ignore[union-attr]


def test_a_day_that_a_step_worked_out_says_by_which_rule(office: Engine) -> None:
    """Where it is explained why the next stage is due then, and in the history."""
    moved = office.advance("P/1", "approve", actor="ann", fields={"seen_on": "2027-05-01"})
    (explained,) = office.explain(moved)
    rule = "1 calendar day after “Seen on”"
    assert f"“Review by” was worked out by “Approve” on 2 April 2027: {rule}." in explained.why
    house = house_of(office)
    with house.looking() as (look, world):
        *_, told = Teller.of(look, world, moved, EVERYTHING).history(office.history(moved))
    assert f"Review by: 2 May 2027 ({rule})" in told.lines
    assert "Seen on: 1 May 2027" in told.lines


def test_a_day_that_is_due_at_several_branches_is_one_question(office: Engine) -> None:
    with pytest.raises(DoubtfulDate) as asked:
        office.advance("P/1", "split", actor="ann", fields={"due_on": "2027-05-02"})
    coming = asked.value.coming
    assert (coming.day, coming.mark) == ("2 May 2027", "both.one 2027-05-02, both.two 2027-05-02")
    assert coming.doubts == ("2 May 2027 is not a working day (Sunday)",)
    assert [said.partition(" would")[0] for said in coming.follows] == ["One", "Two"]


def test_what_a_day_would_bring_is_told_before_it_is_given(office: Engine) -> None:
    """Of one that is past, who hears of it and where the clock goes on to; of any other, the day that stands now."""
    with pytest.raises(DoubtfulDate) as asked:
        office.advance("P/1", "promise", actor="ann", fields={"due_on": "2027-03-01"})
    coming = asked.value.coming
    assert coming.doubts == ("1 March 2027 has passed: it becomes overdue at once",)
    assert coming.follows == (
        "Promised would be due on 1 March 2027: 32 calendar days overdue",
        "Told at once: An author, Another author, A chair, A reviewer, Another reviewer, A third reviewer",
        "It would at once go on by itself to Left alone",
    )
    item = office.advance("P/1", "promise", actor="ann", fields={"due_on": "2027-04-09"})
    item = office.change_date(item, date(2037, 4, 13), actor="cher", basis="as agreed", reason="r")
    with pytest.raises(DoubtfulDate) as asked:
        office.change_date(item, date(2038, 4, 13), actor="cher", basis="as agreed", reason="r")
    coming = asked.value.coming
    assert coming.doubts == ("13 April 2038 is more than 10 years from now",)
    assert len(coming.follows) == 1
    assert coming.follows[0].endswith("; it is due on 13 April 2037 now")


def test_a_day_by_which_a_step_has_sub_items_done_is_asked_about(office: Engine) -> None:
    """Whoever types it sets their due date, and is not there any more when they are opened. One question for all."""
    agreed = {"agreed": ["Count falls", "Train staff"], "due_on": SUNDAY, "seen_on": SUNDAY}
    with pytest.raises(DoubtfulDate) as asked:
        office.advance("P/1", "order", actor="ann", fields=agreed)
    coming = asked.value.coming
    assert (coming.day, coming.mark) == ("2 May 2027", "task/begun 2027-05-02")
    assert coming.doubts == ("2 May 2027 is not a working day (Sunday)",)
    assert coming.follows == ("Task (sub-item to be opened), Begun would be due on 2 May 2027: 30 calendar days left",)
    assert office.item("P/1").stage == "draft", "nothing was done"
    office.advance("P/1", "order", actor="ann", fields=agreed, sure=coming.mark)
    assert [office.item(f"T/{number}").due().on for number in (1, 2)] == [SUNDAY, SUNDAY]  # type: ignore[union-attr]


def test_a_day_for_sub_items_that_was_filled_in_before_is_asked_about_by_the_step_that_opens_them(
    office: Engine,
) -> None:
    """Only there does it become a due date; of a day that a step worked out nobody can say that it is meant."""
    office.record("P/1", {"due_on": SUNDAY}, actor="ann")
    with pytest.raises(DoubtfulDate, match="2 May 2027 is not a working day"):
        office.advance("P/1", "order", actor="ann", fields={"agreed": ["Train"], "seen_on": SUNDAY})
    office.advance("P/1", "hurry", actor="ann", fields={"seen_on": SUNDAY})
    assert office.item("T/1").due().on == "2027-05-03"  # type: ignore[union-attr]


def test_without_a_sub_item_or_on_a_working_day_nothing_is_asked(office: Engine) -> None:
    office.open("policy", actor="ann")
    office.advance("P/1", "order", actor="ann", fields={"due_on": SUNDAY, "seen_on": SUNDAY})
    office.advance("P/2", "order", actor="ann", fields={"agreed": ["Train"], "due_on": "2027-05-04", "seen_on": SUNDAY})
    assert [item.reference for item in office.items(workflow="task")] == ["T/1"]
    assert office.item("T/1").due().on == "2027-05-04"  # type: ignore[union-attr]


def test_a_day_of_sub_items_that_a_stage_waits_for_is_asked_about_and_of_one_that_is_added(office: Engine) -> None:
    with pytest.raises(DoubtfulDate, match="2 May 2027 is not a working day"):
        office.advance("P/1", "gather", actor="ann", fields={"due_on": SUNDAY})
    item = office.advance("P/1", "gather", actor="ann", fields={"due_on": SUNDAY}, sure=True)
    office.add_sub_item(item, actor="ann")
    with pytest.raises(DoubtfulDate, match="8 May 2027 is not a working day") as asked:
        office.add_sub_item("P/1", actor="ann", fields={"by": "2027-05-08"})
    office.add_sub_item("P/1", actor="ann", fields={"by": "2027-05-08"}, sure=asked.value.coming.mark)
    found = [office.item(f"T/{number}").due().on for number in (1, 2, 3)]  # type: ignore[union-attr]
    assert found == [SUNDAY, SUNDAY, "2027-05-08"]
