"""Every request, counted and written down: which route, how it ended, how long it took. Never who, never what.

A line has the route as it was declared and no address, for an address has references in it and a query has what people
searched for. It has the roles of who asked and not the person. The request's id is also on the answer, so that what
somebody reports can be found.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_workflow.clock import Clock
from qa_workflow.errors import QaWorkflowError

HEADER = "X-Request-ID"
UNKNOWN = "(no such address)"
_ID = re.compile("[A-Za-z0-9-]{8,64}")
_LOG = logging.getLogger("qa_workflow.request")
Count = Callable[[str, str, int, float], None]
"""Told method, route, status and seconds of every request."""


class RequestLog:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, clock: Clock, count: Count) -> None:
        self._app, self._clock, self._count = app, clock, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if _ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = name
        begun, status = self._clock.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self._write(scope, name, status, self._clock.monotonic() - begun)

    def _write(self, scope: Scope, name: str, status: int, seconds: float) -> None:
        route, method = route_of(scope), _method(scope)
        self._count(method, route, status, seconds)
        told = {
            "route": route,
            "method": method,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "request_id": name,
            "roles": _roles(scope),
        }
        _LOG.info("request", extra={"told": told})


def route_of(scope: Scope) -> str:
    """The route as it was declared; what was asked for stands nowhere."""
    path = getattr(scope.get("route"), "path", None)
    if path is None and str(scope.get("path", "")).startswith("/static/"):
        return "/static/{file}"
    return str(path) if path else UNKNOWN


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE") else "other"


def _roles(scope: Scope) -> list[str]:
    """The roles of who asked, where they were found out."""
    ask = scope["state"].get("ask")
    actor = None if ask is None else ask.__dict__.get("actor")
    return sorted(actor.roles) if actor is not None else []


class JsonLines(logging.Formatter):
    """One JSON object a line. Of an unforeseen fault its kind and its places: its words may hold what people typed."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as a line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
        }
        told: Mapping[str, Any] | None = getattr(record, "told", None)
        line.update(told if told is not None else {"said": record.getMessage()})
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = _fault(record.exc_info[1])
        return json.dumps(line)


def _fault(fault: BaseException) -> dict[str, Any]:
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)]
    found: dict[str, Any] = {"kind": type(fault).__name__, "places": places[-30:]}
    if isinstance(fault, QaWorkflowError):
        found["said"] = str(fault)
    if (cause := fault.__cause__) is not None:
        found["because"] = type(cause).__name__
    return found


def write_json_lines(level: int = logging.INFO) -> None:
    """All logs of this process as JSON lines on standard error; the server's own line for each request is left out."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        found = logging.getLogger(name)
        found.handlers.clear()
        found.propagate = True
    logging.getLogger("uvicorn.access").disabled = True
