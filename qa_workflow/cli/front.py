"""The front door of the command line: finds the command that was typed; nothing that goes wrong gets past it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast

import rich_click as click

from qa_workflow.cli import faults


@dataclass(frozen=True, slots=True)
class Later:
    """A command that is imported when it is used: its name, its module in this package, its purpose in a line."""

    name: str
    module: str
    purpose: str

    def load(self) -> click.Command:
        """The command itself: the function of its name in the module."""
        found = getattr(import_module(f"qa_workflow.cli.{self.module}"), f"{self.name.replace('-', '_')}_command")
        return cast("click.Command", found)


class Promised(click.RichCommand):
    """Stands for a command in the list of commands, without importing it."""


class FrontDoor(click.RichGroup):
    """The whole program as one group. Its `main` never lets an exception out and ends with the agreed exit codes."""

    def __init__(self, *args: Any, panels: Mapping[str, Sequence[Later]] = MappingProxyType({}), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._later = {later.name: later for found in panels.values() for later in found}
        self._is_listing = False
        for title, found in panels.items():
            self.add_panel(click.RichCommandPanel(title, commands=[later.name for later in found]))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's own signature
        return list(self._later)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        later = self._later.get(cmd_name)
        if later is None:
            return None
        if self._is_listing:
            return Promised(name=later.name, help=later.purpose, short_help=later.purpose)
        return later.load()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with self._listing():
            super().format_help(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        with self._listing():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _listing(self) -> Iterator[None]:
        """Names and purposes are wanted, so nothing needs to be imported."""
        self._is_listing = True
        try:
            yield
        finally:
            self._is_listing = False

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._later and not args[0].startswith("-"):
            near = get_close_matches(args[0], self._later, n=1)
            mend = f"did you mean {near[0]!r}?" if near else "see `qa-workflow --help` for all of them"
            raise click.UsageError(f"there is no command {args[0]!r}; {mend}", ctx)
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run one command line and end the process (or, in a test, raise `SystemExit`) with its exit code."""
        typed = list(sys.argv[1:] if args is None else args)
        name = prog_name or "qa-workflow"
        extra.pop("standalone_mode", None)
        self._main_shell_completion(extra, name)

        def run() -> int:
            faults.refuse_unreadable(typed)
            with self.make_context(name, list(typed), **extra) as ctx:
                self.invoke(ctx)
            sys.stdout.flush()
            return 0

        sys.exit(faults.explaining(run, typed))
