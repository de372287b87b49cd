"""The manual's patterns of who may do what and of what follows for them, each played as docs/language.md has it."""

from __future__ import annotations

import pytest

from qa_workflow.engine import Sight
from qa_workflow.engine.commands import Assign, Claim, PutOnHold, Release, Resume
from qa_workflow.engine.refusals import ItemIsHeld, NotAllowed, NotNow
from tests.unit.engine.pattern_page import PAPER, PatternPlay


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
