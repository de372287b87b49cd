"""A meeting is held at another time, or called off, by clicking: seen first, then done, by those who may."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice

import pytest
from fastapi.testclient import TestClient

from qa_workflow.engine.refusals import Nonsense
from qa_workflow.errors import NaiveInstant, UsageFault
from qa_workflow.service.boards.misses import ahead
from qa_workflow.service.refusals import DoubtfulDate
from qa_workflow.service.time import rehearsing
from tests.web.filling import send, text
from tests.web.programs import Program
from tests.web.site import Site

OFFICER, LEAD = "governance-officer", "quality-lead"
WAY = "Change or call off"


@pytest.fixture
def officer(site: Site) -> TestClient:
    return site.client(OFFICER)


@pytest.fixture
def address(site: Site) -> str:
    """The page of a meeting that dates depend on."""
    with site.house.looking() as (_, world):
        actor = world.actor(OFFICER, date(2027, 7, 10))
    found = next(each for each in ahead(site.house, actor, site.house.now()) if each.missing)
    return f"/move-meeting/{found.body}/{found.key}"


def _dates(site: Site) -> dict[str, str | None]:
    return {item.reference: due.on if (due := item.due()) else None for item in site.engine.items(limit=500)}


def test_a_meeting_to_come_leads_to_holding_it_at_another_time(officer: TestClient) -> None:
    links = re.findall(r'href="(/move-meeting/[^"]+)"', officer.get("/calendar?month=2027-08").text)
    assert links
    for link in links:
        assert officer.get(link).status_code == 200
    assert WAY in text(officer.get("/misses"))


def test_a_meeting_that_was_held_leads_nowhere(officer: TestClient) -> None:
    assert "meets at" in text(officer.get("/calendar?month=2027-05"))
    assert WAY not in text(officer.get("/calendar?month=2027-05"))


def test_who_may_not_move_meetings_is_shown_no_way_to_and_told_whose_it_is(site: Site, address: str) -> None:
    lead = site.client(LEAD)
    for page in ("/calendar?month=2027-08", "/misses"):
        assert WAY not in text(lead.get(page))
    refused = lead.get(address)
    assert refused.status_code == 403
    assert "this is for: Governance officer" in text(refused)


def test_every_due_date_that_a_meeting_moves_is_shown_before_it_moves(
    site: Site, officer: TestClient, address: str
) -> None:
    before = _dates(site)
    typed = {"on-day": "20", "on-month": "10", "on-year": "2027", "time": "14:30", "reason": "The chair is ill"}
    preview = send(officer, address, typed, action="")
    said = text(preview)
    assert "Held on Wednesday 20 October 2027 at 14:30 instead of" in said
    assert "Its papers would be due by" in said
    assert "Due now" in said
    assert "Would be due" in said
    assert "Provider assurance" in said, "what each item is about"
    assert _dates(site) == before, "a look changes nothing"

    done = send(officer, address, page=preview)
    assert done.status_code == 303
    after = _dates(site)
    moved = {reference for reference in before if before[reference] != after[reference]}
    assert moved
    assert all(reference in said for reference in moved)
    calendar = text(officer.get(done.headers["location"]))
    assert "is held on Wednesday 20 October 2027 at 14:30;" in calendar
    assert "meets at 14:30 (moved; planned for" in calendar


def test_a_lateness_that_disappears_with_a_moved_meeting_is_said_on_the_page_before(
    site: Site, officer: TestClient
) -> None:
    rehearsing.set_clock(site.house, datetime(2027, 8, 11, 9, tzinfo=UTC))
    when = {"on-day": "20", "on-month": "8", "on-year": "2027", "time": "10:00", "reason": "It was held later"}
    said = text(send(officer, "/move-meeting/cqrg_hospitals/2027-07-27", when, action=""))
    assert "overdue now and would not be any more." in said
    assert "Overdue now, and would not be any more" in said


def test_a_meeting_is_called_off_with_a_reason(site: Site, officer: TestClient, address: str) -> None:
    asked = send(officer, address, {"what": "called_off"})
    assert asked.status_code == 422
    assert "Enter a reason" in text(asked)
    preview = send(officer, address, {"what": "called_off", "reason": "No quorum"})
    assert "is called off. Nothing is changed yet." in text(preview)
    assert "Overdue no change" in text(preview), "on a phone the heading alone would say that it is overdue"
    assert send(officer, address, page=preview).status_code == 303
    body, key = address.split("/")[2:]
    assert key not in [meeting.key for meeting in site.engine.meetings(body)]
    assert "was called off" in text(officer.get(address))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on-day": "31", "on-month": "9", "on-year": "2027"}, "The new day must be a real date"),
        ({"time": "half past two"}, "Enter the time as hours and minutes, for example 14:00"),
        ({"on-day": "28", "on-month": "3", "on-year": "2027", "time": "01:30"}, "01:30"),
        ({}, "the meeting is held at this time already; give another"),
        ({"what": ""}, "Choose whether it is held at another time or called off"),
        ({"reason": ""}, "Enter a reason"),
        ({"reason": "Patient with NHS number 943 476 5919"}, "Check whether a patient could be identified"),
    ],
)
def test_what_cannot_be_meant_comes_back_as_typed(
    officer: TestClient, address: str, typed: dict[str, str], said: str
) -> None:
    answer = send(officer, address, {"reason": "The room is flooded", **typed})
    assert answer.status_code == 422
    assert said in text(answer)


def test_a_meeting_that_is_not_planned_is_told_with_those_that_are(site: Site, officer: TestClient) -> None:
    first = next(islice(site.engine.meetings("governing_body"), 1))
    assert isinstance(first.at, datetime)
    answer = officer.get("/move-meeting/governing_body/2027-07-01")
    assert answer.status_code == 404
    assert "has no meeting planned for 1 July 2027; it meets on" in text(answer)


def test_a_meeting_is_found_however_far_it_is_put_off_and_no_further(site: Site, officer: TestClient) -> None:
    """More than four months later it was in no calendar any more, and nothing could wait for it."""
    when = {"on-day": "20", "on-month": "1", "on-year": "2028", "time": "14:30", "reason": "The chair is ill"}
    way = "/move-meeting/governing_body/2027-07-28"
    assert send(officer, way, page=send(officer, way, when, action="")).status_code == 303
    assert "2027-07-28" in [meeting.key for meeting in site.engine.meetings("governing_body")]
    assert "ICB Board: meets at 14:30 (moved; planned for 28 July 2027)" in text(officer.get("/calendar?month=2028-01"))
    refused = send(officer, way, {**when, "on-month": "8"}, action="")
    assert refused.status_code == 422
    assert "cannot be held more than a year from then; call it off" in text(refused)


def test_a_meeting_on_a_day_that_is_not_worked_is_asked_back_and_held_when_it_is_meant(
    site: Site, officer: TestClient
) -> None:
    """One item's date was asked back; a meeting that moves many was moved to Christmas Day without a word."""
    way = "/move-meeting/governing_body/2027-07-28"
    when = {"on-day": "7", "on-month": "8", "on-year": "2027", "time": "10:00", "reason": "An away day"}
    preview = send(officer, way, when, action="")
    said = text(preview)
    assert "Held on Saturday 7 August 2027 at 10:00 instead of Wednesday 28 July 2027 at 14:00." in said
    assert "Its papers would be due by the end of Saturday 31 July 2027." in said
    assert "7 August 2027 is not a working day (Saturday)." in said
    asked = send(officer, way, page=preview)
    assert asked.status_code == 422
    assert "Confirm that you mean 7 August 2027, or enter another date" in text(asked)
    assert site.engine.meetings("governing_body", 1)[0].at.day == 28
    assert send(officer, way, {"sure": "2027-08-07"}, page=asked).status_code == 303
    assert site.engine.meetings("governing_body", 1)[0].at == datetime(2027, 8, 7, 9, tzinfo=UTC)


def test_a_meeting_on_a_day_that_has_passed_is_asked_back(site: Site, officer: TestClient) -> None:
    """The wrong month or year: whoever records afterwards when it was really held says so."""
    way, planned = "/move-meeting/governing_body/2027-07-28", site.engine.meetings("governing_body", 1)[0]
    when = {"on-day": "30", "on-month": "6", "on-year": "2027", "time": "14:00", "reason": "An away day"}
    preview = send(officer, way, when, action="")
    assert "Wednesday 30 June 2027 at 14:00 has passed." in text(preview)
    asked = send(officer, way, page=preview)
    assert asked.status_code == 422
    assert "Confirm that you mean 30 June 2027, or enter another date" in text(asked)
    assert site.engine.meetings("governing_body", 1)[0] == planned
    assert send(officer, way, {"sure": "2027-06-30"}, page=asked).status_code == 303
    assert site.engine.meetings("governing_body", 1)[0] != planned


def test_a_meeting_that_is_not_held_is_not_called_off_again(site: Site) -> None:
    """Whoever called it off is on record with the reason; a second time would say otherwise."""
    engine, key = site.engine, "2027-07-28"
    engine.move_meeting("governing_body", key, None, actor=OFFICER, reason="No quorum")
    with pytest.raises(Nonsense, match="the meeting is not held as it is; give another time for it"):
        engine.move_meeting("governing_body", key, None, actor=OFFICER, reason="No room")


def test_programs_are_asked_back_too_and_a_day_alone_keeps_the_time_of_day(site: Site) -> None:
    """It was moved to midnight, where the history then had it for ever."""
    engine, body, key = site.engine, "governing_body", "2027-07-28"
    program = Program(site, OFFICER)
    path, wish = f"/bodies/{body}/meetings/{key}/move", {"at": "2027-08-08", "reason": "An away day"}
    with pytest.raises(DoubtfulDate, match="8 August 2027 is not a working day"):
        engine.move_meeting(body, key, date(2027, 8, 8), actor=OFFICER, reason="An away day")
    preview = program.post(path, {**wish, "preview": True})
    assert (preview["at"], preview["not_worked"]) == ("2027-08-08T14:00:00+01:00", "Sunday")
    assert preview["papers"].startswith("2027-08-01T")
    refused = program.send(path, wish)
    assert refused.status_code == 422
    assert (refused.json()["code"], refused.json()["sure"]) == ("doubtful_date", "2027-08-08")
    assert engine.meetings(body, 1)[0].at == datetime(2027, 7, 28, 13, tzinfo=UTC), "nothing has moved"
    program.post(path, {**wish, "sure": "2027-08-08"})
    assert engine.meetings(body, 1)[0].at == datetime(2027, 8, 8, 13, tzinfo=UTC)
    engine.move_meeting(body, key, date(2027, 12, 5), actor=OFFICER, reason="An away day", sure=True)
    assert engine.meetings(body, 3)[2].at == datetime(2027, 12, 5, 14, tzinfo=UTC), "in London, in winter"


def test_what_was_called_off_is_held_as_planned_after_all_by_one_tick(site: Site, officer: TestClient) -> None:
    way, planned = "/move-meeting/governing_body/2027-07-28", site.engine.meetings("governing_body", 1)[0]
    assert "as planned after all" not in text(officer.get(way))
    site.engine.move_meeting("governing_body", "2027-07-28", None, actor=OFFICER, reason="No quorum")
    assert "It is held as planned after all, on Wednesday 28 July 2027 at 14:00" in text(officer.get(way))
    preview = send(officer, way, {"what": "as_planned", "reason": "There is a quorum"}, action="")
    assert send(officer, way, page=preview).status_code == 303
    assert site.engine.meetings("governing_body", 1)[0] == planned


@pytest.mark.parametrize(
    ("at", "refused"),
    [
        ("2027-02-30", UsageFault),
        ("2027-08-03 at two", UsageFault),
        ("2027-08-03T14:00", NaiveInstant),
        ("2027-08-03", None),
    ],
)
def test_a_script_may_write_a_meetings_days_as_text_or_as_days(
    site: Site, at: str, refused: type[Exception] | None
) -> None:
    """What cannot be read is refused in words; it was an AttributeError."""
    move = partial(site.engine.move_meeting, "cqrg_hospitals", date(2027, 7, 27), actor=OFFICER, reason="No room")
    if refused is None:
        move(at, preview=True)
    else:
        with pytest.raises(refused, match="2027"):
            move(at)
