"""Every pattern of docs/language.md, played: the one thing that makes it this pattern and no other.

Where several items take part, on a real database and through the front door; else a single item in memory.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qa_workflow.engine import Item, Sight
from qa_workflow.engine.commands import Assign, Claim, MeetingMoved, PutOnHold, Record, Release, Resume
from qa_workflow.engine.refusals import ItemIsHeld, NoSuchStep, NotAllowed, NotNow
from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock, engine_in
from tests.unit.engine.pattern_page import PatternPlay, folder
from tests.unit.engine.stage_play import at

PAPER = {"sha256": "0" * 64, "name": "paper.pdf", "size": 10}


@pytest.fixture
def clock() -> FakeClock:
    """Thursday 1 April 2027, ten in the morning in London."""
    return FakeClock("2027-04-01T09:00")


@pytest.fixture
def office(tmp_path: Path, clock: FakeClock) -> Engine:
    """An engine with all examples, on SQLite."""
    return engine_in(tmp_path, folder(tmp_path / "workflows"), clock)


def below(office: Engine, workflow: str) -> list[Item]:
    """The items of a workflow, the oldest first."""
    return sorted(office.items(workflow=workflow, limit=100), key=lambda item: item.reference)


def at_stage(office: Engine, item: Item) -> list[str]:
    """Where an item rests by now."""
    return [visit.stage for visit in office.item(item.id).leaves()]


# --- Control flow ---------------------------------------------------------------------------------------------------


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


# --- Time -----------------------------------------------------------------------------------------------------------


def test_time_lags_between_two_activities() -> None:
    play = PatternPlay("funding_appeal")
    play.fire("send_letter", "director")
    for trigger in ("appeal", "close_file"):
        with pytest.raises(NotNow, match="can be done from"):
            play.fire(trigger, "officer")
    play.until("2027-05-19T09:00")
    with pytest.raises(NotNow, match="could be done until"):
        play.fire("appeal", "officer")
    play.fire("close_file", "officer")
    assert play.item.outcome == "completed"


def test_durations() -> None:
    play = PatternPlay("complaint")
    assert play.due == "2027-04-06", "three working days from a Thursday"
    play.until("2027-04-06T09:00")
    play.fire("acknowledge", "officer")
    assert play.due == "2027-10-01", "six months from receipt"
    play.until("2027-10-05T09:00")
    assert play.kinds[-2:] == ["overdue", "escalated"]


@pytest.mark.parametrize(("grade", "by"), [("simple", "2027-05-07"), ("complex", "2027-06-28")])
def test_dates_that_a_step_sets(grade: str, by: str) -> None:
    play = PatternPlay("graded_complaint", received_on="2027-04-01")
    play.fire(grade, "officer")
    assert (play.item.fields["answer_by"], play.due) == (by, by)


def test_time_lags_between_events() -> None:
    play = PatternPlay("comments_to_provider")
    assert play.due is None
    play.do(Record({"received_on": "2027-04-01"}), "lead")
    assert play.due == "2027-04-08"
    play.until("2027-04-06T09:00")
    play.fire("clear", "clinician")
    assert {v.stage: v.due.on for v in play.item.visits if v.due} == {
        "checking": "2027-04-20",
        "checking.figures": "2027-04-08",
    }
    play.until("2027-04-14T09:00")
    play.fire("check", "lead")
    assert play.stages == ["sending"]
    assert play.due_date.on == "2027-04-20"


def test_elapsed_hours() -> None:
    """72 hours on the clock: over a weekend, and over the night on which the clocks go forward."""
    play = PatternPlay("data_breach", now="2027-03-26T16:00")
    assert play.due_date.at == "2027-03-29T16:00:00.000000Z"
    play.until("2027-03-29T04:00")
    assert play.kinds[-1] == "reminded"
    play.until("2027-03-29T17:00")
    assert play.kinds[-2:] == ["overdue", "escalated"]


def test_fixed_date_elements() -> None:
    play = PatternPlay("account_published", period="2026-27")
    assert play.due == "2027-06-30"
    assert PatternPlay("account_published", period="2026-27", now="2027-06-01T09:00").due == "2027-06-30"
    play.until("2027-08-01T09:00")
    assert (play.item.outcome, play.events[-1].kind) == ("lapsed", "lapsed")


def test_schedule_restricted_elements() -> None:
    """The committee meets on Wednesday 28 April at 14:00."""
    play = PatternPlay("committee_decision")
    with pytest.raises(NotNow, match="28 April 2027"):
        play.fire("record_decision", "officer")
    play.until("2027-04-28T13:30")
    play.fire("record_decision", "officer")
    assert play.item.outcome == "decided"
    late = PatternPlay("committee_decision")
    late.until("2027-05-10T09:00")
    with pytest.raises(NotNow, match="could be done until"):
        late.fire("record_decision", "officer")


def test_time_based_restrictions() -> None:
    play = PatternPlay("data_request", subject="north")
    play.fire("chase", "lead")
    with pytest.raises(NotNow, match="less than five working days old"):
        play.fire("chase", "lead")
    for day in ("2027-04-08T09:00", "2027-04-15T09:00"):
        play.until(day)
        play.fire("chase", "lead")
    play.until("2027-05-20T09:00")
    with pytest.raises(NotNow, match="that is the most"):
        play.fire("chase", "lead")
    assert play.stages == ["requested"]


def test_validity_period() -> None:
    play = PatternPlay("representative_poll")
    play.fire("announce", "officer", opens_on="2027-04-05", closes_on="2027-04-09")
    with pytest.raises(NotNow, match="can be done from"):
        play.fire("count_vote", "officer")
    for now in ("2027-04-05T08:00", "2027-04-09T20:00"):
        play.until(now)
        play.fire("count_vote", "officer")
    play.until("2027-04-10T08:00")
    with pytest.raises(NotNow, match="could be done until"):
        play.fire("count_vote", "officer")
    play.fire("declare", "officer")


def test_validity_of_evidence() -> None:
    play = PatternPlay("training_assurance")
    with pytest.raises(NotNow, match=r"counted until 15 March 2027; a newer one is needed"):
        play.fire("assure", "lead", certificate=PAPER, seen_on="2026-03-15")
    play.fire("assure", "lead", certificate=PAPER, seen_on="2026-04-15")
    assert play.item.status == "closed"


@pytest.mark.parametrize(("now", "stage"), [("2027-11-02T09:00", "winter_cell"), ("2027-05-04T09:00", "review_group")])
def test_time_dependent_variability(now: str, stage: str) -> None:
    play = PatternPlay("outbreak", now=now)
    play.fire("pass_on", "lead")
    assert play.stages == [stage]


def test_cyclic_elements() -> None:
    play = PatternPlay("close_watch")
    play.fire("first_look", "lead")
    for earliest, due in (("2027-04-29", "2027-05-13"), ("2027-05-27", "2027-06-10")):
        assert play.due == due
        with pytest.raises(NotNow, match="can be done from"):
            play.fire("look", "lead")
        play.until(f"{earliest}T08:00")
        play.fire("look", "lead")


def test_periodicity(office: Engine, clock: FakeClock) -> None:
    """Once a quarter for each provider that exists then; what was missed is opened late."""
    clock.set("2027-04-01T09:00")
    office.tick()
    opened = {(i.subject, i.period) for i in below(office, "quarterly_report")}
    assert opened == {("north", "2026-27 Q4"), ("south", "2026-27 Q4")}
    clock.set("2028-01-05T09:00")
    office.tick()
    later = {(i.subject, i.period) for i in below(office, "quarterly_report")} - opened
    assert later == {("north", f"2027-28 Q{quarter}") for quarter in (1, 2, 3)}, "South Trust ended in June 2027"
    office.tick()
    assert len(below(office, "quarterly_report")) == 5


def test_re_review_from_plan(office: Engine, clock: FakeClock) -> None:
    """Two years from its opening, though it took five months."""
    policy = office.open("policy_review", actor="officer", fields={"policy": "Duty of candour"})
    clock.set("2027-09-01T09:00")
    office.advance(policy, "confirm", actor="officer")
    clock.set("2029-04-01T08:00")
    office.tick()
    assert len(below(office, "policy_review")) == 1
    clock.set("2029-04-02T08:00")
    office.tick()
    _, following = below(office, "policy_review")
    assert (following.status, following.fields) == ("open", {"policy": "Duty of candour"})


def test_re_review_from_completion(office: Engine, clock: FakeClock) -> None:
    group = office.open("membership_review", actor="officer", fields={"group": "Cotswolds"})
    clock.set("2027-09-01T09:00")
    office.advance(group, "agree", actor="officer")
    for now, count in (("2028-04-02T09:00", 1), ("2028-09-01T09:00", 1), ("2028-09-02T09:00", 2)):
        clock.set(now)
        office.tick()
        assert len(below(office, "membership_review")) == count


# --- Meetings -------------------------------------------------------------------------------------------------------


def test_roll_over_to_the_next_meeting() -> None:
    """Papers for 28 April are due on the 20th; the next meeting is on 26 May."""
    play = PatternPlay("committee_paper")
    assert play.due == "2027-04-20"
    play.until("2027-04-21T09:00")
    play.fire("submit", "lead")
    assert play.due == "2027-05-26"
    assert "28 April 2027 at 14:00 is passed over: its papers were due by" in play.due_date.why
    with pytest.raises(NotNow, match="26 May 2027"):
        play.fire("not_reached", "officer")
    play.until("2027-05-26T14:30")
    play.fire("not_reached", "officer")
    assert play.due == "2027-06-30"
    play.do(MeetingMoved("quality_and_governance_committee", "2027-06-30", at("2027-07-07T13:00"), "heat"), "officer")
    assert play.due == "2027-07-07"


def test_capacity_of_a_meeting(office: Engine) -> None:
    """Three a session; the fourth waits for the next. A session called off spreads over those that have room."""
    topics = [office.open("deep_dive", actor="lead", fields={"topic": f"topic {n}"}) for n in range(5)]
    for topic in topics:
        office.advance(topic, "put_forward", actor="lead")
    assert [_day(office, topic) for topic in topics] == ["2027-04-15"] * 3 + ["2027-04-29"] * 2
    body = "governing_body_business_session"
    office.move_meeting(body, "2027-04-15", None, actor="officer", reason="purdah")
    assert [_day(office, topic) for topic in topics] == ["2027-04-29", "2027-05-13", "2027-05-13", *["2027-04-29"] * 2]


def test_many_topics_put_forward_at_once_fill_the_sessions_in_turn(office: Engine) -> None:
    """One decision for many items sees the places that it has itself taken."""
    topics = [office.open("deep_dive", actor="lead", fields={"topic": f"topic {n}"}) for n in range(5)]
    office.bulk_advance(topics, "put_forward", actor="lead")
    assert sorted(_day(office, topic) for topic in topics) == ["2027-04-15"] * 3 + ["2027-04-29"] * 2


def _day(office: Engine, item: Item) -> str:
    due = office.item(item.id).due()
    assert due is not None
    return due.on


# --- People ---------------------------------------------------------------------------------------------------------


def test_role_based_offer_and_claim() -> None:
    play = PatternPlay("report_reading")
    assert [play.can(name)["comment"] for name in ("lead", "second-lead")] == [False, False]
    play.do(Claim(), "lead")
    assert [play.can(name)["comment"] for name in ("lead", "second-lead")] == [True, False]
    assert play.can("officer")["recall"]
    play.do(Release(), "lead")
    play.do(Claim(), "second-lead")
    play.fire("comment", "second-lead")
    assert play.item.status == "closed"


def test_separation_of_duties() -> None:
    play = PatternPlay("signed_statement", now="2027-05-04T09:00")
    play.fire("propose", "lead", statement="We are assured.")
    for name in ("lead", "deputy"):  # the deputy stands in for the lead that week
        with pytest.raises(NotNow, match="a second person has to"):
            play.fire("sign", name)
    play.fire("sign", "second-lead")
    assert play.item.status == "closed"


def test_retain_familiar() -> None:
    play = PatternPlay("provider_conversation")
    play.fire("call", "second-lead")
    play.fire("decide", "director")
    with pytest.raises(NotNow, match="whoever did first_call"):
        play.fire("tell_outcome", "lead")
    play.fire("tell_outcome", "second-lead")
    assert play.item.status == "closed"


def test_delegation() -> None:
    play = PatternPlay("case_note")
    play.do(Claim(), "lead")
    with pytest.raises(NotAllowed):
        play.do(Assign("clinician", "ill"), "director")
    play.do(Assign("second-lead", "the lead is ill"), "director")
    assert (play.due, play.events[-1].data["before"], play.events[-1].data["to"]) == (
        "2027-04-08",
        "lead",
        "second-lead",
    )
    assert not play.can("lead")["file"]
    play.fire("file", "second-lead")


def test_escalation() -> None:
    play = PatternPlay("overdue_return", subject="north")
    play.until("2027-04-25T09:00")
    assert play.kinds == ["opened", "reminded", "overdue", "escalated", "escalated"]
    told = [o.to.roles for o in play.sent if o.payload["topic"] == "escalation"]
    assert told == [("quality_lead",), ("director_of_quality",)]
    silent = PatternPlay("overdue_return", subject="north")
    silent.jump("2027-04-25T09:00")
    told = [o.to.roles for o in silent.sent if o.payload["topic"] == "escalation"]
    assert told == [("director_of_quality",)]
    play.fire("call_up", "chair", reason="now")
    assert play.stages == ["with_director"]


def test_hold_and_resume() -> None:
    play = PatternPlay("mortality_review")
    assert play.due == "2027-04-29"
    play.do(PutOnHold("awaiting the coroner"), "lead")
    play.until("2027-05-20T09:00")
    assert (play.item.is_overdue(play.now), play.kinds[-1]) == (False, "held")
    with pytest.raises(ItemIsHeld, match="awaiting the coroner"):
        play.fire("conclude", "clinician")
    play.do(Resume(), "lead")
    assert play.due == "2027-06-18", "34 working days are given back"
    assert "later for the hold" in play.due_date.why
    play.fire("conclude", "clinician")
    assert play.due == "2027-05-28", "that clock ran on"


def test_redo() -> None:
    play = PatternPlay("audit_figures")
    play.fire("hand_in", "lead", figures=PAPER)
    play.fire("count_again", "clinician", reason="the denominators are wrong")
    assert play.item.fields == {}
    with pytest.raises(NotNow, match="'figures' is missing"):
        play.fire("hand_in", "lead")
    play.fire("hand_in", "lead", figures={**PAPER, "sha256": "1" * 64})
    given = [e.data["set"]["figures"]["sha256"][0] for e in play.events if e.trigger == "hand_in"]
    assert given == ["0", "1"]


def test_bounded_rework() -> None:
    play = PatternPlay("draft_account", subject="north", draft=PAPER)
    for _ in range(2):
        play.fire("send", "contact")
        play.fire("return", "lead", reason="figures missing")
    play.fire("send", "contact")
    with pytest.raises(NotNow, match="done 2 times already"):
        play.fire("return", "lead", reason="again")
    play.fire("refuse", "lead", reason="still missing")
    assert play.item.outcome == "refused"


def test_panels_that_vote() -> None:
    play = PatternPlay("funding_panel")
    play.fire("agree", "chair")
    with pytest.raises(NotNow, match="voted already"):
        play.fire("agree", "chair")
    play.fire("decline", "clinician", reason="no evidence")
    assert play.stages == ["panel"]
    play.fire("agree", "lay")
    assert (play.item.outcome, play.kinds) == ("agreed", ["opened", "voted", "voted", "moved"])


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


def test_disclosure() -> None:
    contact = Sight(subjects=frozenset({"north"}))
    play = PatternPlay("disclosed_rating", subject="north")
    play.fire("submit", "contact", report=PAPER)
    play.fire("accept", "lead", rating="none", minutes=PAPER)
    assert contact.shown(play.item).fields == {"report": PAPER}
    play.fire("send_feedback", "lead")
    assert contact.shown(play.item).fields["rating"] == "none"
    play.fire("ask_more", "officer", reason="of what?")
    play.fire("accept", "lead", rating="full")
    assert contact.shown(play.item).fields["rating"] == "none", "a new one waits until it is sent"
    play.fire("send_feedback", "lead")
    assert contact.shown(play.item).fields["rating"] == "full"
