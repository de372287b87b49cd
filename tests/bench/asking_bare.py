"""Asks a SQLite file questions, as eight people at once: `python -m tests.bench.asking_bare FILE`, asked on stdin."""

from __future__ import annotations

import pickle
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from qa_workflow.store.database import sqlite_driver

PEOPLE = 8
VISITS = 15
"""How often each of them opens a page, or asks its questions."""
Query = tuple[str, Any]


def bare(database: str, queries: Sequence[Query]) -> float:
    """Seconds of the 95th of a hundred rounds of questions.

    Everybody begins when all are there, and goes on until all have asked often enough: questions of a tenth of a
    millisecond would else be answered before the next person has come.
    """
    begin, done = Barrier(PEOPLE), list[int]()

    def person(number: int) -> list[float]:
        connection = sqlite_driver().module.connect(database, cached_statements=256)
        _ask(connection, queries)  # the first finds everything cold
        begin.wait()
        times = [_ask(connection, queries) for _ in range(VISITS)]
        done.append(number)
        while len(done) < PEOPLE:
            times.append(_ask(connection, queries))
        connection.close()
        return times

    return p95(person)


def _ask(connection: Any, queries: Sequence[Query]) -> float:
    """Seconds of one round of questions, in one look."""
    began = time.perf_counter()
    connection.execute("BEGIN")
    for statement, values in queries:
        connection.execute(statement, values).fetchall()
    connection.execute("COMMIT")
    return time.perf_counter() - began


def p95(person: Callable[[int], list[float]]) -> float:
    """The 95th of a hundred times, of what several people do at once."""
    with ThreadPoolExecutor(PEOPLE) as pool:
        times = [seconds for each in pool.map(person, range(PEOPLE)) for seconds in each]
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    print(bare(sys.argv[1], pickle.load(sys.stdin.buffer)))  # noqa: S301  our own parent wrote it
