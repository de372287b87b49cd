"""Where a form asks for a person it offers those who can have that part today, and never who has left."""

from __future__ import annotations

import re

import pytest
from httpx2 import Response

from tests.web.site import Site

GHFT = "PA/2026-27-Q4/ghft"
PROVIDERS = {"ghft-contact", "ghc-contact", "primary-care-contact", "care-homes-contact", "swasft-contact"}
ENDED = {"two-gether-contact", "gcs-contact"}


def offered(page: Response, name: str) -> set[str]:
    assert page.status_code == 200
    found = re.search(rf'<select[^>]* name="{re.escape(name)}".*?</select>', page.text, re.DOTALL)
    assert found is not None
    return set(re.findall(r'<option value="([^"]+)"', found[0]))


@pytest.fixture
def action(site: Site) -> str:
    """An action of Gloucestershire Hospitals."""
    return site.engine.open("cqrg_action", actor="quality-lead", subject="ghft").reference


def test_who_may_see_the_item_can_be_its_lead(site: Site, action: str) -> None:
    """Of the providers the contact of this one alone; a person who could not even open it is no lead."""
    people = offered(site.client("quality-lead").get(f"/fill/{action}"), "field.lead")
    assert people & (PROVIDERS | ENDED) == {"ghft-contact"}
    assert {"quality-lead", "second-quality-lead", "clinical-lead", "director-of-quality"} <= people
    assert "healthwatch-officer" not in people, "it has no part in actions"


def test_before_it_is_known_whose_the_item_is_every_provider_that_exists_has_its_contacts(site: Site) -> None:
    people = offered(site.client("quality-lead").get("/open/cqrg_action"), "field.lead")
    assert people & (PROVIDERS | ENDED) == PROVIDERS - {"swasft-contact"}, "an action is about no ambulance service"


def test_whom_an_item_names_already_stays_in_the_form(site: Site, action: str) -> None:
    """Or saving something else would empty the field."""
    site.engine.record(action, {"lead": "ghc-contact"}, actor="quality-lead")
    page = site.client("quality-lead").get(f"/fill/{action}")
    assert offered(page, "field.lead") & PROVIDERS == {"ghft-contact", "ghc-contact"}
    assert re.search(r'<option value="ghc-contact" selected', page.text)


def test_a_date_is_approved_by_somebody_who_may_change_it(site: Site) -> None:
    """Whoever the item is about approves of no more time for themselves."""
    people = offered(site.client("governance-officer").get(f"/change-date/{GHFT}"), "approver")
    assert people - {""} == {"director-of-quality"}


def test_who_takes_over_or_stands_in_is_of_the_same_side(site: Site) -> None:
    administrator = site.client("administrator")
    people = offered(administrator.get("/people/quality-lead"), "substitute")
    assert people.isdisjoint(PROVIDERS | ENDED)
    assert "second-quality-lead" in people
    assert offered(administrator.get("/people/ghft-contact"), "substitute") == set()
