"""Governance as dated values: who exists on a day, under which name, and which body is meant."""

from __future__ import annotations

from datetime import date

import pytest

from qa_workflow.definition import Governance, read_governance
from qa_workflow.definition.manual.example_files import complete
from qa_workflow.definition.model import BodyRef

REVIEWERS = BodyRef("cqrg", for_subject=True)
HOUSE = """\
organisations:
  north: {title: North, kind: provider, to: 2027-03-31, successor: united}
  south: {title: South, kind: provider}
  united: {title: United, kind: provider, from: 2027-04-01}
  town: {title: Town, kind: council}
bodies:
  all_providers: {title: All, kind: cqrg, reviews: [provider]}
  of_north: {title: Of North, kind: cqrg, reviews: [north], to: 2027-03-31, successor: of_united}
  of_united: {title: Of United, kind: cqrg, reviews: [united, north], from: 2027-04-01, successor: of_all}
  of_all: {title: Of all, names: [{title: Old, to: 2026-12-31}, {title: Middle, from: 2027-01-01, to: 2027-06-30}]}
people:
  ann: {title: Ann, roles: [author, chair], to: 2027-03-31}
  bob: {title: Bob, roles: chair}
"""
BEFORE, AFTER = date(2027, 3, 31), date(2027, 4, 1)


@pytest.fixture(scope="module")
def house() -> Governance:
    return read_governance(complete(HOUSE, "governance").encode()).required()


def names(part: str) -> list[str]:
    text = complete(f"organisations:\n  a: {{title: A, kind: provider, names: [{part}]}}\n", "governance")
    return [fault.rule for fault in read_governance(text.encode()).faults]


@pytest.mark.parametrize(
    ("subject", "day", "group"),
    [
        ("north", BEFORE, "of_north"),
        ("north", AFTER, "of_united"),
        ("united", AFTER, "of_united"),
        ("south", AFTER, "all_providers"),
        ("town", AFTER, None),
        ("nobody", AFTER, None),
        (None, AFTER, None),
    ],
)
def test_the_group_that_names_an_organisation_stands_before_the_one_for_its_kind(
    house: Governance, subject: str | None, day: date, group: str | None
) -> None:
    """Whatever their order in the file."""
    found = house.body(REVIEWERS, subject, day)
    assert (found.name if found else None) == group


def test_a_body_that_is_named_and_has_ended_is_the_one_that_took_over(house: Governance) -> None:
    """What was before it is under way still, before whoever has its work."""
    found = [house.body(BodyRef("of_north"), None, day) for day in (BEFORE, AFTER)]
    assert [body and body.name for body in found] == ["of_north", "of_united"]
    assert house.body(BodyRef("of_nobody"), None, AFTER) is None


def test_a_line_of_bodies_is_followed_to_its_end(house: Governance) -> None:
    assert house.line_of(house.bodies["of_north"]) == ("of_north", "of_united", "of_all")


def test_first_and_last_day_are_days_of_existence(house: Governance) -> None:
    def providers(day: date) -> list[str]:
        return [found.name for found in house.organisations_of_kind("provider", day)]

    assert (providers(BEFORE), providers(AFTER)) == (["north", "south"], ["south", "united"])
    assert [person.name for person in house.holders("chair", BEFORE)] == ["ann", "bob"]
    assert [person.name for person in house.holders("chair", AFTER)] == ["bob"]


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (date(2026, 12, 31), "Old"),
        (date(2027, 1, 1), "Middle"),
        (date(2027, 6, 30), "Middle"),
        (date(2027, 7, 1), "Of all"),
    ],
)
def test_each_day_has_its_name(house: Governance, day: date, title: str) -> None:
    assert house.bodies["of_all"].title_on(day) == title


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("to: 2027-03-31", "from: 2027-03-31", True),
        ("from: 2027-03-31", "to: 2027-03-31", True),
        ("to: 2027-03-31", "from: 2027-04-01", False),
        ("from: 2027-04-01", "to: 2027-03-31", False),
        ("from: 2027-01-01, to: 2027-03-31", "from: 2026-01-01", True),
    ],
)
def test_two_names_on_one_day_are_refused_in_whichever_order(one: str, other: str, overlap: bool) -> None:
    assert names(f"{{title: One, {one}}}, {{title: Other, {other}}}") == (["names-overlap"] if overlap else [])
