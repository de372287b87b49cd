"""Several processes on one database: nothing is lost, nothing happens twice, also when one of them is killed."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from contextlib import suppress
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import BrokenBarrierError

import pytest

from qa_workflow import fault_points
from qa_workflow.service.house import Work
from qa_workflow.service.items.opening import Wish, opened
from qa_workflow.testing import FakeClock, Postbox
from tests.service.conftest import opener, proved

SPAWN = multiprocessing.get_context("spawn")
LATE = "2027-04-17T09:00"
"""After the visits' due date, 16 April."""
TOGETHER = 500


def many_opened(work: Work) -> None:
    """In one transaction, for opening is not what is looked at, and five thousand commits take most of a minute."""
    for _ in range(TOGETHER):
        opened(work, Wish("visit", None, None, "ann"))


def sweeper(folder: Path, url: str, begun: Barrier, step: Barrier, fault: str | None) -> None:
    """A process that looks what time does, once; or dies in its first batch.

    Between batches those that live keep step: SQLite gives the lock to who asks first, which is who has just had it.
    """

    def keep_step() -> None:
        with suppress(BrokenBarrierError):  # one has found nothing more to do
            step.wait()

    with opener(folder, url, FakeClock(LATE), Postbox())() as office:
        begun.wait()
        if fault is not None:
            fault_points.arm(fault)
        office.tick(pause=keep_step)
        step.abort()


@pytest.mark.slow(seconds=30)
def test_four_sweepers_of_which_one_is_killed_fire_5000_timers_once_each(
    tmp_path: Path, database_url: str, clock: FakeClock, postbox: Postbox
) -> None:
    """None lost, none twice; and each person hears of what is theirs, at least once."""
    count = 5000
    with opener(tmp_path, database_url, clock, postbox)() as office:
        for _ in range(count // TOGETHER):
            office._house.write(many_opened)
        office.tick()
    begun, step = SPAWN.Barrier(4, timeout=60), SPAWN.Barrier(3, timeout=60)
    faults = ["before_commit:kill:1", None, None, None]
    sweepers = [SPAWN.Process(target=sweeper, args=(tmp_path, database_url, begun, step, each)) for each in faults]
    for each in sweepers:
        each.start()
    for each in sweepers:
        each.join(120)
    assert [each.exitcode for each in sweepers] == [-signal.SIGKILL, 0, 0, 0], "nobody stood in another's way"
    with opener(tmp_path, database_url, FakeClock(LATE), postbox)() as office:
        office.tick()
        items = office.items(limit=count + 10)
        fired = Counter(event.kind for item in items for event in office.history(item.id)[1:])
        proved(office)
    assert (len(items), {item.slips for item in items}, fired) == (count, {1}, {"overdue": count})
