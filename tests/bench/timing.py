"""Fair comparisons: floor and product in turns, the one that begins changing from round to round, medians of all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """Seconds of each round, already for one unit of work (a move, a sweep, a file)."""

    product: Sequence[float]
    floor: Sequence[float]

    @property
    def ratio(self) -> float:
        """The product's median to the floor's."""
        return self.product_median / self.floor_median

    @property
    def product_median(self) -> float:
        return statistics.median(self.product)

    @property
    def floor_median(self) -> float:
        return statistics.median(self.floor)

    @property
    def spread(self) -> tuple[float, float]:
        """The smallest and the largest ratio of a product's round to the floor's round beside it."""
        each = [p / f for p, f in zip(self.product, self.floor, strict=True)]
        return min(each), max(each)


Ready = Callable[[int], Callable[[], object]]
"""Told the number of a round, makes everything ready and gives what is to be timed. Round -1 warms up."""


def compare(rounds: int, product: Ready, floor: Ready, units: int = 1) -> Compared:
    """Run both in turns; each does `units` units of work in a round."""
    return compare_all(rounds, product, [floor], units)[0]


def compare_all(rounds: int, product: Ready, floors: Sequence[Ready], units: int = 1) -> list[Compared]:
    """Run the product and several floors in turns, the product against each of them."""
    everyone = [product, *floors]
    for ready in everyone:
        ready(-1)()
    found: list[list[float]] = [[] for _ in everyone]
    for number in range(rounds):
        turns = list(zip(found, everyone, strict=True))
        for times, ready in turns if number % 2 else reversed(turns):
            times.append(seconds(ready(number)) / units)
    ours, *theirs = found
    return [Compared(ours, times) for times in theirs]


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, without garbage of what ran before.

    What is alive by now is passed over by the search for garbage, as the server has it of what it has loaded; else
    whoever makes most values would pay for all the rows that the measuring keeps.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
