"""What is added to an item without moving it: fields, comments, sub-items."""

from __future__ import annotations

from functools import partial

import rich_click as click

from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import meant, yes_option
from qa_workflow.cli.command import command
from qa_workflow.cli.moving import tell
from qa_workflow.cli.options import item_argument, reason_option, revision_option, set_option, stage_option
from qa_workflow.cli.session import Session
from qa_workflow.errors import UsageFault


@command("record", example="qa-workflow record ACT/ghft/1 --set lead=ghft-contact --as quality-lead")
@item_argument
@set_option
@reason_option
@as_option
@revision_option
@yes_option
def record_command(
    session: Session,
    *,
    item: str,
    given: tuple[str, ...],
    reason: str | None,
    person: str | None,
    revision: int | None,
    yes: bool,
) -> None:
    """Fill or empty fields without moving the item.

    A day given as its due date that is past, or no working day, is asked back first, with what follows from it.
    """
    from qa_workflow.cli.reading import settings

    if not given:
        raise UsageFault("nothing to record; give at least one --set field=value")
    with session.parts() as parts:
        who = actor(session, parts, person, "record")
        record = partial(parts.engine.record, item, settings(given), actor=who, reason=reason, revision=revision)
        recorded = meant(session, lambda sure: record(sure=sure), yes=yes)
        tell(session, parts, who, recorded, f"{recorded.reference}: recorded {', '.join(settings(given))}.")


@command("comment", example='qa-workflow comment PA/2026-27-Q4/ghft "Rang them; it comes on Monday." --as quality-lead')
@item_argument
@click.argument("text")
@click.option("--colleagues-only", is_flag=True, help="Not for the people of the organisation that the item is about.")
@click.option("--why-late", is_flag=True, help="It is why the item is late: lists of what is late show it.")
@click.option("--tell", "told", metavar="PERSON", help="Who is sent word of it: somebody who may read it.")
@as_option
def comment_command(
    session: Session,
    *,
    item: str,
    text: str,
    colleagues_only: bool,
    why_late: bool,
    told: str | None,
    person: str | None,
) -> None:
    """Say something about an item; it stays in the history, for everybody who may see the item."""
    with session.parts() as parts:
        who = actor(session, parts, person)
        said = parts.engine.comment(
            item, text, actor=who, colleagues_only=colleagues_only, why_late=why_late, tell=told
        )
        reader = parts.engine.also_read_by(said, actor=who)
        asked = f" {told} is told of it." if told else ""
        whose = ", for colleagues only" if colleagues_only else f"; {reader} reads it too" if reader else ""
        tell(session, parts, who, said, f"{said.reference}: your comment is in the history{whose}.{asked}")


@command("sub-item", example='qa-workflow sub-item MR/1 --set what="Audit handovers" --as quality-lead')
@item_argument
@set_option
@stage_option
@as_option
@revision_option
@yes_option
def sub_item_command(
    session: Session,
    *,
    item: str,
    given: tuple[str, ...],
    stage: str | None,
    person: str | None,
    revision: int | None,
    yes: bool,
) -> None:
    """Hang one more sub-item on an item whose stage still takes them, as `sub_items: {more: …}` in its workflow says.

    Where each is about an organisation (`into: subject`), say which with the fields: `--set subject=ghft`.
    A day given as its due date that is past, or no working day, is asked back first, with what follows from it.
    No stage of the workflows that are shipped does; docs/language.md has one (multiple instances not known in advance).
    """
    from qa_workflow.cli.reading import settings

    with session.parts() as parts:
        who = actor(session, parts, person)
        add = partial(parts.engine.add_sub_item, item, fields=settings(given), actor=who, stage=stage)
        grown = meant(session, lambda sure: add(revision=revision, sure=sure), yes=yes)
        tell(session, parts, who, grown, f"{grown.reference}: a sub-item was asked for.")
