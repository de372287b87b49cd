"""Taking something out: a list for Excel or as CSV, on record; or everything there is, as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.command import PATH, command
from qa_workflow.cli.options import which_items
from qa_workflow.cli.session import Session, today_of
from qa_workflow.cli.writing import new_file
from qa_workflow.errors import UsageFault

FORMATS = {".xlsx": "xlsx", ".csv": "csv"}
ONLY = {"body": "overdue", "late_from": "overdue", "late_to": "overdue", "status": "items", "search": "items"}
"""Filters that one of the lists has."""


@command("export", example="qa-workflow export overdue --to overdue.xlsx --as governance-officer")
@click.argument("what", type=click.Choice(["overdue", "items"]), required=False)
@click.option("--to", metavar="FILE", type=PATH, help="Write it there; a list as .xlsx or .csv.")
@as_option
@which_items
@click.option(
    "--body", metavar="NAME", shell_complete=complete.bodies, help="Only what comes to this body (of what is overdue)."
)
@click.option("--late-from", metavar="DAYS", help="Only what is at least so many calendar days late.")
@click.option("--late-to", metavar="DAYS", help="Only what is at most so many calendar days late.")
@click.option("--status", metavar="STATUS", help="Items that are open, held, closed, cancelled; or any.")
def export_command(
    session: Session, *, what: str | None, to: Path | None, person: str | None, **words: str | None
) -> None:
    """Write what is overdue, or a list of items, for Excel or as CSV.

    A list is written down in the house's own history: who took what, when, how many lines. Without a list, every item
    with its whole history is written as lines of JSON (with --json as one document).
    """
    from qa_workflow.cli.keeping import everything

    given = {name: value for name, value in words.items() if value}
    if what is None:
        if given:
            raise UsageFault(f"{_option(given)} filters a list; say which: export overdue, or export items")
        everything(session, to)
        return
    if others := [name for name in given if ONLY.get(name, what) != what]:
        raise UsageFault(f"{_option(others)} filters `export {ONLY[others[0]]}` only; leave it out of `export {what}`")
    if to is None or to.suffix.lower() not in FORMATS:
        raise UsageFault("name the file with --to, ending in .xlsx (Excel) or .csv")
    _list(session, what, to, person, given)


def _option(names: Iterable[str]) -> str:
    return f"--{next(iter(names)).replace('_', '-')}"


def _list(session: Session, what: str, to: Path, person: str | None, words: dict[str, str]) -> None:
    from qa_workflow.service.boards.exporting import Asked, export
    from qa_workflow.service.boards.sheets import Format

    with session.parts() as parts, new_file(to) as file:
        name = actor(session, parts, person, "see_all")
        with parts.house.looking() as (_, world):
            who = world.actor(name, today_of(parts, world))
        filters = {"text" if name == "search" else name: value for name, value in words.items()}
        asked = Asked(what, Format(FORMATS[to.suffix.lower()]), filters)
        found = export(parts.house, who, asked, parts.sheets)
        file.write(found.content)
    session.answer(
        {"file": str(to), "lines": found.lines}, lambda console: console.print(f"{found.lines:,} lines, in {to}.")
    )
