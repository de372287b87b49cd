"""What is done to an item with authority: withdrawing it, and putting right what was recorded."""

from __future__ import annotations

from functools import partial

import rich_click as click

from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import confirm, meant, yes_option
from qa_workflow.cli.command import command
from qa_workflow.cli.moving import tell
from qa_workflow.cli.options import item_argument, needed_reason, revision_option, set_option
from qa_workflow.cli.session import Session


@command("cancel", example='qa-workflow cancel PA/2026-27-Q4/ghft --reason "Opened by mistake" --as governance-officer')
@item_argument
@needed_reason
@as_option
@revision_option
@yes_option
def cancel_command(
    session: Session, *, item: str, reason: str, person: str | None, revision: int | None, yes: bool
) -> None:
    """Withdraw an item with every item that is part of it. Asks first: cancelled, it does not come back by itself."""
    with session.parts() as parts:
        who = actor(session, parts, person, "cancel")
        found = parts.engine.item(item)
        confirm(session, f"Cancel {found.reference} with every item that is part of it?", yes=yes)
        tell(session, parts, who, parts.engine.cancel(item, actor=who, reason=reason, revision=revision))


@command(
    "correct",
    example='qa-workflow correct PA/2026-27-Q4/ghft --set rating=partial --reason "Mistyped" --as governance-officer',
)
@item_argument
@needed_reason
@set_option
@click.option("--stage", metavar="NAME", help="The stage at which the item really is.")
@click.option("--corrects", metavar="SEQ", type=click.IntRange(1), help="The number of the event that was wrong.")
@as_option
@revision_option
@yes_option
def correct_command(
    session: Session,
    *,
    item: str,
    reason: str,
    given: tuple[str, ...],
    stage: str | None,
    corrects: int | None,
    person: str | None,
    revision: int | None,
    yes: bool,
) -> None:
    """Put right what was recorded wrongly; the history keeps both.

    A day given as its due date that is past, or no working day, is asked back first, with what follows from it.
    """
    from qa_workflow.cli.reading import settings

    with session.parts() as parts:
        who = actor(session, parts, person, "correct")
        correct = partial(parts.engine.correct, item, actor=who, reason=reason, fields=settings(given), stage=stage)
        corrected = meant(session, lambda sure: correct(corrects=corrects, revision=revision, sure=sure), yes=yes)
        tell(session, parts, who, corrected)
