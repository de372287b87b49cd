"""Files and texts that were taken out with authority, against the history that says by whom, and what lacks them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress

from sqlalchemy import Connection, select

from qa_workflow.calendar import local, long_date
from qa_workflow.engine.item import instant
from qa_workflow.engine.json_text import canonical
from qa_workflow.engine.texts import text_hash
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.ports.streams import REMOVALS
from qa_workflow.service.removals import KEPT, REMOVED, Removal, removal_of
from qa_workflow.store.proof.proving import Case, Said
from qa_workflow.store.statements import RECORD, REMOVAL
from qa_workflow.store.texts import read_kept


def prove_removals(case: Case, said: Iterable[Said]) -> None:
    """What is known of a removal is what the last line about it says; and which files and texts were taken out."""
    if case.documents is not None:
        case.marked = case.documents.removed()
    last = {line.data["sha256"]: line for line in said}
    wanted = {name: canonical(line.data).decode() for name, line in last.items() if line.kind != KEPT}
    rows = {row.sha256: row for row in case.connection.execute(select(REMOVAL))}
    for name in sorted(wanted.keys() | rows.keys()):
        if name not in rows or rows[name].facts != wanted.get(name):
            case.find(f"removal {name[:12]}…", None, "removal.facts", f"history {REMOVALS!r} says otherwise")
        elif rows[name].kept is not None:
            _prove_kept(case, removal_of(last[name].data), rows[name].kept)
    for name in wanted:
        removal = removal_of(last[name].data)
        case.apart |= dict.fromkeys(removal.texts, removal.words)
        if not removal.is_done and not case.marked.isdisjoint(removal.names):
            what = "it was removed here for good, and this database, which is from before, has it asked for"
            case.find(f"removal {name[:12]}…", None, "removal.facts", f"{what}: let a second person remove it again")
        if last[name].kind == REMOVED:
            case.removed |= dict.fromkeys(removal.names, _told(removal))


def gather_removed(case: Case) -> None:
    """Which were taken out, as the history says, for the proof of one item."""
    prove_removals(case, _lines(case.connection))


def is_removed(case: Case, digest: str) -> bool:
    """Whether a document was taken out, so that its bytes are not wanted; that they are there all the same is noted."""
    if digest in case.removed and case.documents is not None:
        with suppress(QaWorkflowError):
            case.documents.get(digest)
            what = "it was removed, and its bytes are there all the same; the next sweep removes them"
            case.find(f"document {digest[:12]}…", None, "document", what)
    return digest in case.removed


def _prove_kept(case: Case, removal: Removal, kept: str) -> None:
    """What is kept back until a second person decides is what was typed; of what is decided nothing is kept."""
    place = f"removal {removal.sha256[:12]}…"
    if removal.is_done:
        case.find(place, None, "removal.kept", "it is done, and the text is there all the same")
    with case.damaged(place):
        if any(text_hash(each.salt or "", each.text) != each.sha256 for each in read_kept(kept)):
            case.find(place, None, "removal.kept", "what is kept back is not what was typed")


def _lines(connection: Connection) -> Iterator[Said]:
    ordered = select(RECORD.c.seq, RECORD.c.at, RECORD.c.body).where(RECORD.c.stream == REMOVALS).order_by(RECORD.c.seq)
    for seq, at, body in connection.execute(ordered):
        line = json.loads(body)
        yield Said(seq, at, line["kind"], line["data"])


def _told(removal: Removal) -> str:
    on = long_date(local(instant(removal.done_at or removal.at)).date())
    who = f"{removal.by} and {removal.done_by}"
    what = f"document {removal.sha256[:12]}…"
    if removal.seq is not None:
        what = f"text {removal.sha256[:12]}… of event {removal.seq} of {removal.reference}"
    return f"{what} was removed on {on} by {who}: {removal.reason}"
