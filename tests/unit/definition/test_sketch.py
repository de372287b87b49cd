"""The workflow with which the language was first sketched reads without a fault, and means what it says."""

from __future__ import annotations

import pytest

from qa_workflow.calendar import Anchor, AnchorKind
from qa_workflow.definition import Workflow, read_governance, read_workflow
from qa_workflow.definition.model import DONE, Case, JoinKind, Late, Who

GOVERNANCE = b"""
governance: sketch
title: A sketch
calendars: {england: {}}
roles:
  provider_contact: {title: Provider contact, scope: own organisation}
  quality_lead: {title: Quality lead}
  governance_officer: {title: Governance officer}
  director_of_quality: {title: Director of quality}
  healthwatch: {title: Healthwatch}
  chair: {title: Chair}
scales:
  assurance:
    title: Assurance
    levels:
      - {value: full, title: Full, meaning: Nothing is missing.}
      - {value: none, title: None, meaning: Nothing is there.}
organisations:
  north: {title: North Hospital, kind: provider}
bodies:
  quality_and_governance_committee:
    title: Quality and Governance Committee
    secretary: governance_officer
    chair: chair
    papers: 5 clear working days before meeting
    meets: {rule: FREQ=MONTHLY;BYDAY=2TH, from: 2027-01-01, at: "10:00"}
  governing_body:
    title: Governing Body
    secretary: governance_officer
    papers: 5 clear working days before meeting
    meets: {rule: FREQ=MONTHLY;BYDAY=-1WE, from: 2027-01-01, at: "14:00"}
"""

SKETCH = b"""
workflow: quality_account
title: Quality Account review
purpose: The commissioner's statement on a provider's annual Quality Account, before it is published.
subject: provider                      # one item is about one organisation of this kind
period: financial_year
reference: QA/{period}/{subject}
opens: {each: provider, every: financial_year, on: 1 April}   # the clock opens the cycle

fields:
  draft:       {type: document, label: Draft Quality Account}
  received_on: {type: date, label: Draft received}
  rating:      {type: choice, scale: assurance}
  statement:   {type: text, label: Commissioner's statement, words: 1000}
  escalation:  text

stages:
  awaiting_draft:
    owner: provider_contact
    due: {rule: on 30 April, basis: statute, source: "SI 2010/279 as amended"}
    remind: [10 working days before due, 2 working days before due]
    escalate:
      - {when: 1 working day after due, to: quality_lead}
      - {when: 5 working days after due, to: governance_officer}
    transitions:
      receive: {to: review, by: [provider_contact, quality_lead], needs: [draft, received_on]}

  review:                              # branches are open at once; the stage ends when the join is met
    due: {rule: 30 calendar days after received_on, roll: earlier working day, basis: to be confirmed}
    parallel:
      join: all
      branches:
        accuracy:    {owner: quality_lead, transitions: {check: {needs: rating}}}
        healthwatch: {owner: healthwatch, optional: true, transitions: {comment: {}}}
    transitions:
      joined: {to: sign_off}
      return: {to: awaiting_draft, by: quality_lead, needs: reason, at_most: 2 times}

  sign_off:
    owner: director_of_quality
    due: 5 clear working days before meeting of quality_and_governance_committee
    transitions:
      sign:
        to: committee
        not_by: whoever did accuracy.check
        needs: statement
        asks: escalation
        when: rating != 'none' or has(escalation)

  committee:
    meeting: quality_and_governance_committee    # waits for that body's next meeting; a late paper rolls over
    transitions:
      noted:    {to: closed}
      escalate: {to: governing_body}
    lapse: {when: 3 months after entry, to: closed_without_statement}

  governing_body:
    meeting: governing_body
    transitions:
      receive: {to: closed}

  closed: {end: completed}
  closed_without_statement: {end: lapsed}
"""


@pytest.fixture(scope="module")
def sketch() -> Workflow:
    governance = read_governance(GOVERNANCE).required()
    reading = read_workflow(SKETCH, "quality_account.yaml", governance, {})
    assert [str(fault) for fault in reading.faults] == []
    return reading.required()


def test_stages_are_flattened_to_paths(sketch: Workflow) -> None:
    """A branch of a single stage is that stage."""
    assert list(sketch.stages) == [
        "awaiting_draft", "review", "review.accuracy", "review.healthwatch", "sign_off", "committee", "governing_body",
        "closed", "closed_without_statement",
    ]  # fmt: skip
    assert sketch.start == "awaiting_draft"
    assert sketch.flows["review.accuracy"].stages == ("review.accuracy",)


def test_steps_know_who_may_and_what_is_needed(sketch: Workflow) -> None:
    """The owner, where nobody else is named."""
    steps = sketch.triggers()
    assert steps["awaiting_draft.receive"].by == Who(roles=("provider_contact", "quality_lead"))
    assert steps["sign_off.sign"].by == Who(roles=("director_of_quality",))
    assert steps["sign_off.sign"].not_by == Who(did=("review.accuracy.check",))
    assert steps["review.return"].needs_reason
    assert steps["review.return"].needs == ()
    assert steps["review.return"].at_most == 2
    assert steps["review.joined"].by == Who()


def test_a_meeting_is_recorded_by_the_bodys_own_people(sketch: Workflow) -> None:
    """Its secretary and its chair, where the stage names no owner."""
    assert sketch.stages["committee"].owner == Who(roles=("governance_officer", "chair"))


def test_steps_lead_to_full_paths(sketch: Workflow) -> None:
    """A step in a branch that leads nowhere ends the branch."""
    steps = sketch.triggers()
    assert steps["awaiting_draft.receive"].cases == (Case("review"),)
    assert steps["review.accuracy.check"].cases == (Case(DONE),)


def test_times_are_parsed(sketch: Workflow) -> None:
    """With what they hang on."""
    due = sketch.stages["review"].due
    assert due is not None
    assert str(due) == "30 calendar days after received_on, or the earlier working day"
    lapse = sketch.stages["committee"].lapse
    assert lapse is not None
    assert (lapse.to, lapse.outcome, lapse.late) == ("closed_without_statement", "lapsed", Late.FIRE)
    assert [str(rung.when) for rung in sketch.stages["awaiting_draft"].ladder] == [
        "1 working day after due", "5 working days after due",
    ]  # fmt: skip
    sign_off = sketch.stages["sign_off"].due
    assert sign_off is not None
    assert str(sign_off) == "5 clear working days before meeting of quality_and_governance_committee"
    assert sketch.opening is not None
    assert str(sketch.opening.on) == "on 1 April"


def test_the_rest_is_as_written_or_usual(sketch: Workflow) -> None:
    """Titles are made from names, and labels too."""
    assert sketch.stages["sign_off"].title == "Sign off"
    assert sketch.fields["rating"].label == "Rating"
    assert [option.value for option in sketch.fields["rating"].options] == ["full", "none"]
    parallel = sketch.stages["review"].parallel
    assert parallel is not None
    assert parallel.join.kind is JoinKind.ALL
    assert [branch.optional for branch in parallel.branches.values()] == [False, True]
    assert sketch.stages["closed"].end == "completed"
    assert len(sketch.hash) == 64


def test_a_happening_is_found_by_the_end_of_its_path(sketch: Workflow) -> None:
    """In times as everywhere."""
    text = SKETCH.replace(b"due: 5 clear working days before meeting of quality_and_governance_committee",
                          b"due: 5 working days after check was done")  # fmt: skip
    again = read_workflow(text, "quality_account.yaml", read_governance(GOVERNANCE).required(), {}).required()
    due = again.stages["sign_off"].due
    assert due is not None
    assert not isinstance(due.rule, Anchor)
    assert str(due) == "5 working days after review.accuracy.check was done"
    assert again.hash != sketch.hash
    assert AnchorKind.DONE.value in str(due)
