"""An item's own clock: stopped, run again, or given another date, always by somebody and for a reason."""

from __future__ import annotations

from functools import partial

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import meant, yes_option
from qa_workflow.cli.command import command
from qa_workflow.cli.moving import tell
from qa_workflow.cli.options import item_argument, needed_reason, reason_option, revision_option, stage_option
from qa_workflow.cli.session import Session


@command("hold", example='qa-workflow hold PA/2026-27-Q4/ghft --reason "Awaiting the regulator" --as quality-lead')
@item_argument
@needed_reason
@click.option(
    "--until", metavar="INSTANT", help="When the clock runs again by itself, as 2027-05-04 or 2027-05-04T09:00."
)
@as_option
@revision_option
def hold_command(
    session: Session, *, item: str, reason: str, until: str | None, person: str | None, revision: int | None
) -> None:
    """Stop an item's clock, with a reason; due dates that a hold pauses move by its length."""
    from qa_workflow.cli.reading import instant

    end = instant(until) if until else None
    with session.parts() as parts:
        who = actor(session, parts, person, "hold")
        tell(session, parts, who, parts.engine.hold(item, actor=who, reason=reason, until=end, revision=revision))


@command("resume", example="qa-workflow resume PA/2026-27-Q4/ghft --as quality-lead")
@item_argument
@reason_option
@as_option
@revision_option
def resume_command(
    session: Session, *, item: str, reason: str | None, person: str | None, revision: int | None
) -> None:
    """Run an item's clock again."""
    with session.parts() as parts:
        who = actor(session, parts, person, "hold")
        tell(session, parts, who, parts.engine.resume(item, actor=who, reason=reason, revision=revision))


@command(
    "change-date",
    example="qa-workflow change-date PA/2026-27-Q4/ghft 2027-06-30 "
    '--basis "Letter of 2 May" --reason "Data late" --as governance-officer',
)
@item_argument
@click.argument("day", metavar="DAY")
@click.option("--basis", metavar="TEXT", required=True, help="On what authority: a letter, a decision, a minute.")
@needed_reason
@click.option(
    "--approver", metavar="PERSON", shell_complete=complete.people, help="Who approved it; yourself if left out."
)
@stage_option
@as_option
@revision_option
@yes_option
def change_date_command(
    session: Session,
    *,
    item: str,
    day: str,
    basis: str,
    reason: str,
    approver: str | None,
    stage: str | None,
    person: str | None,
    revision: int | None,
    yes: bool,
) -> None:
    """Give one item another due date, with authority; the date first given stays on record.

    A date that is past, or no working day, is asked back first, with what follows from it.
    """
    from qa_workflow.calendar.written_days import written_day

    on = written_day(day)
    with session.parts() as parts:
        who = actor(session, parts, person, "change_date")
        if approver is not None:
            with parts.house.looking() as (_, world):
                world.person(approver)
        change = partial(
            parts.engine.change_date,
            item,
            on,
            actor=who,
            basis=basis,
            reason=reason,
            stage=stage,
            approver=approver,
            revision=revision,
        )
        changed = meant(session, lambda sure: change(sure=sure), yes=yes)
        tell(session, parts, who, changed)
