"""Other processes that work on a database, and die when told to: `python -m tests.store.hands`, one order a line.

The process that reads the orders has everything loaded; each order is carried out by a copy of it (fork), so that two
hundred deaths cost seconds, and who dies at any moment dies at work and not while it loads its libraries. An order and
its answer are lines of JSON. The copies say what was confirmed to them through a pipe, a line for each commit, as a
person would have seen it on the screen.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import make_url

from qa_workflow import fault_points
from qa_workflow.engine import Setting, open_item
from qa_workflow.engine.commands import Fire, Open
from qa_workflow.engine.policy import actor_of
from qa_workflow.store import open_store
from qa_workflow.store.backups.backup import backup
from qa_workflow.store.faults import Passing
from qa_workflow.store.proof.checkpoints import checkpoint
from tests.store.office import START, Office

STEPS = (("submit", "ann"), ("return", "rob"), ("submit", "ann"), ("check", "rob"), ("read", "ann"))
"""The way of a paper that `work` takes: what is done, and by whom."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a copy is to do, and how it is to end.

    Attributes:
        task: `work` (open papers and take them through, for ever), `race` (submit what is still at revision 1), `sweep`
            (do all that is due), `checkpoint` or `backup`.
        first: number of the first paper.
        fault: a fault point to die at, as `before_commit:kill:3`.
        within: die so many seconds after the first commit was confirmed; 0 for never.
        hands: how many copies do it at the same time and in step; only the first dies.
    """

    url: str
    task: str
    first: int = 1
    last: int = 0
    fault: str | None = None
    within: float = 0
    hands: int = 1
    folder: str = ""


class Nursery:
    """The process that carries out orders. Use as a context."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.store.hands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def carry_out(self, order: Order) -> list[list[str]]:
        """What was confirmed to each copy, once all have ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        found: list[list[str]] = json.loads(self._process.stdout.readline())
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()


class Ring:
    """Copies keep step: after each commit one waits until the one before it has committed as often, or has ended.

    Without it one copy would do all: SQLite gives the lock to who asks first, which is who has just had it.
    """

    def __init__(self, hands: int) -> None:
        self._pipes = [os.pipe() for _ in range(hands)]
        self._before = self._after = -1

    def join(self, number: int) -> None:
        """Be one of the ring: from here on only the pipes to both neighbours are open."""
        self._before, self._after = self._pipes[number][0], self._pipes[(number + 1) % len(self._pipes)][1]
        self.leave()

    def leave(self) -> None:
        """Close the pipes of others."""
        for end in {end for pipe in self._pipes for end in pipe} - {self._before, self._after}:
            os.close(end)

    def keep_step(self) -> None:
        """Another commit: tell the one after, wait for the one before; who has died holds nobody up."""
        with suppress(BrokenPipeError):
            os.write(self._after, b".")
        os.read(self._before, 1)


def main() -> None:
    """Read orders until there are no more."""
    _load_what_counts_days()
    for line in sys.stdin:
        order = Order(**json.loads(line))
        make_url(order.url).get_dialect().import_dbapi()
        print(json.dumps(_carry_out(order)), flush=True)  # noqa: T201  the answer


def _load_what_counts_days() -> None:
    """A due date is worked out: the list of holidays is read when the first one is, and takes longer than ten moves."""
    ann = actor_of(Office.governance.people["ann"], Office.governance, START.date())
    command = Open("0" * 32, "P/0", 1, None, None, {})
    open_item(Office.workflow, command, actor=ann, now=START, setting=Setting(Office.governance))


def _carry_out(order: Order) -> list[list[str]]:
    gate_read, gate_write = os.pipe()
    ring = Ring(order.hands)
    pipes: list[tuple[int, int]] = []
    for number in range(order.hands):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(gate_write)
            ring.join(number)
            _be(order, write, gate_read, ring, dies=number == 0)
        os.close(write)
        pipes.append((child, read))
    os.close(gate_read)
    ring.leave()
    os.close(gate_write)  # all begin when this is closed
    said: list[list[str]] = []
    for child, read in pipes:
        with os.fdopen(read) as lines:
            said.append(lines.read().splitlines())
        os.waitpid(child, 0)
    return said


def _be(order: Order, pipe: int, gate: int, ring: Ring, *, dies: bool) -> None:
    """Never returns."""

    def confirmed(*words: object) -> None:
        os.write(pipe, f"{' '.join(map(str, words))}\n".encode())
        if dies and order.within and signal.getitimer(signal.ITIMER_REAL)[0] == 0:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # as final as SIGKILL, and to the microsecond
            signal.setitimer(signal.ITIMER_REAL, order.within)
        ring.keep_step()

    try:
        store = open_store(order.url)
        office = Office(store)
        assert store.id
        os.read(gate, 1)
        if dies and order.fault:
            fault_points.arm(order.fault)
        _TASKS[order.task](office, order, confirmed)
        store.dispose()
    except BaseException as fault:  # noqa: BLE001  said to whoever gave the order
        confirmed("failed", type(fault).__name__, fault)
    finally:
        os._exit(0)


def _work(office: Office, order: Order, confirmed: object) -> None:
    assert callable(confirmed)
    for number in range(order.first, order.first + 100_000):
        name = f"P/{number}"
        confirmed(name, office.open(number, note="first", cycle=f"paper/{number}").revision)
        for step, (trigger, actor) in enumerate(STEPS):
            command = Fire(trigger, {"note": f"{trigger} {number}"}, "a reason")
            confirmed(name, office.do(name, command, actor, request=f"{name}/{step}").revision)


def _race(office: Office, order: Order, confirmed: object) -> None:
    assert callable(confirmed)
    for number in range(order.first, order.last + 1):
        name = f"P/{number}"
        while True:
            try:
                with office.store.writing() as unit:
                    taken = unit.take(name)
                    if taken.item.revision == 1:
                        unit.save(office.saving(taken, office.decide(taken, Fire("submit"), "ann")))
            except Passing:
                continue
            break
        confirmed("won" if taken.item.revision == 1 else "lost", name)


def _sweep(office: Office, _: Order, confirmed: object) -> None:
    assert callable(confirmed)
    office.now = START + timedelta(days=60)
    while True:
        try:
            done = office.tick(5)
        except Passing:
            continue
        if not done:
            return
        confirmed("done", done)


def _checkpoint(office: Office, _: Order, confirmed: object) -> None:
    assert callable(confirmed)
    confirmed(checkpoint(office.store, office.now))


def _backup(office: Office, order: Order, confirmed: object) -> None:
    assert callable(confirmed)
    confirmed(backup(office.store, Path(order.folder), datetime.fromtimestamp(0, START.tzinfo)).folder)


_TASKS = {"work": _work, "race": _race, "sweep": _sweep, "checkpoint": _checkpoint, "backup": _backup}

if __name__ == "__main__":
    main()
