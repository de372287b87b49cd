"""The hash chain of one history, checked; and where it is broken, what exactly does not fit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from msgspec import DecodeError
from msgspec.json import decode

from qa_workflow.engine.events import CHAIN, link
from qa_workflow.store.proof.scanning import Line

Break = tuple[int, str, str]
"""Number of the line, the column, and what is wrong in words."""


def read_line(body: bytes) -> Any:
    """What a line's bytes say. What the quick reader refuses is read again by the one that says at which byte.

    Raises:
        ValueError: nothing, because they cannot be read.
    """
    try:
        return decode(body)
    except DecodeError:
        return json.loads(body)


def is_whole(first: bytes, lines: Sequence[Line]) -> bool:
    """Whether the lines (of a history, and their number, instant, bytes and hash) are 1, 2, 3… and rightly chained."""
    head = first
    for number, line in enumerate(lines, 1):
        head = sha256(CHAIN + head + line[3]).digest()
        if head != line[4] or line[1] != number:
            return False
    return True


def breaks(first: bytes, lines: Sequence[Line], end: bytes | None) -> Iterator[Break]:
    """Every place where a chain does not hold. `end` is what its last hash should be, where something else says so.

    A line whose bytes do not give its hash has either changed bytes or a changed hash: the line after it, chained to
    the hash that was there when it was written, tells which.
    """
    head, expected = first, 1
    for index, (_, seq, _, body, stored, *_) in enumerate(lines):
        gap = seq != expected
        if gap:
            yield _gap(expected, seq)
        computed = link(head, body)
        if computed == stored or gap:
            head = stored
        elif _follows(stored, lines, index, end):
            yield seq, "body", "its bytes were changed: they do not have the hash that was written with them"
            head = stored
        elif _follows(computed, lines, index, end):
            yield seq, "hash", "its hash was changed: its bytes, and what follows, have another"
            head = computed
        else:
            yield seq, "body or hash", "its bytes and its hash do not belong together, or not to the line before"
            head = stored
        expected = seq + 1


def _gap(expected: int, seq: int) -> Break:
    if seq > expected:
        missing = f"number {expected} is" if seq == expected + 1 else f"numbers {expected} to {seq - 1} are"
        return expected, "seq", f"{missing} missing"
    return seq, "seq", f"number {seq} stands where {expected} should be"


def _follows(head: bytes, lines: Sequence[Line], index: int, end: bytes | None) -> bool:
    """Whether what comes after line `index` was chained to this hash."""
    if index + 1 < len(lines):
        _, _, _, body, stored, *_ = lines[index + 1]
        return bool(link(head, body) == stored)
    return head == end


def byte_of(fault: Exception) -> str:
    """At which byte a line could not be read, to be put after its place; nothing where the fault does not tell."""
    if isinstance(fault, json.JSONDecodeError):
        return f", byte {len(fault.doc[: fault.pos].encode())}"
    return f", byte {fault.start}" if isinstance(fault, UnicodeDecodeError) else ""
