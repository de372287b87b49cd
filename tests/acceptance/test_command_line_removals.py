"""A file that names a patient, taken out by the command line; and what verify says of it then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.command_line import GHFT, CommandLine, rehearsal
from tests.databases import Prepare

WHY = "It names the person who fell"


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """A rehearsal on 1 April 2027, with a file at one item."""
    qa = CommandLine(prepared_database(rehearsal), tmp_path)
    (tmp_path / "falls.csv").write_text("name;fell\nMrs A;twice\n")
    qa("tick")
    qa("record", GHFT, "--set", f"minutes=@{tmp_path / 'falls.csv'}", "--as", "governance-officer")
    return qa


def test_two_people_take_it_out_and_verify_says_so(qa: CommandLine, tmp_path: Path) -> None:
    by_one, by_other = ("--as", "governance-officer"), ("--as", "administrator")
    assert "Nothing is to be removed" in qa("removal", "list").out
    asked = qa.json("removal", "ask", GHFT, "falls.csv", "--reason", WHY, *by_one)
    file = asked["sha256"]
    assert "two people are needed" in qa("removal", "confirm", file[:12], "--yes", *by_one, code=1).err
    assert "--yes" in qa("removal", "confirm", file[:12], *by_other, code=2).err
    assert "given out again" in qa("removal", "decline", file[:12], "--reason", "A ward", *by_other).out
    assert "removal confirm" in qa("removal", "ask", GHFT, file[:8], "--reason", WHY, *by_one).out
    assert "kept back since 1 April 2027" in qa("removal", "list").out
    assert "removed on 1 April 2027 by" in qa("removal", "confirm", file[:12], "--yes", *by_other).out
    assert not (tmp_path / "documents" / file[:2] / file[2:]).exists()
    for words in (("verify",), ("verify", GHFT)):
        assert f"was removed on 1 April 2027 by governance-officer and administrator: {WHY}" in qa(*words).out
    again = ("record", GHFT, "--set", f"minutes=@{tmp_path / 'falls.csv'}", *by_one)
    assert "was removed on 1 April 2027" in qa(*again, code=1).err
    assert "look again" in qa("removal", "confirm", "abcdef", "--yes", *by_other, code=1).err


def test_a_text_is_taken_out_by_the_number_of_its_event(qa: CommandLine) -> None:
    """And verify says so, of the whole and of the item."""
    seq = qa.json("comment", GHFT, "Mrs A rang", "--as", "governance-officer")["revision"]
    asked = qa.json("removal", "ask", GHFT, str(seq), "--reason", WHY, "--as", "governance-officer")
    assert "a text of" in qa("removal", "list").out
    qa("removal", "confirm", asked["sha256"][:12], "--yes", "--as", "administrator")
    assert "Mrs A" not in qa("show", GHFT).out + qa("export").out
    for words in (("verify",), ("verify", GHFT)):
        assert f"of event {seq} of {GHFT} was removed on 1 April 2027" in qa(*words).out
