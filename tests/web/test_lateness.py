"""Where items wait, lateness over time, what will miss the next meeting: as pages, each within sight."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from qa_workflow.service.boards import xmr
from qa_workflow.service.boards.xmr_picture import as_svg
from tests.web.filling import text
from tests.web.site import Site

OFFICER, CONTACT = "governance-officer", "ghc-contact"


def test_a_chart_has_its_words_its_rules_and_its_figures(site: Site) -> None:
    """After two months that are over: two points, so no verdict; the figures are there all the same."""
    page = site.client(OFFICER).get("/lateness").text
    assert "<svg" in page
    assert re.search(r'<title id="chart-title">Share of steps not done in time', page)
    assert "No verdict: with two points" in page
    assert "7 points in a row on one side of the mean" in page
    assert "May 2027" in page
    assert "style=" not in page.partition("<svg")[2].partition("</svg>")[0]


def test_with_more_months_there_are_limits_and_they_are_trial_limits(site: Site) -> None:
    site.push(timedelta(days=200))
    page = site.client(OFFICER).get("/lateness").text
    assert "trial limits" in page
    assert "upper limit" in page


def test_lateness_by_the_first_date_is_another_address(site: Site) -> None:
    client = site.client(OFFICER)
    assert 'value="first" selected' in client.get("/lateness?by=first").text
    assert client.get("/lateness?by=nonsense").status_code == 400


def test_waits_are_by_stage_and_body(site: Site) -> None:
    page = site.client(OFFICER).get("/waits").text
    assert "Quality and Governance Committee" in page
    assert "Draft awaited" in page
    assert "Draft awaited" not in site.client(OFFICER).get("/waits?workflow=provider_assurance").text


def test_what_will_miss_a_meeting_is_told_for_each_body(site: Site) -> None:
    page = site.client(OFFICER).get("/misses").text
    assert "Its papers close" in page or "Nothing counts on a meeting" in page
    assert "PA/" in page


def test_meetings_that_something_misses_come_before_those_that_nothing_does(site: Site) -> None:
    """Who looks for what will be late does not read through what is well."""
    missed, _, well = site.client(OFFICER).get("/misses").text.partition("<h2>Nothing will miss th")
    assert missed.count("<table") == missed.count("<h2>") - missed.count("no meeting ahead") > 0
    assert well.count("<li><strong>") > 0
    assert "<table" not in well


@pytest.mark.parametrize("path", ["/waits", "/lateness", "/misses"])
def test_a_contact_sees_figures_of_their_own_organisation(site: Site, path: str) -> None:
    """Not even a count of another's: every item that is named is their own."""
    page = site.client(CONTACT).get(path).text
    named = set(re.findall(r'href="/items/([^"]+)"', page))
    assert {reference.rpartition("/")[2] for reference in named} <= {"ghc"}
    whole = site.client(OFFICER).get(path).text
    assert page.count("<tr") < whole.count("<tr") or path == "/lateness"


def test_a_limit_that_no_share_can_reach_is_not_drawn() -> None:
    shares = xmr.chart([50, 100, 100, 100, 50, 100, 100, 100])
    assert shares.upper > 100
    picture = as_svg(shares, [""] * 8, title="Shares", about="")
    assert "upper limit" not in picture
    assert "lower limit" in picture
    assert ">100%<" in picture
    counts = xmr.chart([1, 4, 2])
    assert "lower limit -" in as_svg(counts, ["", "", ""], title="Counts", about="", unit="", most=None)


def test_what_somebody_does_not_see_is_not_said_to_be_on_no_agenda(site: Site) -> None:
    """A provider read that nothing was on the agenda of the governing body, whose agenda was full."""
    whole, own = (text(site.client(person).get("/misses")) for person in ("governance-officer", "ghft-contact"))
    assert "Nothing that you see is on its agenda" in own
    assert "that you see" not in whole
    assert " 0 " not in whole + own
