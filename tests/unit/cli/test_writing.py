"""What a command writes is whole, or not there at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from qa_workflow.cli.writing import new_file
from qa_workflow.errors import UsageFault


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    there = tmp_path / "late.csv"
    there.write_text("mine")
    with pytest.raises(UsageFault, match="is there already"), new_file(there):
        pass
    assert there.read_text() == "mine"


def test_nothing_stays_of_a_file_that_was_not_finished(tmp_path: Path) -> None:
    """As when the disk is full half-way."""
    with pytest.raises(OSError, match="full") as said:
        write_half(tmp_path / "late.csv")
    assert said.value.filename == str(tmp_path / "late.csv")
    assert list(tmp_path.iterdir()) == []


def write_half(path: Path) -> None:
    with new_file(path) as file:
        file.write(b"half of it")
        raise OSError(errno.ENOSPC, "full")
