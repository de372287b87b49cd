"""Help is quick, complete and in one voice."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import rich_click as click
from click.testing import CliRunner

from qa_workflow.cli.front import Later
from qa_workflow.cli.main import COMMANDS, qa_workflow

LATER = [later for found in COMMANDS.values() for later in found]
HEAVY = ("sqlmodel", "sqlalchemy", "fastapi", "apscheduler", "pydantic", "transitions", "yaml")


def _all() -> list[tuple[str, ...]]:
    """Every command, and every command of a command."""
    found: list[tuple[str, ...]] = []
    for later in LATER:
        command = later.load()
        found.append((later.name,))
        if isinstance(command, click.Group):
            found += [(later.name, name) for name in command.commands]
    return found


def _help(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "300"}).invoke(qa_workflow, [*words, "--help"], prog_name="qa-workflow")
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("words", [["--help"], ["advance", "--help"], ["clock", "set", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    """That is what keeps it under 0.3 seconds, whatever machine it runs on."""
    script = (
        "import sys\nfrom qa_workflow.cli.main import qa_workflow\n"
        f"try:\n    qa_workflow.main({words!r}, prog_name='qa-workflow')\n"
        f"except SystemExit as end:\n    print([m for m in {HEAVY!r} if m in sys.modules], end.code, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[] 0"


@pytest.mark.parametrize("words", _all(), ids=" ".join)
def test_every_command_has_a_purpose_and_an_example(words: tuple[str, ...]) -> None:
    shown = _help(*words)
    assert "Example:" in shown
    assert f"qa-workflow {words[0]}" in shown.partition("Example:")[2]
    for option in ("--database", "--workflows", "--json", "--now"):
        assert option in shown


@pytest.mark.parametrize("words", [("advance",), ("meeting",), ()], ids=["command", "group", "all"])
def test_help_shows_first_what_is_a_commands_own(words: tuple[str, ...]) -> None:
    shown = _help(*words)
    own = {("advance",): "--reason", ("meeting",): "call-off", (): "bulk-advance"}[words]
    places = [shown.index(each) for each in (f" {own} ", " --help ", " --database ")]
    assert places == sorted(places)


@pytest.mark.parametrize("later", LATER, ids=lambda later: later.name)
def test_the_list_of_commands_says_what_the_commands_say(later: Later) -> None:
    """The purposes are written twice, so that the list needs no import."""
    command = later.load()
    assert command.name == later.name
    assert (command.help or "").startswith(later.purpose.rstrip("."))


def test_an_unknown_command_gets_a_suggestion() -> None:
    result = CliRunner().invoke(qa_workflow, ["advnce"], prog_name="qa-workflow")
    assert result.exit_code == 2
    assert "did you mean 'advance'?" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell: str) -> None:
    result = CliRunner().invoke(qa_workflow, ["completion", shell], prog_name="qa-workflow")
    assert result.exit_code == 0
    assert "_QA_WORKFLOW_COMPLETE" in result.stdout
    told = CliRunner().invoke(qa_workflow, ["completion", shell, "--json"], prog_name="qa-workflow")
    assert json.loads(told.stdout) == {"shell": shell, "script": result.stdout.removesuffix("\n")}
