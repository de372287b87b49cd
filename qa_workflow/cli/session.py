"""One command line at work: its settings, its database, and the two ways of answering, for people and as JSON."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from qa_workflow.cli.faults import to_json
from qa_workflow.cli.visible import visible
from qa_workflow.errors import UsageFault

if TYPE_CHECKING:
    from datetime import date, datetime

    from rich.console import Console

    from qa_workflow.clock import Clock
    from qa_workflow.service.world import World
    from qa_workflow.settings import Settings
    from qa_workflow.wiring import Parts

TEST = "QA_WORKFLOW_TEST"


class Session:
    """What the options that every command takes have said, and what follows from it."""

    def __init__(self) -> None:
        self.database: str | None = None
        self.workflows: str | None = None
        self.as_json = False
        self.now: str | None = None
        self.no_patient: str | None = None
        self.debug = False
        self._settings: Settings | None = None

    def set(self, option: str, value: Any) -> None:
        """Keep the value of one of the options that every command takes; said twice, the last counts."""
        if option == "now" and os.environ.get(TEST) != "1":
            raise UsageFault(f"--now is for tests and needs {TEST}=1; to try out time: qa-workflow init --rehearsal")
        setattr(self, option, value)

    @property
    def settings(self) -> Settings:
        """The environment's settings, with what the options say instead."""
        if self._settings is None:
            from qa_workflow.settings import settings

            found = settings()
            found = replace(found, database=self.database or found.database)
            self._settings = replace(found, workflows=Path(self.workflows) if self.workflows else found.workflows)
        return self._settings

    def use_database(self, address: str) -> None:
        """Work with another database than the settings say."""
        self.database, self._settings = address, None

    def clock(self) -> Clock | None:
        """The clock that `--now` asks for; None where the database's own counts."""
        if self.now is None:
            return None
        from qa_workflow.cli.reading import instant
        from qa_workflow.clock import FixedClock

        return FixedClock(instant(self.now))

    def machine_time(self) -> datetime:
        """What time it is outside any database: by `--now`, else by this machine."""
        from qa_workflow.clock import SystemClock

        return (self.clock() or SystemClock()).now()

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """The database, opened, with everything around it; closed at the end of the block."""
        from qa_workflow.wiring import carriers_for, join

        found = self.settings
        clock = self.clock()
        carriers = carriers_for(found.mail)
        parts = join(found.database, documents=found.documents, clock=clock, carriers=carriers, address=found.url)
        parts.engine.no_patient = self.no_patient
        try:
            yield parts
        finally:
            parts.store.dispose()

    def answer(self, data: Any, show: Callable[[Console], None], *, is_read: bool = False) -> None:
        """Say it: as JSON where that was asked for, else as `show` writes it; `is_read` as for `tables.console`."""
        if self.as_json:
            click.echo(to_json(data))
        else:
            from qa_workflow.cli.tables import console

            show(console(is_read=is_read))

    def note(self, text: str) -> None:
        """A remark beside the answer, on standard error; left out of JSON."""
        if not self.as_json:
            click.echo(visible(text), err=True)


def today_of(parts: Parts, world: World) -> date:
    """The local day, by the database's clock."""

    return world.day(parts.engine.now())
