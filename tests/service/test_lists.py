"""Lists as people ask for them, on both databases."""

from __future__ import annotations

import pytest

from qa_workflow.service.front import Engine
from qa_workflow.service.lists import Wanted
from qa_workflow.service.refusals import Unknown
from qa_workflow.testing import FakeClock


@pytest.fixture(autouse=True)
def two_reports(office: Engine) -> None:
    """One awaited from its authors, one with its reviewers."""
    for subject in ("north", "south"):
        office.open("report", subject=subject, period="2026-27 Q4", actor="ann")
    office.advance(office.items(subject="south")[0], "skip", actor="ann")


def references(office: Engine, wanted: Wanted) -> list[str]:
    return [item["reference"] for item in office.page(wanted).items]


def test_a_role_has_what_waits_for_it(office: Engine) -> None:
    assert references(office, Wanted(owner="author")) == ["R/2026-27-Q4/north"]
    assert references(office, Wanted(owner="reviewer")) == ["R/2026-27-Q4/south"]


def test_a_person_has_what_waits_for_their_roles(office: Engine) -> None:
    assert references(office, Wanted(owner="rob")) == ["R/2026-27-Q4/south"]
    assert references(office, Wanted(owner="cher")) == []


def test_an_organisation_may_be_called_by_its_title(office: Engine) -> None:
    assert references(office, Wanted(subject="North Trust")) == ["R/2026-27-Q4/north"]


def test_a_page_says_how_many_there_are_in_all(office: Engine) -> None:
    page = office.page(Wanted(limit=1))
    assert (len(page.items), page.total) == (1, 2)


def test_what_is_late_comes_the_latest_first(office: Engine, clock: FakeClock) -> None:
    clock.set("2027-04-30T09:00")
    assert references(office, Wanted(overdue=True)) == ["R/2026-27-Q4/north", "R/2026-27-Q4/south"]


def test_closed_items_are_listed_when_asked_for(office: Engine) -> None:
    office.cancel("R/2026-27-Q4/north", actor="cher", reason="opened by mistake")
    assert references(office, Wanted()) == ["R/2026-27-Q4/south"]
    assert len(references(office, Wanted(every=True))) == 2


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        (Wanted(workflow="reprot"), "report"),
        (Wanted(stage="reveiw"), "review"),
        (Wanted(subject="Nort"), "north"),
        (Wanted(owner="reviewr"), "reviewer"),
    ],
)
def test_a_name_that_means_nothing_is_told_and_not_answered_with_an_empty_list(
    office: Engine, wanted: Wanted, near: str
) -> None:
    with pytest.raises(Unknown, match=f"did you mean '{near}'"):
        office.page(wanted)
