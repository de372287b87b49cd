"""`verify`: all that is stored, checked against the histories, and they against themselves and a checkpoint."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, func, select

from qa_workflow.service.ports.store import Documents
from qa_workflow.store.proof.anchor import anchor_of
from qa_workflow.store.proof.findings import Finding, Proof
from qa_workflow.store.proof.house import prove_house
from qa_workflow.store.proof.items import prove_items
from qa_workflow.store.proof.plans import prove_plans
from qa_workflow.store.proof.proving import Case
from qa_workflow.store.sql_store import SqlStore
from qa_workflow.store.statements import EVENT, RECORD

Progress = Callable[[int, int], None]

__all__ = ["Finding", "Progress", "Proof", "verify", "verify_on"]


def verify(
    store: SqlStore,
    checkpoint: str | None = None,
    progress: Progress | None = None,
    *,
    deep: bool = True,
    documents: Documents | None = None,
) -> Proof:
    """Check everything, and go on after each thing found.

    Always: every history is numbered without gaps and rightly chained from the identity of this database; items end
    where their history ends; every item ever opened is there; definitions and who proposed them, moved meetings,
    people, accounts, keys, incidents, documents and what was taken out of them are what the house's histories say.
    Deep: items' histories are told again, and each row of items, timers, due dates, meetings waited for, letters,
    answers to requests and plans must be exactly what they make of it.

    On no record, and so not proved: sessions, drafts that nobody has proposed, lists that people keep, figures, when a
    letter left and how often it was tried, and a rehearsal's clock.

    Args:
        checkpoint: text of one that was kept elsewhere; all that it saw must still be there. Without one, all that the
            newest on record here saw: that finds a history that was cut, not one whose checkpoints were cut too.
        progress: told lines done and lines in all.
        documents: where documents are kept; each must be there and whole.

    Raises:
        UsageFault: `checkpoint` is not the text of one.
    """
    with store.looking() as connection:
        return verify_on(connection, store.id, checkpoint, progress, deep=deep, documents=documents)


def verify_on(
    connection: Connection,
    house: str,
    checkpoint: str | None = None,
    progress: Progress | None = None,
    *,
    deep: bool = True,
    documents: Documents | None = None,
) -> Proof:
    """As `verify`, within a transaction that is under way."""
    total = 0
    if progress is not None:
        total = sum(connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (EVENT, RECORD))
    case = Case(connection, house, deep, documents, progress, total)
    anchor = anchor_of(case, checkpoint)
    prove_house(case, anchor)
    prove_items(case, anchor)
    if deep:
        prove_plans(case)
    said = anchor.conclude()
    case.told(force=True)
    return Proof(
        tuple(case.findings),
        case.items,
        case.events,
        case.records,
        case.checked_documents,
        said,
        tuple(dict.fromkeys(case.removed.values())),
    )
