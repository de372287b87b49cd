"""A year of assurance on a rehearsal clock, told in the terminal: `python3 dev.py demo [--keep FOLDER]`."""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from qa_workflow.errors import QaWorkflowError, StorageFault
from year.ending import end_of_year
from year.house import House
from year.opening import introduce
from year.playing import Player
from year.story import END, EVE, deeds
from year.telling import Teller

WIDEST = 100


def main(words: list[str] | None = None) -> int:
    """Play the year; 0 when everything proves itself at the end."""
    parser = argparse.ArgumentParser(prog="dev.py demo", description="A year of assurance on a rehearsal clock.")
    parser.add_argument("--keep", metavar="FOLDER", type=Path, help="keep the database there, to explore it afterwards")
    kept: Path | None = parser.parse_args(words).keep
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # where the terminal has no curly quotes
    console = Console(highlight=False, emoji=False, markup=False, legacy_windows=False)
    console.width = min(console.width, WIDEST)
    try:
        with tempfile.TemporaryDirectory(prefix="qa-workflow-year-", ignore_cleanup_errors=True) as folder:
            return play(console, kept or Path(folder), kept=kept is not None)
    except QaWorkflowError as fault:
        print(f"year_of_assurance: {fault}", file=sys.stderr)
        return fault.exit_code
    except OSError as fault:
        print(f"year_of_assurance: {fault}; name another folder with --keep", file=sys.stderr)
        return StorageFault.exit_code
    except KeyboardInterrupt:
        print("\nyear_of_assurance: stopped", file=sys.stderr)
        return 130


def play(console: Console, folder: Path, *, kept: bool) -> int:
    """The year in a new database in that folder."""
    house = House(folder, EVE)
    try:
        teller = Teller(console, house.governance, house.post)
        introduce(console, house)
        Player(house, teller).play(deeds(), END)
        teller.close_month()
        return end_of_year(console, house, folder if kept else None)
    finally:
        house.close()


if __name__ == "__main__":
    sys.exit(main())
