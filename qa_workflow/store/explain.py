"""The exceptions of the drivers, translated here and nowhere else. No password and no value gets into a message."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from qa_workflow.errors import StorageFault
from qa_workflow.store.faults import (
    ConnectionLost,
    Damaged,
    FileRefused,
    Full,
    Locked,
    NoFolder,
    NoPermission,
    NotADatabase,
    NotInitialised,
    Overtaken,
    ReadOnly,
    Uncertain,
    Unforeseen,
    Unreachable,
)

_NO_ROOM = 256 * 1024


def place(url: URL) -> str:
    """How messages name a database: a file by its path, a server's without user and password."""
    if url.get_backend_name() == "sqlite":
        path = path_of(url)
        return "the database in memory" if path is None else str(path)
    host = url.host or url.query.get("host") or "this machine"
    port = f":{url.port}" if url.port else ""
    return f"database {url.database or '?'!r} on {host}{port}"


def path_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for one in memory or on a server."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    name = str(url.database)
    return Path(name.removeprefix("file:").partition("?")[0]) if name.startswith("file:") else Path(name)


@contextmanager
def explained(url: URL) -> Iterator[None]:
    """Whatever a driver raises within the block comes out as a `StorageFault`; everything else as it is."""
    try:
        yield
    except Exception as fault:
        told = explain(fault, url)
        if told is None:
            raise
        raise told from fault


def explain(fault: BaseException, url: URL, *, committing: bool = False) -> StorageFault | None:
    """The sentence for an exception of a driver; None for any other, which is a fault of ours."""
    if isinstance(fault, PoolTimeout):
        return Locked(place(url))
    raw = fault.orig if isinstance(fault, DBAPIError) else fault
    if getattr(raw, "sqlite_errorname", None) is not None:
        return _sqlite(raw, url)
    if type(raw).__module__.partition(".")[0] == "psycopg":
        return _postgresql(raw, url, committing)
    if _is_driver_error(raw):
        return Unforeseen(place(url), _first_line(raw))
    return None


def table_of_duplicate(fault: BaseException) -> str | None:
    """The table whose unique key refused a statement; None for any other fault."""
    raw: Any = getattr(fault, "orig", None) or fault
    if getattr(raw, "sqlstate", None) == "23505":
        return str(raw.diag.table_name)
    if str(raw).startswith("UNIQUE constraint failed: "):
        return str(raw).rpartition(": ")[2].partition(".")[0]
    return None


def is_moved_on(fault: BaseException) -> bool:
    """Whether a statement was refused because another transaction has moved the item meanwhile."""
    raw: Any = getattr(fault, "orig", None) or fault
    if getattr(raw, "sqlstate", None) == "23502":
        return (raw.diag.table_name, raw.diag.column_name) == ("item", "revision")
    return table_of_duplicate(fault) == "event"


def _is_driver_error(raw: Any) -> bool:
    return type(raw).__module__.partition(".")[0] in ("sqlite3", "pysqlite3")


def _sqlite(raw: Any, url: URL) -> StorageFault:
    where, path = place(url), path_of(url)
    match str(raw.sqlite_errorname).split("_")[1]:
        case "BUSY" | "LOCKED" | "PROTOCOL":
            return Locked(where, _holder(path))
        case "FULL":
            return Full(where)
        case "READONLY":
            return ReadOnly(where, _BESIDE) if _folder_is_closed(path) else ReadOnly(where)
        case "CANTOPEN" | "PERM" | "AUTH":
            return _cannot_open(where, path)
        case "NOTADB":
            return NotADatabase(where)
        case "CORRUPT":
            return Damaged(where)
        case "CONSTRAINT" if table_of_duplicate(raw):
            return Overtaken(where)
        case "IOERR" if _is_full(path):  # what lies beside the file (write-ahead mode's index) found no room
            return Full(where)
        case "IOERR":
            return Unforeseen(
                where, f"the disk could not read or write ({raw.sqlite_errorname}); check it and its room"
            )
        case _ if "no such table" in str(raw):
            return NotInitialised(where)
        case _:
            return Unforeseen(where, _first_line(raw))


def _is_full(path: Path | None) -> bool:
    return path is not None and shutil.disk_usage(path.absolute().parent).free < _NO_ROOM


def _cannot_open(where: str, path: Path | None) -> StorageFault:
    if path is None:
        return NoPermission(where)
    folder = path.absolute().parent
    if not folder.exists():
        return NoFolder(where, str(folder))
    if path.is_dir():
        return NotADatabase(where, "it is a folder")
    if path.exists() and os.access(path, os.R_OK) and _folder_is_closed(path):
        return ReadOnly(where, _BESIDE)
    return NoPermission(where)


_BESIDE = (
    "its folder cannot be written to, and in write-ahead mode even reading takes that; a copy elsewhere can be read"
)


def _folder_is_closed(path: Path | None) -> bool:
    return path is not None and not os.access(path.absolute().parent, os.W_OK)


def _holder(path: Path | None) -> str | None:
    """Which process holds a lock on the file, where the system tells (Linux): its number and name."""
    try:
        wanted = path.stat().st_ino if path else None
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        words = line.split()
        if (
            len(words) > 5
            and words[3] == "WRITE"
            and words[5].rpartition(":")[2] == str(wanted)
            and words[4] != str(os.getpid())
        ):
            try:
                name = Path(f"/proc/{words[4]}/comm").read_text(encoding="utf-8").strip()
            except OSError:
                return words[4]
            return f"{words[4]} ({name})"
    return None


_STATES: Mapping[str, Callable[[str], StorageFault]] = {
    "40001": Overtaken,
    "40P01": Overtaken,
    "23505": Overtaken,
    "26000": Overtaken,  # a statement prepared before was dropped meanwhile; the next try prepares it anew
    "55P03": Locked,
    "57014": Locked,
    "53100": Full,
    "42501": NoPermission,
}


def _postgresql(raw: Any, url: URL, committing: bool) -> StorageFault:
    where, state = place(url), str(raw.sqlstate or "")
    if state in _STATES:
        return _STATES[state](where)
    match state:
        case "25006":
            return ReadOnly(where, "the server, or this connection, allows no writing")
        case "42P01":
            return NotInitialised(where)
        case "XX001" | "XX002":
            return Damaged(where)
    if not state or state[:2] in ("08", "28", "3D", "57", "53"):
        return _cut_off(raw, url, where, state, committing)
    return Unforeseen(where, _first_line(raw))


def _cut_off(raw: Any, url: URL, where: str, state: str, committing: bool) -> StorageFault:
    """Connecting failed, or a connection broke. Servers say why in words only when one is not let in."""
    if committing:  # it was let in, whatever the words are
        return Uncertain(where)
    said = str(raw)
    if os.strerror(errno.ENOSPC) in said:  # so a server says at the door, where no statement has failed yet
        return Full(where)
    if any(words in said for words in ("could not receive data", "could not send data")):
        return ConnectionLost(where)
    user = f"user {url.username!r}" if url.username else "this user"
    if state == "3D000" or ("database" in said and "does not exist" in said):
        return Unreachable(
            where,
            f"the server has no database {url.database!r}; create it (createdb {url.database}), or check the name",
        )
    if state == "28P01" or "password" in said:
        return Unreachable(
            where, f"the server refused the password of {user}; check it where the database's address is set"
        )
    if state == "28000" or "role" in said or "pg_hba" in said:
        return Unreachable(where, f"the server does not let {user} in; check the name, and the server's pg_hba.conf")
    if state == "53300" or "too many" in said:
        return Unreachable(where, "the server has too many connections open; close some, or raise max_connections")
    if any(
        words in said for words in ("connection failed", "could not", "refused", "timeout", "resolve", "No such file")
    ):
        return Unreachable(where, "no server answers there; check the name and the port, and whether it is running")
    return ConnectionLost(where)


def _first_line(raw: object) -> str:
    text = str(getattr(raw, "orig", None) or raw).strip()
    return text.splitlines()[0].rstrip(".") if text else type(raw).__name__


@contextmanager
def explained_file(path: Path) -> Iterator[None]:
    """Whatever the operating system refuses within the block comes out as a `StorageFault`; a missing file as it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as fault:
        match fault.errno:
            case errno.ENOSPC | errno.EDQUOT:
                raise Full(str(path)) from fault
            case errno.EROFS:
                raise ReadOnly(str(path)) from fault
            case errno.EACCES | errno.EPERM:
                raise NoPermission(str(path)) from fault
        raise FileRefused(str(path), fault.strerror or type(fault).__name__) from fault
