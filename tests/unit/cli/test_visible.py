"""What people write cannot command the terminal of whoever reads it."""

from __future__ import annotations

import json

import pytest

from qa_workflow.cli.faults import to_json
from qa_workflow.cli.tables import console, facts, heading, table

WRITTEN = "a\x1b]52;c;cm0gLXJm\x07b\x9b31mc \u202egnp.exe\n"
COMMANDS = {"\x1b", "\x07", "\x9b", "\u202e"}


def test_a_text_that_would_command_the_terminal_is_only_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A provider's comment could otherwise set the clipboard or the colours of whoever looks at the item."""
    for shown in (WRITTEN, facts([("Reason", WRITTEN)]), table(("What",), [(WRITTEN,)]), heading(WRITTEN)):
        console().print(shown)
        said = capsys.readouterr().out
        assert "a\ufffd]52;c;" in said
        assert not COMMANDS & set(said)


def test_colours_of_our_own_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    console().print(heading("Fields"))
    assert "\x1b[1m" in capsys.readouterr().out


def test_json_says_the_same_in_characters_that_command_nothing() -> None:
    told = to_json({"reason": WRITTEN})
    assert json.loads(told) == {"reason": WRITTEN}
    assert not COMMANDS & set(told)
