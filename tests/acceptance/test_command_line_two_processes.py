"""Two processes at one item: exactly one wins, the other is told who did, and the history is whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.command_line import GHFT, CommandLine, Runner, rehearsal
from tests.databases import Prepare


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    found = CommandLine(prepared_database(rehearsal), tmp_path)
    found.open()
    return found


@pytest.mark.slow(seconds=20)
def test_of_two_processes_one_wins_two_hundred_times(qa: CommandLine) -> None:
    """Each is told the same, at the same moment, about the same revision."""
    rounds = 200
    runners = (Runner(qa), Runner(qa))
    try:
        for number in range(rounds):
            words = [*_move(number), "--revision", str(number + 1), "--json"]
            for runner in runners:
                runner.begin(words)
            ended = [runner.end() for runner in runners]
            assert sorted(code for code, _ in ended) == [0, 1], ended
            assert any('"stale"' in out for code, out in ended if code == 1), ended
    finally:
        for runner in runners:
            runner.close()
    story = qa.json("show", GHFT)
    assert [e["seq"] for e in story["history"]] == list(range(1, rounds + 2))
    assert qa.json("verify")["ok"]


def _move(number: int) -> list[str]:
    """A change that is always possible."""
    return ["record", GHFT, "--set", f"committee_note=round {number}", "--as", "quality-lead"]


def test_without_a_revision_too_only_one_submits(qa: CommandLine) -> None:
    """The second finds the item where it no longer has that trigger."""
    words = [*qa.step("submit"), "--json"]
    ended = [(p.communicate(timeout=60)[0], p.returncode) for p in [qa.process(*words), qa.process(*words)]]
    assert sorted(code for _, code in ended) == [0, 1], ended
    assert [e["trigger"] for e in qa.json("show", GHFT)["history"]] == [None, "submit"]
