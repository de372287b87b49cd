"""A body's next meetings: that of today is one of them until the day is over, and that of yesterday is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_workflow.testing import FakeClock, engine_in
from tests.service.publishers import GOVERNANCE

FORUM = '  forum: {title: The Forum, meets: {rule: FREQ=WEEKLY;BYDAY=FR, from: 2026-01-01, at: "%s"}}\n'


@pytest.mark.parametrize(
    ("held_at", "now", "first"),
    [
        ("09:00", "2027-04-02T08:00", "2027-04-02"),
        ("09:00", "2027-04-02T22:30", "2027-04-02"),
        ("22:00", "2027-04-03T07:00", "2027-04-09"),
    ],
)
def test_a_meeting_of_today_is_told_until_the_day_is_over(tmp_path: Path, held_at: str, now: str, first: str) -> None:
    """However early it was held, and however soon after midnight somebody asks."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "governance.yaml").write_text(GOVERNANCE.replace("bodies:\n", f"bodies:\n{FORUM % held_at}"))
    with engine_in(tmp_path, folder, FakeClock(now)) as office:
        assert [meeting.key for meeting in office.meetings("forum", 1)] == [first]
