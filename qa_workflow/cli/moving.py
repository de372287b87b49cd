"""Moving an item on, and how every command that changes one item tells what came of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import meant, yes_option
from qa_workflow.cli.command import command
from qa_workflow.cli.options import item_argument, reason_option, revision_option, set_option
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.engine import Item
    from qa_workflow.wiring import Parts


@command("advance", example="qa-workflow advance PA/2026-27-Q4/ghft submit --as ghft-contact --set report=@q4.pdf")
@item_argument
@click.argument("trigger", shell_complete=complete.triggers)
@as_option
@set_option
@reason_option
@revision_option
@click.option("--request", metavar="KEY", help="A key of your own: the same request sent twice is done once.")
@yes_option
def advance_command(
    session: Session,
    *,
    item: str,
    trigger: str,
    person: str | None,
    given: tuple[str, ...],
    reason: str | None,
    revision: int | None,
    request: str | None,
    yes: bool,
) -> None:
    """Move an item on: fire one of its triggers, with the evidence that it needs.

    A day given as its due date that is past, or no working day, is asked back first, with what follows from it.
    """
    from qa_workflow.cli.reading import settings

    with session.parts() as parts:
        who = actor(session, parts, person)
        early = _before_it_has_met(parts, item, trigger)
        advance = partial(parts.engine.advance, item, trigger, actor=who, fields=settings(given), reason=reason)
        moved = meant(session, lambda sure: advance(revision=revision, request=request, sure=sure), yes=yes)
        tell(session, parts, who, moved, note=early)


def _before_it_has_met(parts: Parts, name: str, trigger: str) -> str:
    """That the meeting which the item waits for has not been held, to be told with what was done."""
    from qa_workflow.service.items.filling import step_named
    from qa_workflow.service.telling.meetings import before_it_has_met

    item = parts.engine.item(name)
    with parts.house.looking() as (_, world):
        workflow = world.workflow(item.definition)
        step = step_named(workflow, item, trigger)
        return before_it_has_met(world, workflow, item, step, parts.house.now()) if step else ""


def tell(session: Session, parts: Parts, who: str, item: Item, said: str | None = None, *, note: str = "") -> None:
    """What an item has become, as whoever did it sees it: as JSON, or where it is, until when, and what is next."""
    shown = parts.engine.view(item, actor=who)

    def show(console: Console) -> None:
        from qa_workflow.service.telling.words import due_words, instant_short, names

        console.print(said or f"{shown['reference']} is {_where(shown)}.")
        if note:
            console.print(note)
        if shown["status"] in ("closed", "cancelled"):
            return
        if shown["hold"]:
            until = shown["hold"]["until"]
            console.print(f"It is on hold until {instant_short(until) if until else 'somebody resumes it'}.")
        if shown["due_on"]:
            console.print(f"Due {due_words(shown)}.")
        if shown["owner"]:
            console.print(f"With {names(shown['owner'])}.")
        for step in shown["available"]:
            if step["by"]:
                console.print(f"  {step['trigger']}: {step['title']} ({', '.join(step['by'])}){_needs(step)}")

    session.answer(shown, show)


def _where(shown: dict[str, Any]) -> str:
    if shown["status"] in ("closed", "cancelled"):
        return (
            f"{shown['status']} ({shown['outcome']})" if shown["outcome"] != shown["status"] else str(shown["status"])
        )
    return f"at {shown['stage_title']}"


def _needs(step: dict[str, Any]) -> str:
    return f" needs {', '.join(step['needs'])}" if step["needs"] else ""
