"""A review that asks other organisations: each sees the sub-item about itself, and nothing of the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_workflow.engine import Item
from qa_workflow.engine.refusals import BadValue, UnknownField
from qa_workflow.service.front import Engine
from qa_workflow.service.items import filling
from qa_workflow.service.lists.browsing import parent
from qa_workflow.service.lists.story import Story, story
from qa_workflow.service.telling import views
from qa_workflow.testing import FakeClock, engine_in
from tests.service.late import board
from tests.unit.engine.pattern_page import folder

NORTH, SOUTH = "contact", "south-contact"
"""Contacts of the provider under review, and of one that is asked about it."""


@pytest.fixture
def office(tmp_path: Path) -> Engine:
    """An engine with the examples of docs/language.md, on SQLite."""
    return engine_in(tmp_path, folder(tmp_path / "workflows"), FakeClock("2027-04-01T09:00"))


@pytest.fixture
def asked(office: Engine) -> list[Item]:
    """A review of North Trust, and what South Trust and the commissioner are asked."""
    review = office.open("joint_review", actor="lead", subject="north")
    given = {"agencies": "south, commissioner", "question": "What do you know?"}
    review = office.advance(review, "ask", actor="lead", fields=given)
    return [review, *sorted(office.items(workflow="agency_answer"), key=lambda item: item.reference)]


def seen_by(office: Engine, person: str, item: Item) -> tuple[Story, str]:
    """An item's page for somebody, and its JSON with the history."""
    with office._house.looking() as (look, world):
        actor = world.actor(person, office.now().date())
        sight = world.sight(actor)
        found = look.item(item.id, sight).item
    page = story(office._house, actor, sight, item.reference, office.now())
    return page, json.dumps(views.item(office._house, found, history=sight))


def test_whoever_is_asked_sees_nothing_of_the_review(office: Engine, asked: list[Item]) -> None:
    review, answer, _ = asked
    page, told = seen_by(office, SOUTH, answer)
    assert (page.parent, page.line.parent) == (None, None)
    assert review.reference not in told
    assert page.history[-1].what.startswith("Opened as part of another item")
    with office._house.looking() as (look, world):
        actor = world.actor(SOUTH, office.now().date())
        (line,) = look.lists.lines([look.item(answer.id).row], world.sight(actor))
        assert line.parent is None
    assert parent(office._house, actor, answer, office.now()) is None
    page, _ = seen_by(office, "lead", answer)
    assert page.line.parent == review.reference, "whoever sees both is told"


def test_whom_the_review_is_about_is_told_how_many_have_answered_and_not_whose(
    office: Engine, asked: list[Item]
) -> None:
    review, answer, _ = asked
    office.advance(answer, "answer", actor=SOUTH, fields={"answer": "that it leaks"})
    page, told = seen_by(office, NORTH, review)
    assert page.sub_items == ()
    assert (page.history[0].what, page.stages[0].waits_for) == ("A sub-item about another organisation ended", 1)
    assert [word for word in (answer.reference, '"answered"', "south", "that it leaks") if word in told] == []
    _, told = seen_by(office, "lead", review)
    assert answer.reference in told


def test_an_agency_is_told_that_the_review_was_cancelled_and_not_why(office: Engine, asked: list[Item]) -> None:
    review, answer, _ = asked
    office.cancel(review.id, actor="officer", reason="North Trust has closed")
    withdrawn = office.history(answer.id)[-1]
    assert (withdrawn.kind, withdrawn.reason) == ("cancelled", "the item that it is part of was cancelled")


def test_who_asks_one_more_says_whom(office: Engine, asked: list[Item]) -> None:
    review, *_ = asked
    for fields, refusal in (
        ({}, BadValue),
        ({"subject": ""}, BadValue),
        ({"subject": "east"}, BadValue),
        ({"subjects": "north"}, UnknownField),
    ):
        with pytest.raises(refusal):
            office.add_sub_item(review.id, actor="lead", fields=fields)
    office.add_sub_item(review.id, actor="lead", fields={"subject": "north"})
    assert {item.subject for item in office.items(workflow="agency_answer")} == {"south", "commissioner", "north"}


def test_the_form_by_which_one_more_is_asked_offers_the_organisations(office: Engine) -> None:
    with office._house.looking() as (_, world):
        (above, _), (below, _) = world.newest("joint_review"), world.newest("agency_answer")
        wanted = above.stages["asking"].sub_items
        assert wanted is not None
        lead = filling.Filler(world.actor("lead", office.now().date()), world.governance)
        sheet = filling.adding(below.asking_its_subject(), wanted, "north", lead)
    assert [field.name for field in sheet.needed] == ["subject"]


def test_an_item_is_told_with_what_it_is_part_of_and_what_is_part_of_it(office: Engine, asked: list[Item]) -> None:
    """On the command line: who asked several sees of each whom it is about and how far it is."""
    review, answer, _ = asked
    above, below = office.around(review)
    assert (above, [(each["subject_title"], each["stage_title"]) for each in below]) == (
        None,
        [("South Trust", "Asked"), ("The commissioner", "Asked")],
    )
    assert office.around(answer) == (review.reference, [])


EACH_QUARTER = {
    "asks": """
workflow: asks
title: What is asked each quarter
subject: provider
period: quarter
fields: {agencies: {type: list, of: organisation}}
stages:
  planning: {owner: quality_lead, transitions: {ask: {to: asking, needs: agencies}}}
  asking:
    owner: quality_lead
    sub_items: {workflow: answers, each: agencies, into: subject}
    transitions: {joined: {to: answered}}
  answered: {end: completed}
""",
    "answers": """
workflow: answers
title: What is answered
subject: organisation
period: quarter
reference: AN/{number}
stages:
  asked: {owner: quality_lead, transitions: {answer: {to: answered}}}
  answered: {end: answered}
""",
}


def test_a_sub_item_that_could_not_be_opened_is_named_with_what_is_late_and_with_its_item_and_can_be_tried_again(
    tmp_path: Path,
) -> None:
    """The item above waits for it for ever: an administrator alone was told, who could do nothing about it."""
    place = folder(tmp_path / "workflows")
    governance = place / "governance.yaml"
    rights = governance.read_text(encoding="utf-8").replace("assign:", "administer: lay_member, assign:")
    governance.write_text(rights, encoding="utf-8")
    for name, text in EACH_QUARTER.items():
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    office = engine_in(tmp_path, place, FakeClock("2027-04-01T09:00"))
    there = office.open("answers", actor="lead", subject="south", period="2026-27 Q4")
    asks = office.open("asks", actor="lead", subject="north", period="2026-27 Q4")
    office.advance(asks, "ask", actor="lead", fields={"agencies": "south, commissioner"})
    (told,) = board(office, "lead").stuck
    why = f"{asks.reference} waits for a sub-item that was not opened: there is one already, 'What is answered' about "
    assert told.reference == asks.reference
    assert told.what.startswith(why)
    assert there.reference not in told.what, "whoever sees this item may not see that one"
    assert [each.what for each in seen_by(office, "lead", asks)[0].undone] == [told.what]
    assert seen_by(office, NORTH, asks)[0].undone == (), "it is for those who can do something about it"
    office.cancel(there, actor="officer", reason="asked within the review")
    (incident,) = office.needing_a_person()
    office.retry_incident(incident.number, actor="lay", reason="its place is free")
    office.tick()
    opened = {item.subject for item in office.items(workflow="answers") if item.status == "open"}
    assert opened == {"south", "commissioner"}
    assert board(office, "lead").stuck == []
    assert seen_by(office, "lead", asks)[0].undone == ()
