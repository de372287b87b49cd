"""A person opens an item."""

from __future__ import annotations

from functools import partial

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import meant, yes_option
from qa_workflow.cli.command import command
from qa_workflow.cli.moving import tell
from qa_workflow.cli.options import reason_option, set_option
from qa_workflow.cli.session import Session


@command("open", example='qa-workflow open provider_assurance --subject ghft --period "2026-27 Q4"')
@click.argument("workflow", shell_complete=complete.workflows)
@click.option(
    "--subject",
    metavar="ORG",
    shell_complete=complete.organisations,
    help="The organisation that the item is about, by any of its names.",
)
@click.option("--period", metavar="P", help='The period that the item is about, as in "2026-27 Q4".')
@as_option
@set_option
@reason_option
@click.option("--request", metavar="KEY", help="A key of your own: the same request sent twice is done once.")
@yes_option
def open_command(
    session: Session,
    *,
    workflow: str,
    subject: str | None,
    period: str | None,
    person: str | None,
    given: tuple[str, ...],
    reason: str | None,
    request: str | None,
    yes: bool,
) -> None:
    """Open an item yourself; the clock opens the usual ones when their time comes.

    A day given as its due date that is past, or no working day, is asked back first, with what follows from it.
    """
    from qa_workflow.cli.reading import settings

    with session.parts() as parts:
        who = actor(session, parts, person, "open")
        begin = partial(parts.engine.open, workflow, actor=who, subject=subject, period=period, fields=settings(given))
        opened = meant(session, lambda sure: begin(reason=reason, request=request, sure=sure), yes=yes)
        tell(session, parts, who, opened, f"{opened.reference} is open.")
