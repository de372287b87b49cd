"""People move items: who may, what is missing, where it leads, and what the history says afterwards."""

import pytest

from qa_workflow.engine import available
from qa_workflow.engine.commands import (
    Assign,
    Cancel,
    ChangeDate,
    Claim,
    Comment,
    Correct,
    PutOnHold,
    Record,
    Release,
    Resume,
)
from qa_workflow.engine.refusals import (
    BadValue,
    ItemIsHeld,
    ItemIsOver,
    Nonsense,
    NoSuchStep,
    NotAllowed,
    NotNow,
    UnknownField,
)
from tests.unit.engine.stage_play import Play, at

REVIEW = """
workflow: paper_review
title: Paper review
reference: PR/{number}
fields:
  paper: document
  note: text
  rating: {type: choice, scale: assurance}
  seen_on: date
  lead: person
stages:
  draft:
    owner: author
    transitions:
      submit: {to: review, by: author, needs: [paper, note]}
  review:
    owner: reviewer
    due: 5 working days after entry
    transitions:
      accept: {to: sign_off, needs: rating}
      return: {to: draft, needs: reason, at_most: 2 times}
  sign_off:
    owner: [author, chair]
    transitions:
      sign: {to: done_well, by: [reviewer, chair], not_by: whoever did accept}
      reject: {to: [{when: rating == 'none', to: dropped}, {else: draft}]}
  done_well: {end: completed}
  dropped: {end: rejected}
"""
PAPER = {"sha256": "0" * 64, "name": "paper.pdf", "size": 10}


def obstacles(refused: pytest.ExceptionInfo[NotNow]) -> set[str]:
    return {o.code for o in refused.value.obstacles}


def test_an_item_opens_at_the_first_stage() -> None:
    """Its history begins with who opened it."""
    play = Play(REVIEW)
    assert (play.stages, play.kinds, play.events[0].actor) == (["draft"], ["opened"], "ann")


def test_a_step_moves_the_item_and_keeps_what_was_given() -> None:
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="Please read")
    assert play.stages == ["review"]
    assert play.item.fields == {"paper": PAPER, "note": "Please read"}
    assert play.due == "2027-04-08"


def test_every_obstacle_is_named_and_not_only_the_first() -> None:
    """A person who is refused twice for two reasons gives up."""
    play = Play(REVIEW)
    with pytest.raises(NotNow) as refused:
        play.fire("submit", "rob")
    assert obstacles(refused) == {"role", "missing"}
    assert "'paper' is missing" in str(refused.value)
    assert "'note' is missing" in str(refused.value)
    assert "author" in str(refused.value)


def test_a_refused_step_changes_nothing() -> None:
    play = Play(REVIEW)
    before = play.item
    with pytest.raises(NotNow):
        play.fire("submit")
    assert play.item == before


def test_a_return_needs_its_reason_and_is_bounded() -> None:
    """Rework without end is how a statutory date is lost."""
    play = Play(REVIEW)
    for _ in range(2):
        play.fire("submit", paper=PAPER, note="n")
        play.fire("return", "rob", reason="figures missing")
    play.fire("submit")
    with pytest.raises(NotNow) as refused:
        play.fire("return", "rob", reason="again")
    assert obstacles(refused) == {"at_most"}
    with pytest.raises(NotNow) as refused:
        Play.fire(play, "return", "rob")
    assert obstacles(refused) == {"at_most", "reason"}


def test_four_eyes_want_two_people() -> None:
    """Whoever accepted does not sign; acting for that person is the same as being them."""
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    play.now = at("2027-04-06T09:00")
    play.fire("accept", "rob", rating="partial")
    with pytest.raises(NotNow) as refused:
        play.fire("sign", "rob")
    assert obstacles(refused) == {"same_person"}
    with pytest.raises(NotNow) as refused:
        play.fire("sign", "ruth")  # stands in for rob that week
    assert obstacles(refused) == {"same_person"}
    play.fire("sign", "rhys")
    assert (play.item.status, play.item.outcome, play.stages) == ("closed", "completed", ["done_well"])


def test_cover_is_told_in_the_history() -> None:
    play = Play(REVIEW, now="2027-04-06T09:00")
    play.fire("submit", paper=PAPER, note="n")
    play.fire("accept", "ruth", rating="partial")
    assert play.events[-1].acting_for is None, "she is a reviewer herself"


def test_what_another_has_taken_on_is_done_for_them() -> None:
    """Also by who has the role: without standing in for the holder they would have been refused."""
    text = REVIEW.replace("    owner: reviewer\n", "    owner: reviewer\n    claim: true\n")
    for holder, done_for in (("rob", "rob"), ("ruth", None)):
        play = Play(text, now="2027-04-06T09:00")
        play.fire("submit", paper=PAPER, note="n")
        play.do(Claim(), holder)
        play.fire("accept", "ruth", rating="partial")
        assert (play.events[-1].actor, play.events[-1].acting_for) == ("ruth", done_for)


def test_what_is_not_the_holders_work_is_done_in_ones_own_name() -> None:
    text = REVIEW.replace("    owner: reviewer\n", "    owner: reviewer\n    claim: true\n").replace(
        "      return: {to: draft,", "      take_back: {to: draft, by: author}\n      return: {to: draft,"
    )
    play = Play(text, now="2027-04-06T09:00")
    play.fire("submit", paper=PAPER, note="n")
    play.do(Claim(), "rob")
    play.fire("take_back", "ann")
    assert play.events[-1].acting_for is None


def test_a_choice_takes_the_first_case_that_holds_else_the_else() -> None:
    for rating, stage in (("none", "dropped"), ("partial", "draft")):
        play = Play(REVIEW)
        play.fire("submit", paper=PAPER, note="n")
        play.fire("accept", "rob", rating=rating)
        play.fire("reject", "ann")
        assert play.stages == [stage]


def test_a_trigger_of_another_stage_is_told_where_it_belongs() -> None:
    play = Play(REVIEW)
    with pytest.raises(NoSuchStep, match="belongs to stage 'review'"):
        play.fire("accept", "rob")
    with pytest.raises(NoSuchStep, match="did you mean 'submit'"):
        play.fire("sumbit")


def test_a_value_that_does_not_fit_is_refused_with_what_fits() -> None:
    play = Play(REVIEW)
    with pytest.raises(BadValue, match="did you mean 'partial'"):
        play.do(Record({"rating": "partail"}))
    with pytest.raises(BadValue, match="2027-04-30"):
        play.do(Record({"seen_on": "30 April"}))
    with pytest.raises(BadValue, match="'2027-02-30' is not a date: 30 February 2027 does not exist"):
        play.do(Record({"seen_on": "2027-02-30"}))
    with pytest.raises(BadValue, match="the year 9999 is outside 1990 to 2100"):
        play.do(Record({"seen_on": "9999-12-31"}))
    with pytest.raises(UnknownField, match="did you mean 'rating'"):
        play.do(Record({"ratng": "partial"}))
    with pytest.raises(BadValue, match="not a known person"):
        play.do(Record({"lead": "nobody"}))


def test_what_was_filled_before_need_not_be_given_again() -> None:
    play = Play(REVIEW)
    play.do(Record({"paper": PAPER}))
    play.fire("submit", note="n")
    assert play.stages == ["review"]


def test_a_hold_stops_the_clock_and_gives_the_days_back() -> None:
    """Three working days of hold move five working days by three."""
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    play.do(PutOnHold("awaiting a court"), "rob")
    assert (play.item.status, play.timers()) == ("held", [])
    with pytest.raises(ItemIsHeld, match="awaiting a court"):
        play.fire("accept", "rob", rating="partial")
    play.until("2027-04-06T10:00")
    play.do(Resume(), "rob")
    assert play.due == "2027-04-13", "Friday, Monday and Tuesday are given back"
    assert "later for the hold" in play.due_date.why
    assert play.due_date.first_on == "2027-04-08"


def test_a_hold_ends_by_itself_when_it_was_given_an_end() -> None:
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    play.do(PutOnHold("awaiting figures", until=at("2027-04-05T09:00")), "rob")
    play.until("2027-04-06T09:00")
    assert play.item.status == "open"
    assert play.events[-1].actor == "system:clock"


def test_a_date_is_changed_with_authority_and_both_are_kept() -> None:
    """The 2020 amendment proved the need; nothing overdue hides because its date was changed."""
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    wish = ChangeDate(at("2027-05-07T00:00").date(), "agreed by the committee", "the author is ill", approver="cher")
    with pytest.raises(NotAllowed, match="chair"):
        play.do(wish, "rob")
    play.do(wish, "cher")
    due = play.due_date
    assert (due.on, due.first_on, due.fixed) == ("2027-05-07", "2027-04-08", True)
    assert "agreed by the committee" in due.why


def test_cancelling_ends_an_item_for_good() -> None:
    play = Play(REVIEW)
    play.do(Cancel("opened twice"), "cher")
    assert (play.item.status, play.timers()) == ("cancelled", [])
    with pytest.raises(ItemIsOver, match=r"cancelled on Thursday 1 April 2027[^(]*; only a comment"):
        play.fire("submit")


def test_a_correction_adds_and_edits_nothing() -> None:
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="first")
    history = list(play.events)
    play.do(Correct("the note was for another paper", {"note": "second"}, corrects=2), "cher")
    assert play.events[:-1] == history
    assert play.item.fields["note"] == "second"
    assert play.events[-1].data["before"] == {"note": "first"}
    assert play.events[-1].data["corrects"] == 2


def test_a_correction_may_put_an_item_back_and_reopens_it() -> None:
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    play.fire("accept", "rob", rating="none")
    play.fire("reject", "ann")
    assert play.item.status == "closed"
    play.do(Correct("closed by mistake", stage="review"), "cher")
    assert (play.item.status, play.stages, play.due) == ("open", ["review"], "2027-04-08")
    with pytest.raises(Nonsense, match="not a stage"):
        play.do(Correct("x", stage="nowhere"), "cher")


def test_what_is_offered_is_taken_by_one() -> None:
    text = REVIEW.replace("    owner: reviewer\n", "    owner: reviewer\n    claim: true\n")
    play = Play(text)
    play.fire("submit", paper=PAPER, note="n")
    with pytest.raises(NotNow) as refused:
        play.fire("accept", "rob", rating="partial")
    assert obstacles(refused) == {"claim"}
    play.do(Claim(), "rob")
    with pytest.raises(NotNow) as refused:
        play.fire("accept", "rhys", rating="partial")
    assert obstacles(refused) == {"held_by"}
    play.do(Release(), "rob")
    play.do(Claim(), "rhys")
    play.fire("accept", "rhys", rating="partial")
    assert play.stages == ["sign_off"]


def test_what_is_open_can_be_given_to_another_who_may_act() -> None:
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    with pytest.raises(NotAllowed, match="reviewer"):
        play.do(Assign("ann", "leave"), "cher")
    play.do(Assign("rhys", "rob is on leave"), "cher")
    with pytest.raises(NotNow):
        play.fire("accept", "rob", rating="partial")
    play.fire("accept", "rhys", rating="partial")


def test_a_comment_is_part_of_the_history() -> None:
    play = Play(REVIEW)
    play.do(Comment("rang the author"), "rob")
    assert (play.events[-1].kind, play.events[-1].reason) == ("commented", "rang the author")


def test_a_contact_reaches_the_own_organisation_and_what_it_succeeded() -> None:
    text = REVIEW.replace("reference: PR/{number}", "subject: provider").replace(
        "by: author, needs: [paper, note]", "by: contact"
    )
    for actor, allowed in (("nora", True), ("una", True), ("saul", False)):
        play = Play(text, subject="north")
        if allowed:
            play.fire("submit", actor)
            assert play.stages == ["review"]
        else:
            with pytest.raises(NotNow) as refused:
                play.fire("submit", actor)
            assert obstacles(refused) == {"role"}


def test_a_date_is_approved_by_somebody_who_has_the_right_to_change_it() -> None:
    """Whoever the item is about would give themselves more time; an author has no authority over dates either."""
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    for nobody in ("nora", "ann"):
        wish = ChangeDate(at("2027-05-07T00:00").date(), "agreed", "they asked", approver=nobody)
        with pytest.raises(NotAllowed, match=f"{nobody} may not approve another due date; this is for: chair, deputy"):
            play.do(wish, "cher")
    play.do(ChangeDate(at("2027-05-07T00:00").date(), "agreed", "they asked", approver="dev"), "cher")
    assert play.events[-1].data["approver"] == "dev"


def test_a_date_is_not_changed_to_itself() -> None:
    """It would be one more change on record that changed nothing, and no rule would move the date any more."""
    play = Play(REVIEW)
    play.fire("submit", paper=PAPER, note="n")
    with pytest.raises(Nonsense, match="it is due on 8 April 2027 already; give another day"):
        play.do(ChangeDate(at("2027-04-08T00:00").date(), "agreed", "they asked"), "cher")


def test_a_step_for_anyone_is_for_people_of_every_role_and_not_for_the_clock() -> None:
    play = Play(REVIEW.replace("submit: {to: review, by: author,", "submit: {to: review, by: anyone,"))
    with pytest.raises(NotNow):
        play.fire("submit", "clock", paper=PAPER, note="two sites")
    play.fire("submit", "saul", paper=PAPER, note="two sites")
    assert play.stages == ["review"]


@pytest.mark.parametrize(
    "given", ["paper.pdf", 7, ["sha256", "name", "size"], {"sha256": "0" * 64, "name": "paper.pdf"}]
)
def test_what_is_no_document_is_not_taken_for_one(given: object) -> None:
    """The name of a file is not the file."""
    play = Play(REVIEW)
    with pytest.raises(BadValue, match="a document is wanted"):
        play.do(Record({"paper": given}), "cher")


APPROVAL = """
workflow: approval
title: Approval
fields: {approved_on: date, review_by: {type: date, label: Review by}, remind_on: date, seen_on: date}
stages:
  draft:
    owner: author
    transitions:
      approve:
        to: in_force
        by: chair
        sets: {approved_on: today, review_by: 3 years after approved_on, remind_on: 6 months before review_by}
      adopt: {to: in_force, sets: {review_by: 2 years after adopt was done}}
      confirm: {to: in_force, sets: {review_by: 1 year after seen_on}}
  in_force: {owner: author, transitions: {retire: {to: over}}}
  over: {end: completed}
"""


def test_a_step_fills_in_days_that_it_works_out() -> None:
    """Each from what stands above it in the file; the step itself counts as done now."""
    play = Play(APPROVAL)
    fields = play.fire("approve", "cher").fields
    assert (fields["review_by"], fields["remind_on"]) == ("2030-04-01", "2029-10-01")
    assert Play(APPROVAL).fire("adopt").fields["review_by"] == "2029-04-01"


def test_a_day_that_cannot_be_worked_out_yet_refuses_the_step() -> None:
    """And is said before anybody tries; nothing is filled in by half."""
    play = Play(APPROVAL)
    assert play.can("ann") == {"approve": False, "adopt": True, "confirm": False}
    with pytest.raises(NotNow, match=r"'review_by' .* cannot be worked out yet: 1 year after seen_on"):
        play.fire("confirm")
    assert play.item.fields == {}
    play.do(Record({"seen_on": "2027-03-01"}), "cher")
    assert play.fire("confirm").fields["review_by"] == "2028-03-01"


def test_a_join_waits_for_the_day_that_it_fills_in() -> None:
    """As for a case that cannot be judged: its people are told, and it goes on when the day is known."""
    play = Play("""
workflow: two_looks
title: Two looks
fields: {seen_on: date, again_on: date}
stages:
  looks:
    parallel:
      branches:
        one: {owner: author, transitions: {first: {}}}
        two: {owner: author, transitions: {second: {}}}
    transitions: {joined: {to: waiting, sets: {again_on: 1 month after seen_on}}}
  waiting: {owner: author, due: again_on, transitions: {end: {to: over}}}
  over: {end: completed}
""")
    play.fire("first")
    play.fire("second")
    assert (play.stages, play.kinds[-1]) == (["looks"], "waived")
    play.do(Record({"seen_on": "2027-03-01"}), "cher")
    assert (play.stages, play.due) == (["waiting"], "2027-04-01")


def test_a_step_that_is_made_once_says_so_in_the_singular() -> None:
    """One time, and not 1 times."""
    play = Play(REVIEW.replace("at_most: 2 times", "at_most: once"))
    play.fire("submit", paper=PAPER, note="two sites")
    play.fire("return", "rob", reason="unclear")
    play.fire("submit")
    with pytest.raises(NotNow, match="it was done 1 time already"):
        play.fire("return", "rob", reason="unclear still")


def test_what_somebody_has_taken_is_said_to_be_theirs_but_for_what_others_do() -> None:
    """A step of the stage's owner is for whoever holds it; one that is another role's stays that role's."""
    steps = "transitions:\n      accept: {to: sign_off, needs: rating}\n      stop: {to: dropped, by: chair}"
    text = REVIEW.replace("transitions:\n      accept: {to: sign_off, needs: rating}", f"claim: true\n    {steps}")
    play = Play(text)
    play.fire("submit", paper=PAPER, note="two sites")

    def by() -> list[tuple[str, ...]]:
        steps = available(play.workflow, play.item, now=play.now, setting=play.setting)
        return [step.by for step in steps if step.trigger in ("accept", "stop")]

    assert by() == [("reviewer",), ("chair",)]
    play.do(Claim(), "rob")
    assert by() == [("rob",), ("chair",)]


def test_what_a_step_needs_and_clears_is_given_anew_each_time() -> None:
    """A second extension is not agreed on the day, and with the words, of the first."""
    text = """
workflow: test
title: An answer that is put off
fields: {until: date, agreed: text, answer_by: date}
stages:
  answering:
    owner: author
    due: answer_by
    transitions:
      extend: {to: here, needs: [until, agreed], clears: [until, agreed], sets: {answer_by: until}}
      answer: {to: closed}
  closed: {end: completed}
"""
    play = Play(text)
    play.fire("extend", until="2027-05-04", agreed="by telephone")
    assert (play.due, play.item.fields["agreed"]) == ("2027-05-04", "by telephone")
    with pytest.raises(NotNow, match=r"'until' is missing .*'agreed' is missing"):
        play.fire("extend")
    play.fire("extend", until="2027-06-04", agreed="by letter")
    assert play.due == "2027-06-04"
