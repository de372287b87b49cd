"""What a step has settled is not changed behind its back, and nobody takes on what a second person has to do."""

import pytest

from qa_workflow.definition import read_governance
from qa_workflow.engine import Setting
from qa_workflow.engine.commands import Assign, ChangeDate, Claim, Correct, Record
from qa_workflow.engine.refusals import Nonsense, NotAllowed, NotNow
from qa_workflow.engine.settled import settled
from tests.unit.engine.stage_play import GOVERNANCE, Play, at

RATED = """
workflow: rated
title: Rated
fields:
  report: text
  rating: {type: choice, scale: assurance}
  note: text
  answer_by: date
stages:
  draft:
    owner: author
    transitions: {submit: {to: review, title: Send the report, by: author, needs: report}}
  review:
    owner: author
    transitions:
      accept: {to: answer, title: Rate it, by: [author, reviewer], needs: rating}
      return: {to: draft, by: [author, reviewer], needs: reason}
  answer:
    owner: author
    due: answer_by
    transitions:
      send: {to: ended, by: [author, chair], not_by: whoever did accept, needs: note, asks: answer_by}
      again: {to: here, by: [author, chair], needs: rating}
  ended: {end: completed}
"""


AGAIN = "      again: {to: here, by: [author, chair], needs: rating}\n"


def rated(by: str = "ann", text: str = RATED) -> Play:
    """A report that was sent and rated."""
    play = Play(text)
    play.fire("submit", "ann", report="ours")
    play.fire("accept", by, rating="partial")
    return play


def test_what_a_step_has_decided_is_not_filled_in_anew() -> None:
    """A rating that could be changed after the meeting, without a reason, would prove nothing."""
    play = rated()
    with pytest.raises(NotNow, match=r"'rating' counts since 'accept' was done by ann on .*; it is put right by"):
        play.do(Record({"rating": "substantial"}, "a better day"), "ann")
    assert play.item.fields["rating"] == "partial"


def test_another_step_does_not_change_it_either() -> None:
    play = rated()
    with pytest.raises(NotNow, match="'report'"):
        play.fire("send", "cher", note="thanks", report="another")
    play.fire("send", "cher", note="thanks", report="ours")
    assert play.item.status == "closed"


def test_a_step_that_asks_for_it_may() -> None:
    play = rated()
    play.fire("again", "cher", rating="substantial")
    assert play.item.fields["rating"] == "substantial"


def test_a_correction_may_with_a_reason() -> None:
    play = rated()
    play.do(Correct("the minutes say otherwise", {"rating": "substantial"}), "cher")
    assert play.item.fields["rating"] == "substantial"


def test_come_back_to_its_stage_it_is_open_again() -> None:
    play = Play(RATED)
    play.fire("submit", "ann", report="ours")
    assert settled(play.workflow, play.item) == {"report": "draft.submit"}
    play.fire("return", "rob", "half is missing")
    play.do(Record({"report": "all of it"}), "ann")
    assert play.item.fields["report"] == "all of it"


def test_what_no_step_asked_for_is_filled_in_as_before() -> None:
    play = rated()
    play.do(Record({"note": "first"}), "ann")
    play.do(Record({"note": "second"}), "ann")
    assert play.item.fields["note"] == "second"


def test_a_date_is_first_given_by_whoever_fills_in_fields_and_moved_with_authority() -> None:
    """Else the date that everybody looks at could be changed with no reason and no right."""
    play = rated()
    play.do(Record({"answer_by": "2027-05-03"}), "ann")
    with pytest.raises(NotAllowed, match="may not move its due date by changing a field"):
        play.do(Record({"answer_by": "2028-05-03"}, "later is better"), "ann")
    with pytest.raises(NotNow, match="this moves its due date from 3 May 2027 to 3 May 2028; say why"):
        play.do(Record({"answer_by": "2028-05-03"}), "cher")
    play.do(Record({"answer_by": "2028-05-03"}, "the regulator asked"), "cher")
    assert play.due == "2028-05-03"


def test_nobody_takes_on_what_a_second_person_has_to_do() -> None:
    """They would keep it from the one who can."""
    play = rated(text=RATED.replace(AGAIN, ""))
    with pytest.raises(NotNow, match="ann may not, having done 'accept'"):
        play.do(Claim("answer"), "ann")
    play.do(Claim("answer"), "amy")
    assert play.item.visits[0].holder == "amy"


def test_nobody_is_given_it_either() -> None:
    play = rated(text=RATED.replace(AGAIN, ""))
    with pytest.raises(NotNow, match="having done 'accept'"):
        play.do(Assign("ann", "she knows it", "answer"), "cher")


def test_who_can_still_do_one_step_may_take_it_on() -> None:
    play = rated()
    play.do(Claim("answer"), "ann")
    assert play.item.visits[0].holder == "ann"


def test_no_date_is_before_the_item_was_opened() -> None:
    """A wrong year, typed; a day that is past since is the date that it is."""
    play = rated()
    play.do(Record({"answer_by": "2027-05-03"}), "ann")
    with pytest.raises(Nonsense, match="1 January 2020 is before it was opened, on 1 April 2027"):
        play.do(ChangeDate(at("2020-01-01T00:00").date(), "statute", "it was always due then"), "cher")


WITHOUT_DATES = GOVERNANCE.replace(b"  change_date: [chair, deputy]", b"  change_date: deputy")


def test_a_correction_moves_a_date_only_with_the_right_to_change_it() -> None:
    """Else whoever may put right what was recorded gives more time by it, and the lateness is gone."""
    play = rated()
    play.setting = Setting(read_governance(WITHOUT_DATES, "governance.yaml").required())
    play.do(Record({"answer_by": "2027-05-03"}), "ann")
    with pytest.raises(NotAllowed, match="may not move its due date by changing a field; this is for: deputy"):
        play.do(Correct("the letter says so", {"answer_by": "2027-07-03"}), "cher")
    with pytest.raises(NotAllowed, match="may not move its due date"):
        play.do(Correct("it was never agreed", {"answer_by": None}), "cher")
    play.do(Correct("mistyped", {"note": "y"}), "cher")
    assert play.due == "2027-05-03"
