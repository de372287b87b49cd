"""The pages as a process serves them: a socket of our own, uvicorn in the main thread, an end that finishes things."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import anyio.to_thread
import uvicorn
from starlette.types import ASGIApp

from qa_workflow.errors import QaWorkflowError, UsageFault
from qa_workflow.garbage import pass_over_what_is_loaded
from qa_workflow.web import connections

THREADS = 7
"""Requests at a time. Each may hold two connections, one of which waits for the other, and the pool has fifteen."""
GRACE = 20
"""Seconds that requests under way are given at the end."""


class PortTaken(QaWorkflowError):
    """Another program listens there."""

    code = "port_taken"

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"another program already listens on port {port} of {host}, perhaps this one in another window. "
            "End that one, or choose another port with --port (0 for any that is free)"
        )


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 is any that is free."""

    host: str
    port: int


def listen(address: Address) -> socket.socket:
    """A socket that listens.

    Raises:
        PortTaken: another program does.
        UsageFault: no such address here, or a port that only the system may use.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError) as fault:
        raise UsageFault(f"--host {address.host} is not an address of this machine; use 127.0.0.1") from fault
    # Only of a socket that names its protocol does asyncio send small pieces at once; without, each answer waits 40 ms.
    found = socket.socket(family, kind, protocol)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows; there SO_REUSEADDR would let two programs listen
            found.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(place)
        found.listen(socket.SOMAXCONN)
    except OSError as fault:
        found.close()
        if fault.errno == errno.EADDRINUSE:
            raise PortTaken(address.host, address.port) from fault
        if fault.errno == errno.EACCES:
            raise UsageFault(f"this user may not listen on port {address.port}; use one above 1023") from fault
        raise UsageFault(f"--host {address.host} is not an address of this machine; use 127.0.0.1") from fault
    return found


def named(found: socket.socket) -> str:
    """The address that a browser on this machine types."""
    host, port = found.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104  compared, not listened on
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class Server:
    """Serves until it is told to stop; then it takes no more, and finishes what it has begun."""

    def __init__(self, app: ASGIApp, *, proxy: str | None = None) -> None:
        config = uvicorn.Config(
            app,
            lifespan="off",
            http=connections.Bounded,
            backlog=connections.AT_ONCE,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=",".join(filter(None, ["127.0.0.1", "::1", proxy])),
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Quiet(config)

    def run(self, found: socket.socket, started: Callable[[], None]) -> None:
        """Serve on this socket; `started` is called once people are answered."""
        self._server.told = started
        self._server.run(sockets=[found])

    def stop(self, *, at_once: bool = False) -> None:
        """Told from a signal or another thread; `at_once` cuts off what is under way."""
        self._server.should_exit = True
        self._server.force_exit = self._server.force_exit or at_once


class _Quiet(uvicorn.Server):
    """Leaves signals to whoever runs it, for the clock has to stop, too."""

    told: Callable[[], None]

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Those of the command are in force."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As it is, with no more threads than there are connections for."""
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        await super().startup(sockets=sockets)
        if self.started:
            pass_over_what_is_loaded()
            self.told()
