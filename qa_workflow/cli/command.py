"""How a command is declared: its example, the options that every command takes, and the session that it is handed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import rich_click as click
from click import get_current_context

from qa_workflow.cli.session import Session

F = TypeVar("F", bound=Callable[..., Any])
EVERYWHERE = "Options that every command takes"


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


def common_options(function: F) -> F:
    """Add the options that every command takes, before the command's name or after it."""
    options = [
        click.option(
            "--database", metavar="URL", help="The database: a URL, or a SQLite file. [env: QA_WORKFLOW_DATABASE]"
        ),
        click.option("--workflows", metavar="FOLDER", help="The folder of definitions. [env: QA_WORKFLOW_WORKFLOWS]"),
        click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output."),
        click.option("--now", metavar="INSTANT", help="For tests (QA_WORKFLOW_TEST=1): what time it is."),
        click.option("--no-patient", metavar="MARK", help="As a refusal named it: what it found is of no patient."),
        click.option("--debug", is_flag=True, help="Show where in the program an unforeseen fault happened."),
    ]
    for option in reversed(options):
        function = _quiet(option)(function)
    return function


def _quiet(option: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The option keeps its value in the session and is no argument of the function."""

    def add(function: Any) -> Any:
        option(function)
        added = function.__click_params__[-1]
        added.callback, added.expose_value, added.is_eager, added.panel = _keep, False, True, EVERYWHERE
        return function

    return add


def command(name: str, *, example: str, **settings: Any) -> Callable[[Callable[..., None]], click.RichCommand]:
    """Declare a command; the function gets the `Session` first, then its own options and arguments."""

    def declare(function: Callable[..., None]) -> click.RichCommand:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> None:
            function(session_of(get_current_context()), *args, **kwargs)

        run.__doc__ = inspect.getdoc(function)
        declared = click.command(name, cls=click.RichCommand, epilog=f"Example: {example}", **settings)
        return declared(common_options(run))

    return declare


def group(name: str, *, example: str, **settings: Any) -> Callable[[Callable[..., None]], click.RichGroup]:
    """Declare a command that has commands of its own."""

    def declare(function: Callable[..., None]) -> click.RichGroup:
        function.__doc__ = inspect.getdoc(function)
        epilog = f"Example: {example}"
        return click.group(name, cls=click.RichGroup, epilog=epilog, **settings)(common_options(function))

    return declare
