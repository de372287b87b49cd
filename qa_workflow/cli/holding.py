"""Who has an item: taken on, given back, given to another."""

from __future__ import annotations

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.command import command
from qa_workflow.cli.moving import tell
from qa_workflow.cli.options import item_argument, needed_reason, revision_option, stage_option
from qa_workflow.cli.session import Session


@command("claim", example="qa-workflow claim QA/2026-27/ghft --stage clinical --as clinical-lead")
@item_argument
@stage_option
@as_option
@revision_option
def claim_command(session: Session, *, item: str, stage: str | None, person: str | None, revision: int | None) -> None:
    """Take on what is offered to your role."""
    with session.parts() as parts:
        who = actor(session, parts, person)
        tell(session, parts, who, parts.engine.claim(item, actor=who, stage=stage, revision=revision))


@command("release", example="qa-workflow release QA/2026-27/ghft --stage clinical --as clinical-lead")
@item_argument
@stage_option
@as_option
@revision_option
def release_command(
    session: Session, *, item: str, stage: str | None, person: str | None, revision: int | None
) -> None:
    """Give back what you have taken on."""
    with session.parts() as parts:
        who = actor(session, parts, person)
        tell(session, parts, who, parts.engine.release(item, actor=who, stage=stage, revision=revision))


@command(
    "assign", example='qa-workflow assign PA/2026-27-Q4/ghft second-quality-lead --reason "Leave" --as quality-lead'
)
@item_argument
@click.argument("to", metavar="PERSON", shell_complete=complete.people)
@needed_reason
@stage_option
@as_option
@revision_option
def assign_command(
    session: Session, *, item: str, to: str, reason: str, stage: str | None, person: str | None, revision: int | None
) -> None:
    """Give open work to another person, also when somebody holds it."""
    with session.parts() as parts:
        who = actor(session, parts, person, "assign")
        with parts.house.looking() as (_, world):
            world.person(to)
        tell(
            session, parts, who, parts.engine.assign(item, to, actor=who, reason=reason, stage=stage, revision=revision)
        )
