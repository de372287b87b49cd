"""Making a database: a real one, or a rehearsal with a clock of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from qa_workflow.cli.command import command
from qa_workflow.cli.session import Session
from qa_workflow.errors import UsageFault

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from qa_workflow.service.definitions.publishing import Published


@command("init", example="qa-workflow init --rehearsal --at 2027-04-01T09:00")
@click.option("--rehearsal", is_flag=True, help="Give it a clock of its own, which can be set and pushed forward.")
@click.option("--at", metavar="INSTANT", help="When a rehearsal's clock begins, as 2027-04-01T09:00 (London time).")
@click.option("--empty", is_flag=True, help="Publish nothing yet.")
@click.option("--upgrade", is_flag=True, help="Bring the database that is there up to this program's tables.")
def init_command(session: Session, *, rehearsal: bool, at: str | None, empty: bool, upgrade: bool) -> None:
    """Make a database and publish the definitions of the workflows folder."""
    from qa_workflow.cli.reading import instant
    from qa_workflow.store.database import without_password

    if upgrade:
        _upgrade(session)
        return
    if at and not rehearsal:
        raise UsageFault("--at sets the clock of a rehearsal; say --rehearsal too, or leave it out")
    start = (instant(at) if at else session.machine_time()) if rehearsal else None
    published = make(session, start, empty=empty)
    folder = session.settings.workflows if empty else own_folder(session)
    data = {
        "database": without_password(session.settings.database),
        "rehearsal": rehearsal,
        "now": start,
        "published": published,
    }
    session.answer(data, lambda console: _show(console, session, start, published, folder))


def own_folder(session: Session) -> Path:
    """The definitions as files that can be changed: those that came with the program are copied here, once in use."""
    from qa_workflow.settings import SHIPPED

    folder, here = session.settings.workflows, Path("workflows")
    if folder not in SHIPPED or here.exists():
        return folder
    try:
        shutil.copytree(folder, here)
    except OSError as fault:
        shutil.rmtree(here, ignore_errors=True)
        session.note(f"The definitions could not be copied here ({fault.strerror}); those of {folder} are used.")
        return folder
    return here


def make(session: Session, rehearsal_at: datetime | None, *, empty: bool = False) -> list[Published]:
    """Make the database and publish into it. The definitions are checked first, so that nothing half made is left."""
    from qa_workflow.definition import DefinitionRefused, read_folder
    from qa_workflow.store import create

    folder = session.settings.workflows
    if not empty:
        reading = read_folder((folder,))
        if reading.refused:
            raise DefinitionRefused(reading.faults)
    create(session.settings.database, rehearsal_at, clock=session.clock()).dispose()
    if empty:
        return []
    with session.parts() as parts:
        return parts.engine.publish([folder], actor=None)


def _upgrade(session: Session) -> None:
    from qa_workflow.store.house import upgrade

    before, after = upgrade(session.settings.database)
    said = (
        f"The tables were brought from {before} to {after}."
        if before != after
        else f"Nothing to do: the tables are at {after}."
    )
    session.answer({"before": before, "after": after}, lambda console: console.print(said))


def first_steps(session: Session) -> list[str]:
    """How the first person comes in, where nobody can sign in yet."""
    from qa_workflow.service.people.invitations import HERE, first_in, first_words

    with session.parts() as parts:
        first = first_in(parts.gate)
    if first is None:
        return []
    return [
        "Nobody can sign in to the pages yet. The first person comes in by a link that this makes:",
        f"  {first_words(first, HERE)}",
        "Then `qa-workflow run` serves the pages, at the address that it prints.",
    ]


def _show(console: Console, session: Session, start: datetime | None, published: list[Published], folder: Path) -> None:
    from qa_workflow.calendar import instant_words
    from qa_workflow.cli.definitions import show_published
    from qa_workflow.store.database import without_password

    kind = (
        f"A rehearsal; its clock says {instant_words(start)}."
        if start
        else "A real database; it follows this machine's clock."
    )
    console.print(f"Made {without_password(session.settings.database)}.\n{kind}")
    if published:
        console.print()
        show_published(console, published)
        said = [
            f"\nThe definitions are the files in {folder}. Change them there, then:",
            f"  qa-workflow check {folder}",
            f"  qa-workflow publish {folder} --as PERSON",
            *first_steps(session),
        ]
        console.print("\n".join(said), soft_wrap=True)
    else:
        console.print("Nothing is published yet: qa-workflow publish PATH")
