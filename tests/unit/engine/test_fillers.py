"""Who may fill in what: of whom a step asks it, whoever has the right; over the shipped workflows, field by field."""

from __future__ import annotations

import pytest

from qa_workflow.definition import Governance, Workflow, read_folder
from qa_workflow.engine.commands import AddSubItem, Correct, Record
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.fillers import as_filler, is_begun_with, unborn
from qa_workflow.engine.past import given_by
from qa_workflow.engine.policy import Actor
from qa_workflow.engine.refusals import NotNow
from tests.unit.engine.stage_play import Play, workflow

LEAD, CLINICAL, OFFICER = "quality_lead", "clinical_lead", "governance_officer"
CHAIR, DIRECTOR, CONTACT = "committee_chair", "director_of_quality", "provider_contact"
DECIDE = {CHAIR, LEAD, OFFICER}
FILLERS = {
    "provider_assurance": {
        "report": {CONTACT, LEAD, OFFICER},
        "minutes": DECIDE,
        "rating": DECIDE,
        "actions": DECIDE,
        "actions_due_on": DECIDE,
        "feedback": {LEAD, DIRECTOR, OFFICER},
        "committee_note": DECIDE,
        "board_note": DECIDE,
    },
    "quality_account": {
        "why_not": {LEAD, OFFICER},
        "draft": {CONTACT, LEAD, OFFICER},
        "received_on": {CONTACT, LEAD, OFFICER},
        "data_checks": {LEAD, OFFICER},
        "rating": {LEAD, OFFICER},
        "clinical_note": {CLINICAL, DIRECTOR, LEAD, OFFICER},
        "healthwatch_comment": {"healthwatch", LEAD, OFFICER},
        "scrutiny_comment": {"scrutiny", LEAD, OFFICER},
        "statement": {LEAD, DIRECTOR, OFFICER},
        "sent_on": {LEAD, OFFICER},
        "changes_explained": {CONTACT, LEAD, OFFICER},
        "published_on": {CONTACT, LEAD, OFFICER},
        "published_at": {CONTACT, LEAD, OFFICER},
        "published_account": {CONTACT, LEAD, OFFICER},
        "differences": {LEAD, OFFICER},
        "committee_note": DECIDE,
    },
    "cqrg_action": {
        "action": {LEAD, OFFICER},
        "lead": {CONTACT, CHAIR, LEAD, OFFICER},
        "source_meeting": {CONTACT, LEAD, OFFICER},
        "due_on": {DIRECTOR, CHAIR, LEAD, OFFICER},
        "progress": {CONTACT, LEAD, OFFICER},
        "evidence": {CONTACT, LEAD, OFFICER},
        "closing_note": DECIDE,
        "committee_answer": DECIDE,
    },
}
"""By workflow and field, the roles that may fill it in; a contact only for their own organisation."""


SHIPPED = read_folder(["workflows"])
PEOPLE_OF = {
    CONTACT: "ghft-contact",
    LEAD: "quality-lead",
    CLINICAL: "clinical-lead",
    OFFICER: "governance-officer",
    CHAIR: "committee-chair",
    DIRECTOR: "director-of-quality",
}


def governance() -> Governance:
    assert SHIPPED.governance is not None
    return SHIPPED.governance


def fillers(found: Workflow, name: str, subject: str = "ghft") -> set[str]:
    """The roles that may fill in a field of an item of the shipped workflows."""
    house = governance()
    item = unborn(found, subject)
    return {r for r in house.roles if as_filler(found, item, name, Actor("somebody", (r,), "ghft"), house) is not None}


@pytest.mark.parametrize(("name", "field"), [(name, field) for name, fields in FILLERS.items() for field in fields])
def test_of_the_shipped_workflows_each_field_is_for_these_roles_and_no_others(name: str, field: str) -> None:
    assert fillers(SHIPPED.workflows[name], field) == FILLERS[name][field]


def test_every_field_of_the_shipped_workflows_is_in_that_table() -> None:
    assert {name: set(each.fields) for name, each in SHIPPED.workflows.items()} == {
        name: set(fields) for name, fields in FILLERS.items()
    }


def test_a_contact_of_another_organisation_fills_in_nothing() -> None:
    for name, fields in FILLERS.items():
        assert not any(CONTACT in fillers(SHIPPED.workflows[name], field, "ghc") for field in fields)


REVIEW = """
workflow: filled
title: Filled
subject: provider
fields:
  report: text
  rating: {type: choice, scale: assurance}
  note: text
  aside: text
  sites: list
  seen_on: date
stages:
  report:
    owner: contact
    transitions: {send: {to: review, needs: report}}
  review:
    owner: author
    transitions:
      rate:
        {to: told, by: [author, reviewer], not_by: whoever did send, needs: rating, asks: note, sets: {seen_on: today}}
      back: {to: report, needs: reason}
  told:
    owner: contact
    transitions: {answer: {to: over, when: not has(aside) or aside == 'yes', opens: [{workflow: filled, each: sites}]}}
  over: {end: completed}
"""


def review() -> Play:
    return Play(REVIEW, subject="north")


@pytest.mark.parametrize("name", ["rating", "note", "aside", "seen_on"])
def test_whoever_owns_a_stage_fills_in_only_what_is_asked_of_them(name: str) -> None:
    """Else a provider writes the decision that its commissioner is about to take."""
    value = {"rating": "substantial", "seen_on": "2027-04-01"}.get(name, "ours")
    play = review()
    with pytest.raises(NotNow, match=f"'record' was not done: nora may not fill in '{name}'; this is for"):
        play.do(Record({name: value}), "nora")
    with pytest.raises(NotNow, match=f"'send' was not done: nora may not fill in '{name}'"):
        play.fire("send", "nora", report="ours", **{name: value})
    assert play.item.fields == {}


def test_a_refusal_says_who_may() -> None:
    with pytest.raises(NotNow, match="nora may not fill in 'rating'; this is for: author, reviewer, chair"):
        review().do(Record({"rating": "substantial"}), "nora")


def test_a_value_that_stands_already_is_refused_like_any_other() -> None:
    """Else whoever does not see a field finds out what stands in it, by trying."""
    play = review()
    play.do(Record({"rating": "partial"}), "cher")
    refused = []
    for rating in ("partial", "substantial"):
        with pytest.raises(NotNow) as refusal:
            play.do(Record({"rating": rating}), "nora")
        refused.append(str(refusal.value))
    assert refused[0] == refused[1]


def test_what_a_step_asks_for_is_filled_in_by_who_may_do_it_before_its_turn_too() -> None:
    play = review()
    play.do(Record({"report": "half"}), "nora")
    play.fire("send", "nora", report="whole")
    play.do(Record({"note": "so far so good"}), "ann")
    assert play.item.fields == {"report": "whole", "note": "so far so good"}


def test_the_right_to_record_reaches_every_field() -> None:
    play = review()
    play.do(Record({"aside": "yes", "note": "heard"}), "cher")
    assert play.item.fields == {"aside": "yes", "note": "heard"}


LENT = """
workflow: lent
title: Filled in for others
fields: {report: text, note: text}
stages:
  sent: {owner: author, due: 5 working days after entry, transitions: {send: {to: seen, needs: report}}}
  seen: {owner: reviewer, transitions: {look: {to: over, by: [chair, reviewer], asks: note}}}
  over: {end: completed}
"""


def test_whose_step_asks_for_what_somebody_else_fills_in_is_told_that_the_step_is_still_to_be_made() -> None:
    """A report that came by letter is filled in by the office, and only its author can send it on."""
    play = Play(LENT)
    sent = len(play.sent)
    play.do(Record({"note": "for later"}), "cher")
    assert play.sent[sent:] == []
    play.do(Record({"report": "as it came"}), "cher")
    (told,) = play.sent[sent:]
    assert (told.payload["topic"], told.payload["stage"], told.to.roles) == ("filled_in", "Sent", ("author",))
    assert told.payload["due"] == play.due
    play.do(Record({"report": "as it came"}), "cher")  # nothing is another
    play.do(Record({"report": "as it should be"}), "ann")  # it is theirs
    play.do(Record({"report": None}), "cher")  # nothing is there to send
    assert len(play.sent) == sent + 1


def test_who_can_make_the_step_themselves_leaves_it_to_nobody() -> None:
    play = Play(LENT, report="as it came")
    play.fire("send")
    sent = len(play.sent)
    play.do(Record({"note": "unconfirmed"}), "cher")
    assert play.sent[sent:] == []


def test_a_condition_asks_nobody() -> None:
    """What one person's step waits for is another's to say: who waits does not fill it in."""
    play = review()
    play.fire("send", "nora", report="ours")
    play.fire("rate", "ann", rating="partial")
    play.do(Record({"aside": "no"}), "cher")
    with pytest.raises(NotNow, match="nora may not fill in 'aside'"):
        play.fire("answer", "nora", aside="yes")


def test_what_a_step_hands_on_to_items_it_opens_is_asked_of_who_may_do_it() -> None:
    play = review()
    play.do(Record({"sites": ["one"]}), "nora")
    assert play.item.fields == {"sites": ["one"]}


def test_who_stands_in_fills_in_for_whom_they_stand_in_for() -> None:
    """Ruth covers for rob; what is not hers by a role of her own is recorded as done for him."""
    text = REVIEW.replace("by: [author, reviewer]", "by: person in lead").replace("fields:", "fields:\n  lead: person")
    play = Play(text, subject="north", now="2027-04-06T09:00")
    play.do(Record({"lead": "rob"}), "cher")
    play.fire("send", "nora", report="ours")
    play.workflow = workflow(text.replace("owner: author", "owner: reviewer"))
    play.do(Record({"note": "seen"}), "ruth")
    assert (play.events[-1].actor, play.events[-1].acting_for) == ("ruth", "rob")


def test_four_eyes_are_about_the_step_and_not_about_what_was_prepared_for_it() -> None:
    play = Play(REVIEW.replace("owner: contact", "owner: author", 1), subject="north")
    play.fire("send", "ann", report="ours")
    play.do(Record({"note": "prepared"}), "ann")
    play.fire("rate", "amy", rating="partial")
    assert play.events[-1].data["rests_on"] == {"note": "prepared"}


def test_who_opens_an_item_gives_what_the_opening_asks_for_and_what_nobody_else_is_asked() -> None:
    found = workflow(REVIEW.replace("subject: provider", "subject: provider\nneeds: report\nrights: {open: contact}"))
    play, house = review(), Play(REVIEW, subject="north").setting.governance
    nora = play.actor("nora")
    given = {n for n in found.fields if is_begun_with(found, unborn(found, "north"), n, nora, house)}
    assert given == {"report", "aside", "sites"}, "not the rating, its note, or a day that a step sets"
    text = REVIEW.replace("subject: provider", "subject: provider\nneeds: report\nrights: {open: contact}")
    with pytest.raises(NotNow, match="nora may not fill in 'rating'"):
        Play(text, subject="north", actor="nora", report="ours", rating="substantial")


GROWING = """
workflow: growing
title: Growing
subject: provider
stages:
  gather: {owner: author, sub_items: {workflow: filled, more: contact}, transitions: {joined: {to: over}}}
  over: {end: completed}
"""


def test_who_adds_a_sub_item_gives_with_it_what_they_could_open_it_with() -> None:
    play = Play(GROWING, subject="north")
    to_be = {"filled": workflow(REVIEW)}
    play.do(AddSubItem({"aside": "ward 7", "report": "ours"}, to_be=to_be), "nora")
    with pytest.raises(NotNow, match="nora may not fill in 'rating'"):
        play.do(AddSubItem({"aside": "ward 7", "rating": "substantial"}, to_be=to_be), "nora")


def test_a_step_says_with_which_values_it_was_decided_though_none_of_them_changed() -> None:
    """The line that says "rated" says how."""
    play = review()
    play.fire("send", "nora", report="ours")
    play.do(Record({"rating": "partial", "note": "by telephone"}), "ann")
    play.fire("rate", "rob", note="in the meeting")
    event = play.events[-1]
    assert (event.data["set"], event.data["rests_on"]) == (
        {"note": "in the meeting", "seen_on": "2027-04-01"},
        {"rating": "partial"},
    )


def test_a_vote_says_with_which_values_it_was_cast() -> None:
    play = Play(REVIEW.replace("needs: rating", "needs: rating, votes: 2"), subject="north")
    play.fire("send", "nora", report="ours")
    play.do(Record({"rating": "partial"}), "ann")
    play.fire("rate", "rob")
    assert (play.kinds[-1], play.events[-1].data["rests_on"]) == (Kind.VOTED, {"rating": "partial"})


def test_who_gave_a_value_is_who_gave_it_first_as_it_stands() -> None:
    play = review()
    play.do(Record({"report": "half"}), "nora")
    play.do(Record({"report": "whole"}), "cher")
    play.fire("send", "nora", report="whole")
    assert given_by(play.events)["report"].actor == "cher"


def test_what_a_step_asked_for_counts_once_it_is_made() -> None:
    play = review()
    play.fire("send", "nora", report="ours")
    play.fire("rate", "ann", rating="partial", note="in the meeting")
    with pytest.raises(NotNow, match="'note' counts since 'rate' was done by ann"):
        play.do(Record({"note": "otherwise"}), "cher")
    play.do(Correct("the minutes say so", {"note": "otherwise"}), "cher")
    assert play.item.fields["note"] == "otherwise"


def test_what_a_condition_cannot_judge_for_want_of_a_needed_field_is_said_once() -> None:
    """The field is missing, and the form of the step asks for it: there is nothing else to do."""
    play = Play(REVIEW.replace("needs: report", "needs: seen_on, when: seen_on <= today()"), subject="north")
    with pytest.raises(NotNow) as refusal:
        play.fire("send", "nora")
    assert [o.code for o in refusal.value.obstacles] == ["missing"]
    with pytest.raises(NotNow, match="its condition does not hold"):
        play.fire("send", "nora", seen_on="2028-04-01")


def test_a_history_from_before_steps_said_it_is_read_as_ever() -> None:
    old = Event(1, "2027-04-01T09:00:00.000000Z", "ann", Kind.OPENED, data={"item": {}, "set": {"note": "x"}})
    assert given_by([old]) == {"note": old}
