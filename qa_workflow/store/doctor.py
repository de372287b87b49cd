"""`doctor`: what about a database, its disk and its clock may one day lose work or miss a deadline, and what to do."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from qa_workflow.calendar import CalendarFault
from qa_workflow.calendar.bank_holidays import PARTS, bank_holidays, library_version
from qa_workflow.calendar.words import counted
from qa_workflow.clock import Clock, SystemClock, to_micros
from qa_workflow.definition import Governance
from qa_workflow.errors import StorageFault
from qa_workflow.service.ports import streams
from qa_workflow.service.rights import short_handed
from qa_workflow.store import migrations
from qa_workflow.store.chronicle import is_numbered_elsewhere
from qa_workflow.store.database import read_url, sqlite_driver
from qa_workflow.store.explain import path_of, place
from qa_workflow.store.faults import NumbersOfAnotherServer
from qa_workflow.store.house import open_store
from qa_workflow.store.rehearsal import HouseClock
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import INCIDENT, ITEM, OUTBOX, RECORD

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ncpfs"})
"""File systems whose locks cannot be relied on by SQLite."""
AHEAD = timedelta(days=120)
LATE = timedelta(hours=1)
APART = timedelta(seconds=2)
UNSEEN = timedelta(days=7)
"""So long a real database may go without a checkpoint, which each backup makes."""
_ROOM, _LITTLE_ROOM = 1024**3, 100 * 1024**2
_OLDEST_POSTGRESQL = 130000


class Level(StrEnum):
    """How much it matters."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `mend` is empty where nothing is to be done."""

    level: Level
    what: str
    mend: str = ""


Findings = Iterator[Finding]


def examine(url: str, *, clock: Clock | None = None, mounts: Path = Path("/proc/mounts")) -> list[Finding]:
    """Look at everything, and go on after each thing found; a database that cannot be opened is itself a finding.

    Args:
        clock: the machine's clock, for tests.
        mounts: where the system lists its file systems (Linux).
    """
    machine = clock or SystemClock()
    address = read_url(url)
    path = path_of(address)
    found: list[Finding] = []
    if path is not None:
        found += _sqlite_version()
        found += _disk(path, mounts)
        found += _others(path)
    try:
        store = open_store(url)
    except StorageFault as fault:
        return [*found, Finding(Level.PROBLEM, str(fault))]
    try:
        found.append(
            Finding(
                Level.OK, f"the tables of {place(address)} have revision {migrations.HEAD}, which is this program's"
            )
        )
        looks = (_sqlite_settings, _check_pages) if path is not None else (_server, _server_settings, _numbers)
        for look in (*looks, _belt, _outbox, _incidents):
            found += _looked(store, look)
        if path is None:
            found += _looked(store, lambda c: _clock_apart(c, machine))
        house = HouseClock(store, machine)
        found += _looked(store, lambda c: _sweep(c, house.now()))
        if not house.is_rehearsal:
            found += _looked(store, lambda c: _checkpoints(c, house.now()))
        found += _holidays(house.now())
    except StorageFault as fault:
        found.append(Finding(Level.PROBLEM, str(fault)))
    finally:
        store.dispose()
    return found


def _looked(store: SqlStore, look: Callable[[Connection], Findings]) -> list[Finding]:
    with store.looking() as connection:
        return list(look(connection))


def _sqlite_version() -> Findings:
    driver = sqlite_driver()
    version = ".".join(map(str, driver.version))
    if driver.wal_is_sound:
        yield Finding(Level.OK, f"SQLite {version} is free of the fault that can lose a commit in write-ahead mode")
        return
    yield Finding(
        Level.WARNING,
        f"SQLite {version} has a fault that can lose a commit in write-ahead mode (3.7.0 to 3.51.2), "
        "so the slower rollback journal is used, which is sound",
        "for speed, install the package pysqlite3, or a Python with SQLite 3.51.3 or newer",
    )


def _disk(path: Path, mounts: Path) -> Findings:
    folder = path.absolute().parent
    kind = file_system(folder, mounts)
    if kind in NETWORK:
        what = f"{folder} is on a network file system ({kind}), where SQLite's locks do not hold: work can be lost"
        yield Finding(Level.PROBLEM, what, "move the database to a local disk, or use PostgreSQL")
    elif kind:
        yield Finding(Level.OK, f"{folder} is on a local disk ({kind})")
    if not folder.exists():
        return
    free = shutil.disk_usage(folder).free
    level = Level.PROBLEM if free < _LITTLE_ROOM else Level.WARNING if free < _ROOM else Level.OK
    room = f"{free / _ROOM:.1f} GB" if free >= _ROOM else f"{free // 1024**2} MB"
    yield Finding(
        level,
        f"{room} are free on the disk of {path}",
        "" if level is Level.OK else "make room, before nothing can be saved",
    )


def _others(path: Path) -> Findings:
    """Whether somebody with no part in it can read the file; new ones are made so that nobody can."""
    if os.name != "posix" or not path.exists():
        return
    is_reached = path.absolute().parent.stat().st_mode & stat.S_IXOTH
    if is_reached and path.stat().st_mode & stat.S_IROTH:
        what = f"everybody on this machine can read {path}, and the hashes of passwords and the secrets of codes in it"
        yield Finding(Level.WARNING, what, f"chmod o= {path} {path}-wal {path}-shm (those that are there)")
    else:
        yield Finding(Level.OK, f"{path} is not for everybody on this machine to read")


def file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str | None:
    """What kind of file system a folder is on, where the system tells; the longest mount point counts."""
    try:
        lines = [line.split() for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    except OSError:
        return None
    best: tuple[int, str] | None = None
    for words in lines:
        if len(words) < 3:
            continue
        point = Path(words[1].replace("\\040", " "))
        if (folder == point or point in folder.parents) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), words[2])
    return best[1] if best else None


def _sqlite_settings(connection: Connection) -> Findings:
    journal = str(connection.execute(text("PRAGMA journal_mode")).scalar()).upper()
    if journal == "WAL" and not sqlite_driver().wal_is_sound:
        yield Finding(
            Level.PROBLEM,
            "the database is in write-ahead mode, and this SQLite can lose a commit in it",
            "stop all processes that use it, so that the next one can change the mode",
        )
    elif journal in ("OFF", "MEMORY"):
        yield Finding(
            Level.PROBLEM, f"journal mode {journal} loses the database at a power cut", "let this program set it"
        )
    else:
        yield Finding(Level.OK, f"journal mode {journal}")
    synchronous = int(connection.execute(text("PRAGMA synchronous")).scalar_one())
    if synchronous < 2:
        yield Finding(
            Level.WARNING, "synchronous is below FULL: the last changes can be lost at a power cut", "set it to FULL"
        )
    else:
        yield Finding(Level.OK, "every change waits for the disk (synchronous FULL)")


def _check_pages(connection: Connection) -> Findings:
    said = list(connection.execute(text("PRAGMA quick_check(5)")).scalars())
    if said == ["ok"]:
        yield Finding(Level.OK, "the file's pages fit together (quick check)")
    else:
        mend = "keep a copy of the file as it is, and restore the last backup"
        yield Finding(Level.PROBLEM, f"the file is damaged: {'; '.join(said)}", mend)


def _numbers(connection: Connection) -> Findings:
    if is_numbered_elsewhere(connection):
        what = "events are numbered by transactions of another server: who follows all events is not told what is new"
        yield Finding(Level.PROBLEM, what, NumbersOfAnotherServer.mend)


def _server(connection: Connection) -> Findings:
    number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    version = str(connection.execute(text("SHOW server_version")).scalar_one()).split()[0]
    if number < _OLDEST_POSTGRESQL:
        yield Finding(Level.PROBLEM, f"PostgreSQL {version} is no longer looked after", "move to a version that is")
    else:
        yield Finding(Level.OK, f"PostgreSQL {version}")
    encoding = str(connection.execute(text("SHOW server_encoding")).scalar_one())
    if encoding != "UTF8":
        yield Finding(Level.PROBLEM, f"the database's encoding is {encoding}", "make the database with ENCODING 'UTF8'")


def _server_settings(connection: Connection) -> Findings:
    wrong = False
    for name, level, why in (
        ("fsync", Level.PROBLEM, "a power cut can destroy the database"),
        ("full_page_writes", Level.PROBLEM, "a power cut can destroy the database"),
        ("synchronous_commit", Level.WARNING, "the last changes can be lost at a power cut"),
    ):
        if connection.execute(text(f"SHOW {name}")).scalar_one() == "off":
            wrong = True
            yield Finding(level, f"{name} is off: {why}", f"set {name} = on in postgresql.conf")
    if not wrong:
        yield Finding(Level.OK, "every change waits for the disk (fsync, full_page_writes, synchronous_commit)")
    most = int(connection.execute(text("SHOW max_connections")).scalar_one())
    used = int(
        connection.execute(
            text("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
        ).scalar_one()
    )
    if used > most * 0.8:
        yield Finding(
            Level.WARNING, f"{used} of {most} connections are in use", "raise max_connections, or run fewer processes"
        )


def _belt(connection: Connection) -> Findings:
    """The triggers that refuse changes to histories."""
    if connection.dialect.name == "sqlite":
        wanted = {f"{table}_no_{what}" for table in ("event", "record") for what in ("update", "delete")}
        there = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
    else:
        wanted = {"event_stands", "record_stands"}
        there = connection.execute(text("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'")).scalars()
    if missing := sorted(wanted - set(there)):
        what = f"the triggers that refuse to change histories were taken off ({', '.join(missing)})"
        yield Finding(
            Level.PROBLEM, what, "find out who did; run `qa-workflow verify` with a checkpoint kept elsewhere"
        )
    else:
        yield Finding(Level.OK, "histories refuse to be changed")


def _clock_apart(connection: Connection, machine: Clock) -> Findings:
    before = machine.now()
    there: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs(there.astimezone(UTC) - before)
    if apart > APART:
        what = f"this machine's clock and the server's are {apart.total_seconds():.0f} seconds apart"
        yield Finding(Level.WARNING, what, "set both by a time server; due dates are judged by this machine's")
    else:
        yield Finding(Level.OK, "this machine's clock and the server's agree")


def _sweep(connection: Connection, now: datetime) -> Findings:
    late = select(func.count()).select_from(ITEM).where(ITEM.c.next_at < to_micros(now - LATE))
    count = connection.execute(late).scalar_one()
    if count:
        what = f"{counted(count, 'item')} should have been looked at more than an hour ago: nobody watches the clock"
        yield Finding(Level.WARNING, what, "keep `qa-workflow run` running, or call `qa-workflow tick` regularly")
    else:
        yield Finding(Level.OK, "timers fire in time")


def _checkpoints(connection: Connection, now: datetime) -> Findings:
    made = select(func.max(RECORD.c.at)).where(RECORD.c.stream == streams.CHECKPOINTS)
    last = connection.execute(made).scalar() or connection.execute(select(func.min(RECORD.c.at))).scalar()
    if last is not None and last < to_micros(now - UNSEEN):
        what = f"no checkpoint and no backup was made in the last {UNSEEN.days} days"
        yield Finding(Level.WARNING, what, "see why the nightly `qa-workflow backup` does not run (docs/deploy.md)")


def _outbox(connection: Connection) -> Findings:
    unsent = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.next_at.is_not(None))
    tried = connection.execute(unsent.where(OUTBOX.c.attempts > 0)).scalar_one()
    waiting = connection.execute(unsent).scalar_one()
    given_up = select(func.count()).select_from(OUTBOX).where(OUTBOX.c.next_at.is_(None), OUTBOX.c.done_at.is_(None))
    lost = connection.execute(given_up).scalar_one()
    if tried:
        what = f"{counted(tried, 'letter')} could not be delivered so far, and will be tried again"
        yield Finding(Level.WARNING, what, "look at `qa-workflow outbox` for why")
    elif waiting:
        yield Finding(Level.OK, f"{counted(waiting, 'letter')} {_verb(waiting)} to leave")
    if lost:
        what = f"{counted(lost, 'letter')} could not be delivered and {'was' if lost == 1 else 'were'} given up"
        mend = "see `qa-workflow incidents`: send them again, or tell those people yourself"
        yield Finding(Level.WARNING, what, mend)


def _incidents(connection: Connection) -> Findings:
    count = connection.execute(
        select(func.count()).select_from(INCIDENT).where(INCIDENT.c.settled_at.is_(None))
    ).scalar_one()
    if count:
        last = select(INCIDENT.c.what).where(INCIDENT.c.settled_at.is_(None)).order_by(INCIDENT.c.id.desc()).limit(1)
        latest = connection.execute(last).scalar_one()
        what = f"{counted(count, 'incident')} {_verb(count)} for a person; the latest: {latest}"
        yield Finding(Level.WARNING, what, "see `qa-workflow incidents`; try each again, or give it up")


def people(governance: Governance, day: date) -> Findings:
    """Whether enough people may do what only they can; for those who have the definitions at hand."""
    for what in (missing := short_handed(governance, day)):
        mend = "give a role with it to somebody: `qa-workflow person change`, or `rights:` in governance.yaml"
        yield Finding(Level.WARNING, what, mend)
    if not missing:
        yield Finding(Level.OK, "enough people may publish, administer, and remove a file that names a patient")


def _holidays(now: datetime) -> Findings:
    try:
        days = bank_holidays((now + AHEAD).year, next(iter(PARTS)))
    except CalendarFault as fault:
        yield Finding(
            Level.PROBLEM,
            f"bank holidays are not known for the next {AHEAD.days} days: {fault}",
            "install the newest version",
        )
        return
    if days:
        yield Finding(Level.OK, f"bank holidays are known for the next {AHEAD.days} days ({library_version()})")
    else:
        what = f"{library_version()} knows no bank holidays within the next {AHEAD.days} days"
        yield Finding(Level.PROBLEM, what, "install its newest version")


def _verb(count: Any) -> str:
    return "waits" if count == 1 else "wait"


__all__ = ["Finding", "Level", "examine", "file_system", "people"]
