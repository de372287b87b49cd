"""Runs the measurements, shows the table, and after a whole run writes docs/performance.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Console

from qa_workflow.clock import SystemClock
from tests.bench import advancing, asking_bare, crowded, deciding, reading, starting, verifying, visiting
from tests.bench.course import ROOT
from tests.bench.places import Place, places, server_version
from tests.bench.report import Conditions, Line, machine, page, table
from tests.bench.timing import Compared

PAGE = ROOT / "docs" / "performance.md"
Aims = Mapping[str, float]
ADVANCE: Aims = {"SQLite NORMAL": 2.0, "SQLite FULL": 1.6, "PostgreSQL": 0.8}
NAMES = ("start", "check", "advance", "bulk", "crowd", "verify", "pages")


def main() -> int:
    """The command."""
    asked = _asked()
    console = Console()
    if not console.is_terminal:
        console.width = 130
    found: list[Line] = []
    names = asked.only or list(NAMES)
    rounds = min(asked.rounds, advancing.MOST_ROUNDS)
    with places(postgresql=not asked.no_postgresql) as where:
        conditions = Conditions(SystemClock().now(), asked.items, rounds, server_version(where))
        with console.status("") as status:
            for line in _lines(names, where, rounds, asked, status.update):
                found.append(line)
                console.print(f"{line.what}, {line.where}: {line.measure:.2f} ({line.verdict})", highlight=False)
    console.print(table(found))
    for fact in machine(conditions):
        console.print(f"  {fact}", highlight=False)
    if asked.only or asked.no_postgresql:
        console.print(f"{PAGE.relative_to(ROOT)} is written only by a whole run.")
    else:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(found, conditions), encoding="utf-8")
        console.print(f"Written to {PAGE.relative_to(ROOT)}.")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description="The engine against hand-written SQL, as ratios.")
    parser.add_argument("--only", action="append", choices=NAMES, help="measure this alone; may be repeated")
    parser.add_argument("--items", type=int, default=1_000_000, help="open items of the full house (default 1000000)")
    parser.add_argument("--visited", type=int, default=100_000, help="items of the house with pages (default 100000)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of the quick measurements (default 9)")
    parser.add_argument("--no-postgresql", action="store_true", help="SQLite only")
    return parser.parse_args()


def _lines(
    names: list[str], where: list[Place], rounds: int, asked: argparse.Namespace, say: Callable[[str], None]
) -> Iterator[Line]:
    few = max(3, rounds // 2)
    if "start" in names:
        say("starting the program")
        yield Line.plain("Starting: qa-workflow --help", "process", 0.3, starting.help_page(rounds))
    if "check" in names:
        say("checking a file of 1,000 stages")
        yield Line.of("Checking a file of 1,000 stages", "text", 1.5, reading.check(few))
    for place in where:
        if "advance" in names:
            say(f"{place.name}: durable advance")
            found = advancing.advance(place, rounds)
            yield from _both("Durable advance", place.name, ADVANCE[place.name], found)
        if "bulk" in names:
            say(f"{place.name}: 10,000 items in one decision")
            yield from _both("Bulk advance of 10,000 items", place.name, 1.0, deciding.decide(place, 3))
    if "crowd" in names:
        yield from _crowd(where, few, asked.items, say)
    if "verify" in names:
        yield from _verify(where, few, say)
    if "pages" in names:
        yield from _pages(asked.visited, say)


def _both(what: str, where: str, aim: float, found: Sequence[Compared]) -> Iterator[Line]:
    """Beside the floor that is handed its rows, which has the aim, and beside the one that makes them."""
    bare, making = found
    yield Line.of(what, where, aim, bare)
    yield Line.of(f"{what}, to SQL that makes its rows", where, None, making)


def _crowd(where: list[Place], rounds: int, items: int, say: Callable[[str], None]) -> Iterator[Line]:
    """SQLite's two durabilities share one full file."""
    for first in (place for place in where if place.synchronous != "FULL" or not place.is_sqlite):
        together = [place for place in where if place.is_sqlite == first.is_sqlite]
        say(f"filling {together[0].databases.kind} with {items:,} items")
        full = crowded.crowd(first, items, 3 * (rounds + 1) * len(together))
        for place in together:
            say(f"{place.name}: sweep")
            what = f"Sweep, 1,000 due of {items:,}"
            yield from _both(what, place.name, 1.3, crowded.sweep(place, full, rounds))
        say(f"{first.databases.kind}: first page of overdue")
        what = f"First page of 50 overdue of {items:,}"
        yield Line.of(what, _kind(first), 2.5, crowded.first_page(first, full, rounds))
        first.databases.remove()


def _verify(where: list[Place], rounds: int, say: Callable[[str], None]) -> Iterator[Line]:
    for place in (place for place in where if place.name != "SQLite FULL"):
        say(f"{_kind(place)}: writing 200,000 events")
        url = verifying.histories(place)
        say(f"{_kind(place)}: verifying")
        found = verifying.prove(place, url, rounds, deep=False)
        yield Line.of("Verifying 200,000 events, chains", _kind(place), 1.5, found)
        found = verifying.prove(place, url, 1, deep=True)
        yield Line.of("Verifying 200,000 events, everything", _kind(place), None, found)


def _pages(items: int, say: Callable[[str], None]) -> Iterator[Line]:
    """Three lines a page: beside its bare queries, beside the same behind the same server, and how long people wait."""
    for visited in visiting.visit(items, visiting.MAIN, say):
        what = f"Page, p95 of {asking_bare.PEOPLE} people: {visited.title}"
        yield Line(what, "SQLite", 3.0, visited.page, visited.queries)
        yield Line(f"{what}, to its queries served", "SQLite", None, visited.page, visited.served)
        yield Line(f"{what}, seconds", "SQLite", visiting.MOST, visited.page)


def _kind(place: Place) -> str:
    return "SQLite" if place.is_sqlite else place.name


if __name__ == "__main__":
    raise SystemExit(main())
