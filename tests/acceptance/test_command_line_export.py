"""`qa-workflow export`: lists for Excel and CSV as somebody would take them from the command line."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.acceptance.command_line import GHFT, CommandLine, rehearsal
from tests.databases import Prepare


def months_later(url: str) -> None:
    """Some months in which nobody did anything."""
    rehearsal(url)
    qa = CommandLine(url, Path.cwd())
    qa.open()
    qa("clock", "advance", "200", "days")


@pytest.fixture
def late(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    return CommandLine(prepared_database(months_later), tmp_path)


def test_what_is_overdue_leaves_for_excel_and_as_csv(late: CommandLine, tmp_path: Path) -> None:
    xlsx, plain = tmp_path / "late.xlsx", tmp_path / "late.csv"
    lines = late.json("export", "overdue", "--to", str(xlsx), "--as", "governance-officer")["lines"]
    late("export", "overdue", "--to", str(plain), "--as", "governance-officer")
    page = load_workbook(xlsx)["Overdue"]
    with plain.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert lines == len(rows) == page.max_row - 1 >= 1
    assert page["A2"].value == rows[0]["Item"]


def test_a_contact_takes_out_no_more_than_they_may_see(late: CommandLine, tmp_path: Path) -> None:
    found = late.json("export", "items", "--to", str(tmp_path / "items.csv"), "--as", "ghc-contact")
    assert GHFT not in (tmp_path / "items.csv").read_text(encoding="utf-8-sig")
    assert found["file"] == str(tmp_path / "items.csv")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("overdue",), "ending in .xlsx"),
        (("overdue", "--to", "late.txt"), "ending in .xlsx"),
        (("--owner", "quality_lead"), "--owner filters a list"),
        (("items", "--to", "late.csv", "--late-from", "3"), "--late-from filters `export overdue` only"),
        (("overdue", "--to", "late.csv", "--status", "any"), "--status filters `export items` only"),
        (("overdue", "--to", "late.csv", "--workflow", "nonsense"), "'nonsense' is not known"),
    ],
)
def test_what_cannot_be_meant_is_told(
    late: CommandLine, typed: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = late("export", *typed, "--as", "governance-officer", code=2)
    assert said in " ".join((answer.out + answer.err).split())
    assert not (tmp_path / "late.csv").exists()


def test_a_file_that_cannot_be_made_is_a_fault_of_the_storage(late: CommandLine, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere" / "late.csv")
    for words in (("export", "overdue", "--as", "governance-officer"), ("export",), ("checkpoint",)):
        told = late(*words, "--to", nowhere, code=4)
        assert "check the name" in told.err


def test_a_file_that_is_there_is_not_written_over(late: CommandLine, tmp_path: Path) -> None:
    there = tmp_path / "late.csv"
    there.write_text("mine", encoding="utf-8")
    late("export", "overdue", "--to", str(there), "--as", "governance-officer", code=2)
    assert there.read_text(encoding="utf-8") == "mine"
