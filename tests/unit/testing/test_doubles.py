"""What users get for tests of their own workflows: a clock that they move, a box that keeps messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from qa_workflow.service.ports.store import Message
from qa_workflow.testing import FakeClock, Postbox

NINE = datetime(2027, 4, 1, 9, tzinfo=UTC)


def test_a_clock_stands_still_until_it_is_moved() -> None:
    clock = FakeClock("2027-04-01T09:00")
    assert clock.now() == clock.now() == NINE
    assert clock.monotonic() == 0


def test_text_without_a_zone_is_in_utc_and_an_instant_with_one_is_kept() -> None:
    assert FakeClock("2027-04-01T10:00+01:00").now() == NINE
    summer = timezone(timedelta(hours=1))
    assert FakeClock(datetime(2027, 4, 1, 10, tzinfo=summer)).now() == NINE


def test_time_that_passes_passes_on_both_clocks() -> None:
    clock = FakeClock(NINE)
    assert clock.advance(days=1, hours=1) == NINE + timedelta(hours=25)
    assert clock.monotonic() == 25 * 3600
    assert clock.set("2027-04-02T11:00") == NINE + timedelta(hours=26)
    assert clock.monotonic() == 26 * 3600


def test_no_time_passes_when_somebody_sets_the_clock() -> None:
    """Forward by `step`, or back either way."""
    clock = FakeClock(NINE)
    assert clock.step(days=2) == NINE + timedelta(days=2)
    assert clock.set(NINE) == NINE
    assert clock.step(days=-1) == NINE - timedelta(days=1)
    assert clock.monotonic() == 0


def test_a_postbox_keeps_what_it_is_given_and_fails_when_broken() -> None:
    message = Message("key-1", "quality-lead", "quality-lead@example.org", "PA/1", "A report has come.")
    box = Postbox()
    box.carry(message)
    box.broken = True
    with pytest.raises(ConnectionRefusedError):
        box.carry(message)
    assert box.messages == [message]
