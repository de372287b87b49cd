"""Joins the real parts; the only place that constructs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from qa_workflow.clock import Clock, SystemClock
from qa_workflow.effects import LogCarrier, MailCarrier, MailSettings
from qa_workflow.effects.feeds import ICalendars
from qa_workflow.effects.passwords import Argon2Passwords
from qa_workflow.effects.spreadsheets import Spreadsheets
from qa_workflow.engine import Leaves
from qa_workflow.service.boards.feeds import Calendars
from qa_workflow.service.boards.sheets import Sheets
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.people.gate import Gate
from qa_workflow.service.ports.proof import ProveItem
from qa_workflow.service.ports.store import Carrier, Documents
from qa_workflow.settings import DEFAULT_DATABASE
from qa_workflow.store import FileDocuments, HouseClock, SqlStore, create, open_store
from qa_workflow.store.database import read_url
from qa_workflow.store.explain import path_of
from qa_workflow.store.faults import NotInitialised
from qa_workflow.store.proof.one import prove_item
from qa_workflow.store.proof.verifying import verify


@dataclass(frozen=True)
class Parts:
    """Everything that was joined, for faces that need more than the `Engine`."""

    engine: Engine
    house: House
    store: SqlStore
    clock: Clock
    documents: Documents
    gate: Gate
    prove_item: ProveItem
    sheets: Sheets = field(default_factory=Spreadsheets)
    calendars: Calendars = field(default_factory=ICalendars)


def join(
    database: str,
    *,
    documents: Path | None = None,
    clock: Clock | None = None,
    carriers: Mapping[str, Carrier] | None = None,
    address: str | None = None,
) -> Parts:
    """Open an existing database and join the parts around it.

    Args:
        documents: the folder for documents; beside the database if left out.
        clock: the database's own if left out.
        carriers: what takes messages (and other effects) out of the house, by kind; into the log if left out.
        address: of the pages, for links in mails.

    Raises:
        StorageFault: it is not there, not ours, or not of this program's age; says what to do.
    """
    store = open_store(database)
    kept = FileDocuments(documents or documents_beside(database))
    ticking = clock or HouseClock(store, SystemClock())
    house = House(store, ticking, kept, address=address)
    engine = Engine(house, carriers or carriers_for(None), partial(verify, store, documents=kept))
    gate = Gate(house, Argon2Passwords(), _post(carriers))
    return Parts(engine, house, store, ticking, kept, gate, partial(prove_item, store, kept))


def _post(carriers: Mapping[str, Carrier] | None) -> Carrier | None:
    """What takes an invitation to somebody; the log does not, where everybody could read it."""
    carrier = (carriers or {}).get(str(Leaves.MESSAGE))
    return None if isinstance(carrier, LogCarrier) else carrier


def carriers_for(mail: MailSettings | None) -> dict[str, Carrier]:
    """Messages go by mail where a server is set, else into the log."""
    return {str(Leaves.MESSAGE): MailCarrier(mail) if mail else LogCarrier()}


def documents_beside(database: str) -> Path:
    """The folder for documents: beside a SQLite file, else here."""
    path = path_of(read_url(database))
    return path.with_name(f"{path.name}.documents") if path else Path("qa_workflow.documents")


def connect(
    database: str = DEFAULT_DATABASE,
    workflows: Path | str | None = None,
    clock: Clock | None = None,
    *,
    documents: Path | None = None,
    carriers: Mapping[str, Carrier] | None = None,
    address: str | None = None,
) -> Engine:
    """An engine on a database; one that is not there yet is made, with the definitions found in `workflows`.

    Args:
        database: a URL, or the path of a SQLite file.
        workflows: a folder of definitions to publish; what is published already stays as it is.
        clock, documents, carriers, address: as for `join`.

    Raises:
        StorageFault: the database cannot be used.
        DefinitionRefused: a definition has a fault.
    """
    try:
        parts = join(database, documents=documents, clock=clock, carriers=carriers, address=address)
    except NotInitialised:
        create(database).dispose()
        parts = join(database, documents=documents, clock=clock, carriers=carriers, address=address)
    if workflows is not None:
        parts.engine.publish([Path(workflows)], actor=None)
    return parts.engine
