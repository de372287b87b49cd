"""Taking something out: a list for Excel or as CSV, on record; or everything there is, as lines of JSON."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from qa_workflow.cli import complete
from qa_workflow.cli.acting import actor, as_option
from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session, today_of
from qa_workflow.errors import UsageFault

FORMATS = {".xlsx": "xlsx", ".csv": "csv"}


@command("export", example="qa-workflow export overdue --to overdue.xlsx --as governance-officer")
@click.argument("what", type=click.Choice(["overdue", "items"]), required=False)
@click.option("--to", metavar="FILE", type=click.Path(path_type=Path), help="Write it there; a list as .xlsx or .csv.")
@as_option
@click.option("--workflow", metavar="NAME", shell_complete=complete.workflows, help="Only items of this workflow.")
@click.option("--stage", metavar="NAME", help="Only at this stage.")
@click.option("--owner", metavar="NAME", shell_complete=complete.people, help="Only with this role or person.")
@click.option("--subject", metavar="ORG", help="Only about this organisation.")
@click.option("--body", metavar="NAME", help="Only what comes to this body (of what is overdue).")
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

    if what is None:
        if given := next((name for name, value in words.items() if value), None):
            raise UsageFault(f"--{given.replace('_', '-')} filters a list; say which: export overdue, or export items")
        everything(session, to)
        return
    if to is None or to.suffix.lower() not in FORMATS:
        raise UsageFault("name the file with --to, ending in .xlsx (Excel) or .csv")
    if to.exists():
        raise UsageFault(f"{to} is there already; name another file")
    _list(session, what, to, person, {name: value for name, value in words.items() if value})


def _list(session: Session, what: str, to: Path, person: str | None, words: dict[str, str]) -> None:
    from qa_workflow.service.exporting import Asked, export
    from qa_workflow.service.sheets import Format

    with session.parts() as parts:
        name = actor(session, parts, person, "see_all")
        with parts.house.looking() as (_, world):
            who = world.actor(name, today_of(parts, world))
        asked = Asked(what, Format(FORMATS[to.suffix.lower()]), words)
        found = export(parts.house, who, asked, parts.sheets)
        try:
            to.write_bytes(found.content)
        except OSError as fault:
            raise UsageFault(f"{to} cannot be written ({fault.strerror}); name another place") from fault
    session.answer(
        {"file": str(to), "lines": found.lines}, lambda console: console.print(f"{found.lines:,} lines, in {to}.")
    )
