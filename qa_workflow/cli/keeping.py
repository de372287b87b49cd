"""Keeping the database safe: backups, bringing them back, everything written out, a look for what could go wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import rich_click as click
from click.exceptions import Exit

from qa_workflow.cli.asking import confirm, progress_of, yes_option
from qa_workflow.cli.command import PATH, command
from qa_workflow.cli.session import Session, today_of
from qa_workflow.cli.writing import new_file
from qa_workflow.errors import StorageFault

if TYPE_CHECKING:
    from rich.console import Console

    from qa_workflow.store.backups.backup import Backup
    from qa_workflow.store.backups.restoring import Restored


@command("backup", example="qa-workflow backup backups/2027-05-31")
@click.argument("folder", type=PATH)
def backup_command(session: Session, *, folder: Path) -> None:
    """Copy the database and its documents to a new folder, with a checkpoint and a hash of every file."""
    from qa_workflow.store.backups.backup import backup

    with session.parts() as parts, progress_of("Rows and documents") as told:
        made = backup(parts.store, folder, parts.engine.now(), documents=parts.documents, progress=told)

    def show(console: Console) -> None:
        console.print(f"Backed up {made.total:,} rows and their documents to {made.folder}.")
        if made.missing:
            console.print(f"{len(made.missing)} documents are missing or damaged and are not in it; see verify.")

    session.answer(_backup(made), show)


@command("restore", example="qa-workflow restore backups/2027-05-31 --database sqlite:///restored.db")
@click.argument("folder", type=PATH)
@click.option("--all-the-same", is_flag=True, help="Restore what does not prove itself too; the history says so.")
@yes_option
def restore_command(session: Session, *, folder: Path, all_the_same: bool, yes: bool) -> None:
    """Make a database from a backup, of either kind. Everything is proved first; asks before it replaces a database."""
    from qa_workflow.store import FileDocuments
    from qa_workflow.store.backups.backup import read_manifest
    from qa_workflow.store.backups.restoring import restore
    from qa_workflow.wiring import documents_beside

    found = session.settings
    said = read_manifest(folder)
    replaces = _is_there(session)
    if replaces:
        question = f"Replace what is in {found.database} by the backup of {_moment(said.made_at)}? It cannot be undone."
        confirm(session, question, yes=yes)
    with progress_of("Rows") as told:
        restored = restore(
            folder,
            found.database,
            session.machine_time(),
            replace=replaces,
            all_the_same=all_the_same,
            documents=FileDocuments(found.documents or documents_beside(found.database)),
            progress=told,
        )
    session.answer(_restored(restored, replaces), lambda console: _show_restored(console, restored))


def everything(session: Session, to: Path | None) -> None:
    """Write every item with its whole history as lines of JSON (with --json as one document)."""
    from qa_workflow.store.backups.backup import export

    with session.parts() as parts, _target(to) as out:
        if session.as_json:
            head, *items = (json.loads(line) for line in export(parts.store))
            out.write(json.dumps({**head, "items": items}, ensure_ascii=False, indent=2) + "\n")
        else:
            out.writelines(f"{line}\n" for line in export(parts.store))
    if to is not None:
        session.note(f"Written to {to}.")


@command("doctor", example="qa-workflow doctor")
def doctor_command(session: Session) -> None:
    """Look for what could go wrong: the database, its disk, clock and people, what waits. Ends with 4 on a problem."""
    from qa_workflow.store.doctor import Level, examine, people

    found = examine(session.settings.database)
    is_well = all(each.level is not Level.PROBLEM for each in found)
    if is_well:
        with session.parts() as parts, parts.house.looking() as (_, world):
            found += people(world.governance, today_of(parts, world))

    def show(console: Console) -> None:
        from qa_workflow.cli.tables import table

        rows = [(each.level, f"{each.what}\n-> {each.mend}" if each.mend else each.what) for each in found]
        console.print(table(("", "What"), rows, whole=("",)))
        mail = "by mail" if session.settings.mail else "to the log only; QA_WORKFLOW_MAIL names a mail server"
        console.print(f"\nMessages go {mail}.")

    session.answer({"ok": is_well, "findings": found, "mail": session.settings.mail is not None}, show)
    if not is_well:
        raise Exit(StorageFault.exit_code)


@contextmanager
def _target(to: Path | None) -> Iterator[TextIO]:
    """The file, or standard output."""
    if to is None:
        yield sys.stdout
        return
    with new_file(to) as file, TextIOWrapper(file, encoding="utf-8", newline="\n") as text:
        yield text


def _is_there(session: Session) -> bool:
    """Whether something stands where the backup is to go, whatever it is."""
    from qa_workflow.store import open_store
    from qa_workflow.store.faults import NotInitialised, Unreachable

    try:
        open_store(session.settings.database).dispose()
    except NotInitialised:
        return False
    except Unreachable:
        raise
    except StorageFault:
        return True
    return True


def _backup(made: Backup) -> dict[str, Any]:
    keys = ("folder", "database", "made_at", "revision", "checkpoint", "rows", "missing")
    return {key: getattr(made, key) for key in keys}


def _restored(restored: Restored, replaced: bool) -> dict[str, Any]:
    from qa_workflow.cli.proof import as_json

    return {"restored": _backup(restored.backup), "replaced": replaced, "proof": as_json(restored.proof)}


def _show_restored(console: Console, restored: Restored) -> None:
    console.print(f"Restored {restored.backup.total:,} rows of the backup of {_moment(restored.backup.made_at)}.")
    console.print(f"{restored.proof}.")
    for finding in restored.proof.findings:
        console.print(f"  - {finding}")


def _moment(made_at: str) -> str:
    from qa_workflow.calendar import instant_words
    from qa_workflow.engine.item import instant

    return instant_words(instant(made_at))
