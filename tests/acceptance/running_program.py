"""A program that runs in a process of its own: what it says, whether it listens, and how it is ended."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.acceptance.command_line import CommandLine

ENDED = ""
"""Stands among a program's lines where one of its outputs was closed."""


class Running:
    """A program that serves; `address` is what it says of itself."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._said: list[str] = []
        self._news = threading.Condition()
        self._listening = [
            threading.Thread(target=self._hear, args=(pipe,)) for pipe in (process.stdout, process.stderr)
        ]
        for thread in self._listening:
            thread.start()
        self.until_it_says("Ctrl-C ends it")
        found = re.search(r"Pages +(http://[^\s\\]+)", self.said)
        assert found, self.said
        self.address = found[1]

    def _hear(self, pipe: Any) -> None:
        for line in iter(pipe.readline, ""):
            self._note(line)
        self._note(ENDED)

    def _note(self, line: str) -> None:
        with self._news:
            self._said.append(line)
            self._news.notify_all()

    @property
    def said(self) -> str:
        return "".join(self._said)

    def until_it_says(self, words: str) -> None:
        """Wait for words on one of its lines; fails when it ends without them, or says nothing like it for a minute."""
        with self._news:
            self._news.wait_for(lambda: words in self.said or ENDED in self._said, 60)
            assert words in self.said, f"ended with {self.process.poll()}: {self.said}"

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop, and wait until it has."""
        self.process.send_signal(how)
        code = self.process.wait(60)
        for thread in self._listening:
            thread.join(10)
        return code


@contextmanager
def running(qa: CommandLine, *words: str, **environment: str) -> Iterator[Running]:
    """A program on a free port, ended with the test."""
    process = qa.process("run", "--port", "0", "--every", "0.1", *words, **environment)
    with process:
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.kill()


@contextmanager
def held(qa: CommandLine) -> Iterator[Callable[[], None]]:
    """Another process is writing to the database, and goes on until it is released."""
    program = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()\nc.execute('ROLLBACK')\n"
    )
    path = qa.database.removeprefix("sqlite:///")
    command = [sys.executable, "-c", program, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "held\n"
        stdin = other.stdin

        def release() -> None:
            if not stdin.closed:
                stdin.close()

        try:
            yield release
        finally:
            release()


def connected(found: Running) -> socket.socket:
    return socket.create_connection(place(found.address), timeout=60)


def place(address: str) -> tuple[str, int]:
    host, port = address.removeprefix("http://").strip("/").split(":")
    return host, int(port)


def listens(address: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(place(address)) == 0
