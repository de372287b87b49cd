"""The house's own histories, and the tables that they bear out.

Such as what was published, meetings, incidents, documents, people and how they come in, and whose database it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from qa_workflow.service.ports import streams
from qa_workflow.store.chain import micros
from qa_workflow.store.prepared import Prepared
from qa_workflow.store.proof import checkpoints
from qa_workflow.store.proof.anchor import Unanchored
from qa_workflow.store.proof.drafts import prove_drafts
from qa_workflow.store.proof.linking import breaks, byte_of, is_whole, read_line
from qa_workflow.store.proof.people import prove_accounts, prove_keys, prove_people
from qa_workflow.store.proof.proving import Case, Said
from qa_workflow.store.proof.removals import is_removed, prove_removals
from qa_workflow.store.proof.scanning import Line, scan
from qa_workflow.store.statements import DEFINITION, DOCUMENT, HOUSE, INCIDENT, MEETING, OUTBOX, RECORD
from qa_workflow.store.upkeep import incident_facts

_RECORDS = Prepared(
    select(RECORD.c.stream, RECORD.c.seq, RECORD.c.at, RECORD.c.body, RECORD.c.hash).order_by(
        RECORD.c.stream, RECORD.c.seq
    )
)


def prove_house(case: Case, anchor: Unanchored) -> None:
    """Check every history of the house, gather what it says of items, and check the small tables against it."""
    said: dict[str, list[Said]] = {}
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
        if keep := _GATHERED.get(stream.partition(":")[0]):
            case.gather(place, read, keep)
        else:
            said[stream] = list(read)
    for stream, prove in _PROVED.items():
        with case.damaged(f"history {stream!r}"):
            prove(case, said.get(stream, []))
    with case.damaged("history 'drafts'"):
        prove_drafts(case, said.get(streams.DRAFTS, []), said.get(streams.DEFINITIONS, []))
    _documents(case)


def _read(case: Case, place: str, stream: str, lines: list[Line]) -> Iterator[Said]:
    """What the lines say. One that cannot be read, or says that it is another, is noted."""
    for _, seq, at, body, _ in lines:
        try:
            line = read_line(body)
            if (line["stream"], line["seq"], micros(line["at"])) != (stream, seq, at):
                case.find(place, seq, "record.at", "its columns are not what its bytes say")
            yield Said(seq, at, line["kind"], line["data"])
        except (ValueError, KeyError, TypeError) as fault:
            case.find(place, seq, f"record.body{byte_of(fault)}", "its bytes cannot be read")


def _identity(case: Case, said: list[Said]) -> None:
    rows = {row.name: row.value for row in case.connection.execute(select(HOUSE))}
    made = next((line.data for line in said if line.kind == "made"), None)
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
    for line in said:
        if line.kind == "restored":
            case.restored = line.data.get("at")


def _definitions(case: Case, said: list[Said]) -> None:
    lines = ((line, line.data) for line in said if line.kind == "published")
    published = {
        (data["kind"], data["name"], data["version"]): (data["hash"], data["by"], line.at) for line, data in lines
    }
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
        elif facts != (row.hash, row.published_by, row.published_at):
            where = "definition.hash, published_by or published_at"
            case.find(place, None, where, "history 'definitions' has another")
    for kind, name, version in published:
        case.find(f"{kind} {name} version {version}", None, "definition", "it was published, and its text is not there")


def _meetings(case: Case, said: list[Said]) -> None:
    moved = {(d["body"], d["key"]): (d["at"], d["reason"]) for d in (s.data for s in said if s.kind == "moved")}
    rows = {(row.body, row.key): row for row in case.connection.execute(select(MEETING))}
    for body, key in sorted(rows.keys() | moved.keys()):
        at, reason = moved.get((body, key), (None, ""))
        wanted = to_micros(datetime.fromisoformat(at)) if at else None
        place = f"meeting of {body} planned for {key}"
        if (body, key) not in rows:
            case.find(place, None, "meeting", "it was moved, and its new time is not there")
        elif (body, key) not in moved:
            case.find(place, None, "meeting", "history 'meetings' knows nothing of its having been moved")
        elif rows[body, key].at != wanted:
            case.find(
                place, None, "meeting.at", f"history 'meetings' says {stamp(datetime.fromisoformat(at)) if at else at}"
            )
        elif rows[body, key].reason != reason:
            case.find(place, None, "meeting.reason", "history 'meetings' has another")


def _incidents(case: Case, said: list[Said]) -> None:
    """What a person has settled is as they settled it; and nothing was given up of which nobody is told."""
    settled = {line.data["incident"]: line for line in said if line.kind == "settled"}
    arose = {line.data["incident"]: line for line in said if line.kind == "arose"}
    letters: set[str | None] = set()
    for row in case.connection.execute(select(INCIDENT).order_by(INCIDENT.c.id)):
        place = f"incident {row.id}"
        letters.add(row.letter)
        line = settled.pop(row.id, None)
        if not _arose(case, place, row, arose.pop(row.id, None)):
            continue
        if line is None:
            if row.settled_at is not None:
                case.find(place, None, "incident", f"history {streams.INCIDENTS!r} does not know that it was settled")
            continue
        for column, wanted in (
            ("outcome", line.data["outcome"]),
            ("settled_by", line.data["by"]),
            ("settled_at", line.at),
            ("reason", line.data["reason"]),
        ):
            if getattr(row, column) != wanted:
                what = f"line {line.seq} of history {streams.INCIDENTS!r} has another"
                case.find(place, None, f"incident.{column}", what)
    for number, line in {**arose, **settled}.items():
        case.find(f"incident {number}", None, "incident", f"it {line.kind} (line {line.seq}), and it is not there")
    unsent = select(OUTBOX.c.key, OUTBOX.c.batch).where(OUTBOX.c.next_at.is_(None), OUTBOX.c.done_at.is_(None))
    for key, batch in case.connection.execute(unsent.order_by(OUTBOX.c.id)):
        if letters.isdisjoint((batch or key,)):
            case.find(f"letter {key}", None, "outbox.next_at", "it will not leave, and no incident tells of it")


def _arose(case: Case, place: str, row: Any, line: Said | None) -> bool:
    """Whether an incident ever arose; what it is about must be what it was about then."""
    if line is None:
        case.find(place, None, "incident", f"history {streams.INCIDENTS!r} does not know that it arose")
        return False
    wanted = {name: value for name, value in line.data.items() if name != "incident"}
    found = incident_facts(row._mapping)  # noqa: SLF001  a name that SQLAlchemy gives away
    for column, value in wanted.items():
        if found[column] != value:
            shown = "what" if column == "hash" else column
            case.find(place, None, f"incident.{shown}", f"line {line.seq} of history {streams.INCIDENTS!r} has another")
    if row.at != line.at:
        what = f"line {line.seq} of history {streams.INCIDENTS!r} is of another time"
        case.find(place, None, "incident.at", what)
    return True


def _checkpoints(case: Case, said: list[Said]) -> None:
    """Each names the one before."""
    previous = "none"
    for line in said:
        try:
            found = checkpoints.parse(line.data["text"])
        except (QaWorkflowError, KeyError):
            case.find("history 'checkpoints'", line.seq, "record.body", "it is not the text of a checkpoint")
            continue
        if found.previous != previous or found.number != line.seq:
            case.find("history 'checkpoints'", line.seq, "record.body", "it does not follow from the one before")
        previous = found.hash()


def _documents(case: Case) -> None:
    """Each document that is evidence must be there, whole and of the size that was noted."""
    for row in case.connection.execute(select(DOCUMENT).order_by(DOCUMENT.c.sha256)):
        if row.attached_at is None:  # uploaded, and nothing was made of it: it is going
            continue
        case.kept.add(row.sha256)
        if case.documents is None or is_removed(case, row.sha256):
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


def _opened(case: Case, line: Said) -> None:
    case.opened[line.data["item"]] = line.data["reference"]


def _rearmed(case: Case, line: Said) -> None:
    case.rearmed.setdefault(line.data["item"], []).append((line.data["revision"], line.data["timers"]))


def _planned(case: Case, line: Said) -> None:
    case.planned[line.data["name"]] = line


_GATHERED: Mapping[str, Callable[[Case, Said], None]] = {
    streams.OPENINGS.rstrip(":"): _opened,
    streams.REARMED: _rearmed,
    streams.PLANS: _planned,
}
"""Histories of which each line is kept for the proof of items and plans, by the first part of their names."""
_PROVED: Mapping[str, Callable[[Case, list[Said]], None]] = {
    streams.HOUSE: _identity,
    streams.DEFINITIONS: _definitions,
    streams.MEETINGS: _meetings,
    streams.CHECKPOINTS: _checkpoints,
    streams.INCIDENTS: _incidents,
    streams.PEOPLE: prove_people,
    streams.ACCOUNTS: prove_accounts,
    streams.ACCESS: prove_keys,
    streams.REMOVALS: prove_removals,
}
"""Histories that bear out a small table, or themselves."""
