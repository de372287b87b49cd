"""The arguments and options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import rich_click as click

from qa_workflow.cli import complete

F = TypeVar("F", bound=Callable[..., Any])

item_argument = click.argument("item", shell_complete=complete.items)
set_option = click.option(
    "--set",
    "given",
    metavar="FIELD=VALUE",
    multiple=True,
    shell_complete=complete.fields,
    help="Fill a field, a list with commas; FIELD=@FILE attaches a file, @@ begins a text with @, nothing empties it.",
)
reason_option = click.option("--reason", metavar="TEXT", help="Why, in a sentence.")
needed_reason = click.option("--reason", metavar="TEXT", required=True, help="Why, in a sentence.")
revision_option = click.option(
    "--revision",
    metavar="N",
    type=click.IntRange(0),
    help="The revision you looked at; refused if the item has moved on since.",
)
stage_option = click.option(
    "--stage", metavar="NAME", shell_complete=complete.stages, help="Which stage, where several are open."
)


def which_items(function: F) -> F:
    """The options that choose the items of a list."""
    options = (
        click.option(
            "--search",
            metavar="WORDS",
            shell_complete=complete.organisations,
            help="Only what has these words in its reference, organisation, workflow or what it is about; "
            "also what is over.",
        ),
        click.option("--workflow", metavar="NAME", shell_complete=complete.workflows, help="Only this workflow's."),
        click.option("--stage", metavar="NAME", shell_complete=complete.stages, help="Only what is at this stage."),
        click.option(
            "--owner", metavar="NAME", shell_complete=complete.owners, help="Only what this role or person acts on."
        ),
        click.option(
            "--subject", metavar="ORG", shell_complete=complete.organisations, help="Only about this organisation."
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function
