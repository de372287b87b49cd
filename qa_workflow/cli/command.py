"""How a command is declared: its example, the options that every command takes, and the session that it is handed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import rich_click as click
from click import get_current_context

from qa_workflow.cli.session import Session

EVERYWHERE = "Options that every command takes"
PATH = click.Path(path_type=Path, readable=False)
"""A file or folder as it was typed. What is the matter with it is said by whoever reads it, in words of our own."""


def session_of(ctx: click.Context) -> Session:
    """The one session of this command line, made when first asked for."""
    root = ctx.find_root()
    if not isinstance(root.obj, Session):
        root.obj = Session()
    return root.obj


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    if value and not ctx.resilient_parsing:
        session_of(ctx).set(str(param.name), value)
    elif value and param.name == "database":
        session_of(ctx).set("database", value)
    return value


def take_common_options(declared: click.RichCommand) -> None:
    """Add the options that every command takes, before the command's name or after it; its help tells them last.

    Their values are kept in the session, and are no arguments of the command's function.
    """

    def add(*names: str, told: str, **more: Any) -> None:
        declared.params.append(
            click.RichOption(
                names, help=told, callback=_keep, expose_value=False, is_eager=True, panel=EVERYWHERE, **more
            )
        )

    add("--database", metavar="URL", told="The database: a URL, or a SQLite file. [env: QA_WORKFLOW_DATABASE]")
    add("--workflows", metavar="FOLDER", told="The folder of definitions. [env: QA_WORKFLOW_WORKFLOWS]")
    add("--json", "as_json", is_flag=True, told="Answer with one JSON document on standard output.")
    add("--no-patient", metavar="MARK", told="As a refusal named it: what it found is of no patient.")
    add("--now", metavar="INSTANT", told="For tests (QA_WORKFLOW_TEST=1): what time it is.")
    add("--debug", is_flag=True, told="Show where in the program an unforeseen fault happened.")
    for title in ("Options", EVERYWHERE):
        declared.add_panel(click.RichOptionPanel(title))


def command(
    name: str, *, example: str, of: click.RichGroup | None = None, **settings: Any
) -> Callable[[Callable[..., None]], click.RichCommand]:
    """Declare a command, by itself or `of` a group; its function gets the `Session`, then options and arguments."""

    def declare(function: Callable[..., None]) -> click.RichCommand:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            function(session_of(get_current_context()), *args, **kwargs)

        run.__doc__ = inspect.getdoc(function)
        declared = click.command(name, cls=click.RichCommand, epilog=f"Example: {example}", **settings)(run)
        take_common_options(declared)
        if of is not None:
            of.add_command(declared)
        return declared

    return declare


def group(name: str, *, example: str, **settings: Any) -> Callable[[Callable[..., None]], click.RichGroup]:
    """Declare a command that has commands of its own."""

    def declare(function: Callable[..., None]) -> click.RichGroup:
        function.__doc__ = inspect.getdoc(function)
        declared = click.group(name, cls=click.RichGroup, epilog=f"Example: {example}", **settings)(function)
        declared.add_panel(click.RichCommandPanel("Commands"))
        take_common_options(declared)
        return declared

    return declare
