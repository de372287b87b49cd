"""The calendar as pages: a month as a list and as a table, by filters, within sight."""

from __future__ import annotations

import re

import pytest

from tests.web.filling import text
from tests.web.site import Site, statements

OFFICER, CONTACT = "governance-officer", "ghc-contact"


def test_a_month_has_meetings_due_dates_and_days_not_worked(site: Site) -> None:
    client = site.client(OFFICER)
    may = client.get("/calendar?month=2027-05").text
    assert "<h1>Calendar: May 2027</h1>" in may
    assert "ICB Board: meets at 14:00" in may
    assert "Early May" in may or "May Day" in may
    assert "Monday 31 May</h2>" in may, "the year stands above"
    july = client.get("/calendar").text
    assert "Calendar: July 2027" in july
    assert 'aria-current="date">Saturday 10 July (today)</h2>\n<ul>\n<li class="qa-quiet">Nothing is on</li>' in july
    assert '<a href="#day-10">Today</a>' in july
    assert "(today)" not in may


def test_the_same_month_as_a_table_of_weeks(site: Site) -> None:
    page = site.client(OFFICER).get("/calendar?month=2027-05&view=table").text
    assert page.count('scope="col"') == 7
    assert page.count('<tr class="nhsuk-table__row" role="row">') == 7  # the head, and six weeks that May touches
    assert "ICB Board: meets at 14:00" in page


def test_filters_are_links_and_are_kept_from_month_to_month(site: Site) -> None:
    page = site.client(OFFICER).get("/calendar?month=2027-07&body=governing_body&view=table").text
    assert "/calendar?body=governing_body&amp;month=2027-08&amp;view=table" in page
    assert "Clinical Quality Review Group, Gloucestershire Hospitals: meets" not in page


def test_a_contact_sees_due_dates_of_their_own_organisation(site: Site) -> None:
    client = site.client(CONTACT)
    months = [client.get(f"/calendar?month=2027-{month:02}").text for month in range(4, 10)]
    named = {reference for page in months for reference in re.findall(r'href="/items/([^"]+)"', page)}
    assert named
    assert {reference.rpartition("/")[2] for reference in named} == {"ghc"}


def test_a_contact_sees_the_meetings_that_concern_their_organisation(site: Site) -> None:
    said = " ".join(text(site.client(CONTACT).get(f"/calendar?month=2027-{month:02}")) for month in range(4, 10))
    assert "Clinical Quality Review Group, Gloucestershire Health and Care: meets" in said, "it reviews them"
    assert "Quality and Governance Committee: meets" in said, "their reports come before it"
    assert "Primary Care Commissioning Committee: meets" in said, "it meets in public"
    assert "Clinical Quality Review Group, Gloucestershire Hospitals" not in said
    assert "Individual Funding Request Panel" not in said
    foreign = text(site.client(CONTACT).get("/calendar?month=2027-05&body=cqrg_hospitals"))
    assert "meets" not in foreign


@pytest.mark.parametrize("month", ["nonsense", "2027-13", "0001-01", "9999-12", "2027-7-1"])
def test_a_month_that_is_none_is_told(site: Site, month: str) -> None:
    answer = site.client(OFFICER).get(f"/calendar?month={month}")
    assert answer.status_code == 400


def test_from_another_month_one_link_leads_back_to_this_one(site: Site) -> None:
    client = site.client("governance-officer")
    assert "This month" not in text(client.get("/calendar"))
    other = client.get("/calendar?month=2028-01&view=table")
    assert re.search(r'<a href="/calendar\?month=2027-07&amp;view=table">This month</a>', other.text)


def test_who_may_close_a_day_finds_it_beside_the_dates(site: Site) -> None:
    for person, may in (("administrator", True), ("quality-lead", False)):
        assert ('href="/calendars"' in site.client(person).get("/calendar").text) is may


def test_a_meeting_says_what_is_on_its_agenda_as_far_as_it_may_be_seen(site: Site) -> None:
    """The report's own date may be weeks after the meeting that discusses it."""
    line = re.compile("Clinical Quality Review Group, Gloucestershire Hospitals: meets at 09:30(.*?)</li>", re.DOTALL)
    said, names = {}, ("governance-officer", "ghft-contact", "ghc-contact")
    for name in names:
        page = site.client(name).get("/calendar?month=2027-07").text
        said[name] = [" ".join(re.sub("<[^>]+>", " ", found).split()) for found in line.findall(page)]
        assert ("PA/2026-27-Q4/ghft" in page) is (name != "ghc-contact")
    assert said["governance-officer"][0].startswith("1 item is on its agenda: PA/2026-27-Q4/ghft")
    assert said["ghft-contact"] == ["1 item is on its agenda as far as you see it: PA/2026-27-Q4/ghft"]
    assert said["ghc-contact"] == []
    table = site.client(OFFICER).get("/calendar?month=2027-07&view=table").text
    assert re.search(r'href="/calendar\?month=2027-07#day-27">1 on its agenda<', table)


def test_all_agendas_of_a_month_are_one_question(site: Site) -> None:
    client = site.client(OFFICER)
    client.get("/calendar?month=2027-07")
    with statements(site) as asked:
        page = client.get("/calendar?month=2027-07").text
    assert page.count("on its agenda") == 4
    assert len([each for each in asked if "waiting" in each]) == 1
