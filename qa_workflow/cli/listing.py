"""Lists of items: all that fit, and those that are late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session, today_of

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.cli.naming import Checked
    from qa_workflow.engine import Item
    from qa_workflow.service.ports import ItemQuery
    from qa_workflow.service.world import World
    from qa_workflow.wiring import Parts

MOST = 10_000


@command("items", example="qa-workflow items --workflow provider_assurance --owner quality_lead")
@click.option("--workflow", metavar="NAME", shell_complete=complete.workflows, help="Only items of this workflow.")
@click.option("--stage", metavar="NAME", help="Only items at this stage.")
@click.option(
    "--owner",
    metavar="NAME",
    shell_complete=complete.people,
    help="Only what this role, or this person, has to act on.",
)
@click.option("--subject", metavar="ORG", help="Only items about this organisation.")
@click.option("--overdue", is_flag=True, help="Only what is late.")
@click.option("--all", "every", is_flag=True, help="Closed and cancelled items too.")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="At most so many.")
def items_command(
    session: Session,
    *,
    workflow: str | None,
    stage: str | None,
    owner: str | None,
    subject: str | None,
    overdue: bool,
    every: bool,
    limit: int,
) -> None:
    """List items: whose they are, where they are, when they are due."""
    _list(
        session,
        {"workflow": workflow, "stage": stage, "subject": subject, "owner": owner},
        overdue=overdue,
        every=every,
        limit=limit,
    )


@command("overdue", example="qa-workflow overdue --owner quality_lead")
@click.option("--workflow", metavar="NAME", shell_complete=complete.workflows, help="Only items of this workflow.")
@click.option("--stage", metavar="NAME", help="Only items at this stage.")
@click.option(
    "--owner",
    metavar="NAME",
    shell_complete=complete.people,
    help="Only what this role, or this person, has to act on.",
)
@click.option("--subject", metavar="ORG", help="Only items about this organisation.")
@click.option("--limit", type=click.IntRange(1, MOST), default=500, show_default=True, help="At most so many.")
def overdue_command(
    session: Session, *, workflow: str | None, stage: str | None, owner: str | None, subject: str | None, limit: int
) -> None:
    """List what is late now, the latest first."""
    _list(
        session,
        {"workflow": workflow, "stage": stage, "subject": subject, "owner": owner},
        overdue=True,
        every=False,
        limit=limit,
    )


def _list(session: Session, wanted: dict[str, str | None], *, overdue: bool, every: bool, limit: int) -> None:
    from qa_workflow.cli.naming import checked
    from qa_workflow.service.ports import ItemQuery

    with session.parts() as parts:
        now = parts.engine.now()
        with parts.house.looking() as (_, world):
            named = checked(world, wanted, today_of(parts, world))
        query = ItemQuery(**named.conditions, open_only=not every, overdue_at=now if overdue else None, limit=limit)
        shown, total, today = _shown(parts, query, named, now)
    session.answer(shown, lambda console: _show(console, shown, total, today, overdue=overdue))


def _shown(parts: Parts, query: ItemQuery, named: Checked, now: datetime) -> tuple[list[dict[str, Any]], int, date]:
    """The items as JSON, how many there are in all, and the local day."""
    from dataclasses import replace

    from qa_workflow.service import views

    with parts.house.looking() as (look, world):
        queries = [replace(query, owner=owner) for owner in named.owners] or [query]
        found = {line.row: line for each in queries for line in look.items(each)}
        lines = sorted(found.values(), key=lambda f: (f.due_at or 0, f.row) if query.overdue_at else (f.row,))
        lines = [
            line for line in lines if _is_wanted(line.item, world, named, None if query.overdue_at is None else now)
        ]
        total = len(lines) if len(queries) > 1 else max(look.count(queries[0]), len(lines))
        shown = [views.item_in(look, world, line.item, now) for line in lines[: query.limit]]
        return shown, total, today_of(parts, world)


def _is_wanted(item: Item, world: World, named: Checked, late_at: datetime | None) -> bool:
    """What a query cannot ask: late by the item's own word, and within the scope of the person whose list it is."""
    from qa_workflow.service.views import holders

    if late_at is not None and not item.is_overdue(late_at):
        return False
    return named.person is None or named.concerns(
        item, holders(world.workflow(item.definition), item), world.governance
    )


def _show(console: Console, shown: Sequence[dict[str, Any]], total: int, today: date, *, overdue: bool) -> None:
    from qa_workflow.cli.tables import table
    from qa_workflow.cli.words import due_words

    if not shown:
        console.print("Nothing is late." if overdue else "No items.")
        return
    rows = [
        (
            i["reference"],
            i["stage_title"],
            "\n".join(i["owner"]) or i["status"],
            _due(i, due_words(i, today, lines=True)),
        )
        for i in shown
    ]
    console.print(table(("Item", "Stage", "With", "Due"), rows, whole=("Item", "With")))
    if total > len(shown):
        console.print(f"\n{len(shown)} of {total:,}; --limit shows more.")


def _due(shown: dict[str, Any], words: str) -> str:
    return words or {"closed": f"closed ({shown['outcome']})", "cancelled": "cancelled"}.get(
        shown["status"], "no date yet"
    )
