"""The bare rows, as JSON whether asked for or not: for tests, and for those who want to see for themselves."""

from __future__ import annotations

import rich_click as click

from qa_workflow.cli.command import command
from qa_workflow.cli.faults import to_json
from qa_workflow.cli.options import item_argument
from qa_workflow.cli.session import Session


@command("events", example="qa-workflow events PA/2026-27-Q4/ghft")
@item_argument
def events_command(session: Session, *, item: str) -> None:
    """Show the bare events of an item, in order, as JSON."""
    with session.parts() as parts:
        click.echo(to_json([event.line() for event in parts.engine.history(item)]))


@command("timers", example="qa-workflow timers")
def timers_command(session: Session) -> None:
    """Show the bare timers, the next first, as JSON."""
    with session.parts() as parts:
        click.echo(to_json(parts.engine.timers()))


@command("outbox", example="qa-workflow outbox")
def outbox_command(session: Session) -> None:
    """Show the bare rows of what leaves, left or could not leave the house, as JSON."""
    with session.parts() as parts:
        click.echo(to_json(parts.engine.outbox()))
