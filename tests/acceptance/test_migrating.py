"""An administrator changes a workflow on the command line: what it would mean, published, and then done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from qa_workflow.calendar import long_date
from qa_workflow.cli.definitions import show_published
from qa_workflow.definition.days_of_text import with_day
from qa_workflow.service.definitions import drafting
from qa_workflow.service.definitions.publishing import Published
from qa_workflow.service.definitions.recounting import Redate
from qa_workflow.wiring import join
from tests.acceptance.command_line import GHFT, CommandLine, rehearsal
from tests.databases import Prepare

FOLDER = Path(__file__).parents[2] / "workflows"
SHIPPED = FOLDER / "provider_assurance.yaml"


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """A rehearsal with the item of the pipeline at the review group."""
    qa = CommandLine(prepared_database(rehearsal), tmp_path)
    qa.open()
    qa.walk("submit")
    return qa


def changed(folder: Path, text: str) -> str:
    """A copy of the shipped definitions in which one file is another; gives its path."""
    shutil.copytree(FOLDER, folder / "workflows")
    (folder / "workflows" / SHIPPED.name).write_text(text)
    return str(folder / "workflows" / SHIPPED.name)


def test_a_stage_is_renamed_under_a_live_item(qa: CommandLine, tmp_path: Path) -> None:
    """Shown, published, refused without a word about the stage, then moved; twice does no harm."""
    text = SHIPPED.read_text().replace("cqrg_review", "group_review")
    path = changed(tmp_path, text)
    shown = qa.json("impact", path)
    assert shown["counts"] == {"needs a choice": 1}
    assert [(gone["path"], gone["likely"]) for gone in shown["gone"]] == [("cqrg_review", "group_review")]
    assert "say --instead cqrg_review=group_review" in qa("impact", path).out
    assert qa.json("impact", path, "--instead", "cqrg_review=group_review")["counts"] == {"moves": 1}
    qa("publish", path, "--as", "administrator")
    how = ("migrate", "provider_assurance", "--reason", "A better name", "--as", "administrator", "--yes")
    refused = qa.json(*how, code=1)
    assert [(line["item"], line["done"], line["verdict"]) for line in refused] == [(GHFT, False, "needs a choice")]
    done = qa.json(*how, "--instead", "cqrg_review=group_review")
    assert [(line["item"], line["done"]) for line in done] == [(GHFT, True)]
    item = qa.json("show", GHFT)
    assert (item["stage"], item["version"]) == ("group_review", 2)
    event = item["history"][-1]
    assert (event["kind"], event["actor"], event["reason"]) == ("migrated", "administrator", "A better name")
    assert qa.json(*how) == []
    qa("verify")


def test_a_file_that_is_published_already_has_no_impact_and_that_is_said(qa: CommandLine) -> None:
    said = qa("impact", str(SHIPPED)).out
    assert "Version 1 of Provider assurance is published already, with just this text" in " ".join(said.split())


def test_a_governance_file_says_first_which_dates_and_meetings_it_moves(qa: CommandLine, tmp_path: Path) -> None:
    """Here by a closed day; nothing is changed by looking."""
    shutil.copytree(FOLDER, tmp_path / "workflows")
    file = tmp_path / "workflows" / "governance.yaml"
    text = file.read_text()
    days = "    weekend: [saturday, sunday]\n"
    assert days in text
    file.write_text(text.replace(days, f"{days}    closures: {{2027-06-01: Moving house}}\n", 1))
    said = qa("impact", str(file)).out
    assert "1 live item; 1 due date would move." in said
    assert f"{GHFT}   cqrg_review   9 June 2027   10 June 2027" in said
    assert "Nothing was changed." in said
    assert qa.json("impact", str(file))["moves"] == 1
    assert qa.json("show", GHFT)["due_on"] == "2027-06-09"
    file.write_text(text.replace("roles:\n", "rolls:\n", 1))
    assert "did you mean 'roles'?" in qa("impact", str(file), code=1).err


def test_what_was_published_is_listed_with_who_proposed_it(qa: CommandLine, tmp_path: Path) -> None:
    """By two on the pages; by one from a file."""
    source = SHIPPED.read_bytes()
    parts = join(qa.database)
    later = source.replace(b"10 working days after meeting", b"12 working days after meeting")
    based_on, who = sha256(source).hexdigest(), "administrator"
    draft = drafting.begin(parts.house, "workflow", "provider_assurance", later, based_on, actor=who)
    ready = drafting.propose(parts.house, draft.id, draft.revision, "", actor=who)
    drafting.approve(parts.house, ready.id, str(ready.proposed_hash), actor="governance-officer")
    parts.store.dispose()
    qa("publish", changed(tmp_path, SHIPPED.read_text()), "--as", "governance-officer")
    told = qa.json("versions", "provider_assurance")
    assert [(each["version"], each["published_by"], each["proposed_by"]) for each in told] == [
        (3, "governance-officer", None),
        (2, "governance-officer", "administrator"),
        (1, "system:setup", None),
    ]
    lines = qa("versions").out.splitlines()
    assert any(line.split()[:2] == ["provider_assurance", "2"] and line.endswith("administrator") for line in lines)
    assert any(line.split()[:2] == ["gloucestershire", "1"] for line in lines)
    assert "did you mean 'provider_assurance'?" in qa("versions", "provider_asurance", code=2).err


def test_due_dates_that_move_with_a_publication_are_told_by_it(qa: CommandLine, tmp_path: Path) -> None:
    """Who published a day off on the command line read nothing of what it had moved."""
    due = date.fromisoformat(qa.json("show", GHFT)["due_on"])
    changed(tmp_path, SHIPPED.read_text())
    file = tmp_path / "workflows" / "governance.yaml"
    file.write_bytes(with_day(file.read_bytes(), "england", "closures", due, "Offices move"))
    said = qa("publish", str(file), "--as", "governance-officer").out
    assert "1 due date moved:" in said
    (line,) = (each for each in said.splitlines() if GHFT in each)
    then = date.fromisoformat(qa.json("show", GHFT)["due_on"])
    assert then > due
    assert line.index(long_date(due)) < line.index(long_date(then))
    assert "moved:" not in qa("publish", str(file), "--as", "governance-officer").out


def test_of_many_due_dates_that_moved_the_first_are_shown_and_all_are_counted() -> None:
    moved = tuple(Redate(f"C/{number}", "check", "2027-04-16", "2027-04-19") for number in range(1, 13))
    out = StringIO()
    show_published(Console(file=out, width=120), [Published("governance", "office", 2, "ab", new=True, moved=moved)])
    said = out.getvalue()
    assert "12 due dates moved, the first 10 of them:" in said
    assert ("C/10 " in said, "C/11 " in said) == (True, False)


def test_a_file_with_faults_has_no_impact(qa: CommandLine, tmp_path: Path) -> None:
    path = changed(tmp_path, SHIPPED.read_text().replace("to: closed", "to: nowhere"))
    assert "unknown-stage" in qa("impact", path, code=1).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--instead", "cqrg_review"), "write it as OLD=NEW"),
        (("--dates", "never"), "'keep', 'elapsed', 'restart'"),
        (("--dates-of", "cqrg_review=never"), "keep, elapsed, restart"),
    ],
)
def test_what_cannot_be_read_is_told(qa: CommandLine, words: tuple[str, str], told: str) -> None:
    """What was typed, and what can be."""
    assert told in " ".join(qa("impact", str(SHIPPED), *words, code=2).err.split())


def test_it_asks_first(qa: CommandLine, tmp_path: Path) -> None:
    """Nobody is there to answer; nothing is done."""
    path = changed(tmp_path, f"{SHIPPED.read_text()}\n")
    qa("publish", path, "--as", "administrator")
    words = ("migrate", "provider_assurance", "--reason", "tidy", "--as", "administrator")
    assert "Nothing was done" in qa(*words, code=2).err
    assert qa.json("show", GHFT)["version"] == 1
