"""Answers stay readable in a narrow terminal, and each row is a line for a program that reads them."""

from __future__ import annotations

import pytest

from qa_workflow.cli.tables import console, facts, table

HEADS = ("Item", "Stage", "With", "Due")
LATE = ("CR/2026-27-Q4/community", "Awaiting return", "provider_contact", "28 April 2027\n109 working days overdue")
SOON = ("CR/1", "Review", "quality_lead", "4 May 2027\n1 working day left")


def written(capsys: pytest.CaptureFixture[str], *, is_read: bool = False) -> list[str]:
    console(is_read=is_read).print(table(HEADS, [LATE, SOON], whole=("Item", "With")))
    return capsys.readouterr().out.splitlines()


def test_into_a_pipe_each_row_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    (late,) = (line for line in written(capsys) if "community" in line)
    assert late.split(maxsplit=1)[1] == "Awaiting return   provider_contact   28 April 2027, 109 working days overdue"
    console().print("a sentence " * 20)
    assert capsys.readouterr().out.count("\n") == 1


def test_what_is_told_at_length_has_80_columns_in_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = written(capsys, is_read=True)
    assert "109 working days" in [line.strip() for line in lines]
    assert max(len(line) for line in lines) <= 80


@pytest.mark.parametrize("width", [200, 100, 80, 72])
def test_no_word_is_broken_where_columns_have_room(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = written(capsys)
    assert lines[0].split() == [*HEADS]
    assert max(len(line) for line in lines) <= width
    assert sorted(" ".join(lines[2:]).split()) == sorted(" ".join((*LATE, *SOON)).split())


@pytest.mark.parametrize("width", [60, 40])
def test_without_room_for_columns_each_row_is_a_block(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = written(capsys)
    assert lines[:5] == [
        "Item   CR/2026-27-Q4/community",
        "Stage  Awaiting return",
        "With   provider_contact",
        "Due    28 April 2027",
        "       109 working days overdue",
    ]
    assert lines[5:7] == ["", "Item   CR/1"]


def test_a_line_has_no_blanks_at_its_end(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    console().print(facts([("About", "one"), ("Stage", "a longer one")]))
    shown = [*capsys.readouterr().out.splitlines(), *written(capsys)]
    assert [line for line in shown if line != line.rstrip()] == []
