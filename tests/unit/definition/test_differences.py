"""What changes between two versions is told in words, the gravest first: who can newly do what."""

from __future__ import annotations

import pytest

from qa_workflow.definition import read_workflow
from qa_workflow.definition.differences.difference import Difference, Weight, gainers, ordered, sentences
from qa_workflow.definition.differences.governance import governance_differences
from qa_workflow.definition.differences.titles import titled
from qa_workflow.definition.differences.workflow import renames, workflow_differences
from tests.unit.definition.compared import OFFICE, REVIEW, office, review


def between(before: str, after: str) -> tuple[Difference, ...]:
    assert REVIEW.replace(before, after) != REVIEW
    return workflow_differences(review(), review(REVIEW.replace(before, after)))


def test_who_can_newly_do_what_comes_first() -> None:
    found = workflow_differences(
        review(),
        review(
            REVIEW.replace("title: Review", "title: A review").replace(
                "drop: {to: dropped, by: chair", "drop: {to: dropped, by: [chair, reviewer]"
            )
        ),
    )
    assert sentences(found) == [
        "reviewer may newly do “Drop” (draft.drop).",
        "A review: title is now “A review”; it was “Review”.",
    ]
    assert gainers(found) == (frozenset({"reviewer"}), frozenset())


@pytest.mark.parametrize(
    ("before", "after", "weight", "said"),
    [
        ("not_by: whoever did submit, ", "", Weight.MAY, "Whoever did draft.submit is no longer kept from"),
        ("needs: [note, reason]", "needs: reason", Weight.EASED, "no longer asks for “note”"),
        ("needs: [note, reason]", "needs: note", Weight.EASED, "whether a reason is asked for is now no"),
        ("when: has(note)", "when: has(rating)", Weight.EASED, "the condition is now “has(rating)”"),
        ("votes: 2", "votes: 1", Weight.EASED, "how many votes it takes is now 1"),
        ("at_most: 3 times", "at_most: 2 times", Weight.MAY_NOT, "how often it can be done is now 2"),
        (
            "rights: {hold: chair}",
            "rights: {hold: [chair, author]}",
            Weight.MAY,
            "author may newly use the right to hold",
        ),
        (
            "5 working days after entry",
            "6 working days after entry",
            Weight.TIME,
            "the due date is now 6 working days after entry",
        ),
        ("source: our handbook", "source: the law", Weight.TIME, "source “the law”"),
        ("optional: true, ", "", Weight.MAY_NOT, "whether it may be left out is now no"),
        ("label: Note", "label: Your note", Weight.TEXT, "label is now “Your note”"),
        ("type: list, of: text", "type: list, of: number", Weight.FIELDS, "the type of its entries is now number"),
    ],
)
def test_each_difference_has_its_weight(before: str, after: str, weight: Weight, said: str) -> None:
    found = between(before, after)
    assert [each.weight for each in found if said in each.sentence] == [weight], sentences(found)


def test_a_step_that_was_for_anyone_is_newly_for_nobody() -> None:
    """Whoever still may could before."""
    open_to_all = review(REVIEW.replace("by: chair, needs: reason", "by: anyone, needs: reason"))
    assert sentences(workflow_differences(open_to_all, review())) == ["Anyone may no longer do “Drop” (draft.drop)."]
    assert [(each.weight, each.sentence) for each in workflow_differences(review(), open_to_all)] == [
        (Weight.MAY, "Anyone may newly do “Drop” (draft.drop).")
    ]


def test_a_stage_called_otherwise_is_found_again() -> None:
    """Else it would be one that is gone and one that is new, and everybody in it would have newly got everything."""
    new = review(REVIEW.replace("at_board", "before_board"))
    assert renames(review(), new).stages == {"at_board": "before_board"}
    said = sentences(workflow_differences(review(), new))
    assert "The stage at_board is called before_board now." in said
    assert not [each for each in workflow_differences(review(), new) if each.weight is Weight.MAY]


def test_a_step_called_otherwise_is_found_again() -> None:
    new = review(REVIEW.replace("accept:", "take:"))
    assert renames(review(), new).steps == {"at_board.accept": "at_board.take"}


def test_of_a_new_stage_it_is_said_who_may_do_what() -> None:
    text = REVIEW.replace(
        "  over: {end: completed}",
        "  later: {owner: chair, transitions: {end_it: {to: over}}}\n  over: {end: completed}",
    )
    text = text.replace("accept: {to: over", "accept: {to: later")
    found = workflow_differences(review(), review(text))
    assert found[0].sentence == "Chair may newly do “End it” (later.end_it)."
    assert found[0].roles == ("chair",)


def test_of_a_new_stage_it_is_said_whose_it_is_and_by_when() -> None:
    """And of its steps, whom they are not for."""
    stages = """
  later:
    owner: chair
    due: {rule: 3 working days after entry, basis: local}
    transitions: {end_it: {to: wait, not_by: whoever did draft.submit}}
  wait: {meeting: board, owner: author, transitions: {end_it: {to: taken_back}}}
  over: {end: completed}
  taken_back: {end: withdrawn}"""
    text = REVIEW.replace("\n  over: {end: completed}", stages).replace("accept: {to: over", "accept: {to: later")
    said = sentences(workflow_differences(review(), review(text)))
    assert "Chair may newly do “End it” (later.end_it), but not whoever did draft.submit." in said
    assert (
        "The stage “Later” (later) is new: owned by chair, due 3 working days after entry (as agreed locally)." in said
    )
    assert "The stage “Wait” (wait) is new: owned by author, waiting for the meeting of board." in said
    assert "The stage “Taken back” (taken_back) is new: an item ends there as withdrawn." in said


def test_a_second_person_rule_does_not_go_unsaid_with_its_step() -> None:
    """What comes in the step's place under another name need not have one."""
    step = "check: {not_by: whoever did submit, needs: rating}"
    text = REVIEW.replace(step, "look: {needs: rating}").replace("accept: {to: over,", "accept: {to: draft,")
    found = [each for each in workflow_differences(review(), review(text)) if each.weight is Weight.EASED]
    assert [each.sentence for each in found] == [
        "With “Check” (both.facts.check) its second-person rule is gone: it was not for whoever did draft.submit."
    ]


def test_who_loses_a_step_and_what_it_sent_is_told() -> None:
    """And whoever gains something else comes first still."""
    step = "drop: {to: dropped, by: chair, needs: reason, bulk: false}"
    mail = ", effects: [{mail: author, subject: Dropped, text: It ends}]}"
    old = review(REVIEW.replace(step, step.removesuffix("}") + mail))
    without = REVIEW.replace(f"      {step}\n", "")
    new = review(without.replace("submit: {to: both,", "submit: {to: both, by: [author, reviewer],"))
    assert [(each.weight, each.sentence) for each in workflow_differences(old, new)] == [
        (Weight.MAY, "reviewer may newly do “Submit” (draft.submit)."),
        (Weight.MAY_NOT, "Chair may no longer do “Drop” (draft.drop)."),
        (Weight.FLOW, "The step “Drop” (draft.drop) is gone."),
        (Weight.FLOW, "“Drop” (draft.drop): the mail to author, “Dropped”, “It ends” is gone."),
    ]


def test_what_a_stage_sent_and_who_acted_in_it_is_told_when_it_goes() -> None:
    """Its reminders and escalations, and what left the house when it was entered and left; so too where one is new."""
    stage = """
  later:
    owner: chair
    due: 3 working days after entry
    remind: [1 working day before due]
    escalate: [{when: 1 working day after due, to: author}]
    on_entry: [{mail: author, subject: Yours, text: Please write}]
    transitions: {end_it: {to: over}}
  over: {end: completed}"""
    text = REVIEW.replace("\n  over: {end: completed}", stage).replace("accept: {to: over", "accept: {to: later")
    gone, fresh = workflow_differences(review(text), review()), workflow_differences(review(), review(text))
    assert (Weight.MAY_NOT, "Chair may no longer do “End it” (later.end_it).") in [(e.weight, e.sentence) for e in gone]
    for found, said in [(gone, "the {} is gone"), (fresh, "there is a new {}")]:
        name = "the stage “Later”"
        assert {each.sentence for each in found} > {
            f"{name}: {said.format('reminder 1 working day before due')}.",
            f"{name}: {said.format('escalation 1 working day after due, to author')}.",
            f"{name}, when it is entered: {said.format('mail to author, “Yours”, “Please write”')}.",
        }


def test_a_quotation_mark_in_what_somebody_wrote_ends_no_quotation() -> None:
    """Else what follows it would be read as names, and given titles."""
    found = between("label: Note", "label: Say “no” to reviewer_x")
    assert sentences(found) == ["the field note: label is now “Say “no\\” to reviewer_x”; it was “Note”."]
    assert titled(found, office()) == found


def test_comments_alone_are_no_difference_of_meaning() -> None:
    found = workflow_differences(review(), review(f"# how we do it\n{REVIEW}"))
    assert [each.weight for each in found] == [Weight.TEXT]
    assert "comments" in found[0].sentence


def test_the_same_text_has_no_difference() -> None:
    assert workflow_differences(review(), review()) == ()
    assert governance_differences(office(), office()) == ()


def test_people_who_gain_a_role_are_named() -> None:
    new = office(
        OFFICE.replace("ann: {title: An author, roles: author", "ann: {title: An author, roles: [author, chair]")
    )
    found = governance_differences(office(), new)
    assert (found[0].sentence, gainers(found)) == (
        "An author (ann) newly has the role chair.",
        (frozenset(), frozenset({"ann"})),
    )


def test_a_closure_is_named_with_its_day() -> None:
    new = office(
        OFFICE.replace("{2027-12-24: Christmas Eve}", "{2027-12-24: Christmas Eve, 2027-12-31: New Year's Eve}")
    )
    said = sentences(governance_differences(office(), new))
    assert said == ["the calendar “england”: 31 December 2027 is closed (New Year's Eve)."]


@pytest.mark.parametrize(
    ("after", "weight", "said"),
    [
        ("", Weight.MAY, "newly see the field rating at once; it was from the stage “over” on."),
        ("draft", Weight.MAY, "may newly see the field rating at another time: from the stage “draft” on; it was"),
        ("never", Weight.MAY_NOT, "see the field rating never; it was from the stage “over” on."),
    ],
)
def test_who_newly_sees_a_field_is_told_with_what_people_newly_may(after: str, weight: Weight, said: str) -> None:
    """And what is kept back from them, with what they no longer may."""
    text = "rating: {type: choice, scale: assurance"
    hidden = REVIEW.replace(text, f"{text}, disclosed_from: over")
    now = REVIEW.replace(text, f"{text}, disclosed_from: {after}") if after else REVIEW
    (found,) = workflow_differences(review(hidden), review(now))
    assert found.weight is weight
    assert f"The subject's own people {said}" in found.sentence
    (back,) = workflow_differences(review(REVIEW), review(hidden))
    assert back.weight is Weight.MAY_NOT


def test_the_gravest_comes_first_and_each_once() -> None:
    text, may = Difference(Weight.TEXT, "a", "One."), Difference(Weight.MAY, "b", "Two.")
    assert ordered([text, may, text]) == (may, text)


def test_an_escalation_that_changes_is_told_alone() -> None:
    before = "escalate: [{when: 1 working day after due, to: chair}]"
    found = between(before, before.replace("1 working day ", "2 working days "))
    assert sentences(found) == [
        "the stage “Draft”: the escalation 1 working day after due, to chair is gone.",
        "the stage “Draft”: there is a new escalation 2 working days after due, to chair.",
    ]


def test_people_read_titles_and_what_somebody_wrote_stays_as_written() -> None:
    office_file = office(
        OFFICE.replace("  author: {title: Author}", "  lay_author: {title: Lay author}")
        .replace("author,", "lay_author,")
        .replace("open: author", "open: lay_author")
    )
    text = REVIEW.replace("author", "lay_author")
    old = read_workflow(text.encode(), "review.yaml", office_file).required()
    changed = text.replace("drop: {to: dropped, by: chair", "drop: {to: dropped, by: [chair, lay_author]")
    changed = changed.replace("label: Note", "label: lay_author").replace("accept: {to: over", "accept: {to: dropped")
    changed = changed.replace("not_by: whoever did submit, ", "")
    new = read_workflow(changed.encode(), "review.yaml", office_file).required()
    said = sentences(titled(workflow_differences(old, new), office_file, (old, new)))
    eased = (
        "Whoever did “Submit” (draft.submit) is no longer kept from “Check” (both.facts.check): "
        "what took a second person can be done by one."
    )
    assert said == [
        "Lay author may newly do “Drop” (draft.drop).",
        eased,
        "“Accept” (at_board.accept): where it leads is now “Dropped”; it was “Over”.",
        "the field note: label is now “lay_author”; it was “Note”.",
    ]
