"""What was measured, as a table for the terminal and as the page docs/performance.md."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table

from qa_workflow.store.database import sqlite_driver
from tests.bench.timing import Compared

HEADINGS = ("Measured", "Where", "Ratio", "Spread", "Aim", "Reached", "Product", "Floor")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `aim` is the most that the ratio (or, without a floor, the seconds) should be."""

    what: str
    where: str
    aim: float | None
    product: float
    floor: float | None = None
    spread: tuple[float, float] | None = None

    @classmethod
    def of(cls, what: str, where: str, aim: float | None, compared: Compared) -> Line:
        """A line with a ratio."""
        return cls(what, where, aim, compared.product_median, compared.floor_median, compared.spread)

    @classmethod
    def plain(cls, what: str, where: str, aim: float, times: Sequence[float]) -> Line:
        """A line of seconds that are compared with nothing."""
        return cls(what, where, aim, statistics.median(times), None, (min(times), max(times)))

    @property
    def measure(self) -> float:
        """What is held against the aim."""
        return self.product if self.floor is None else self.product / self.floor

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.aim is None:
            return "no aim"
        return "reached" if self.measure <= self.aim else "missed"

    def cells(self) -> tuple[str, ...]:
        """As text, in the order of the headings."""
        unit = "" if self.floor is not None else " s"
        return (
            self.what,
            self.where,
            f"{self.measure:.2f}{unit}",
            "" if self.spread is None else f"{self.spread[0]:.2f} to {self.spread[1]:.2f}{unit}",
            "" if self.aim is None else f"{self.aim:.1f}{unit}",
            self.verdict,
            lasting(self.product),
            "" if self.floor is None else lasting(self.floor),
        )


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a run was made."""

    at: datetime
    items: int
    rounds: int
    postgresql: str | None


def lasting(seconds: float) -> str:
    """A duration with three figures."""
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if seconds * factor < 1_000:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds:.3g} s"


def table(lines: Sequence[Line]) -> Table:
    """For the terminal; the words say what the colours say."""
    shown = Table(title="Times the hand-written SQL")
    for heading in HEADINGS:
        shown.add_column(heading, justify="left" if heading in HEADINGS[:2] else "right")
    colours = {"reached": "green", "missed": "red", "no aim": "dim"}
    for line in lines:
        cells = line.cells()
        shown.add_row(*(f"[{colours[c]}]{c}[/]" if n == 5 else c for n, c in enumerate(cells)))
    return shown


def machine(conditions: Conditions) -> list[str]:
    """What it ran on, without saying where."""
    sqlite = ".".join(map(str, sqlite_driver().version))
    load = f", load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return [
        f"{os.cpu_count()} processors, {platform.machine()}, {platform.system()}{load}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite}, write-ahead log",
        f"PostgreSQL {conditions.postgresql}, fsync on" if conditions.postgresql else "PostgreSQL was left out",
    ]


def page(lines: Sequence[Line], conditions: Conditions) -> str:
    """docs/performance.md."""
    rows = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    rows += [f"| {' | '.join(line.cells())} |" for line in lines]
    facts = "\n".join(f"- {fact}" for fact in machine(conditions))
    return _PAGE.format(
        rows="\n".join(rows),
        facts=facts,
        day=conditions.at.date().isoformat(),
        items=f"{conditions.items:,}",
        rounds=conditions.rounds,
    )


_PAGE = """# How fast it is

Written by `python3 dev.py bench`; change `tests/bench/`, not this page.

Each line compares the product with **hand-written SQL on the bare driver that does the same statements**: the same
tables, the same rows byte for byte, in the same order, under the same durability. The rows that this floor writes
were worked out beforehand, by letting the product do the same work and taking it back. So the floor judges no rules,
counts no dates, writes no JSON and hashes nothing: a ratio of 2.0 means that all of that together costs as much as
the database.

No program can do that, though: none is handed its rows. So beside each line about items there is a second one, without
an aim, **to SQL that makes its rows**. This floor is handed values; it reads the item's state as JSON, writes the JSON
of state, events, letters and answers (with msgspec, as the product does), and hashes each event with the hash it has
read. It still judges no rule and counts no date: what the product costs beyond it is deciding. A test holds that
product and floors leave the same rows behind (`tests/store/test_bench.py`).

{rows}

Ratio: median of the product's rounds to the median of the floor's. Spread: the smallest and the largest ratio of two
rounds side by side. Product and floor: medians, for one unit of what is measured.

## What the lines mean

- **Durable advance**: one item through five steps, each with a role and a guard, most with a due date, one with four
  eyes; every step its own transaction through the one function that moves items: the item is locked and read, request
  key and revision are compared, and event (chained by hash), timers, the item's row, letters and answer are written.
  The floor sends one statement after the other; on PostgreSQL that is one round trip for each. The product travels
  twice: with BEGIN and the look at the item, and with all that is written and COMMIT.
- **Bulk advance**: one step of 10,000 items in one decision, each decided by itself and with its own event, in
  transactions of 500. The floor does one item after the other, statement by statement, in the same transactions.
- **Sweep**: 1,000 items are due among {items} open ones; claimed and decided in transactions of 100. The floor claims
  the same batches and writes each kind of row with one call of the driver (`executemany`). The product
  also notes that it has looked and what it did, in two small transactions a sweep, which the floor does not.
- **First page of overdue**: the 50 items that are overdue for longest among {items} open ones, as items. The floor
  fetches the same rows and reads their stored state as JSON, but makes no items of it.
- **Checking a file**: a workflow of 1,000 stages through all checks, against `CSafeLoader` and the validation by
  pydantic of the same shape. The check puts Python's search for circles of garbage off while it reads, as a program may
  that knows what it makes; the two libraries, as one calls them, do not.
- **Verifying**: 200,000 events. "Chains" is that every history is whole and the items end where it ends; "everything"
  also tells every history again and compares every row with it. The floor fetches and hashes the same
  lines (events, and the house's own histories).
- **Pages**: 100,000 items with 1,000,000 events, copied from items that people of a demonstration really moved. Eight
  people open a page at once, fifteen times each, of one server process, and nothing is kept between visits. The
  floor asks what the page asks of the database, by the bare driver, in one process as well, all eight from the first to
  the last of their questions: alone, most pages' questions take a tenth of a millisecond, and nobody would meet
  anybody. No server can answer that fast, so a second line has another floor, "its queries served": the same people
  ask the same server for the rows that the page's queries find, as JSON.
- **Starting**: `qa-workflow --help` from start to end of the process.

## How it was made

On {day}, {rounds} rounds (fewer where one takes long), floor and product in turns, the one that begins changing from
round to round, after a first that does not count. What is alive when a round begins is passed over by Python's search
for circles of garbage, as the server has it of all that it has loaded; both sides gain by it. Items and rounds can be
chosen: `python3 dev.py bench --help`.

{facts}

Absolute times depend on the machine and on what else it does, ratios less so: a load average above the number of
processors means that other work ran beside, so compare spreads before concluding anything from a small difference.
"""
