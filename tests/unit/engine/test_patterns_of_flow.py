"""The manual's patterns of control flow, each played as docs/language.md has it."""

from __future__ import annotations

from typing import Any

import pytest

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Claim
from qa_workflow.engine.refusals import NoSuchStep, NotAllowed, NotNow
from qa_workflow.service.front import Engine
from tests.unit.engine.pattern_page import PAPER, PatternPlay, below


def at_stage(office: Engine, item: Item) -> list[str]:
    """Where an item rests by now."""
    return [visit.stage for visit in office.item(item.id).leaves()]


def test_sequence() -> None:
    play = PatternPlay("minutes_approval")
    with pytest.raises(NoSuchStep, match="belongs to stage 'approval'"):
        play.fire("approve", "chair")
    for trigger, actor in (("send_to_chair", "officer"), ("pass", "chair"), ("approve", "chair")):
        play.fire(trigger, actor)
    assert [(e.source, e.target) for e in play.events[1:]] == [
        ("writing", "chair_check"),
        ("chair_check", "approval"),
        ("approval", "approved"),
    ]


def test_parallel_split() -> None:
    play = PatternPlay("regulator_report")
    assert play.stages == ["handling.reading", "handling.press_line", "handling.chair_told"]
    assert {o.to.roles for o in play.sent} == {("quality_lead",), ("governance_officer",)}


@pytest.mark.parametrize("first", ["check_figures", "check_clinical"])
def test_synchronisation(first: str) -> None:
    play = PatternPlay("account_checks")
    steps = {"check_figures": "lead", "check_clinical": "clinician"}
    play.fire(first, steps.pop(first))
    assert "statement" not in play.stages
    for trigger, actor in steps.items():
        play.fire(trigger, actor)
    assert play.stages == ["statement"]


@pytest.mark.parametrize(("level", "stage"), [("serious", "director"), ("routine", "review_group"), ("none", "noted")])
def test_exclusive_choice(level: str, stage: str) -> None:
    play = PatternPlay("concern_triage")
    play.fire("grade", "lead", level=level)
    assert play.stages == [stage]


@pytest.mark.parametrize("way", [["by_meeting", "write_up"], ["by_letter"]])
def test_simple_merge(way: list[str]) -> None:
    play = PatternPlay("group_feedback", letter=PAPER, notes="parking")
    for trigger in way:
        play.fire(trigger, "lead")
    assert (play.stages, play.item.visited["theming"]) == (["theming"], 1)


@pytest.mark.parametrize(
    ("fields", "branches"),
    [([], 1), (["touches_children"], 2), (["touches_children", "touches_medicines"], 3)],
)
def test_multi_choice(fields: list[str], branches: int) -> None:
    given: dict[str, Any] = dict.fromkeys(fields, True)
    play = PatternPlay("service_change", **given)
    assert len(play.stages) == branches
    assert ("looks.safeguarding" in play.stages) == ("touches_children" in fields)


def test_synchronising_merge() -> None:
    """One branch was started: one is waited for. Three were: three."""
    play = PatternPlay("impact_assessment")
    play.fire("equality_assessed", "lead")
    assert play.stages == ["decide"]
    play = PatternPlay("impact_assessment", personal_data=True, closes_a_site=True)
    play.fire("equality_assessed", "lead")
    play.fire("privacy_assessed", "officer")
    assert play.stages == ["assess.travel"]
    play.fire("travel_assessed", "lead")
    assert play.stages == ["decide"]


def test_multi_merge(office: Engine) -> None:
    """Each branch that finishes opens its own action, while others are still open."""
    item = office.open("three_reviews", actor="lead")
    for count, (trigger, actor) in enumerate(
        [("nursing_done", "lead"), ("medical_done", "clinician"), ("lay_done", "lay")], 1
    ):
        assert office.item(item.id).status == "open"
        office.advance(item.id, trigger, actor=actor)
        assert [at_stage(office, action) for action in below(office, "improvement_action")] == [["open"]] * count
    assert office.item(item.id).status == "closed"


@pytest.mark.parametrize("third", ["nurse", "doctor", "lay"])
def test_discriminator(third: str) -> None:
    """The first two of three, whichever they are; the third is withdrawn."""
    play = PatternPlay("expert_opinions")
    people = {"nurse": "lead", "doctor": "clinician", "lay": "lay"}
    first, second = (name for name in people if name != third)
    play.fire(f"{first}_opinion", people[first])
    assert "report" not in play.stages
    play.fire(f"{second}_opinion", people[second])
    assert [visit.stage for visit in play.item.visits] == ["report"]
    with pytest.raises(NoSuchStep):
        play.fire(f"{third}_opinion", people[third])
    assert play.kinds.count("joined") == 1


def test_arbitrary_cycles() -> None:
    play = PatternPlay("policy_drafting")
    play.fire("consult", "officer")
    play.fire("submit", "lead")
    play.fire("consult_again", "director", reason="patients were not asked")
    play.fire("redraft", "lead", reason="they were, and say no")
    play.fire("consult", "officer")
    play.fire("submit", "lead")
    play.fire("reword", "director", reason="clause 3")
    assert play.stages == ["drafting"]
    assert play.item.visited == {"drafting": 3, "consultation": 3, "legal_check": 2}


@pytest.mark.parametrize("last", ["published", "written", "briefed"])
def test_implicit_termination(last: str) -> None:
    """No step closes it: it is over when nothing is left to do."""
    play = PatternPlay("decision_told")
    people = {"published": "officer", "written": "lead", "briefed": "director"}
    for trigger in [name for name in people if name != last]:
        play.fire(trigger, people[trigger])
        assert play.item.status == "open"
    play.fire(last, people[last])
    assert (play.item.status, play.stages) == ("closed", ["told"])


def test_multiple_instances_without_synchronisation(office: Engine) -> None:
    audit = office.open("clinical_audit", actor="lead")
    office.advance(audit, "publish", actor="clinician", fields={"sites": "Gloucester, Stroud", "what": "handover"})
    actions = below(office, "improvement_action")
    assert office.item(audit.id).status == "closed"
    assert [(a.status, a.fields) for a in actions] == [
        ("open", {"what": "handover", "site": "Gloucester"}),
        ("open", {"what": "handover", "site": "Stroud"}),
    ]
    assert {a.parent for a in actions} == {(audit.id, 0)}


def test_multiple_instances_known_at_design_time(office: Engine) -> None:
    check = office.open("readiness_check", actor="lead")
    first, second = below(office, "site_visit")
    office.advance(first, "report", actor="lead", fields={"seen": "all well"})
    assert at_stage(office, check) == ["visits"]
    office.advance(second, "report", actor="lead", fields={"seen": "all well"})
    assert at_stage(office, check) == ["decide"]


@pytest.mark.parametrize(("called_off", "stage"), [(0, "reported"), (1, "explain")])
def test_multiple_instances_known_at_run_time(office: Engine, called_off: int, stage: str) -> None:
    item = office.open("provider_visits", actor="lead")
    office.advance(item, "begin", actor="lead", fields={"sites": "Gloucester, Stroud, Cirencester"})
    visits = below(office, "site_visit")
    assert [visit.fields["site"] for visit in visits] == ["Gloucester", "Stroud", "Cirencester"]
    for number, visit in enumerate(visits):
        assert at_stage(office, item) == ["visits"]
        if number < called_off:
            office.advance(visit, "call_off", actor="lead", reason="flooded")
        else:
            office.advance(visit, "report", actor="lead", fields={"seen": "all well"})
    assert at_stage(office, item) == [stage]


def test_multiple_instances_not_known_in_advance(office: Engine) -> None:
    review = office.open("matter_review", actor="lead")
    assert below(office, "improvement_action") == []
    office.add_sub_item(review, actor="lead", fields={"what": "rota"})
    office.advance(below(office, "improvement_action")[0], "finish", actor="lead")
    office.add_sub_item(review.id, actor="lead", fields={"what": "training"})
    with pytest.raises(NotNow, match="every action has to be finished first"):
        office.advance(review.id, "enough", actor="lead")
    office.advance(below(office, "improvement_action")[1], "finish", actor="lead")
    assert at_stage(office, review) == ["reviewing"], "more may still be found; a person says when there are enough"
    office.advance(review.id, "enough", actor="lead")
    assert at_stage(office, review) == ["learning"]


def test_deferred_choice() -> None:
    """Whichever comes first takes the other away."""
    play = PatternPlay("factual_accuracy", subject="north")
    play.until("2027-04-16T09:00")
    assert (play.stages, play.events[-1].actor) == (["final"], "system:clock")
    play = PatternPlay("factual_accuracy", subject="north")
    play.fire("correct_facts", "contact", reason="the beds are 24, not 42")
    play.until("2027-05-01T09:00")
    assert (play.stages, play.timers()) == (["revising"], [])


def test_interleaved_parallel_routing() -> None:
    play = PatternPlay("inspection")
    play.do(Claim("pharmacy"), "clinician")
    with pytest.raises(NotNow, match="finished first"):
        play.do(Claim("wards"), "lead")
    play.fire("pharmacy_seen", "clinician")
    play.do(Claim("records"), "officer")
    play.fire("records_seen", "officer")
    play.do(Claim("wards"), "lead")
    play.fire("wards_seen", "lead")
    assert play.item.status == "closed"


def test_milestone() -> None:
    play = PatternPlay("public_questions")
    play.fire("take_question", "officer")
    play.fire("take_question", "officer")
    play.fire("print", "officer")
    with pytest.raises(NotNow, match=r"only while one of these is open: .*collecting"):
        play.fire("take_question", "officer")


def test_cancel_activity() -> None:
    play = PatternPlay("outside_view")
    play.fire("do_without", "director", reason="nobody is free before the meeting")
    assert play.stages == ["preparing.own_data"]
    with pytest.raises(NoSuchStep):
        play.fire("view_given", "lay")
    play.fire("data_ready", "lead")
    assert play.item.status == "closed"


def test_cancel_case(office: Engine) -> None:
    """With its sub-items, two levels down; what was done stays done."""
    programme = office.open("visit_programme", actor="lead")
    office.advance(programme, "begin", actor="lead", fields={"sites": "Gloucester, Stroud"})
    (visits,) = below(office, "provider_visits")
    office.advance(visits, "begin", actor="lead")
    done, under_way = below(office, "site_visit")
    office.advance(done, "report", actor="lead", fields={"seen": "all well"})
    with pytest.raises(NotAllowed, match="director_of_quality"):
        office.cancel(programme.id, actor="officer", reason="the budget is gone")
    office.cancel(programme.id, actor="director", reason="the budget is gone")
    statuses = {i.id: office.item(i.id).status for i in (programme, visits, done, under_way)}
    assert list(statuses.values()) == ["cancelled", "cancelled", "closed", "cancelled"]
    assert "the budget is gone" in str(office.history(under_way.id)[-1].reason)


def test_two_lists_of_sub_items_at_once(office: Engine) -> None:
    """What must be done holds the stage up, and what should be done the end."""
    item = office.open("regulator_actions", actor="lead")
    office.advance(item, "list_actions", actor="lead", fields={"must_do": "lights", "should_do": "paint, chairs"})
    lights, *shoulds = below(office, "improvement_action")
    assert [each.fields["what"] for each in (lights, *shoulds)] == ["lights", "paint", "chairs"]
    office.advance(lights, "finish", actor="lead")
    assert ("told" in at_stage(office, item), office.item(item.id).status) == (True, "open")
    for each in shoulds:
        office.advance(each, "finish", actor="lead")
    assert office.item(item.id).status == "closed"


def test_multiple_instances_about_other_organisations(office: Engine) -> None:
    """Each agency has its own, and whoever is asked later too; the review goes on when all have answered."""
    item = office.open("joint_review", actor="lead", subject="north")
    office.advance(
        item, "ask", actor="lead", fields={"agencies": "south, commissioner", "question": "What do you know?"}
    )
    office.add_sub_item(item.id, actor="lead", fields={"subject": "North Trust"})
    asked = below(office, "agency_answer")
    assert [each.subject for each in asked] == ["south", "commissioner", "north"]
    assert asked[0].fields == {"question": "What do you know?"}
    with pytest.raises(NotNow, match="this is about South Trust"):
        office.advance(asked[0], "answer", actor="contact", fields={"answer": "of another"})
    office.advance(asked[0], "answer", actor="south-contact", fields={"answer": "nothing of note"})
    office.advance(asked[2], "nothing_known", actor="contact", reason="never met")
    assert at_stage(office, item) == ["asking"]
    office.cancel(asked[1].id, actor="officer", reason="asked by mistake")
    assert at_stage(office, item) == ["weighing"]
