"""The socket that the pages are served on."""

from __future__ import annotations

import asyncio
import gc
import socket

import pytest
from starlette.types import Receive, Scope, Send

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
