"""What becomes of meetings on a day that is closed: said before it is done, and in the calendar afterwards."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fastapi.testclient import TestClient
from httpx2 import Response

from qa_workflow.service.definitions import drafting
from tests.acceptance.command_line import CommandLine
from tests.web.filling import send, text
from tests.web.site import Site

OFFICER = "governance-officer"
SESSION = "ICB Board business session"
"""It meets every other Thursday, on 5 August 2027 among them, and not at all on days that are not worked."""
AWAY = "/move-meeting/governing_body_business_session/2027-08-05"
WHY = "Offices move"
GROUP = "Clinical Quality Review Group, Gloucestershire Hospitals"


def close(site: Site, client: TestClient, day: int, month: int = 8, **more: str) -> Response:
    on = {"on-day": str(day), "on-month": str(month), "on-year": "2027"}
    typed = {"calendar": "england", "table": "closures", "why": WHY, **on, **more}
    return client.post("/calendars", data={**site.key(client), **typed})


def published(site: Site, day: int, month: int = 8) -> None:
    close(site, site.client("administrator"), day, month, go="draft")
    draft = drafting.propose(site.house, 1, 1, "", actor="administrator")
    drafting.approve(site.house, draft.id, str(draft.proposed_hash), actor=OFFICER)
    site.engine.tick()


def test_a_meeting_that_a_closure_takes_away_is_told_before_and_in_the_calendar_afterwards(site: Site) -> None:
    client = site.client(OFFICER)
    page = text(close(site, site.client("administrator"), 5))
    assert f"{SESSION}: the meeting of 5 August 2027 is not held , as its series says of days" in page
    assert f"{SESSION}: meets at 09:30" in text(client.get("/calendar?month=2027-08"))
    published(site, 5)
    for view in ("list", "table"):
        month = text(client.get(f"/calendar?month=2027-08&view={view}"))
        assert f"{SESSION}: not held: Offices move" in month


def test_a_meeting_that_a_closure_takes_away_can_be_held_at_another_time(site: Site) -> None:
    published(site, 5)
    client = site.client(OFFICER)
    assert AWAY in client.get("/calendar?month=2027-08").text
    assert f"The meeting planned for 5 August 2027, 09:30 is not held: {WHY}." in text(client.get(AWAY))
    nothing = send(client, AWAY, {"what": "called_off", "reason": "No room"})
    assert "the meeting is not held as it is; give another time for it" in text(nothing)
    typed = {"on-day": "6", "on-month": "8", "on-year": "2027", "time": "14:00", "reason": "It is wanted"}
    assert send(client, AWAY, page=send(client, AWAY, typed, action="")).status_code == 303
    month = text(client.get("/calendar?month=2027-08"))
    assert f"{SESSION}: meets at 14:00 (moved; planned for 5 August 2027)" in month
    assert f"{SESSION}: not held" not in month


def test_a_meeting_that_somebody_moved_stays_when_the_day_planned_for_it_is_closed(site: Site) -> None:
    """Where its series skips days that are not worked, it was held on a worked day and went with the closure."""
    at = datetime(2027, 8, 10, 8, 30, tzinfo=UTC)
    site.engine.move_meeting("governing_body_business_session", "2027-08-05", at, actor=OFFICER, reason="No room")
    client = site.client(OFFICER)
    assert SESSION not in text(close(site, site.client("administrator"), 5))
    published(site, 5)
    month = text(client.get("/calendar?month=2027-08"))
    assert f"{SESSION}: meets at 09:30 (moved; planned for 5 August 2027)" in month
    assert "2027-08-05" in [meeting.key for meeting in site.engine.meetings("governing_body_business_session")]


def test_a_meeting_that_a_closure_moves_is_told_with_its_new_day(site: Site) -> None:
    page = text(close(site, site.client("administrator"), 27, 7))
    assert f"{GROUP}: the meeting of 27 July 2027 is held on 28 July 2027" in page
    published(site, 27, 7)
    month = text(site.client(OFFICER).get("/calendar?month=2027-07"))
    assert f"{GROUP}: meets at 09:30 (moved from Tuesday 27 July 2027 (Offices move))" in month


def test_a_meeting_that_somebody_moved_to_the_day_stays_there_and_can_be_moved_again(site: Site) -> None:
    at = datetime(2027, 8, 3, 8, 30, tzinfo=UTC)
    site.engine.move_meeting("cqrg_hospitals", "2027-07-27", at, actor=OFFICER, reason="No room")
    page = text(close(site, site.client("administrator"), 3))
    assert f"{GROUP}: the meeting stays on 3 August 2027, to which somebody moved it" in page


def test_a_day_without_a_meeting_says_so(site: Site) -> None:
    assert "No meeting is on this day." in text(close(site, site.client("administrator"), 2))


def test_the_command_line_lists_what_is_not_held(site: Site, tmp_path: Path) -> None:
    published(site, 5)
    qa = CommandLine(str(site.parts.store.engine.url), tmp_path)
    assert "Not held on 5 August 2027: Offices move." in qa("meetings", "governing_body_business_session").out
