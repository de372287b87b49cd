"""One item proved by itself, and held against a checkpoint in a way that can be checked without the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from sqlalchemy import Connection, bindparam, select

from qa_workflow.engine.texts import wanted
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.ports.proof import Anchored, Chained, ItemProof
from qa_workflow.service.ports.store import Documents
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.store.proof import merkle
from qa_workflow.store.proof.checkpoints import (
    Checkpoint,
    Lengths,
    heads,
    hint,
    item_stream,
    latest,
    lengths_at,
    parse,
    root_of,
)
from qa_workflow.store.proof.items import documents_of, prove_one
from qa_workflow.store.proof.linking import read_line
from qa_workflow.store.proof.proving import Case
from qa_workflow.store.proof.removals import gather_removed, is_removed
from qa_workflow.store.proof.scanning import Line
from qa_workflow.store.reader import is_key, near
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import DEFINITION, DOCUMENT, EVENT, ITEM, RECORD

_EVENTS = (
    select(EVENT.c.item_id, EVENT.c.seq, EVENT.c.at, EVENT.c.body, EVENT.c.hash, EVENT.c.texts)
    .where(EVENT.c.item_id == bindparam("row"))
    .order_by(EVENT.c.seq)
)
_THEN = {
    "item": select(EVENT.c.hash)
    .join_from(ITEM, EVENT, EVENT.c.item_id == ITEM.c.id)
    .where(ITEM.c.key == bindparam("name"), EVENT.c.seq == bindparam("length")),
    "record": select(RECORD.c.hash).where(RECORD.c.stream == bindparam("name"), RECORD.c.seq == bindparam("length")),
}
"""The hash of the line at which a history ended when it was so long."""


def prove_item(store: SqlStore, documents: Documents | None, name: str, checkpoint: str | None = None) -> ItemProof:
    """Check an item's chain, its row, its documents, and what a checkpoint saw of it.

    Args:
        name: its reference or identifier.
        checkpoint: text of one that was kept elsewhere; the newest that was made here if left out.

    Raises:
        UnknownItem: there is none of this name.
        UsageFault: `checkpoint` is not the text of one.
    """
    kept = None if checkpoint is None else parse(checkpoint)
    with store.looking() as connection:
        row = connection.execute(select(ITEM).where((ITEM.c.key if is_key(name) else ITEM.c.reference) == name)).first()
        if row is None:
            raise UnknownItem(name, near(connection, name))
        case = Case(connection, store.id, deep=True, documents=documents)
        case.definitions.update(
            sha256(s).hexdigest() for s in connection.execute(select(DEFINITION.c.source)).scalars()
        )
        lines: list[Line] = [tuple(each) for each in connection.execute(_EVENTS, {"row": row.id})]
        with case.damaged("history 'removals'"):
            gather_removed(case)
        found = _documents(case, lines)
        texts = [digest for line in lines for digest in wanted(line[3])]
        prove_one(case, row._asdict(), lines)
        anchor, seen_at = None, None
        with case.damaged("history 'checkpoints'"):
            kept = kept or latest(connection)
            if kept is not None:
                seen_at, anchor = kept.at, _anchored(case, kept, row.key, given=checkpoint is not None)
    return ItemProof(
        case.house,
        row.key,
        row.reference,
        tuple(Chained(seq, body, stored, texts) for _, seq, _, body, stored, texts in lines),
        tuple(str(each) for each in case.findings),
        anchor,
        seen_at,
        tuple(dict.fromkeys(case.removed[digest] for digest in (*found, *texts) if digest in case.removed)),
    )


def _documents(case: Case, lines: Sequence[Line]) -> Iterable[str]:
    """Each document that was ever part of the item must be in the list, there, and whole; gives them all."""
    found: dict[str, None] = {}
    for _, seq, _, body, *_ in lines:
        with case.damaged("its history", seq):
            found.update(dict.fromkeys(documents_of(read_line(body)["data"].get("set", {}).values())))
    case.kept.update(
        case.connection.execute(
            select(DOCUMENT.c.sha256).where(DOCUMENT.c.sha256.in_(found), DOCUMENT.c.attached_at.is_not(None))
        ).scalars()
    )
    if case.documents is None:
        return found
    for digest in found:
        if is_removed(case, digest):
            continue
        try:
            case.documents.get(digest)
        except QaWorkflowError as fault:
            case.find(f"document {digest[:12]}…", None, "document", str(fault))
    return found


def _anchored(case: Case, wanted: Checkpoint, key: str, *, given: bool) -> Anchored | None:
    """What a checkpoint saw of the item, with the way up to its root; None where it saw nothing, or does not fit."""
    place, stream = f"checkpoint {wanted.number}", item_stream(key)
    newest = latest(case.connection)
    if wanted.database != case.house or newest is None or newest.number < wanted.number:
        case.find(
            place, None, "checkpoint", "this database does not know it; `qa-workflow verify --checkpoint` says more"
        )
        return None
    lengths = lengths_at(case.connection, wanted.number)
    if stream not in lengths:
        if given:
            case.find(place, None, "checkpoint", "it was made before this item was opened; give a later one")
        return None
    then = _heads_then(case.connection, lengths)
    names = sorted(then)
    if then.keys() == lengths.keys() and root_of(then) == wanted.root:
        leaves = [merkle.leaf(name, *then[name]) for name in names]
        path = tuple(merkle.path(leaves, names.index(stream)))
        return Anchored(wanted.number, wanted.at, wanted.text(), lengths[stream][0], path)
    length, begins = lengths[stream]
    if stream not in then or hint(then[stream][1]) != begins:
        what = f"it saw {length} events of this item, and those that are here now are others, or fewer"
    else:
        what = "all histories together are not what it saw; `qa-workflow verify --checkpoint` says which was changed"
    case.find(place, None, "checkpoint.root", what)
    return None


def _heads_then(connection: Connection, lengths: Lengths) -> Mapping[str, tuple[int, bytes]]:
    """Every history's hash where a checkpoint saw it end; those that are shorter now are left out."""
    now, found = heads(connection), {}
    for stream, (length, _) in lengths.items():
        if now.get(stream, (0,))[0] == length:
            found[stream] = now[stream]
            continue
        kind, _, name = stream.partition(":")
        head = connection.execute(_THEN[kind], {"name": name, "length": length}).scalar()
        if head is not None:
            found[stream] = (length, bytes(head))
    return found
