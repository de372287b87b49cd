"""Which browser the tests use; `python -m tests.browser.finding` says which, and exits with 1 where there is none.

A browser of the system comes first, since it is there already; then Playwright's own download; then Edge and Chrome
where their installers put them, which is not on the PATH on Windows and macOS.
"""

import os
import shutil
import sys
from typing import TypedDict

from playwright.sync_api import Error, Playwright, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
REMEDY = (
    "no browser: install Chromium, Chrome or Edge, or run `playwright install chromium` in .venv, "
    "or name a browser's program in QA_CHROMIUM"
)
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


class Choice(TypedDict, total=False):
    """The words of `launch` that choose a browser."""

    executable_path: str
    channel: str


def find(playwright: Playwright) -> Choice | None:
    """The first browser that can be had; one that is named must be there."""
    named = os.environ.get("QA_CHROMIUM")
    if named:
        return {"executable_path": named} if shutil.which(named) else None
    for program in PROGRAMS:
        path = shutil.which(program)
        if path and not path.startswith("/snap/"):  # a snap's browser may not read our temporary folders
            return {"executable_path": path}
    return next((choice for choice in _installed() if _starts(playwright, choice)), None)


def flags() -> list[str]:
    """For a browser that should ask nothing of the network; without its sandbox only where it refuses to have one."""
    is_root = sys.platform != "win32" and os.geteuid() == 0
    return [*FLAGS, *(["--no-sandbox"] if is_root else [])]


def _installed() -> tuple[Choice, ...]:
    return Choice(), Choice(channel="msedge"), Choice(channel="chrome")


def _starts(playwright: Playwright, choice: Choice) -> bool:
    try:
        playwright.chromium.launch(args=flags(), **choice).close()
    except Error:
        return False
    return True


if __name__ == "__main__":
    with sync_playwright() as started:
        found = find(started)
    print(next(iter(found.values()), "Playwright's own") if found is not None else REMEDY)  # noqa: T201
    sys.exit(found is None)
