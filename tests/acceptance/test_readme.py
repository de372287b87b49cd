"""What README shows in the terminal is what is printed there, and its workflow is one."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path

import pytest

from tests.acceptance.command_line import GHFT, ROOT, CommandLine

README = (ROOT / "README.md").read_text(encoding="utf-8")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _tour() -> list[tuple[list[str], str]]:
    """The commands of the tour, each with what is shown beneath it; "…" stands for anything."""
    chapter = README.partition("## Five minutes in the terminal")[2].partition("\n## ")[0]
    found: list[tuple[list[str], str]] = []
    for block in re.findall(r"(?:^ {4}.*\n)+", chapter, re.MULTILINE):
        for each in re.split(r"^\$ ", textwrap.dedent(block), flags=re.MULTILINE)[1:]:
            typed, _, shown = each.partition("\n")
            found.append((shlex.split(typed), _plain(shown)))
    return found


def test_the_tour_of_the_readme_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    qa = CommandLine(f"sqlite:///{tmp_path / 'tour.db'}", tmp_path)
    asked = 0
    for words, shown in _tour():
        match words:
            case ["qa-workflow", *rest]:
                if rest == ["verify"]:  # which is shown after two steps that are told in a sentence
                    for trigger in ("assure", "receive"):
                        qa("advance", GHFT, trigger, "--as", "committee-chair")
                answer = qa(*rest, code=1 if shown.startswith("Refused") else 0)
                told, asked = _plain(answer.out + answer.err), asked + 1
                for part in filter(None, map(str.strip, shown.split("…"))):
                    assert part in told, f"{words} printed {told!r}"
                    told = told.partition(part)[2]
            case ["echo", text, ">", name]:
                Path(name).write_text(f"{text}\n", encoding="utf-8")
            case ["cp", source, to]:
                Path(to).write_bytes(Path(source).read_bytes())
            case _:
                assert words[0] in ("cd", "export"), words
    assert asked == 10


def test_the_workflow_of_the_readme_is_one(tmp_path: Path) -> None:
    """Put beside the others, as it says there, it passes the check without a word."""
    block = re.search(r"(?:^ {4}.*\n)+", README.partition("## A workflow of one's own")[2], re.MULTILINE)
    assert block is not None
    for each in (ROOT / "workflows").glob("*.yaml"):
        (tmp_path / each.name).write_bytes(each.read_bytes())
    (tmp_path / "draft_account_review.yaml").write_text(textwrap.dedent(block[0]), encoding="utf-8")
    qa = CommandLine(f"sqlite:///{tmp_path / 'own.db'}", tmp_path, QA_WORKFLOW_WORKFLOWS=str(tmp_path))
    assert qa("check", str(tmp_path)).out == ""
    assert "start -> data_check (quality_lead)" in qa("diagram", "draft_account_review").out
