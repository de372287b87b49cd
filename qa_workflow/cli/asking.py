"""Asking before what cannot be undone, and showing that long work goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import rich_click as click

from qa_workflow.cli.session import Session
from qa_workflow.errors import Refusal, UsageFault

Done = TypeVar("Done")

yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask.")


class NotConfirmed(UsageFault):
    """A question was to be asked, and nobody is there to answer it."""

    code = "not_confirmed"


class ChangedMind(Refusal):
    """The question was answered with no."""

    code = "changed_mind"


def can_ask(session: Session) -> bool:
    """Whether somebody sits at a terminal and reads words, not JSON."""
    return not session.as_json and sys.stdin.isatty()


def confirm(session: Session, question: str, *, yes: bool) -> None:
    """Go on only if it is wanted.

    Raises:
        NotConfirmed: there is no terminal to ask at, and `--yes` was not given.
        ChangedMind: the answer was no.
    """
    if yes:
        return
    if not can_ask(session):
        raise NotConfirmed(f"{question} There is nobody here to ask; give --yes if it is meant. Nothing was done")
    if not click.confirm(question, default=False, err=True):
        raise ChangedMind("nothing was done")


def meant(session: Session, do: Callable[[str | bool], Done], *, yes: bool) -> Done:
    """Do it, given how sure it is; a date that may be a slip of the pen is asked back, with what would follow from it.

    Raises:
        NotConfirmed, ChangedMind: as of `confirm`.
    """
    from qa_workflow.service.refusals import DoubtfulDate

    try:
        return do(yes)
    except DoubtfulDate as doubt:
        coming = doubt.coming
    confirm(session, f"{'. '.join((*coming.doubts, *coming.follows))}. Do you mean {coming.day}?", yes=False)
    return do(coming.mark)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while something takes long, given how much is done; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """As `progress`, for work that tells how much is done and how much there is."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
