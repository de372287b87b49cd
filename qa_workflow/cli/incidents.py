"""What needs a person: listed, tried again, or given up with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import rich_click as click

from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import confirm, yes_option
from qa_workflow.cli.command import command, group, session_of
from qa_workflow.cli.options import needed_reason
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.service.time.incidents import Incident

every_option = click.option("--all", "every", is_flag=True, help="Settled ones too.")
number_argument = click.argument("number", metavar="NUMBER", type=click.IntRange(1))


@group("incidents", example="qa-workflow incidents", invoke_without_command=True)
@every_option
@click.pass_context
def incidents_command(ctx: click.Context, *, every: bool) -> None:
    """List what needs a person; try it again, or give it up."""
    if ctx.invoked_subcommand is None:
        _list(session_of(ctx), every=every)


@command("list", of=incidents_command, example="qa-workflow incidents list --all")
@every_option
def list_command(session: Session, *, every: bool) -> None:
    """List what needs a person, the oldest first."""
    _list(session, every=every)


@command(
    "retry",
    of=incidents_command,
    example='qa-workflow incidents retry 3 --reason "The mail server is back" --as administrator',
)
@number_argument
@needed_reason
@as_option
def retry_command(session: Session, *, number: int, reason: str, person: str | None) -> None:
    """Let what an incident is about be done again, at the next look of the clock."""
    with session.parts() as parts:
        who = actor(session, parts, person, "administer")
        settled = parts.engine.retry_incident(number, actor=who, reason=reason)
    said = f"Incident {number} will be tried again at the next look of the clock (`qa-workflow tick`)."
    session.answer(settled, lambda console: console.print(said))


@command(
    "give-up",
    of=incidents_command,
    example='qa-workflow incidents give-up 3 --reason "Told by telephone" --as administrator',
)
@number_argument
@needed_reason
@as_option
@yes_option
def give_up_command(session: Session, *, number: int, reason: str, person: str | None, yes: bool) -> None:
    """Leave an incident at that: what was not delivered never will be. Asks first."""
    with session.parts() as parts:
        who = actor(session, parts, person, "administer")
        confirm(session, f"Give incident {number} up?", yes=yes)
        settled = parts.engine.give_up_incident(number, actor=who, reason=reason)
    session.answer(settled, lambda console: console.print(f"Incident {number} was given up: {settled.reason}"))


def _list(session: Session, *, every: bool) -> None:
    with session.parts() as parts:
        found = parts.engine.needing_a_person(every=every)
    session.answer(found, lambda console: _show(console, found))


def _show(console: Console, found: Sequence[Incident]) -> None:
    from qa_workflow.calendar import instant_words
    from qa_workflow.cli.tables import table
    from qa_workflow.engine.item import instant

    if not found:
        console.print("Nothing needs a person.")
        return
    rows = [
        (
            each.number,
            instant_words(instant(each.at)),
            f"{each.title}\n{each.item or ''}".rstrip(),
            each.what,
            _next(each),
        )
        for each in found
    ]
    console.print(table(("No.", "When", "What", "Why", "What can be done"), rows))


def _next(each: Incident) -> str:
    if each.outcome is not None:
        return f"{each.outcome} by {each.settled_by}: {each.reason}"
    if each.kind == "waits":
        return f"do what is missing (`qa-workflow show {each.item}`), and it is settled by itself; or give-up"
    if not each.can_give_up:
        return "set the clock right, or retry to confirm that it is right"
    return "retry, or give-up" if each.can_retry else "give-up, once somebody has done it"
