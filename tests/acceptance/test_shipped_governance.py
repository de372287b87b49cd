"""The shipped governance file: bodies, organisations and their days, people who hold every role."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from qa_workflow.calendar import AnchorKind, DayKind, Series
from qa_workflow.definition.governance import Body, Governance
from qa_workflow.definition.model import BodyRef, Stage
from qa_workflow.definition.read import Folder
from tests.acceptance.shipped import worked_out

CQRG = BodyRef("cqrg", for_subject=True)


MERGER = date(2019, 10, 1)


DAYS = [
    *(date(year, 1, 1) for year in range(2019, 2031)),
    MERGER - timedelta(days=1),
    MERGER,
    date(2022, 6, 30),
    date(2022, 7, 1),
]


SUB_GROUPS = (
    "clinical_effectiveness_sub_committee",
    "data_security_and_assurance_group",
    "equality_and_health_inequalities_working_group",
    "cqrg_hospitals",
    "cqrg_two_gether",
    "cqrg_care_services",
    "cqrg_primary_care",
    "cqrg_care_homes",
    "mortality_review_group",
    "ifr_panel",
    "learning_disabilities_mortality_review_group",
    "strategic_health_safeguarding_group",
    "hr_od_group",
    "research4gloucestershire",
)
"""As the seeds list them below the Quality and Governance Committee."""


OF_OTHERS = {"health_overview_and_scrutiny_committee", "health_and_wellbeing_board"}
"""Bodies of the county council: they scrutinise and join in, and report to nobody here."""


PEOPLE = {
    "quality-lead": "quality_lead",
    "governance-officer": "governance_officer",
    "administrator": "administrator",
    "director-of-quality": "director_of_quality",
    "committee-chair": "committee_chair",
    "ghft-contact": "provider_contact",
}


def next_meeting(body: Body, ready: date, governance: Governance) -> tuple[date, date]:
    """The next meeting for whose papers something ready on that day is in time, and when those are due."""
    assert isinstance(body.series, Series)
    for occurrence in (m for m in body.series.planned(ready, ready + timedelta(days=400)) if m.is_held):
        papers = worked_out(body.papers, AnchorKind.MEETING, occurrence.on, governance)
        if papers >= ready:
            return occurrence.on, papers
    raise AssertionError(f"{body.name} does not meet in the year after {ready}")


def everyone(stage: Stage) -> Iterator[str]:
    """Roles that a stage tells or lets act, in any way."""
    yield from stage.owner.roles
    for rung in stage.ladder:
        yield from rung.to.roles
    for transition in stage.transitions.values():
        yield from transition.by.roles


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_each_provider_has_exactly_one_review_group(governance: Governance, day: date) -> None:
    """On every day, so that `cqrg for subject` is never a guess and never nobody."""
    providers = list(governance.organisations_of_kind("provider", day))
    assert providers
    for provider in providers:
        groups = [
            b
            for b in governance.bodies.values()
            if b.kind == "cqrg" and b.is_active(day) and provider.name in b.reviews
        ]
        assert len(groups) == 1, (provider.name, [group.name for group in groups])
        assert governance.body(CQRG, provider.name, day) == groups[0]


@pytest.mark.parametrize("day", [day for day in DAYS if day >= MERGER], ids=str)
@pytest.mark.parametrize("old", ["two_gether", "gcs"])
def test_what_was_open_about_an_old_trust_goes_on_in_the_new_group(governance: Governance, old: str, day: date) -> None:
    """The trust is gone, its open actions are not."""
    assert not governance.organisations[old].is_active(day)
    group = governance.body(CQRG, old, day)
    assert group is not None
    assert group.name == "cqrg_health_and_care"


def test_two_trusts_became_one(governance: Governance) -> None:
    """Gloucestershire Health and Care, on 1 October 2019."""
    before = {o.name for o in governance.organisations_of_kind("provider", MERGER - timedelta(days=1))}
    after = {o.name for o in governance.organisations_of_kind("provider", MERGER)}
    assert before - after == {"two_gether", "gcs"}
    assert after - before == {"ghc"}
    assert {governance.organisations[old].successor for old in ("two_gether", "gcs")} == {"ghc"}
    assert {governance.bodies[old].successor for old in ("cqrg_two_gether", "cqrg_care_services")} == {
        "cqrg_health_and_care"
    }


def test_the_commissioner_changed_on_a_day(governance: Governance) -> None:
    """The clinical commissioning group until 30 June 2022, the integrated care board from 1 July."""
    for day, name in ((date(2022, 6, 30), "gccg"), (date(2022, 7, 1), "glos_icb")):
        assert [o.name for o in governance.organisations_of_kind("commissioner", day)] == [name]
    assert governance.organisations["gccg"].successor == "glos_icb" == governance.organisation


def test_old_items_are_read_under_old_names(governance: Governance) -> None:
    """A history of 2021 says Governing Body; today the same body is the ICB Board."""
    board = governance.bodies["governing_body"]
    assert board.title_on(date(2021, 3, 31)) == "Governing Body"
    assert board.title_on(date(2022, 6, 30)) == "Governing Body"
    assert board.title_on(date(2022, 7, 1)) == "ICB Board"
    assert governance.organisations["two_gether"].title_on(date(2019, 4, 1)) == "2gether NHS Foundation Trust"


@pytest.mark.parametrize("name", SUB_GROUPS)
def test_each_sub_group_of_the_seeds_reports_to_the_committee(governance: Governance, name: str) -> None:
    """Ten lines of the list, one of which stands for five review groups."""
    assert governance.bodies[name].reports_to == "quality_and_governance_committee"


def test_every_body_reaches_the_governing_body(governance: Governance) -> None:
    """Except those of the county council, which truly do not."""
    for body in governance.bodies.values():
        at, seen = body.name, set()
        while (above := governance.bodies[at].reports_to) is not None:
            assert above not in seen
            seen.add(above)
            at = above
        assert (at == "governing_body") is (body.name not in OF_OTHERS), body.name


@pytest.mark.parametrize("year", range(2024, 2031))
def test_one_round_fits_between_two_quarters(governance: Governance, year: int) -> None:
    """Time for each to work, and from review group to Governing Body in 6 to 16 weeks, as measured elsewhere."""
    committee, board = governance.bodies["quality_and_governance_committee"], governance.bodies["governing_body"]
    for opened in (date(year, month, 1) for month in (1, 4, 7, 10)):
        for provider in governance.organisations_of_kind("provider", opened):
            group = governance.body(CQRG, provider.name, opened)
            assert group is not None
            met, papers = next_meeting(group, opened, governance)
            assert governance.calendar.count_between(opened, papers, DayKind.WORKING) >= 8, (group.name, opened)
            minutes = worked_out(group.minutes, AnchorKind.MEETING, met, governance)
            considered, feedback = next_meeting(committee, minutes, governance)
            assert governance.calendar.count_between(minutes, feedback, DayKind.WORKING) >= 5, (group.name, opened)
            received, _ = next_meeting(board, considered, governance)
            assert timedelta(weeks=6) <= received - met <= timedelta(weeks=16), (group.name, opened)


@pytest.mark.parametrize("year", range(2019, 2031))
def test_every_body_meets_in_every_year_that_it_exists(governance: Governance, year: int) -> None:
    """A series that ran dry would leave items without a date."""
    for body in governance.bodies.values():
        assert isinstance(body.series, Series)
        if body.is_active(date(year, 1, 1)) and body.is_active(date(year, 12, 31)):
            planned = body.series.planned(date(year - 1, 12, 31), date(year, 12, 31))
            assert sum(meeting.is_held for meeting in planned) >= 4, body.name


def test_the_committee_is_known_by_both_its_names(governance: Governance) -> None:
    """The seeds use both."""
    assert "Governance and Quality Committee" in governance.bodies["quality_and_governance_committee"].aliases


def test_the_people_of_the_demonstration_are_there(governance: Governance) -> None:
    """Named by role, and one contact for each provider on each day."""
    for person, role in PEOPLE.items():
        assert role in governance.people[person].roles
    for day in DAYS:
        for provider in governance.organisations_of_kind("provider", day):
            contacts = [p for p in governance.holders("provider_contact", day) if p.organisation == provider.name]
            assert len(contacts) == 1, (provider.name, day)


def test_mail_of_the_demonstration_reaches_nobody(governance: Governance) -> None:
    """The domain is reserved for examples."""
    assert all(person.email == f"{person.name}@example.org" for person in governance.people.values())


def test_every_role_that_a_workflow_names_is_held(folder: Folder, governance: Governance) -> None:
    """Somebody can act and somebody hears."""
    held = {
        role for person in governance.people.values() if person.is_active(date(2027, 4, 1)) for role in person.roles
    }
    for workflow in folder.workflows.values():
        for stage in workflow.stages.values():
            assert set(everyone(stage)) <= held, stage.path


def test_a_publication_has_two_possible_people(governance: Governance) -> None:
    """It takes two different ones."""
    able = {p.name for role in governance.rights["publish"] for p in governance.holders(role, date(2027, 4, 1))}
    assert len(able) >= 2
