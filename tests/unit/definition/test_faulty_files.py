"""Every faulty file gives exactly the messages that are written beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qa_workflow.definition.faults import Severity
from qa_workflow.definition.manual.rule_examples import EXAMPLES
from qa_workflow.definition.manual.told_examples import TOLD
from qa_workflow.definition.rules import RULES
from tests.faulty.cases import FOLDER, SOUND, cases, messages

CASES = list(cases())
ABOUT = re.compile(r"^[\w/.-]+:[1-9]\d*:[1-9]\d*: ([a-z0-9-]+): [^;]+.*; .+$")
NOT_IN_FILES = {"too-large", "too-many-parts", "too-many-faults", "missing-file", "unreadable-file"}
"""What no file of a reasonable size can show; tested in `test_source` and `test_read`."""


@pytest.mark.parametrize(("path", "expected"), CASES, ids=[str(path.relative_to(FOLDER)) for path, _ in CASES])
def test_a_faulty_file_is_explained(path: Path, expected: Path) -> None:
    """What, where, and how to mend it; all of it, and nothing else."""
    assert messages(path) == expected.read_text(encoding="utf-8")


def test_every_message_says_where_what_and_how_to_mend_it() -> None:
    """`file:line:column: rule: what; how to mend it`, with a rule of the register."""
    for _, expected in CASES:
        lines = expected.read_text(encoding="utf-8").splitlines()
        assert lines, expected
        for line in lines:
            found = ABOUT.match(line)
            assert found is not None, line
            assert found[1] in RULES, line


def test_every_rule_has_a_faulty_file() -> None:
    """A rule that nothing breaks is not known to work."""
    shown = {line.split(": ")[1] for _, expected in CASES for line in expected.read_text(encoding="utf-8").splitlines()}
    assert set(RULES) - shown == NOT_IN_FILES


def test_the_files_that_the_others_stand_on_are_sound() -> None:
    """So that each message is about the file itself."""
    assert [messages(FOLDER / name) for name in SOUND] == ["", "", ""]


def test_every_rule_shows_what_is_wrong_and_what_is_right_or_tells_it_in_words() -> None:
    """The manual has both of each."""
    assert sorted([*EXAMPLES, *TOLD]) == sorted(RULES)
    assert all(each.wrong and each.right for each in EXAMPLES.values())
    assert all(each.wrong and each.right for each in TOLD.values())
    assert {rule.severity for rule in RULES.values()} == {Severity.ERROR, Severity.WARNING}
