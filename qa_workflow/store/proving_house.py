"""The house's own histories, and the tables that they bear out: definitions, meetings, documents, people, identity."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from qa_workflow.clock import to_micros
from qa_workflow.engine.events import first_link
from qa_workflow.engine.item import stamp
from qa_workflow.errors import QaWorkflowError
from qa_workflow.store import checkpoints
from qa_workflow.store.anchor import Unanchored
from qa_workflow.store.chain import micros
from qa_workflow.store.linking import breaks, is_whole, read_line
from qa_workflow.store.prepared import Prepared
from qa_workflow.store.proving import Case
from qa_workflow.store.proving_people import PEOPLE, prove_people
from qa_workflow.store.scanning import Line, scan
from qa_workflow.store.statements import DEFINITION, DOCUMENT, HOUSE, MEETING, RECORD
from qa_workflow.store.unit import OPENINGS, REARMED

_RECORDS = Prepared(
    select(RECORD.c.stream, RECORD.c.seq, RECORD.c.at, RECORD.c.body, RECORD.c.hash).order_by(
        RECORD.c.stream, RECORD.c.seq
    )
)
_Facts = Mapping[str, Any]


def prove_house(case: Case, anchor: Unanchored) -> None:
    """Check every history of the house, gather what it says of items, and check the small tables against it."""
    said: dict[str, list[tuple[int, str, _Facts]]] = {}
    for stream, group in groupby(scan(case.connection, _RECORDS), key=itemgetter(0)):
        lines = list(group)
        place = f"history {stream!r}"
        first = first_link(case.house, stream)
        if not is_whole(first, lines):
            for number, column, what in breaks(first, lines, None):
                case.find(place, number, f"record.{column}", what)
        anchor.see(checkpoints.record_stream(stream), place, lines)
        case.records += len(lines)
        case.told()
        read = _read(case, place, stream, lines)
        if stream.startswith(OPENINGS):
            case.opened.update((data["item"], data["reference"]) for _, _, data in read)
        elif stream == REARMED:
            for _, _, data in read:
                case.rearmed.setdefault(data["item"], []).append((data["revision"], data["timers"]))
        else:
            said[stream] = list(read)
    _identity(case, said.get("house", []))
    _definitions(case, said.get("definitions", []))
    _meetings(case, said.get("meetings", []))
    _checkpoints(case, said.get(checkpoints.STREAM, []))
    prove_people(case, said.get(PEOPLE, []))
    _documents(case)


def _read(case: Case, place: str, stream: str, lines: list[Line]) -> Iterator[tuple[int, str, _Facts]]:
    """What the lines say: number, kind, facts. A line that cannot be read, or says it is another, is noted."""
    for _, seq, at, body, _ in lines:
        try:
            line = read_line(body)
            if (line["stream"], line["seq"], micros(line["at"])) != (stream, seq, at):
                case.find(place, seq, "record.at", "its columns are not what its bytes say")
            yield seq, line["kind"], line["data"]
        except (ValueError, KeyError, TypeError) as fault:
            case.find(place, seq, f"record.body{_byte(fault)}", "its bytes cannot be read")


def _byte(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f", byte {len(fault.doc[: fault.pos].encode())}"
    return f", byte {fault.start}" if isinstance(fault, UnicodeDecodeError) else ""


def _identity(case: Case, said: list[tuple[int, str, _Facts]]) -> None:
    rows = {row.name: row.value for row in case.connection.execute(select(HOUSE))}
    made = next((data for _, kind, data in said if kind == "made"), None)
    if made is None:
        case.find(
            "the database", None, "record.stream", "the line that says when it was made is missing from history 'house'"
        )
        return
    for name in ("id", "kind"):
        if rows.get(name) != made[name]:
            case.find(
                "the database", None, f"house.{name}", f"it says {rows.get(name)!r}, but it was made as {made[name]!r}"
            )
    for _, kind, data in said:
        if kind == "restored":
            case.restored = data.get("at")


def _definitions(case: Case, said: list[tuple[int, str, _Facts]]) -> None:
    published = {(d["kind"], d["name"], d["version"]): d for _, kind, d in said if kind == "published"}
    for row in case.connection.execute(select(DEFINITION)):
        place = f"{row.kind} {row.name} version {row.version}"
        digest = sha256(row.source).hexdigest()
        case.definitions.add(digest)
        if digest != row.hash:
            case.find(
                place, None, "definition.source or hash", "its text does not have the hash under which it is kept"
            )
        facts = published.pop((row.kind, row.name, row.version), None)
        if facts is None:
            case.find(place, None, "definition", "history 'definitions' knows nothing of it")
        elif (facts["hash"], facts["by"]) != (row.hash, row.published_by):
            case.find(place, None, "definition.hash or published_by", "history 'definitions' has another")
    for kind, name, version in published:
        case.find(f"{kind} {name} version {version}", None, "definition", "it was published, and its text is not there")


def _meetings(case: Case, said: list[tuple[int, str, _Facts]]) -> None:
    moved = {(d["body"], d["key"]): d["at"] for _, kind, d in said if kind == "moved"}
    rows = {(row.body, row.key): row.at for row in case.connection.execute(select(MEETING))}
    for body, key in sorted(rows.keys() | moved.keys()):
        at = moved.get((body, key))
        wanted = to_micros(datetime.fromisoformat(at)) if at else None
        place = f"meeting of {body} planned for {key}"
        if (body, key) not in rows:
            case.find(place, None, "meeting", "it was moved, and its new time is not there")
        elif (body, key) not in moved:
            case.find(place, None, "meeting", "history 'meetings' knows nothing of its having been moved")
        elif rows[body, key] != wanted:
            case.find(
                place, None, "meeting.at", f"history 'meetings' says {stamp(datetime.fromisoformat(at)) if at else at}"
            )


def _checkpoints(case: Case, said: list[tuple[int, str, _Facts]]) -> None:
    """Each names the one before."""
    previous = "none"
    for seq, _, data in said:
        try:
            found = checkpoints.parse(data["text"])
        except (QaWorkflowError, KeyError):
            case.find("history 'checkpoints'", seq, "record.body", "it is not the text of a checkpoint")
            continue
        if found.previous != previous or found.number != seq:
            case.find("history 'checkpoints'", seq, "record.body", "it does not follow from the one before")
        previous = found.hash()


def _documents(case: Case) -> None:
    """Each document that is listed must be there, whole and of the size that was noted."""
    for row in case.connection.execute(select(DOCUMENT).order_by(DOCUMENT.c.sha256)):
        case.kept.add(row.sha256)
        if case.documents is None:
            continue
        case.checked_documents += 1
        place = f"document {row.sha256[:12]}…"
        try:
            content = case.documents.get(row.sha256)
        except QaWorkflowError as fault:
            case.find(place, None, "document", str(fault))
            continue
        if len(content) != row.size:
            case.find(place, None, "document.size", f"it has {len(content)} bytes, and {row.size} are noted")
