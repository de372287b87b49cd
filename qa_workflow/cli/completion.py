"""Completion for the shell: commands, options, and the items, triggers and people of the database."""

from __future__ import annotations

from typing import cast

import rich_click as click
from click import get_current_context

from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session


@command("completion", example='eval "$(qa-workflow completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(session: Session, shell: str) -> None:
    """Print what your shell needs to complete commands, items, triggers and people; put it into its start-up file."""
    from click.shell_completion import ShellComplete, get_completion_class

    found = cast("type[ShellComplete]", get_completion_class(shell))
    root = get_current_context().find_root()
    script = found(root.command, {}, "qa-workflow", "_QA_WORKFLOW_COMPLETE").source()
    taken = "COMPREPLY+=($value)"  # in bash, a value follows its field without a blank between
    script = script.replace(taken, f"{taken}; [[ $value == *= ]] && compopt -o nospace")
    if session.as_json:
        session.answer({"shell": shell, "script": script}, lambda _console: None)
    else:  # without the library that draws tables: every new shell waits for this
        click.echo(script)
