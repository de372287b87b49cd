"""A site to test against: the real application over a real database, with clocks that the test moves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import event

from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from qa_workflow.service.people import sessions
from qa_workflow.service.time import rehearsing
from qa_workflow.store import create
from qa_workflow.testing import FakeClock
from qa_workflow.web import WebSettings, create_app
from qa_workflow.wiring import Parts, join
from tests.known import let_know

ROOT = Path(__file__).parent.parent.parent
BEGUN = datetime(2027, 4, 1, 8, 0, tzinfo=UTC)
"""Thursday 1 April 2027, nine in the morning in London."""
LIVED = timedelta(days=100)


@dataclass
class Site:
    """The application, the parts it works with, and clients of it."""

    app: FastAPI
    parts: Parts
    wall: FakeClock
    settings: WebSettings
    _until_closed: ExitStack = field(default_factory=ExitStack)

    @property
    def engine(self) -> Engine:
        return self.parts.engine

    @property
    def house(self) -> House:
        return self.parts.house

    def push(self, by: timedelta) -> None:
        """Live on: everything that falls due in between happens at its own time."""
        rehearsing.push(self.house, self.house.now() + by, self.engine.tick)

    def client(self, person: str | None = None) -> TestClient:
        """A client, signed in if a person is named; it does not follow redirects, and a fault on our side is raised."""
        client = TestClient(self.app, follow_redirects=False, headers={"Origin": "http://testserver"})
        client.event_hooks["response"].append(_no_fault_of_ours)
        if person is not None:
            cookie, signed_in = sessions.begin(self.house, person, level="full", now=self.wall.now())
            client.cookies.set(self.settings.cookie, cookie)
            client.headers["X-Form-Key"] = signed_in.form_key  # for tests that send a form without having opened it
        client.portal = self.loop
        return self._until_closed.enter_context(closing(client))

    @cached_property
    def loop(self) -> BlockingPortal:
        """One for all that is asked: a client begins another for each request, for a fifth of a page's time."""
        return self._until_closed.enter_context(start_blocking_portal())

    def key(self, client: TestClient) -> dict[str, str]:
        """The form key of a client that is signed in, as the field that every form carries."""
        return {"form_key": client.headers["X-Form-Key"]}

    def close(self) -> None:
        self._until_closed.close()
        self.parts.store.dispose()


def _no_fault_of_ours(answer: Response) -> None:
    assert answer.status_code != 500, answer.read().decode()


@contextmanager
def site_at(folder: Path, *, new: bool = False, settings: WebSettings | None = None) -> Iterator[Site]:
    """A site whose database is in a folder; a new one is a rehearsal with the shipped workflows."""
    address = f"sqlite:///{folder / 'site.db'}"
    if new:
        create(address, BEGUN).dispose()
    parts = join(address)
    if new:
        parts.engine.publish([ROOT / "workflows"], actor=None)
    wall = FakeClock("2027-07-12T09:00")
    chosen = settings or WebSettings()
    found = Site(create_app(parts, chosen, wall), parts, wall, chosen)
    try:
        yield found
    finally:
        found.close()


@contextmanager
def copied(prepared: Path, folder: Path) -> Iterator[Site]:
    """A site over a copy of a database that was prepared, in a folder that is not there yet."""
    shutil.copytree(prepared, folder)
    with site_at(folder) as found:
        let_know(found.house, prepared, "sqlite:")
        yield found


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """The statements that the database was asked, without their values."""
    asked: list[str] = []

    def heard(_c: object, _k: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(site.parts.store.engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        event.remove(site.parts.store.engine, "before_cursor_execute", heard)
