"""A server for the measurements: the application over one database, as `qa-workflow run` serves it, without the clock.

`python -m tests.bench.serving URL` reads the queries of several pages from stdin (pickled), prints the port, and serves
until it is told to end. Under `/bare/{page}` it answers what the queries of one page find, as JSON, in turn as pages
are made: what the server and the database cost a page before it is one.
"""

from __future__ import annotations

import json
import pickle
import sys
import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import make_url
from starlette.responses import Response

from qa_workflow.store.database import sqlite_driver
from qa_workflow.web import create_app
from qa_workflow.web.serving import Address, Server, listen
from qa_workflow.web.turns import in_turn
from qa_workflow.wiring import join
from tests.bench.asking_bare import Query


class Bare:
    """Answers queries by the bare driver; each thread has a connection of its own."""

    def __init__(self, database: str, pages: Sequence[Sequence[Query]]) -> None:
        self._database, self._pages, self._here = database, pages, threading.local()

    def answer(self, page: int) -> Response:
        """All rows that the queries of a page find, in one look."""
        connection = self._connection()
        connection.execute("BEGIN")
        found = [connection.execute(statement, values).fetchall() for statement, values in self._pages[page]]
        connection.execute("COMMIT")
        return Response(json.dumps(found, default=bytes.decode), media_type="application/json")

    def _connection(self) -> Any:
        if not hasattr(self._here, "connection"):
            self._here.connection = sqlite_driver().module.connect(self._database, cached_statements=256)
            self._here.connection.isolation_level = None
        return self._here.connection


def serve(url: str, pages: Sequence[Sequence[Query]]) -> None:
    """Serve on a port that is free."""
    app = create_app(join(url))
    app.add_api_route("/bare/{page}", in_turn(Bare(make_url(url).database or "", pages).answer))
    listening = listen(Address("127.0.0.1", 0))
    Server(app).run(listening, lambda: print(listening.getsockname()[1], flush=True))


if __name__ == "__main__":
    serve(sys.argv[1], pickle.load(sys.stdin.buffer))  # noqa: S301  our own parent wrote it
