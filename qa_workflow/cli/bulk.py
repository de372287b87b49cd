"""One decision for many items: each is done or refused by itself, and the answer says which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import rich_click as click
from click.exceptions import Exit

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.asking import progress
from qa_workflow.cli.command import command
from qa_workflow.cli.faults import REFUSED
from qa_workflow.cli.options import reason_option, set_option
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.service.items.bulk import Outcome


@command(
    "bulk-advance",
    example="qa-workflow bulk-advance assure PA/2026-27-Q4/ghft PA/2026-27-Q4/ghc --as committee-chair --preview",
)
@click.argument("trigger", shell_complete=complete.triggers)
@click.argument("items", metavar="ITEM...", nargs=-1, required=True, shell_complete=complete.items)
@as_option
@set_option
@reason_option
@click.option("--request", metavar="KEY", help="A key of your own: sent again after a stop, no item is moved twice.")
@click.option("--preview", is_flag=True, help="Say what would become of each, and change nothing.")
def bulk_advance_command(
    session: Session,
    *,
    trigger: str,
    items: tuple[str, ...],
    person: str | None,
    given: tuple[str, ...],
    reason: str | None,
    request: str | None,
    preview: bool,
) -> None:
    """Fire one trigger on many items, as one decision. Ends with 1 if at least one was refused; the others are done."""
    from qa_workflow.cli.reading import settings

    with session.parts() as parts:
        who = actor(session, parts, person)
        with progress("Items", len(items)) as told:
            outcomes = parts.engine.bulk_advance(
                list(dict.fromkeys(items)),
                trigger,
                actor=who,
                fields=settings(given),
                reason=reason,
                preview=preview,
                request=request,
                progress=told,
            )
    session.answer([_line(o) for o in outcomes], lambda console: _show(console, outcomes, preview))
    if any(o.refusal for o in outcomes):
        raise Exit(REFUSED)


def _line(outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    return {
        "item": outcome.reference or outcome.name,
        "done": refusal is None,
        "stage": list(outcome.stages),
        "due_on": outcome.due_on.isoformat() if outcome.due_on else None,
        "not_worked": outcome.not_worked,
        "refused": None if refusal is None else {"code": refusal.code, "message": str(refusal)},
    }


def _due(outcome: Outcome) -> str:
    from qa_workflow.calendar.words import weekday_date

    if outcome.due_on is None:
        return ""
    not_worked = f", not a working day ({outcome.not_worked})" if outcome.not_worked else ""
    return f", due {weekday_date(outcome.due_on)}{not_worked}"


def _show(console: Console, outcomes: Sequence[Outcome], preview: bool) -> None:
    from qa_workflow.cli.tables import table

    moved = "would move to" if preview else "moved to"
    rows = [
        (o.reference or o.name, f"refused: {o.refusal}" if o.refusal else f"{moved} {', '.join(o.stages)}{_due(o)}")
        for o in outcomes
    ]
    console.print(table(("Item", "Outcome"), rows, whole=("Item",)))
    done = sum(o.refusal is None for o in outcomes)
    console.print(f"\n{done} {'would be done' if preview else 'done'}, {len(outcomes) - done} refused.")
    if preview:
        console.print("Nothing was changed.")
