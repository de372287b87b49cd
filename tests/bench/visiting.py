"""Eight people at the pages of a house with a hundred thousand items; each page beside its bare queries."""

from __future__ import annotations

import http.client
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.engine import make_url

from qa_workflow.clock import SystemClock
from qa_workflow.service.people import sessions
from qa_workflow.web import WebSettings, create_app
from qa_workflow.wiring import Parts, join
from tests.bench.asking_bare import PEOPLE, VISITS, Query, p95
from tests.bench.course import ROOT
from tests.bench.populated import populate

MOST = 0.3
"""Seconds that 95 of 100 visits may take at most."""
MAIN = (
    ("My items", "/"),
    ("All items", "/items"),
    ("One item", "/items/{reference}"),
    ("Overdue", "/overdue"),
    ("Calendar", "/calendar"),
    ("Waiting longest", "/waits"),
    ("Lateness over time", "/lateness"),
    ("Workflows", "/workflows"),
)
"""The main pages, as a governance officer opens them."""
COOKIE = WebSettings().cookie


@dataclass(frozen=True, slots=True)
class Visited:
    """One page: seconds of the 95th of a hundred visits, and of its bare queries asked by as many at once.

    `served` is of the same queries asked of the same server, which answers what they find and makes no page of it.
    """

    title: str
    page: float
    queries: float
    served: float


def visit(items: int, paths: Sequence[tuple[str, str]], say: Callable[[str], None]) -> Iterator[Visited]:
    """Measure pages; `paths` has the name and the address of each, `{reference}` standing for an item."""
    with tempfile.TemporaryDirectory(prefix="qa-bench-pages-") as name:
        say(f"living through some months, then copying to {items:,} items")
        url = populate(Path(name), items)
        parts = join(url)
        cookie, _ = sessions.begin(parts.house, "governance-officer", level="full", now=SystemClock().now())
        reference = parts.engine.items(open_only=True, limit=1)[0].reference
        addresses = [path.format(reference=reference) for _, path in paths]
        queries = [_queries(parts, address, cookie) for address in addresses]
        parts.store.dispose()
        with _server(url, queries) as port:
            for number, (title, _) in enumerate(paths):
                say(f"{PEOPLE} people at {title}")
                page, served = (_pages(port, address, cookie) for address in (addresses[number], f"/bare/{number}"))
                yield Visited(title, page, _bare(url, queries[number]), served)


@contextmanager
def _server(url: str, queries: Sequence[Sequence[Query]]) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.bench.serving", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as server:
        try:
            assert server.stdin is not None
            assert server.stdout is not None
            pickle.dump(queries, server.stdin)
            server.stdin.close()
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def _pages(port: int, address: str, cookie: str) -> float:
    """The 95th of a hundred visits, each person with a connection of their own."""

    def person(_: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        times = []
        for number in range(VISITS + 1):
            began = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": f"{COOKIE}={cookie}"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise AssertionError(f"{address} answered {answer.status}")
            if number:  # the first finds everything cold
                times.append(time.perf_counter() - began)
        connection.close()
        return times

    return p95(person)


def _queries(parts: Parts, address: str, cookie: str) -> list[Query]:
    """What a page asks of the database, as the driver is asked."""
    asked: list[Query] = []

    def heard(_c: object, _k: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    with TestClient(create_app(parts)) as client:
        client.cookies.set(COOKIE, cookie)
        client.get(address)
        event.listen(parts.store.engine, "before_cursor_execute", heard)
        client.get(address)
        event.remove(parts.store.engine, "before_cursor_execute", heard)
    return [query for query in asked if query[0].lstrip().upper().startswith(("SELECT", "WITH"))]


def _bare(url: str, queries: Sequence[Query]) -> float:
    """The same questions on the bare driver, by as many people at once, in a process of their own as the server is."""
    command = [sys.executable, "-m", "tests.bench.asking_bare", make_url(url).database or ""]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as asker:
        told, _ = asker.communicate(pickle.dumps(list(queries)))
    return float(told)
