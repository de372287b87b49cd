"""The manual's patterns of time and of meetings, each played as docs/language.md has it."""

from __future__ import annotations

import pytest

from qa_workflow.engine import Item
from qa_workflow.engine.commands import MeetingMoved, Record
from qa_workflow.engine.refusals import NotNow
from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock
from tests.unit.engine.pattern_page import PAPER, PatternPlay, below
from tests.unit.engine.stage_play import at

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
