"""Lists of items: all that fit, and those that are late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli.command import command
from qa_workflow.cli.options import which_items
from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from qa_workflow.service.lists.lists import Page
    from qa_workflow.service.time.incidents import Incident

MOST = 10_000


@command("items", example='qa-workflow items --search "gloucestershire falls" --owner quality_lead')
@which_items
@click.option("--overdue", is_flag=True, help="Only what is late.")
@click.option("--all", "every", is_flag=True, help="Closed and cancelled items too.")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="At most so many.")
def items_command(session: Session, *, overdue: bool, every: bool, limit: int, **wanted: str | None) -> None:
    """List items: whose they are, where they are, when they are due."""
    _list(session, wanted, overdue=overdue, every=every, limit=limit)


@command("overdue", example="qa-workflow overdue --owner quality_lead --search hospitals")
@which_items
@click.option("--limit", type=click.IntRange(1, MOST), default=500, show_default=True, help="At most so many.")
def overdue_command(session: Session, *, limit: int, **wanted: str | None) -> None:
    """List what is late now, longest overdue first."""
    _list(session, wanted, overdue=True, every=False, limit=limit)


def _list(session: Session, wanted: dict[str, str | None], *, overdue: bool, every: bool, limit: int) -> None:
    from qa_workflow.service.lists.lists import Wanted
    from qa_workflow.service.time.incidents import STANDS_STILL

    is_whole = overdue and not any(wanted.values())
    with session.parts() as parts:
        page = parts.engine.page(Wanted(**wanted, overdue=overdue, every=every, limit=limit))
        stuck = [each for each in parts.engine.needing_a_person() if each.kind in STANDS_STILL] if is_whole else []
    session.answer(page.items, lambda console: _show(console, page, stuck, overdue=overdue))


def _show(console: Console, page: Page, stuck: Sequence[Incident], *, overdue: bool) -> None:
    from qa_workflow.cli.tables import table
    from qa_workflow.service.telling.words import due_words

    for each in stuck:
        console.print(f"{each.what}.", soft_wrap=True)
    if not page.items:
        console.print("Nothing is late." if overdue else "No items.")
        return
    told_apart = any(i["subject"] and i["subject"] not in i["reference"] for i in page.items)
    rows = [
        (
            i["reference"],
            *([i["subject_title"] or ""] if told_apart else []),
            i["stage_title"],
            "\n".join(i["owner"]) or i["status"],
            _due(i, due_words(i, lines=True)),
        )
        for i in page.items
    ]
    about = ("About",) if told_apart else ()  # several agencies that are asked have references that name none
    console.print(table(("Item", *about, "Stage", "With", "Due"), rows, whole=("Item", "With")))
    if page.total > len(page.items):
        console.print(f"\n{len(page.items)} of {page.total:,}; --limit shows more.")


def _due(shown: dict[str, Any], words: str) -> str:
    return words or {"closed": f"closed ({shown['outcome']})", "cancelled": "cancelled"}.get(
        shown["status"], "no date yet"
    )
