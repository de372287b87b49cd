"""Tables as lines of JSON and back, the same from SQLite and PostgreSQL: what backups are made of."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, column, func, insert, select, table

from qa_workflow.errors import IntegrityFault
from qa_workflow.store.tables import metadata

_PAGE = 1000
_READABLE = frozenset({"body", "source"})
"""Columns of bytes that are text, and stay readable in a backup."""


class UnreadableBackup(IntegrityFault):
    """A file of a backup is not what was written."""

    code = "unreadable_backup"

    def __init__(self, where: str, why: str) -> None:
        self.where, self.why = where, why
        super().__init__(f"{where}: {why}. Nothing was written; use another backup")


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a table's file."""

    table: str
    columns: tuple[str, ...]
    bytes: tuple[str, ...]


def dump(connection: Connection, name: str, path: Path, progress: Callable[[], None]) -> int:
    """Write a table into a compressed file, a row a line; how many rows."""
    source = metadata.tables[name]
    columns = tuple(c for c in source.columns if not c.info)
    binary = tuple(c.name for c in columns if isinstance(c.type, LargeBinary))
    rows = connection.execute(select(*columns).order_by(*source.primary_key), execution_options={"yield_per": _PAGE})
    count = 0
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3, newline="\n") as file:
        file.write(_line({"table": name, "columns": [c.name for c in columns], "bytes": binary}))
        coders = [_encode_for(c.name) if c.name in binary else None for c in columns]
        for row in rows:
            file.write(_line([v if code is None else code(v) for v, code in zip(row, coders, strict=True)]))
            count += 1
            progress()
    return count


def load(connection: Connection, path: Path, progress: Callable[[], None]) -> str:
    """Put the rows of a file into its table, which is there and empty; gives the table's name."""
    lines = _lines(path)
    try:
        first = next(lines)
        header = Header(first["table"], tuple(first["columns"]), tuple(first["bytes"]))
    except (StopIteration, TypeError, KeyError) as fault:
        raise UnreadableBackup(str(path), "it does not begin with its columns") from fault
    target = table(header.table, *(column(name) for name in header.columns))
    page: list[Mapping[str, Any]] = []
    for values in lines:
        page.append(_row(header, values))
        progress()
        if len(page) == _PAGE:
            connection.execute(insert(target), page)
            page = []
    if page:
        connection.execute(insert(target), page)
    return header.table


def go_on_counting(connection: Connection) -> None:
    """Row numbers given out from now on follow those that were put in."""
    if connection.dialect.name != "postgresql":
        return
    for source in metadata.sorted_tables:
        if _counts(source):
            last = select(func.max(source.c.id)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(source.name, "id")
            connection.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def _counts(source: Table) -> bool:
    return "id" in source.columns


def _row(header: Header, values: Any) -> Mapping[str, Any]:
    row = dict(zip(header.columns, values, strict=True))
    for name in header.bytes:
        row[name] = _decode(name, row[name])
    return row


def _lines(path: Path) -> Iterator[Any]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as fault:
        raise UnreadableBackup(str(path), f"it cannot be read ({fault})") from fault


def _line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n"


def _encode_for(name: str) -> Callable[[bytes], Any]:
    return _readable if name in _READABLE else lambda value: bytes(value).hex()


def _readable(value: bytes) -> Any:
    """Text as text; bytes that are none (somebody has been at them) as they are."""
    try:
        return bytes(value).decode()
    except UnicodeDecodeError:
        return [base64.b64encode(value).decode()]


def _decode(name: str, value: Any) -> bytes:
    if isinstance(value, list):
        return base64.b64decode(value[0])
    return str(value).encode() if name in _READABLE else bytes.fromhex(value)
