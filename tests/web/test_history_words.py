"""The history of an item says of each change from what to what: values, dates, meetings, versions."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qa_workflow.calendar import long_date
from qa_workflow.service.definitions import drafting
from tests.web.filling import text
from tests.web.site import Site

GHFT = "PA/2026-27-Q4/ghft"
OFFICER = "governance-officer"


def history(site: Site, reference: str = GHFT) -> str:
    return text(site.client(OFFICER).get(f"/items/{reference}")).partition("The newest first.")[2]


def test_what_stood_in_a_field_before_is_told_with_what_stands_there_now(site: Site) -> None:
    """Of the first value nothing is said, for there was none."""
    site.engine.record(GHFT, {"rating": "partial"}, actor="quality-lead")
    assert "Level of assurance was" not in history(site)
    site.engine.record(GHFT, {"rating": "reasonable"}, actor="quality-lead")
    assert "Level of assurance: Reasonable Level of assurance was: Partial" in history(site)
    site.engine.record(GHFT, {"rating": None}, actor="quality-lead")
    assert "Level of assurance: emptied Level of assurance was: Reasonable" in history(site)


def test_a_date_that_is_changed_is_told_with_the_one_before(site: Site) -> None:
    site.engine.change_date(GHFT, date(2027, 9, 1), actor=OFFICER, reason="Leave", basis="Agreed in the group")
    assert (
        "Due date of Review by the Clinical Quality Review Group changed from 10 August 2027 to 1 September 2027"
        in history(site)
    )


def test_a_meeting_that_is_moved_is_told_with_the_dates_that_move_with_it(site: Site) -> None:
    at = datetime(2027, 8, 3, 8, 30, tzinfo=UTC)
    site.engine.move_meeting("cqrg_hospitals", "2027-07-27", at, actor=OFFICER, reason="No room")
    said = history(site)
    assert (
        "The meeting of Clinical Quality Review Group, Gloucestershire Hospitals planned for 27 July 2027 "
        "was moved to Tuesday 3 August 2027 at 09:30"
    ) in said
    assert "Review by the Clinical Quality Review Group: due 17 August 2027, was 10 August 2027" in said


def test_a_meeting_that_is_called_off_is_told_so(site: Site) -> None:
    site.engine.move_meeting("cqrg_hospitals", "2027-07-27", None, actor=OFFICER, reason="No room")
    assert "planned for 27 July 2027 was called off" in history(site)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2027, 8, 3, 8, 30, tzinfo=UTC), "was moved to Tuesday 3 August 2027 at 09:30"),
        (None, "was called off"),
    ],
)
def test_why_this_date_says_what_became_of_the_meeting_and_the_due_date_beside_it(
    site: Site, at: datetime | None, said: str
) -> None:
    """It said the due date as if it were the meeting's new day, and "moved" of what was called off."""
    site.engine.move_meeting("cqrg_hospitals", "2027-07-27", at, actor=OFFICER, reason="No room")
    told = next(each for each in site.engine.explain(GHFT) if each.stage_title.startswith("Review by"))
    assert told.due_on is not None
    assert told.changes[-1] == (
        "The meeting of Clinical Quality Review Group, Gloucestershire Hospitals planned for 27 July 2027 "
        f"{said}, on 10 July 2027 by Governance officer; due {long_date(date.fromisoformat(told.due_on))} since then"
        ": No room"
    )


def test_a_day_off_that_is_added_is_told_with_the_dates_it_moves(site: Site) -> None:
    """Tuesday 10 August becomes Wednesday: the office is closed on Friday 6 August."""
    administrator = site.client("administrator")
    closing = {"calendar": "england", "table": "closures", "why": "Offices move", "go": "draft"}
    day = {"on-day": "6", "on-month": "8", "on-year": "2027"}
    administrator.post("/calendars", data={**site.key(administrator), **closing, **day})
    draft = drafting.propose(site.house, 1, 1, "", actor="administrator")
    drafting.approve(site.house, draft.id, str(draft.proposed_hash), actor=OFFICER)
    site.engine.tick()
    said = history(site)
    assert "Due dates were counted again" in said
    assert "Review by the Clinical Quality Review Group: due 11 August 2027, was 10 August 2027" in said


def test_a_wrong_event_and_its_correction_lead_to_each_other_on_the_page(site: Site) -> None:
    """Not by colour: it says so, first of all, with who put it right and when."""
    number = site.engine.record(GHFT, {"rating": "partial"}, actor="quality-lead").revision
    after = site.engine.correct(GHFT, actor=OFFICER, fields={"rating": "reasonable"}, reason="Read again")
    page = site.client(OFFICER).get(f"/items/{GHFT}")
    on = long_date(date.fromisoformat(site.engine.told(GHFT)[-1].at[:10]))
    assert f"Corrected (Level of assurance) on {on} by Governance officer, see event {after.revision}" in text(page)
    assert f"Puts right event {number}" in text(page)
    assert f'<a href="#event-{after.revision}">' in page.text
    assert f'<a href="#event-{number}">' in page.text


def test_programs_read_what_people_read_and_which_events_were_wrong(site: Site) -> None:
    number = site.engine.record(GHFT, {"rating": "partial"}, actor="quality-lead").revision
    after = site.engine.correct(GHFT, actor=OFFICER, reason="Another provider's", corrects=number)
    client, item = site.client(OFFICER), site.engine.item(GHFT)
    wrong, right = client.get(f"/api/v1/items/{item.id}/history").json()["events"][-2:]
    assert (wrong["corrected_by"], right["corrects"]) == ([after.revision], [number])
    assert (wrong["who"], wrong["what"]) == ("Quality lead", "Filled in Level of assurance")
    assert wrong["told"][0].endswith(f"by Governance officer, see event {after.revision}")
    assert right["told"] == [f"Puts right event {number}"]


def test_what_the_clock_only_told_somebody_is_made_little_of(site: Site) -> None:
    """Reminders by the dozen would bury who decided what; that time moved the item is as big as a decision."""
    page = site.client(OFFICER).get(f"/items/{GHFT}").text
    entries = page.partition('<ol class="qa-history"')[2].partition("</ol>")[0].split("<li ")[1:]
    little = {entry.partition('__what">')[2].split()[0] for entry in entries if "qa-history__routine" in entry}
    great = {entry.partition('__what">')[2].split()[0] for entry in entries if "qa-history__routine" not in entry}
    assert little == {"Reminder", "Escalated", "Provider&#39;s"}  # … became overdue
    assert great == {"Opened", "Lapsed:"}
