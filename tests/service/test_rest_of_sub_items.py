"""What becomes of sub-items that are still open when their stage is left, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Fire
from qa_workflow.service.front import Engine
from qa_workflow.service.items import errands
from qa_workflow.service.items.changing import change
from qa_workflow.testing import FakeClock, engine_in
from tests.service.conftest import DEFINITIONS, proved

SURVEY = """
workflow: survey
title: Survey of sites
reference: S/{number}
fields: {sites: list}
stages:
  planned: {owner: author, transitions: {go: {to: asking, needs: sites}}}
  asking:
    owner: author
    sub_items: {workflow: visit, each: sites, into: site, wait: first 1, rest: REST}
    transitions: {joined: {to: over}, stop: {to: over}}
  over: {end: completed}
"""
INTERVIEW = DEFINITIONS["visit.yaml"].replace("workflow: visit", "workflow: interview").replace("V1/", "V2/")
TWICE = SURVEY.replace("stop: {to: over}", "on: {to: again}").replace(
    "  over: {end",
    """  again:
    owner: author
    sub_items: {workflow: visit, each: sites, into: site, wait: first 1, rest: cancelled}
    transitions: {joined: {to: over}, stop: {to: over}}
  over: {end""",
)
"""Asks at two stages, one after the other; what is still open of the second is withdrawn."""
Office = Callable[..., Engine]


@pytest.fixture
def with_rest(tmp_path: Path, database_url: str, clock: FakeClock) -> Iterator[Office]:
    """Opens the office with a survey whose rest is as told; what is stored proves itself afterwards."""
    engines: list[Engine] = []

    def opened(rest: str, survey: str = SURVEY) -> Engine:
        definitions = tmp_path / "definitions"
        definitions.mkdir()
        more = {"interview.yaml": INTERVIEW, "survey.yaml": survey.replace("REST", rest)}
        for name, text in {**DEFINITIONS, **more}.items():
            (definitions / name).write_text(text)
        engines.append(engine_in(tmp_path, definitions, clock, database=database_url))
        return engines[0]

    yield opened
    for engine in engines:
        proved(engine)
        engine.close()


def begun(office: Engine) -> list[Item]:
    """A survey, and its three visits under way."""
    survey = office.open("survey", actor="ann")
    office.advance(survey, "go", actor="ann", fields={"sites": "Gloucester, Stroud, Tewkesbury"})
    return [survey, *sorted(office.items(workflow="visit"), key=lambda item: item.reference)]


def test_the_others_are_withdrawn_with_the_reason(with_rest: Office) -> None:
    """And tell nobody to do anything more; those of another survey go on."""
    office = with_rest("cancelled")
    survey, first, *others = begun(office)
    another = office.open("survey", actor="ann")
    office.advance(another, "go", actor="ann", fields={"sites": "Cirencester"})
    office.advance(first, "finish", actor="ann")
    assert office.item(survey.id).status == "closed"
    assert [office.item(each.id).status for each in others] == ["cancelled", "cancelled"]
    assert office.history(others[0].id)[-1].reason == f"{survey.reference} no longer waits for it"
    assert [item.fields["site"] for item in office.items(workflow="visit", open_only=True)] == ["Cirencester"]


def test_what_an_earlier_stage_had_asked_for_and_kept_goes_on_where_a_later_one_withdraws_its_own(
    with_rest: Office,
) -> None:
    office = with_rest("kept", TWICE)
    survey, *kept = begun(office)
    office.advance(survey.id, "on", actor="ann")
    again = [each for each in office.items(workflow="visit") if each.id not in {one.id for one in kept}]
    office.advance(survey.id, "stop", actor="ann")
    assert {office.item(each.id).status for each in kept} == {"open"}
    assert [office.item(each.id).status for each in again] == ["cancelled"] * 3


def test_a_sub_item_that_is_about_nobody_is_not_about_whom_its_parent_is_about(with_rest: Office) -> None:
    """Or that organisation's people would see it."""
    office = with_rest("kept", SURVEY.replace("reference:", "subject: provider\nreference:"))
    survey = office.open("survey", subject="north", actor="ann")
    office.advance(survey, "go", actor="ann", fields={"sites": "Stroud"})
    assert [(item.subject, item.fields["site"]) for item in office.items(workflow="visit")] == [(None, "Stroud")]


def test_what_a_stage_had_asked_for_is_not_opened_once_it_was_left(with_rest: Office) -> None:
    """The process died between the two, and the errands are done later."""
    office = with_rest("cancelled")
    survey = office.open("survey", actor="ann")
    house = office._house
    change(house, survey.id, Fire("go", {"sites": "Gloucester, Stroud"}), actor="ann")
    change(house, survey.id, Fire("stop"), actor="ann")
    errands.run(house)
    assert office.items(workflow="visit") == []


@pytest.mark.parametrize("second", ["visit", "interview"])
def test_what_goes_on_by_itself_is_opened_where_another_stage_withdraws_its_own(with_rest: Office, second: str) -> None:
    """The process died, and both stages were left before anything was opened; what the first asked for is not lost."""
    office = with_rest("ignored", second.join(TWICE.rsplit("visit", 1)))
    survey = office.open("survey", actor="ann")
    house = office._house
    change(house, survey.id, Fire("go", {"sites": "Gloucester, Stroud"}), actor="ann")
    for step in ("on", "stop"):
        change(house, survey.id, Fire(step), actor="ann")
    errands.run(house)
    opened = [each.fields["site"] for each in office.items(workflow="visit", open_only=True)]
    assert opened == ["Gloucester", "Stroud"]
    assert office.items(workflow="interview") == [], "nobody was told of what is not wanted any more"


def test_what_a_step_opens_goes_on_though_its_stage_withdraws_what_it_had_asked_for(with_rest: Office) -> None:
    """Nobody waits for it, so that nobody lets it go either."""
    office = with_rest("cancelled", SURVEY.replace("stop: {to: over}", "stop: {to: over, opens: [visit]}"))
    survey, *asked = begun(office)
    office.advance(survey.id, "stop", actor="ann")
    assert {office.item(each.id).status for each in asked} == {"cancelled"}
    assert len(office.items(workflow="visit", open_only=True)) == 1


def test_a_survey_that_keeps_the_others_closes_with_the_last(with_rest: Office) -> None:
    office = with_rest("kept")
    survey, *visits = begun(office)
    for number, visit in enumerate(visits):
        office.advance(visit, "finish", actor="ann")
        assert office.item(survey.id).status == ("closed" if number == 2 else "open")
    assert office.item(survey.id).fields["sites"] == ["Gloucester", "Stroud", "Tewkesbury"]
