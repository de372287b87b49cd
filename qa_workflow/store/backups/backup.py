"""Backups: a folder with every table as lines of JSON, the documents, a checkpoint, and a list of hashes over all.

One form for both databases, so that what was backed up from SQLite can be restored into PostgreSQL and the other way
round, with no tool beside this program.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from qa_workflow.engine.events import event_of
from qa_workflow.engine.item import stamp
from qa_workflow.engine.past import corrections
from qa_workflow.engine.texts import put_back
from qa_workflow.errors import IntegrityFault, UsageFault
from qa_workflow.fault_points import passing
from qa_workflow.service.ports.store import Documents
from qa_workflow.store import migrations
from qa_workflow.store.backups.dumping import UnreadableBackup, dump
from qa_workflow.store.documents import FileDocuments, sync_folder
from qa_workflow.store.explain import explained_file
from qa_workflow.store.held import held
from qa_workflow.store.proof.checkpoints import checkpoint
from qa_workflow.store.reader import removals_in
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import DOCUMENT, EVENT, ITEM
from qa_workflow.store.tables import metadata

MANIFEST, CHECKPOINT, TABLES, DOCUMENTS = "manifest.json", "checkpoint.txt", "tables", "documents"
_FORMAT = 1
FLEETING = frozenset({"session", "attempt"})
"""Who is signed in at this moment, and who just failed to: no evidence, and not to come back with a copy."""

_HELD = ".held"
_OF_PART = re.compile(rf"\.[0-9a-f]{{8}}\.part({re.escape(_HELD)})?$")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. `missing` are documents that could not be read; the rest of it is whole all the same."""

    folder: Path
    database: str
    made_at: str
    revision: str
    checkpoint: str
    rows: Mapping[str, int]
    files: Mapping[str, str]
    missing: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Rows in all."""
        return sum(self.rows.values())


def backup(
    store: SqlStore,
    folder: Path,
    now: datetime,
    *,
    documents: Documents | None = None,
    progress: Progress | None = None,
) -> Backup:
    """Make a backup into a new folder; it has its name only once it is complete and on the disk.

    Args:
        progress: told rows and documents done, and in all.

    Raises:
        UsageFault: the folder is there already and not empty.
    """
    _require_free(folder)
    with explained_file(folder), _part_of(folder) as part:
        made = _fill(store, part, now, documents, progress)
        _finish(part, folder, made)
    return Backup(
        folder, made.database, made.made_at, made.revision, made.checkpoint, made.rows, made.files, made.missing
    )


@contextmanager
def _part_of(folder: Path) -> Iterator[Path]:
    """What is to become the backup, for its owner alone: there are hashes of passwords in it. Others may be under way.

    What a process left that died is cleared away: nobody would look for it, and the disk may be full of it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in sorted(folder.parent.glob("*.part*")):
        if _OF_PART.search(left.name):
            _clear(left.with_name(left.name.removesuffix(_HELD)))
    part = folder.with_name(f"{folder.name}.{secrets.token_hex(4)}.part")
    try:
        with held(_holding(part), alone=True):
            part.mkdir(mode=0o700)
            (part / TABLES).mkdir()
            yield part
    finally:
        _clear(part)


def _clear(part: Path) -> None:
    """A part and its lock, unless somebody is at work there."""
    with held(_holding(part), alone=True) as is_left:
        if is_left:
            shutil.rmtree(part, ignore_errors=True)
    if is_left:
        _holding(part).unlink(missing_ok=True)


def _holding(part: Path) -> Path:
    return part.with_name(f"{part.name}{_HELD}")


def _require_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageFault(f"{folder} exists already; name a new folder for the backup")


def read_manifest(folder: Path) -> Backup:
    """What a backup says it holds, without looking whether it does.

    Raises:
        UsageFault: there is no backup in that folder.
        UnreadableBackup: its list cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageFault(f"{folder} holds no backup: there is no {MANIFEST} in it (an unfinished backup has none)")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        if said["format"] != _FORMAT:
            raise UnreadableBackup(str(path), f"it has form {said['format']}, made by a newer program")
        return Backup(
            folder,
            said["database"],
            said["made_at"],
            said["revision"],
            said["checkpoint"],
            said["rows"],
            said["files"],
            tuple(said["missing_documents"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise UnreadableBackup(str(path), "it cannot be read") from fault


def check_files(found: Backup) -> None:
    """Hold every file against the hash on the list.

    Raises:
        UnreadableBackup: one is missing, changed or added.
    """
    there = {path.relative_to(found.folder).as_posix() for path in found.folder.rglob("*") if path.is_file()}
    for name in sorted(found.files.keys() | there - {MANIFEST}):
        path = found.folder / name
        if name not in found.files:
            raise UnreadableBackup(str(path), "it is not on the backup's list")
        if name not in there:
            raise UnreadableBackup(str(path), "it is missing")
        if _hash(path) != found.files[name]:
            raise UnreadableBackup(str(path), "its bytes are not those that were written")


def export(store: SqlStore) -> Iterator[str]:
    """All items with their whole histories, a line of JSON each; the first line says what follows.

    `corrected` has the numbers of events that were wrong, each with those that put it right.
    """
    with store.looking() as connection:
        items = select(ITEM.c.id, ITEM.c.key, ITEM.c.reference, ITEM.c.state).order_by(ITEM.c.id)
        count = connection.execute(select(func.count()).select_from(ITEM)).scalar_one()
        yield _json({"format": _FORMAT, "database": store.id, "items": count})
        for row in connection.execute(items, execution_options={"yield_per": 500}):
            one = EVENT.c.item_id == row.id
            lines = select(EVENT.c.body, EVENT.c.hash, EVENT.c.texts).where(one).order_by(EVENT.c.seq)
            history = [
                {**json.loads(put_back(body, texts)), "hash": bytes(hash_).hex()}
                for body, hash_, texts in connection.execute(lines)
            ]
            right = corrections(event_of(line) for line in history)
            corrected = {str(seq): [each.by.seq for each in found] for seq, found in right.items()}
            yield _json({**json.loads(row.state), "history": history, "corrected": corrected})


def _fill(store: SqlStore, part: Path, now: datetime, documents: Documents | None, progress: Progress | None) -> Backup:
    text = checkpoint(store, now)
    (part / CHECKPOINT).write_text(text, encoding="utf-8", newline="\n")
    rows: dict[str, int] = {}
    with store.looking() as connection:
        evidence = select(DOCUMENT.c.sha256).where(DOCUMENT.c.attached_at.is_not(None)).order_by(DOCUMENT.c.sha256)
        gone = {name for name, removal in removals_in(connection).items() if removal.is_done}
        wanted = [name for name in connection.execute(evidence).scalars() if name not in gone]
        tables = [t.name for t in metadata.sorted_tables if t.name not in FLEETING]
        total = len(wanted) if documents is not None else 0
        total += sum(
            connection.execute(select(func.count()).select_from(metadata.tables[t])).scalar_one() for t in tables
        )
        step = counter(progress, total)
        for name in tables:
            rows[name] = dump(connection, name, part / TABLES / f"{name}.jsonl.gz", step)
    passing("mid_backup")
    missing = _copy_documents(part / DOCUMENTS, wanted, documents, step)
    files = {p.relative_to(part).as_posix(): _hash(p) for p in sorted(part.rglob("*")) if p.is_file()}
    return Backup(part, store.id, stamp(now), migrations.HEAD, text, rows, files, tuple(missing))


def _copy_documents(
    folder: Path, wanted: list[str], documents: Documents | None, step: Callable[[], None]
) -> list[str]:
    missing: list[str] = []
    if documents is None:
        return wanted
    copies = FileDocuments(folder)
    for name in wanted:
        try:
            copies.put(documents.get(name))
        except IntegrityFault:
            missing.append(name)
        step()
    return missing


def _finish(part: Path, folder: Path, made: Backup) -> None:
    """The list last, everything onto the disk, then the name."""
    said: dict[str, Any] = {
        "format": _FORMAT,
        "database": made.database,
        "made_at": made.made_at,
        "revision": made.revision,
        "checkpoint": made.checkpoint,
        "rows": made.rows,
        "missing_documents": made.missing,
        "files": made.files,
    }
    (part / MANIFEST).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8", newline="\n")
    for path in part.rglob("*"):
        if path.is_file():
            _sync(path)
        else:
            sync_folder(path)
    sync_folder(part)
    _require_free(folder)
    if folder.exists():
        folder.rmdir()
    part.rename(folder)
    sync_folder(folder.parent)


def counter(progress: Progress | None, total: int) -> Callable[[], None]:
    """To be called for each thing done; passes the word on now and then."""
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None and (done % 500 == 0 or done == total):
            progress(done, total)

    return step


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _hash(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
