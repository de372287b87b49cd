"""Restoring a backup into a database of either kind: all of it is proved first, and it counts at once or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select, text, update

from qa_workflow.clock import from_micros
from qa_workflow.engine.item import stamp
from qa_workflow.errors import IntegrityFault
from qa_workflow.service.ports import streams
from qa_workflow.service.ports.store import Documents
from qa_workflow.store import migrations
from qa_workflow.store.backups.backup import (
    DOCUMENTS,
    MANIFEST,
    TABLES,
    Backup,
    Progress,
    check_files,
    counter,
    read_manifest,
)
from qa_workflow.store.backups.dumping import go_on_counting, load
from qa_workflow.store.database import connect, read_url
from qa_workflow.store.documents import DocumentRemoved, FileDocuments
from qa_workflow.store.explain import path_of, place
from qa_workflow.store.faults import AlreadyThere, Damaged, NewerThanProgram, NotADatabase
from qa_workflow.store.held import replacing, require_alone
from qa_workflow.store.house import REHEARSAL
from qa_workflow.store.proof.findings import Finding, Proof
from qa_workflow.store.proof.verifying import verify_on
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import HOUSE
from qa_workflow.store.upkeep import Upkeep


class BackupNotSound(IntegrityFault):
    """The files are those that were written, but what they hold does not prove itself."""

    code = "backup_not_sound"

    def __init__(self, folder: str, findings: Sequence[Finding]) -> None:
        self.folder, self.findings = folder, tuple(findings)
        first = "; ".join(str(f) for f in findings[:3])
        more = f"; and {len(findings) - 3} more" if len(findings) > 3 else ""
        super().__init__(
            f"the backup in {folder} does not prove itself: {first}{more}. Nothing was written; "
            "use another backup, or restore it all the same (--all-the-same), with these things on record"
        )


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what its proof said."""

    backup: Backup
    proof: Proof


def restore(
    folder: Path,
    url: str,
    now: datetime,
    *,
    replace: bool = False,
    all_the_same: bool = False,
    documents: Documents | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Make a database from a backup, of the same or the other kind, and write into its history that this was done.

    Args:
        replace: what is there gives way. A SQLite file that is damaged, or no database, is kept under another name.
        all_the_same: take a backup that does not prove itself; what was found is written into the history.
        documents: where the backup's documents go.

    Raises:
        AlreadyThere: there is a database, and it was not to be replaced.
        InUse: somebody serves it.
        UnreadableBackup, BackupNotSound: the backup is not what was written, or does not prove itself.
    """
    found = read_manifest(folder)
    check_files(found)
    if found.revision not in migrations.REVISIONS:
        raise NewerThanProgram(f"the backup in {folder}", found.revision, migrations.HEAD)
    with replacing(read_url(url)):
        if documents is not None:
            copies = FileDocuments(folder / DOCUMENTS)
            for name in copies.names():
                with suppress(DocumentRemoved):  # from before its removal: `verify` says what to do
                    documents.put(copies.get(name))
        engine = _engine(url, replace, now)
        try:
            with SqlStore(engine).connected() as connection:
                _make_room(connection, engine, replace)
                return _fill(connection, found, now, all_the_same, progress)
        finally:
            engine.dispose()


def _fill(
    connection: Connection, found: Backup, now: datetime, all_the_same: bool, progress: Progress | None
) -> Restored:
    migrations.bring_to(connection, found.revision)
    step = counter(progress, found.total)
    for name in found.rows:
        load(connection, found.folder / TABLES / f"{name}.jsonl.gz", step)
    migrations.bring_to(connection)
    connection.execute(update(HOUSE).where(HOUSE.c.name == "schema").values(value=migrations.HEAD))
    go_on_counting(connection)
    now = _own_time(connection) or now
    if found.revision != migrations.HEAD:
        Upkeep(connection).adopt(now)
    copies = FileDocuments(found.folder / DOCUMENTS) if (found.folder / DOCUMENTS).exists() else None
    proof = verify_on(connection, found.database, found.checkpoint, documents=copies)
    if not proof.sound and not all_the_same:
        raise BackupNotSound(str(found.folder), proof.findings)
    facts = {
        "at": stamp(now),
        "made_at": found.made_at,
        "manifest": sha256((found.folder / MANIFEST).read_bytes()).hexdigest(),
        "found": [str(f) for f in proof.findings[:20]],
    }
    Upkeep(connection).record(streams.HOUSE, now, "restored", facts)
    return Restored(found, proof)


def _own_time(connection: Connection) -> datetime | None:
    """What the restored database's own clock says, if it is a rehearsal; None where the machine's counts."""
    facts = {row.name: row.value for row in connection.execute(select(HOUSE.c.name, HOUSE.c.value))}
    return from_micros(int(facts["clock"])) if facts.get("kind") == REHEARSAL and "clock" in facts else None


def _engine(url: str, replace: bool, now: datetime) -> Engine:
    """An engine for the target; a file that cannot be opened as a database is put aside if it is to be replaced."""
    address = read_url(url)
    path = path_of(address)
    engine = connect(address)
    if not replace or path is None or not path.exists():
        return engine
    try:
        with SqlStore(engine).looking() as connection:
            connection.execute(text("PRAGMA schema_version"))
            inspect(connection).get_table_names()
    except (NotADatabase, Damaged):
        engine.dispose()
        mark = stamp(now).replace(":", "").replace(".", "")
        for file in (path, *(path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm", "-journal"))):
            if file.exists():
                file.rename(file.with_name(f"{file.name}.before-restore-{mark}"))
        return connect(address)
    return engine


def _make_room(connection: Connection, engine: Engine, replace: bool) -> None:
    """The target must be empty, or ours and to be replaced."""
    names = set(inspect(connection).get_table_names())
    if not names:
        return
    if not {"house", "alembic_version"} <= names:
        raise NotADatabase(place(engine.url), "it holds tables of another program")
    if not replace:
        raise AlreadyThere(place(engine.url))
    require_alone(connection)
    for name in sorted(names):
        connection.execute(text(f'DROP TABLE "{name}"'))
    if connection.dialect.name == "postgresql":
        for name in ("event", "record"):
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}_stands()"))
