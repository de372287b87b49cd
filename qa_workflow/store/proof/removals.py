"""Files that were taken out with authority, against the history that says by whom, and the folder that lacks them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress

from sqlalchemy import Connection, or_, select

from qa_workflow.calendar import local, long_date
from qa_workflow.engine.item import instant
from qa_workflow.engine.json_text import canonical
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.removals import KEPT, REMOVED, STREAM, Removal, removal_of
from qa_workflow.store.proof.proving import Case, Said
from qa_workflow.store.statements import DOCUMENT, RECORD


def prove_removals(case: Case, said: Iterable[Said]) -> None:
    """What stands beside a document is what the last line about it says; and which were taken out."""
    last = {line.data["sha256"]: line for line in said}
    wanted = {name: canonical(line.data).decode() for name, line in last.items() if line.kind != KEPT}
    table = DOCUMENT.c
    rows = select(table.sha256, table.removal).where(or_(table.removal.is_not(None), table.sha256.in_(wanted)))
    beside = {row.sha256: row.removal for row in case.connection.execute(rows)}
    for name in sorted(wanted.keys() | beside.keys()):
        if beside.get(name) != wanted.get(name):
            case.find(f"document {name[:12]}…", None, "document.removal", f"history {STREAM!r} says otherwise")
    case.removed |= {name: _told(removal_of(line.data)) for name, line in last.items() if line.kind == REMOVED}


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


def _lines(connection: Connection) -> Iterator[Said]:
    ordered = select(RECORD.c.seq, RECORD.c.at, RECORD.c.body).where(RECORD.c.stream == STREAM).order_by(RECORD.c.seq)
    for seq, at, body in connection.execute(ordered):
        line = json.loads(body)
        yield Said(seq, at, line["kind"], line["data"])


def _told(removal: Removal) -> str:
    on = long_date(local(instant(removal.done_at or removal.at)).date())
    who = f"{removal.by} and {removal.done_by}"
    return f"document {removal.sha256[:12]}… was removed on {on} by {who}: {removal.reason}"
