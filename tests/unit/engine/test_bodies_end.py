"""Bodies end, or give their work to others: what was held stays, and what is to come goes on where the work went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from qa_workflow.definition import Governance, read_governance
from qa_workflow.definition.model import BodyRef
from qa_workflow.engine import Setting
from qa_workflow.engine.commands import Recount
from qa_workflow.engine.dates import own_meeting
from tests.unit.engine.stage_play import GOVERNANCE, Play, at, governance

PANEL = GOVERNANCE[GOVERNANCE.index(b"  panel:") : GOVERNANCE.index(b"people:")]
COUNCIL = b"""  council:
    title: The Council
    kind: panel
    meets: {rule: FREQ=WEEKLY;BYDAY=TH, from: 2026-01-01, at: "10:00"}
"""
CASE = """
workflow: case
title: Case
subject: provider
reference: C/{number}
stages:
  heard:
    owner: author
    meeting: panel for subject
    due: 10 working days after meeting
    transitions: {note: {to: over}}
  over: {end: completed}
"""
REF = BodyRef("panel", for_subject=True)


def changed(change: Callable[[bytes], bytes]) -> Governance:
    """The file with the panel's lines as they are made by `change`, and the Council beside it."""
    text = GOVERNANCE.replace(PANEL, change(PANEL) + COUNCIL)
    return read_governance(text, "governance.yaml").required()


def ended(panel: bytes) -> bytes:
    return panel.replace(b"    capacity: 1\n", b"    to: 2027-04-15\n    successor: council\n")


def handed_over() -> Governance:
    """The Council reviews what the Panel reviewed, which goes on meeting."""
    text = GOVERNANCE.replace(b"    reviews: [north, united]\n", b"")
    text = text.replace(
        PANEL.replace(b"    reviews: [north, united]\n", b""), PANEL.replace(b"[north, united]", b"[south]")
    )
    council = COUNCIL.replace(b"kind: panel\n", b"kind: panel\n    reviews: [north, united]\n")
    return read_governance(text.replace(b"people:", council + b"people:"), "governance.yaml").required()


def test_a_body_that_has_ended_meets_no_more_though_its_series_goes_on() -> None:
    """And neither did it before its first day; on both of these it meets."""
    life = b"    from: 2027-04-06\n    to: 2027-04-13"
    setting = Setting(changed(lambda panel: ended(panel).replace(b"    to: 2027-04-15", life)))
    panel = setting.governance.bodies["panel"]
    assert [meeting.key for meeting in setting.meetings(panel, at("2027-03-01T09:00"))] == ["2027-04-06", "2027-04-13"]
    assert setting.planned(panel, "2027-04-20") is None


@pytest.mark.parametrize("now", ["2027-04-06T09:00", "2027-04-07T09:00"], ids=["as it begins", "on the next day"])
def test_what_was_held_is_still_that_groups_when_its_work_goes_to_another(now: str) -> None:
    """Its minutes are due when they were, and what is late stays late."""
    play = Play(CASE, subject="north")
    assert (play.due, play.item.visits[0].sittings[0].key) == ("2027-04-20", "2027-04-06")
    play.until(now)
    before = play.item
    play.setting = Setting(handed_over())
    play.do(Recount("the Council has it from now on"), "cher")
    assert play.item == before


def test_a_date_counts_from_the_meeting_of_its_own_body_though_another_has_met() -> None:
    play = Play(CASE.replace("10 working days after meeting", "1 working day after meeting of board"), subject="north")
    ended_board = GOVERNANCE.replace(b"    title: The Board\n", b"    title: The Board\n    to: 2027-03-31\n")
    play.setting = Setting(read_governance(ended_board, "governance.yaml").required())
    play.do(Recount("the Board has ended"), "cher")
    play.until("2027-04-07T09:00")
    assert [sitting.body for sitting in play.item.visits[0].sittings] == ["panel"]
    play.setting = Setting(governance())
    play.do(Recount("the Board meets after all"), "cher")
    assert play.due == "2027-04-29"


def test_a_date_counts_from_no_meeting_while_no_body_reviews_the_subject() -> None:
    text = CASE.replace("    meeting: panel for subject\n", "").replace("meeting\n", "meeting of panel for subject\n")
    play = Play(text, subject="north")
    assert play.due == "2027-04-20"
    nobody = GOVERNANCE.replace(b"reviews: [north, united]", b"reviews: [south]")
    play.setting = Setting(read_governance(nobody, "governance.yaml").required())
    play.do(Recount("nobody reviews it"), "cher")
    assert play.item.visits[0].due is None


def test_a_stage_that_no_body_decides_is_on_no_agenda_though_it_counts_from_a_meeting() -> None:
    text = CASE.replace("    meeting: panel for subject\n", "").replace("after meeting", "after meeting of board")
    play = Play(text, subject="north")
    visit = play.item.visits[0]
    assert [sitting.body for sitting in visit.sittings] == ["board"]
    assert own_meeting(play.setting.governance, play.workflow.stages["heard"], visit) is None


def test_what_waits_for_a_meeting_to_come_goes_on_where_the_work_went() -> None:
    play = Play(CASE, subject="north")
    play.setting = Setting(handed_over())
    play.do(Recount("the Council has it from now on"), "cher")
    first = play.item.visits[0].sittings[0]
    assert (first.body, play.due) == ("council", "2027-04-22")


def test_the_successor_of_the_last_group_reviews_what_no_group_names() -> None:
    """Whoever ends a group says who takes over, and nothing it had in hand is left without a meeting."""
    governance = changed(ended)
    found = [governance.body(REF, "north", day) for day in (date(2027, 4, 15), date(2027, 4, 16))]
    assert [body.name for body in found if body is not None] == ["panel", "council"]


def test_the_group_of_whoever_took_over_reviews_what_was_its_predecessors() -> None:
    governance = changed(lambda panel: panel.replace(b"[north, united]", b"[united]"))
    found = governance.body(REF, "north", date(2027, 7, 1))
    assert found is not None
    assert found.name == "panel"
    assert governance.body(REF, "south", date(2027, 7, 1)) is None


def test_a_stage_whose_own_body_meets_no_more_is_on_no_agenda_though_it_counts_from_another() -> None:
    """It would be on the agenda of a body that does not decide it."""
    text = CASE.replace("10 working days after meeting", "1 working day before meeting of board")
    play = Play(text, subject="north")
    stage, visit = play.workflow.stages["heard"], play.item.visits[0]
    seated = own_meeting(play.setting.governance, stage, visit)
    assert seated is not None
    assert (seated.body, len(visit.sittings)) == ("panel", 2)
    gone = changed(lambda panel: panel.replace(b"    capacity: 1\n", b"    to: 2027-03-31\n"))
    play.setting = Setting(gone)
    play.do(Recount("the Panel has ended"), "cher")
    visit = play.item.visits[0]
    assert [sitting.body for sitting in visit.sittings] == ["board"]
    assert own_meeting(gone, stage, visit) is None
