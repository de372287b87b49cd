"""For who keeps the machine running: is it alive, is it ready, how much is going on.

These answer without the threads that pages use, so that a database that does not answer is told and hangs nobody.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from fastapi import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from qa_workflow.errors import QaWorkflowError
from qa_workflow.store.figures import is_left_alone, is_of_this_program
from qa_workflow.web.asking import Site
from qa_workflow.web.doors import PUBLIC, Door
from qa_workflow.web.metrics import Metrics
from qa_workflow.web.pulse import Pulse, pulse
from qa_workflow.wiring import Parts

STALE = 60.0
"""Seconds without a look after which the clock counts as standing still."""
PATIENCE = 3.0
"""Seconds that the database is given."""
_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_ASKING = ThreadPoolExecutor(4, "watching")
"""Threads of their own: those of the pages may all be waiting for the database."""


door = Door()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be so, and what is the matter, or not, in words."""

    name: str
    ok: bool
    said: str


@door.get("/healthz", PUBLIC)
async def alive() -> Response:
    """The process is there and answers. Nothing else is asked, so that a slow database has nobody restart it."""
    return PlainTextResponse("alive\n")


@door.get("/readyz", PUBLIC)
async def ready(request: Request) -> Response:
    """Whether people can work here now: the database answers, its tables are this program's, the clock looks."""
    site: Site = request.app.state.site
    checks = await _asked(site.parts, pulse(request.app))
    ok = all(check.ok for check in checks)
    return JSONResponse({"ready": ok, "checks": [asdict(check) for check in checks]}, 200 if ok else 503)


@door.get("/metrics", PUBLIC)
async def metrics(request: Request) -> Response:
    """Numbers for Prometheus, for who has the token; without one set, for this machine itself and nobody else."""
    site: Site = request.app.state.site
    if not _may_watch(request, site.settings.metrics_token):
        return PlainTextResponse("There is nothing here under this address, or nothing that you may see.\n", 404)
    counted: Metrics = request.app.state.metrics
    beat = pulse(request.app)
    text = await asyncio.get_running_loop().run_in_executor(_ASKING, counted.text, beat)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")


async def _asked(parts: Parts, beat: Pulse) -> list[Check]:
    looking = asyncio.get_running_loop().run_in_executor(_ASKING, _look, parts, beat)
    try:
        return await asyncio.wait_for(asyncio.shield(looking), PATIENCE)
    except TimeoutError:
        said = f"The database has not answered for {PATIENCE:.0f} seconds; something holds it, or it is not there."
        return [Check("database", False, said), _clock(beat)]


def _look(parts: Parts, beat: Pulse) -> list[Check]:
    """Ask the database; what it says of itself is told as it says it, without its address."""
    try:
        current = is_of_this_program(parts.store)
        alone = not beat.is_here and is_left_alone(parts.store, parts.house.now())
    except QaWorkflowError as fault:
        said = f"The database does not answer ({fault.code}). See that it runs and can be reached from here."
        return [Check("database", False, said), _clock(beat)]
    tables = (
        Check("tables", True, "The tables are of this program's version.")
        if current
        else Check("tables", False, "The tables are of another version: run `qa-workflow init --upgrade`.")
    )
    return [Check("database", True, "The database answers."), tables, _clock(beat, alone=alone)]


def _clock(beat: Pulse, *, alone: bool = False) -> Check:
    """Whether somebody watches the clock."""
    if alone:
        said = "Timers are minutes late and nobody watches the clock: start `qa-workflow run`, or call `tick`."
        return Check("clock", False, said)
    if not beat.is_here:
        return Check("clock", True, "The clock is watched by another process; nothing is late.")
    if beat.error is not None:
        return Check("clock", False, "The last look at the clock failed; the log says why. The next one tries again.")
    if beat.seconds_since_last is None:
        return Check("clock", True, "The clock is about to look for the first time.")
    ok = beat.seconds_since_last < STALE
    said = f"The clock looked {beat.seconds_since_last:.0f} seconds ago."
    return Check("clock", ok, said if ok else f"{said} It should look every second; see the log.")


def _may_watch(request: Request, token: str | None) -> bool:
    """With a token set, who shows it. Without, who asks from this very machine, and for nobody else."""
    if token:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    if request.client is None or any(name in request.headers for name in _PASSED_ON):
        return False
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    return _is_loopback(request.client.host) and host in _LOCAL


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
