"""Starting the program: `qa-workflow --help`, as a person waits for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.timing import seconds


def help_page(rounds: int) -> list[float]:
    """Seconds from the start of the process to its end, for each round after a first that warms up."""
    program = Path(sys.executable).parent / "qa-workflow"
    command = [str(program), "--help"]
    run = lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: E731
    return [seconds(run) for _ in range(rounds + 1)][1:]
