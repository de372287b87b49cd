"""An engine for one test: a database of its own in a folder, definitions published, a clock that the test moves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qa_workflow.clock import Clock
from qa_workflow.service.front import Engine
from qa_workflow.service.ports.store import Carrier
from qa_workflow.testing.doubles import FakeClock
from qa_workflow.wiring import connect


def engine_in(
    folder: Path,
    workflows: Path | str,
    clock: Clock | None = None,
    *,
    database: str | None = None,
    carriers: Mapping[str, Carrier] | None = None,
    address: str | None = None,
) -> Engine:
    """An engine on a new database.

    Args:
        folder: where the database (a SQLite file, unless `database` names another) and its documents are kept.
        workflows: a folder of definitions, governance.yaml among them.
        address: of the pages, for links in mails.
    """
    url = database or f"sqlite:///{folder / 'test.db'}"
    documents = folder / "documents"
    return connect(url, workflows, clock or FakeClock(), documents=documents, carriers=carriers, address=address)
