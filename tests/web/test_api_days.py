"""Days and times in what programs send: ISO 8601, in years that are known, and with how far they are from UTC."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.programs import Program
from tests.web.site import Site

ITEM = "PA/2026-27-Q4/ghft"
NO_DATE = "it must begin as a date does, 2027-08-06"
NO_SUCH_DAY = "there is no such day, or it is written in another way; write it as 2027-08-06"
YEARS = "the year must be from 1990 to 2100"
MOVE = "/bodies/governing_body/meetings/2027-07-28/move"


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (1893456000, NO_DATE),
        ("31/8/2027", NO_DATE),
        ("20270-08-31T09:00:00Z", NO_DATE),
        ("2027-02-30T09:00:00Z", "there is no such time, or it is written in another way"),
        ("2027-08-31T09:00:00", "it does not say how far it is from UTC; write it as 2027-08-06T17:00:00+01:00"),
        ("9999-12-31T23:59:59-23:00", YEARS),
        ("0001-01-01T00:00:00+14:00", YEARS),
    ],
)
def test_a_time_that_cannot_be_meant_is_named(site: Site, until: Any, said: str) -> None:
    """One beyond the last that there is in UTC was a fault of ours; a bare number was so many seconds since 1970."""
    officer = Program(site, "governance-officer")
    item = officer.item(ITEM)
    told = officer.act(item, "hold", {"reason": "Awaiting the regulator", "until": until}, 422)
    assert told["detail"].startswith(f"Nothing was done. body.until: {said}")
    assert officer.item(ITEM) == item


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (20270, NO_DATE),
        ("20270831", NO_DATE),
        ("31/8/2027", NO_DATE),
        ("2027-02-30", NO_SUCH_DAY),
        ("2027-08-31T09:00:00", NO_SUCH_DAY),
        ("9999-12-31", YEARS),
    ],
)
def test_a_day_that_cannot_be_meant_is_named(site: Site, on: Any, said: str) -> None:
    officer = Program(site, "governance-officer")
    told = officer.act(officer.item(ITEM), "due-date", {"on": on, "basis": "b", "reason": "r"}, 422)
    assert told["detail"] == f"Nothing was done. body.on: {said}"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("31/8/2027", f"body.at: {NO_DATE}"),
        ("0001-01-01T00:00:00+14:00", f"body.at: {YEARS}"),
        ("2027-07-28T14:00:00+01:00", "ICB Board: the meeting is held at this time already; give another"),
        ("2028-08-28", "ICB Board: what is planned for 28 July 2027 cannot be held more than a year from then"),
    ],
)
def test_a_meeting_is_not_moved_to_what_cannot_be_meant(site: Site, at: str, said: str) -> None:
    """The place is named as it was sent, once, however many kinds of value might have stood there."""
    told = Program(site, "governance-officer").post(MOVE, {"at": at, "reason": "The chair is away"}, 422)
    assert said in told["detail"]
    assert told["detail"].count("body.at") <= 1
