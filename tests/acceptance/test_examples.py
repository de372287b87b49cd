"""The examples run as they stand: the year is told to its end, the same each time, and its database says the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qa_workflow.definition import read_folder
from qa_workflow.service.ports.store import ItemQuery
from qa_workflow.store.proof.verifying import verify
from qa_workflow.wiring import join

EXAMPLES = Path(__file__).parents[2] / "examples"
YEAR = EXAMPLES / "year_of_assurance.py"
MONTHS = [
    "April 2027", "May 2027", "June 2027", "July 2027", "August 2027", "September 2027", "October 2027",
    "November 2027", "December 2027", "January 2028", "February 2028", "March 2028",
]  # fmt: skip
TAGS = {
    "opened", "agreed", "overdue", "up", "late", "lapsed", "refused", "back", "hold", "resume", "date", "meeting",
    "off", "on", "clock", "why", "proof", "routine",
}  # fmt: skip
TOLD = [
    # as many as there are, and what became of them
    "26 items: 19 completed and 2 not required; 5 open, 4 of them late.",
    # late papers wait for the next meeting
    "5 calendar days late. Too late for the papers of 28 May 2027: it waits for the meeting of 23 July 2027.",
    # four eyes
    "quality-lead may not, having done 'accept'; a second person has to",
    # a moved meeting, looked at first
    "on 16 September 2027 instead, 7 dates would move. From 9 September 2027 to 16 September 2027:",
    "Moved: 7 dates went with it",
    # a hold that makes up for its length
    "Due on 16 September 2027 instead of 19 August 2027.",
    # the week in which the clock was off
    "the overdue list is right: PA/2027-28-Q1/ghc and ACT/ghft/2.",
    "“Provider assurance” for 2027-28 Q2, 3 days late and all the same: PA/2027-28-Q2/ghft, ghc, primary_care and",
    "The contact of Gloucestershire Hospitals has one mail, which says: The most urgent comes first. - PA/2027-28-Q2",
    "“Provider's report” is now with you; it is due on Monday 15 November 2027 (30 working days left). - ACT/ghft/2",
    # overdue twice goes up; a report that never came
    "ACT/ghft/2: “Overdue twice, goes to the committee”.",
    "PA/2027-28-Q2/care_homes: time is up for “Provider's report”; recorded as “no report received”, not as approval.",
    # the proof, held from outside
    "everything that checkpoint 1 of",
]


def run(*words: str | Path, **environment: str) -> subprocess.Popen[str]:
    """A Python program, as if it were typed, into a pipe."""
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "80", **environment},
    )


def answer(program: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code and what it said."""
    out, errors = program.communicate(timeout=300)
    return program.returncode, out, errors


@pytest.mark.slow(seconds=10)
def test_the_year_is_told_to_its_end_the_same_each_time_and_the_database_that_is_kept_says_it(tmp_path: Path) -> None:
    """Nothing of the machine, the day or chance is in it; it reads without colour, at 80 columns."""
    folder = tmp_path / "kept here"
    code, told, errors = answer(run(YEAR, "--keep", folder))
    assert (code, errors) == (0, "")
    is_a_story_that_another_run_tells_too(told)
    is_what_the_database_says(folder, told)


def is_a_story_that_another_run_tells_too(kept: str) -> None:
    code, told, errors = answer(run(YEAR, PYTHONHASHSEED="7", TZ="Asia/Tokyo"))
    assert (code, errors) == (0, "")
    story, _, ending = told.partition("The same year, in a database to explore afterwards:")
    assert "--keep" in ending
    assert kept.partition("The year is kept in ")[0] == story
    lines = told.splitlines()
    assert [month for line in lines for month in MONTHS if line.startswith(f"{month} ─")] == MONTHS
    assert {line[13:22].strip() for line in lines if re.match(r"(\d+ [A-Z][a-z]+ {1,9}| {13})[a-z]+ ", line)} >= TAGS
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in told
    assert not re.search(r"\b[0-9a-f]{12,}\b", told), "identifiers made by chance are not shown"
    flowing = " ".join(told.split())
    assert [said for said in TOLD if said not in flowing] == []
    assert len(lines) < 400, "a story, not a log"


def is_what_the_database_says(folder: Path, told: str) -> None:
    """It proves itself, shows the same overdue board, and goes on where the story ended."""
    database = str(folder / "year.db")

    parts = join(database)
    try:
        assert verify(parts.store, documents=parts.documents).sound
        found = list(parts.engine.all_items(ItemQuery(limit=100)))
        assert (len(found), sum(item.is_over for item in found)) == (26, 21)
        with parts.store.reading() as look:
            assert list(look.incidents()) == []
            assert f"{len([r for r in look.outbox() if r['kind'] == 'message']):,} notices became" in told
    finally:
        parts.store.dispose()

    board = ["PA/2027-28-Q3/care_homes", "PA/2027-28-Q3/ghc", "ACT/ghc/2", "PA/2027-28-Q2/care_homes"]
    late = command("--database", database, "overdue")
    assert [item["reference"] for item in late] == board
    shown = told[told.index("What is late") : told.index("One item's whole story")]
    assert re.findall(r"[A-Z]+/\S+", shown) == board
    assert (late[2]["due_on"], late[2]["first_due_on"]) == ("2028-03-03", "2028-01-31"), "both dates are kept"

    happened = command("--database", database, "clock", "advance", "2", "days")["happened"]
    assert (happened["opened"], happened["lapsed"]) == (8, 1), "the next quarter and the next accounts"
    lapsed = command("--database", database, "show", board[0])
    assert (lapsed["stage"], lapsed["history"][-1]["kind"]) == ("cqrg_review", "lapsed")

    code, _, errors = answer(run(YEAR, "--keep", folder))
    assert code == 4, "a database that is there is not touched"
    assert "already" in errors
    assert "Traceback" not in errors


def command(*words: str) -> Any:
    """The JSON that a command of the program answers with."""
    program = "from qa_workflow.cli.main import main; main()"
    code, out, errors = answer(run("-c", program, *words, "--json"))
    assert code == 0, errors
    return json.loads(out)


@pytest.mark.parametrize("folder", sorted(path.parent for path in EXAMPLES.glob("*/governance.yaml")))
def test_example_workflows_are_without_fault(folder: Path) -> None:
    """What is there to be copied passes every check, without so much as a warning."""
    read = read_folder([folder])
    assert [str(fault) for fault in read.faults] == []
    assert read.governance is not None
    assert read.workflows


def test_the_script_on_the_python_api_runs_twice_on_one_database(tmp_path: Path) -> None:
    """As it stands in the manual, and again, on a database that is there already."""
    database = tmp_path / "policies.db"
    for number in (1, 2):
        code, said, errors = answer(run(EXAMPLES / "from_python.py", database))
        assert (code, errors) == (0, "")
        assert f"Refused: POL/{number}: 'agree' was not done: " in said
        assert f"POL/{number} is at partners; 'approve' is for manager" in said
        assert f"Late: 0 of {number}" in said
