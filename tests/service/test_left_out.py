"""What has ended stays in the governance file: leaving out what is still spoken of is refused, with what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_workflow.service.definitions.left_out import StillNeeded
from qa_workflow.service.items.meetings import upcoming
from qa_workflow.testing import FakeClock, engine_in
from tests.service.publishers import GOVERNANCE

CASE = """
workflow: case
title: Case
subject: provider
reference: C/{number}
stages:
  wait: {owner: author, meeting: board, transitions: {note: {to: over}}}
  over: {end: completed}
"""
FORUM = '  forum: {title: The Forum, meets: {rule: FREQ=WEEKLY;BYDAY=FR, from: 2026-01-01, at: "15:00"}}\n'
CIRCLE = "  circle: {title: The Circle}\n"


def test_a_body_that_has_met_or_is_waited_for_and_an_organisation_with_items_stay_in_the_file(tmp_path: Path) -> None:
    """What was held could not be read any more, and what waits would have no meeting; a body of today may go again.

    It has not met yet, though it will today, and the other never does.
    """
    folder, whole = tmp_path / "definitions", GOVERNANCE
    folder.mkdir()
    file = folder / "governance.yaml"
    file.write_text(whole.replace("bodies:\n", f"bodies:\n{CIRCLE}"))
    (folder / "case.yaml").write_text(CASE)
    with engine_in(tmp_path, folder, FakeClock("2027-04-02T09:00")) as office:
        office.open("case", subject="south", actor="ann")
        file.write_text(whole.replace("bodies:\n", f"bodies:\n{FORUM}"))
        office.publish([file], actor="ada")
        assert [meeting.key for meeting in upcoming(office._house, "forum", 1)] == ["2027-04-02"]
        file.write_text(whole)
        office.publish([file], actor="ada")
        (folder / "case.yaml").write_text(CASE.replace("board", "table"))
        file.write_text(whole.replace("board", "table").replace("south", "west"))
        with pytest.raises(StillNeeded) as refused:
            office.publish([folder], actor="ada")
        assert refused.value.needed == (
            "The Board (board) met last on 31 March 2027 and is waited for by 1 open item.",
            "There are items about South Trust (south).",
        )
