"""Other programs, run for dev.py: what they say is kept for when they fail, and then it is told what to do about it."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

TAIL = 15  # lines of a failed step's output that are shown


class Trouble(Exception):
    """Why we cannot go on, in one line that says what to do; `output` is the end of what the failed program said."""

    def __init__(self, line: str, output: str = "") -> None:
        super().__init__(line)
        self.output = output


def become(*command: str) -> int:
    """Run `command` as if it had been typed: its output, its signals and its exit code are ours."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606
    with subprocess.Popen(command) as program:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the program had it too, and decides
                return program.wait()


def captured(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """All that it says in one text; no step stops to ask something."""
    return subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environment,
    )


def quietly(command: list[str], otherwise: str) -> None:
    answer = captured(command, clean_environment())
    if answer.returncode:
        raise Trouble(otherwise, output="\n".join(answer.stdout.splitlines()[-TAIL:]))


def pip(step: "Step", *words: str, python: Path, total: int = 0) -> None:
    """Install, telling the step of each package that pip takes up; the end of pip's output is kept for a failure."""
    fixed = ["--disable-pip-version-check", "--no-input", "install", "--progress-bar", "off"]
    collected = 0

    def see(line: str) -> None:
        nonlocal collected
        if total and line.startswith(("Collecting", "Requirement already")):
            collected += 1
            step.tell(f"{collected} of {total}")

    code, lines = followed([str(python), "-m", "pip", *fixed, *words], see)
    if code:
        raise Trouble(remedy("\n".join(lines)), output="\n".join(lines[-TAIL:]))


def followed(command: list[str], see: Callable[[str], None]) -> tuple[int, list[str]]:
    """Run it and `see` each line that it says, as it says it; the exit code, and the last 200 lines."""
    lines: deque[str] = deque(maxlen=200)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=clean_environment(),
    ) as program:
        for line in program.stdout or ():
            lines.append(line.rstrip())
            see(line.rstrip())
    return program.returncode, list(lines)


def clean_environment() -> dict[str, str]:
    """Our variables, without those that send pip or Python somewhere else than into `.venv/`."""
    leave = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in leave}


NO_INDEX = "the package index cannot be reached; check the network, or set PIP_PROXY or PIP_INDEX_URL"
REMEDIES = {  # what pip says: what to do; the first that is found counts
    "DO NOT MATCH THE HASHES": "a package is not the one that the lock names; do not use it, and tell the maintainers",
    "CERTIFICATE_VERIFY_FAILED": "the package index is not trusted here; set PIP_CERT to your organisation's file",
    "No space left on device": "the disk is full; free about 500 MB",
    "Permission denied": "a file may not be written; check who owns this folder",
    "NewConnectionError": NO_INDEX,
    "name resolution": NO_INDEX,
    "onnection": NO_INDEX,
    "timed out": NO_INDEX,
    "No matching distribution": "a package has no ready-made file for this Python here; use CPython 3.11 to 3.14",
}


def remedy(output: str) -> str:
    """What to do about a failed installation, from what pip said."""
    found = [advice for sign, advice in REMEDIES.items() if sign in output]
    advice = found[0] if found else "pip did not finish; the lines above say why"
    return f"{advice}; then run the same command again"


class Step:
    """One line on the terminal for one piece of work: what it is, how far it is, how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.live = sys.stdout.isatty()
        self.failed = False  # said by who goes on all the same

    def __enter__(self) -> "Step":
        self.begun = time.monotonic()
        self.written = 0
        print(f"{self.title} ...", end="", flush=True)
        return self

    def tell(self, words: str) -> None:
        """Show how far it is, where there is somebody to look."""
        if self.live:
            text = f"{self.title} ... {words}"[: shutil.get_terminal_size().columns - 1]
            print(f"\r{text:{self.written}}", end="", flush=True)
            self.written = len(text)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        took = f"{time.monotonic() - self.begun:.0f} s"
        ending = "failed after " + took if kind or self.failed else took
        if self.live:
            print(f"\r{self.title} ... {ending:{self.written}}", flush=True)
        else:
            print(f" {ending}", flush=True)
