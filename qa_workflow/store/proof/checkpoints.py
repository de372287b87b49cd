"""Checkpoints: a few lines of text, kept elsewhere, that show later whether anything they saw was changed or gone.

The text carries one root over the length and last hash of every history. Which lengths those were is kept in the
database, in the history `checkpoints`, as what changed since the checkpoint before; the root proves them.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from qa_workflow.engine.item import stamp
from qa_workflow.errors import UsageFault
from qa_workflow.fault_points import passing
from qa_workflow.service.ports.streams import CHECKPOINTS
from qa_workflow.store.faults import Overtaken
from qa_workflow.store.proof import merkle
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import ITEM, RECORD
from qa_workflow.store.upkeep import Upkeep

_TITLE = "qa-workflow checkpoint 1"
_KEYS = ("database", "number", "at", "streams", "lines", "root", "previous")
_TRIES = 5
_HINT = 6
"""Bytes of each head that are kept beside its length; with them `verify` can name what was changed."""

Lengths = Mapping[str, tuple[int, str]]
"""By stream: how many lines it had, and the beginning of the last one's hash in hex."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint's text, taken apart."""

    database: str
    number: int
    at: str
    streams: int
    lines: int
    root: str
    previous: str

    def text(self) -> str:
        """As it is kept: one fact a line."""
        return "\n".join((_TITLE, *(f"{key}: {getattr(self, key)}" for key in _KEYS))) + "\n"

    def hash(self) -> str:
        """What the next checkpoint says of this one."""
        return sha256(self.text().encode()).hexdigest()


def parse(text: str) -> Checkpoint:
    """Take a checkpoint's text apart; blanks around lines, and lines around it, do no harm.

    Raises:
        UsageFault: this is not one.
    """
    lines = [line.strip() for line in text.splitlines()]
    start = lines.index(_TITLE) if _TITLE in lines else -1
    found = dict(line.partition(": ")[::2] for line in lines[start + 1 : start + 1 + len(_KEYS)])
    if start < 0 or tuple(found) != _KEYS or not all(found[k].isdecimal() for k in ("number", "streams", "lines")):
        raise UsageFault(f"this is not a checkpoint: one has {len(_KEYS) + 1} lines, and begins with {_TITLE!r}")
    numbers = {key: int(found[key]) for key in ("number", "streams", "lines")}
    return Checkpoint(**{**found, **numbers})  # type: ignore[arg-type]


def checkpoint(store: SqlStore, now: datetime) -> str:
    """Make a checkpoint and write it into the house's own history; gives the text, to be kept somewhere else."""
    for _ in range(_TRIES):
        with store.looking() as connection:
            last = latest(connection)
            before = lengths_at(connection, last.number) if last else {}
            found = heads(connection)
        made = _made(store.id, now, last, found)
        changed = _changes(before, found)
        passing("mid_checkpoint")
        with store.connected() as connection:
            unit = Upkeep(connection)
            unit.alone(CHECKPOINTS)
            newest = latest(connection)
            if (newest.number if newest else 0) == made.number - 1:
                full = made.number == 1 or _is_long(connection, made.number - 1, len(changed), len(found))
                facts = {"text": made.text(), "full": full, "lengths": _pack(_changes({}, found) if full else changed)}
                unit.record(CHECKPOINTS, now, "made", facts)
                return made.text()
    raise Overtaken("the history of checkpoints")


def latest(connection: Connection) -> Checkpoint | None:
    """The newest checkpoint on record."""
    newest = select(RECORD.c.body).where(RECORD.c.stream == CHECKPOINTS).order_by(RECORD.c.seq.desc()).limit(1)
    body = connection.execute(newest).scalar()
    return None if body is None else parse(json.loads(body)["data"]["text"])


def lengths_at(connection: Connection, number: int) -> Lengths:
    """Which streams a checkpoint saw, and how long they were; raises what a damaged record makes of it."""
    parts: list[Mapping[str, Any]] = []
    back = (
        select(RECORD.c.body)
        .where(RECORD.c.stream == CHECKPOINTS, RECORD.c.seq <= number)
        .order_by(RECORD.c.seq.desc())
    )
    with connection.execute(back, execution_options={"yield_per": 10}) as rows:
        for body in rows.scalars():
            parts.append(json.loads(body)["data"])
            if parts[-1]["full"]:
                break
    found: dict[str, tuple[int, str]] = {}
    for part in reversed(parts):
        found.update({name: (length, hint) for name, (length, hint) in _unpack(part["lengths"]).items()})
    return found


def item_stream(key: str) -> str:
    """How checkpoints call an item's history."""
    return f"item:{key}"


def record_stream(name: str) -> str:
    """How checkpoints call one of the house's own histories."""
    return f"record:{name}"


def heads(connection: Connection) -> dict[str, tuple[int, bytes]]:
    """Every history as it is now: how many lines it has, and the last one's hash."""
    items = connection.execute(select(ITEM.c.key, ITEM.c.revision, ITEM.c.head))
    found = {item_stream(key): (length, bytes(head)) for key, length, head in items}
    newest = select(RECORD.c.stream, func.max(RECORD.c.seq).label("seq")).group_by(RECORD.c.stream).subquery()
    same = (newest.c.stream == RECORD.c.stream) & (newest.c.seq == RECORD.c.seq)
    records = connection.execute(select(RECORD.c.stream, RECORD.c.seq, RECORD.c.hash).join(newest, same))
    found.update((record_stream(name), (length, bytes(head))) for name, length, head in records)
    return found


def root_of(heads: Mapping[str, tuple[int, bytes]]) -> str:
    """The root over streams, each with its length and last hash."""
    return merkle.root(merkle.leaf(name, *heads[name]) for name in sorted(heads)).hex()


def hint(head: bytes) -> str:
    """The beginning of a hash that is kept beside a length."""
    return head[:_HINT].hex()


def _made(database: str, now: datetime, last: Checkpoint | None, heads: Mapping[str, tuple[int, bytes]]) -> Checkpoint:
    lines = sum(length for length, _ in heads.values())
    number, previous = (last.number + 1, last.hash()) if last else (1, "none")
    return Checkpoint(database, number, stamp(now), len(heads), lines, root_of(heads), previous)


def _changes(before: Lengths, heads: Mapping[str, tuple[int, bytes]]) -> Lengths:
    now = {name: (length, hint(head)) for name, (length, head) in heads.items()}
    return {name: value for name, value in now.items() if before.get(name) != value}


def _is_long(connection: Connection, number: int, new: int, streams: int) -> bool:
    """Whether the changes since the last full list have become as long as a full list."""
    total = new
    back = (
        select(RECORD.c.body)
        .where(RECORD.c.stream == CHECKPOINTS, RECORD.c.seq <= number)
        .order_by(RECORD.c.seq.desc())
    )
    with connection.execute(back, execution_options={"yield_per": 10}) as rows:
        for body in rows.scalars():
            data = json.loads(body)["data"]
            if data["full"] or total >= streams:
                break
            total += len(_unpack(data["lengths"]))
    return total >= streams


def _pack(lengths: Lengths) -> str:
    text = json.dumps(lengths, sort_keys=True, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 6)).decode()


def _unpack(packed: str) -> Mapping[str, tuple[int, str]]:
    found: Mapping[str, tuple[int, str]] = json.loads(zlib.decompress(base64.b64decode(packed)))
    return found
