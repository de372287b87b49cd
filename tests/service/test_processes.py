"""Several processes on one database: nothing is lost, nothing happens twice, also when one of them is killed."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from qa_workflow.testing import FakeClock, Postbox
from tests.service.conftest import opener, proved

SPAWN = multiprocessing.get_context("spawn")
LATE = "2027-04-17T09:00"
"""After the visits' due date, 16 April."""


def sweeper(folder: Path, url: str, ready: object, go: object) -> None:
    """A process that looks what time does, once."""
    with opener(folder, url, FakeClock(LATE), Postbox())() as office:
        ready.release()  # type: ignore[attr-defined]
        go.wait(60)  # type: ignore[attr-defined]
        office.tick()


@pytest.mark.slow
def test_four_sweepers_of_which_one_is_killed_fire_5000_timers_once_each(
    tmp_path: Path, database_url: str, clock: FakeClock, postbox: Postbox
) -> None:
    """None lost, none twice; and each person hears of what is theirs, at least once."""
    count = 5000
    with opener(tmp_path, database_url, clock, postbox)() as office:
        for _ in range(count):
            office.open("visit", actor="ann")
        office.tick()
    ready, go = SPAWN.Semaphore(0), SPAWN.Event()
    sweepers = [SPAWN.Process(target=sweeper, args=(tmp_path, database_url, ready, go)) for _ in range(4)]
    for each in sweepers:
        each.start()
    for _ in sweepers:
        assert ready.acquire(timeout=60)
    go.set()
    sweepers[0].join(0.3)  # let it begin
    os.kill(sweepers[0].pid, signal.SIGKILL)  # type: ignore[arg-type]
    for each in sweepers:
        each.join(120)
    with opener(tmp_path, database_url, FakeClock(LATE), postbox)() as office:
        office.tick()
        items = office.items(limit=count + 10)
        fired = Counter(event.kind for item in items for event in office.history(item.id)[1:])
    assert (len(items), {item.slips for item in items}, fired) == (count, {1}, {"overdue": count})
    proved(database_url, tmp_path / "documents")
