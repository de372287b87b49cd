"""The demonstration: a rehearsal with a few months of life in it, whose clock goes on while it is shown."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qa_workflow.cli.session import Session

if TYPE_CHECKING:
    from qa_workflow.clock import Clock
    from qa_workflow.service.time.sweep import Swept
    from qa_workflow.wiring import Parts

ADDRESS = "sqlite:///qa_workflow_demonstration.db"
BACK = timedelta(days=300)
"""How long it has been going on when it is first shown: months enough for a chart of lateness to say something."""


def make(session: Session) -> None:
    """Make the demonstration where it is not there yet, and let its people live up to today."""
    from qa_workflow.cli.setting_up import make as make_database
    from qa_workflow.store.faults import AlreadyThere
    from qa_workflow.testing.players import live

    if session.database is None and session.settings.database.endswith("qa_workflow.db"):
        session.use_database(ADDRESS)
    today = session.machine_time()
    try:
        make_database(session, today - BACK)
    except AlreadyThere:
        return
    session.note("Making the demonstration: some months of assurance, lived through in a moment.")
    with session.parts() as parts, tempfile.TemporaryDirectory(prefix="qa-workflow-papers-") as papers:
        live(parts, today, Path(papers))


def going_on(parts: Parts, machine: Clock) -> Callable[[], Swept]:
    """A look that first takes a rehearsal's clock along with the machine's: shown for an hour, it is an hour later.

    It goes on from where somebody pushed it, too. By how much it is ahead is looked up each time and not added up, so
    that two processes with one demonstration do not make it run twice as fast.
    """
    from qa_workflow.service.time import rehearsing

    ahead = parts.house.now() - machine.now()

    def look() -> Swept:
        nonlocal ahead
        ahead = max(ahead, parts.house.now() - machine.now())
        return rehearsing.push(parts.house, machine.now() + ahead, parts.engine.tick).swept

    return look
