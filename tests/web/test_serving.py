"""The socket that the pages are served on."""

from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import ExitStack
from threading import Thread

import pytest
from starlette.types import Receive, Scope, Send

from qa_workflow.web import connections
from qa_workflow.web.serving import Address, PortTaken, Server, listen, named


def test_an_answer_on_a_connection_that_is_kept_open_is_sent_at_once() -> None:
    """With Nagle's algorithm its second piece waits for the browser's acknowledgement, which takes 40 ms to come."""

    async def is_sent_at_once() -> bool:
        connected: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
        listening = listen(Address("127.0.0.1", 0))
        server = await asyncio.start_server(lambda _, writer: connected.set_result(writer), sock=listening)
        _, client = await asyncio.open_connection(*listening.getsockname())
        accepted = (await connected).get_extra_info("socket")
        told = bool(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        for writer in (client, await connected):
            writer.close()
            await writer.wait_closed()
        server.close()
        return told

    assert asyncio.run(is_sent_at_once())


def test_a_port_that_another_program_has_is_refused_with_what_to_do() -> None:
    """Two programs on one port would each answer some of the requests."""
    with listen(Address("127.0.0.1", 0)) as taken, pytest.raises(PortTaken, match="choose another port with --port"):
        listen(Address(*taken.getsockname()))


def test_the_address_that_is_told_can_be_typed_into_a_browser() -> None:
    """0.0.0.0 is where one listens, not where one goes."""
    with listen(Address("0.0.0.0", 0)) as found:  # noqa: S104  what is tested
        assert named(found) == f"http://127.0.0.1:{found.getsockname()[1]}/"


def test_whoever_opens_connections_and_asks_nothing_keeps_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """They took every file that the process may open: no page was answered, and no clock found its database."""
    monkeypatch.setattr(connections, "most", lambda: 3)
    asks = b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    heard: list[bytes] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"answered"})

    def visit(place: tuple[str, int]) -> None:
        with ExitStack() as opened:
            opened.callback(server.stop)
            silent = [opened.enter_context(socket.create_connection(place, timeout=5)) for _ in range(5)]
            for each in silent:
                each.send(asks[:20])
            asking = opened.enter_context(socket.create_connection(place, timeout=5))
            asking.send(asks)
            heard.append(asking.makefile("rb").read())
            heard.append(_until_closed(silent[0]))

    listening = listen(Address("127.0.0.1", 0))
    server = Server(app)
    visitor = Thread(target=visit, args=(listening.getsockname(),))
    try:
        server.run(listening, visitor.start)
        visitor.join()
    finally:
        gc.unfreeze()
    assert b"answered" in heard[0]
    assert heard[1] == b"", "whoever waited longest made room"


def _until_closed(found: socket.socket) -> bytes:
    try:
        return found.recv(1)
    except ConnectionResetError:
        return b""


def test_there_are_fewer_connections_than_files_that_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock and the database need some, however many people come."""
    resource = pytest.importorskip("resource", reason="Windows bounds files otherwise")
    for allowed, most in ((1024, 824), (256, 56), (64, 16), (100_000, 1000), (resource.RLIM_INFINITY, 1000)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, allowed=allowed: (allowed, allowed))
        assert connections.most() == most


def test_a_server_that_answers_has_told_the_search_for_circles_what_stays() -> None:
    """Everything loaded would be gone through again and again, and everybody would wait for it."""

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        """Nobody asks."""

    server, frozen = Server(app), []

    def started() -> None:
        frozen.append(gc.get_freeze_count())
        server.stop()

    try:
        server.run(listen(Address("127.0.0.1", 0)), started)
    finally:
        gc.unfreeze()
    assert frozen[0] > 0
