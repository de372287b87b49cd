"""Commands that run in the process of the tests, one after the other; and the database on which most of them do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa_workflow.definition import Folder, Governance, read_folder
from tests.acceptance.command_line import CommandLine, rehearsal
from tests.acceptance.shipped import WORKFLOWS
from tests.databases import Prepare
from tests.known import governance_read_once


@pytest.fixture(scope="session", autouse=True)
def _governance_read_once() -> Iterator[None]:
    """Each command is as one that is typed, but for this; those in processes of their own read it themselves."""
    with governance_read_once():
        yield


@pytest.fixture
def qa(prepared_database: Callable[[Prepare], str], tmp_path: Path) -> CommandLine:
    """A rehearsal on 1 April 2027 at 9, nothing open yet."""
    return CommandLine(prepared_database(rehearsal), tmp_path)


@pytest.fixture
def opened(qa: CommandLine) -> CommandLine:
    """The same, with the item of the pipeline open."""
    qa.open()
    return qa


@pytest.fixture(scope="session")
def folder() -> Folder:
    return read_folder([WORKFLOWS])


@pytest.fixture(scope="session")
def governance(folder: Folder) -> Governance:
    assert folder.governance is not None
    return folder.governance
