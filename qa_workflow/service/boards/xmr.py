"""XmR charts: whether a series of figures changes, or only varies as it always does. Pure arithmetic, and its words.

The limits are the mean ± 2.66 × the mean moving range. Four rules tell of special cause, by NHS England's Making Data
Count; run lengths differ between tools, so they are settings and stand beside every chart:

1. a point outside the limits;
2. `run` points in a row on one side of the mean;
3. `trend` points in a row, each higher (or each lower) than the one before;
4. two of three points in a row in the outer third towards a limit, on one side of the mean, within the limits.

Source: DOMAIN §6 (NHSRplotthedots 0.2.2: runs and trends of 7 points, no points beyond the limits in rule 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

FACTOR = 2.66
SCREENING = 3.267
"""Moving ranges above so many times their mean are left out of it where `screened` asks for that."""
ENOUGH = 12
"""With fewer points the limits are trial limits."""
_ALIKE = 1e-9
"""What computers make of equal figures by adding and dividing them."""
FEWEST = 3
"""Two points are no ground for any verdict."""


class Signal(StrEnum):
    """One of the rules."""

    OUTSIDE = "outside"
    RUN = "run"
    TREND = "trend"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings of a chart. `screened` leaves unusually large moving ranges out of the limits."""

    run: int = 7
    trend: int = 7
    screened: bool = False

    def told(self) -> tuple[str, ...]:
        """The rules in words, as they stand beside a chart."""
        return (
            "Limits: the mean plus and minus 2.66 times the mean moving range"
            + (", large moving ranges left out." if self.screened else "; no point is left out."),
            "Special cause is shown by a point outside the limits;",
            f"by {self.run} points in a row on one side of the mean;",
            f"by {self.trend} points in a row that all rise or all fall;",
            "by two of three points in a row in the outer third of the limits, on one side of the mean.",
        )


@dataclass(frozen=True, slots=True)
class Side:
    """What a rule says of a point: by which rule, and whether it is high or low (rising or falling, of a trend)."""

    signal: Signal
    high: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A series with its limits, and what the rules say of each point, in the order of the points."""

    values: tuple[float, ...]
    mean: float = 0.0
    lower: float = 0.0
    upper: float = 0.0
    signals: tuple[tuple[Side, ...], ...] = ()
    rules: Rules = field(default_factory=Rules)

    @property
    def has_limits(self) -> bool:
        """Whether there are points enough for any limits."""
        return len(self.values) >= FEWEST

    @property
    def is_trial(self) -> bool:
        """Whether the limits rest on few points and will still move."""
        return self.has_limits and len(self.values) < ENOUGH


def chart(values: Sequence[float], rules: Rules | None = None) -> Chart:
    """The chart of a series; with fewer than three points there are no limits, and nothing is said of any."""
    rules, series = rules or Rules(), tuple(float(value) for value in values)
    if len(series) < FEWEST:
        return Chart(series, signals=((),) * len(series), rules=rules)
    mean = sum(series) / len(series)
    reach = FACTOR * _mean_range(series, rules.screened)
    signals = tuple(tuple(found) for found in _signals(series, mean, reach, rules))
    return Chart(series, mean, mean - reach, mean + reach, signals, rules)


def verdict(found: Chart, *, higher_is_worse: bool = True) -> str:
    """What the latest point says, in a sentence; no verdict on fewer than three points."""
    if not found.has_limits:
        counted = {0: "no points", 1: "one point", 2: "two points"}[len(found.values)]
        return f"No verdict: with {counted} nothing can be said about change."
    trial = f" The limits are trial limits: they rest on {len(found.values)} points of the {ENOUGH} that are usual."
    notice = trial if found.is_trial else ""
    latest = found.signals[-1]
    if not latest:
        return f"Common cause: the latest point varies as such figures do; nothing shows a change.{notice}"
    words = " and ".join(described(side, found.rules) for side in latest)
    high = latest[0].high
    kind = "concern" if high is higher_is_worse else "improvement"
    return f"Special cause, {kind}, {'high' if high else 'low'}: the latest point is {words}.{notice}"


def described(side: Side, rules: Rules) -> str:
    """What a rule says of a point, in words."""
    match side.signal:
        case Signal.OUTSIDE:
            return "above the upper limit" if side.high else "below the lower limit"
        case Signal.RUN:
            return f"one of {rules.run} or more in a row {'above' if side.high else 'below'} the mean"
        case Signal.TREND:
            return f"one of {rules.trend} or more in a row that {'rise' if side.high else 'fall'}"
        case Signal.NEAR:
            return f"one of two of three near the {'upper' if side.high else 'lower'} limit"


def _mean_range(series: Sequence[float], screened: bool) -> float:
    ranges = [abs(after - before) for before, after in pairwise(series)]
    mean = sum(ranges) / len(ranges)
    if screened:
        kept = [each for each in ranges if each <= SCREENING * mean]
        mean = sum(kept) / len(kept)
    return mean


def _signals(series: Sequence[float], mean: float, reach: float, rules: Rules) -> Iterator[list[Side]]:
    found: list[list[Side]] = [[] for _ in series]
    for place, value in enumerate(series):
        if abs(value - mean) > reach + _ALIKE:
            found[place].append(Side(Signal.OUTSIDE, value > mean))
    sides = [(value > mean + _ALIKE) - (value < mean - _ALIKE) for value in series]
    _runs(found, sides, rules.run, Signal.RUN)
    steps = [0, *((after > before) - (after < before) for before, after in pairwise(series))]
    _trends(found, steps, rules.trend)
    outer = [side if reach * 2 / 3 < abs(v - mean) <= reach else 0 for side, v in zip(sides, series, strict=True)]
    _near(found, outer, sides)
    yield from found


def _runs(found: list[list[Side]], sides: Sequence[int], length: int, signal: Signal) -> None:
    """A point on the mean ends a run."""
    start = 0
    for place in range(1, len(sides) + 1):
        if place == len(sides) or sides[place] != sides[start]:
            if sides[start] and place - start >= length:
                for each in range(start, place):
                    found[each].append(Side(signal, sides[start] > 0))
            start = place


def _trends(found: list[list[Side]], steps: Sequence[int], length: int) -> None:
    """`length` points make one step less; two equal points end a trend."""
    start = 1
    for place in range(2, len(steps) + 1):
        if place == len(steps) or steps[place] != steps[start]:
            if steps[start] and place - start >= length - 1:
                for each in range(start - 1, place):
                    found[each].append(Side(Signal.TREND, steps[start] > 0))
            start = place


def _near(found: list[list[Side]], outer: Sequence[int], sides: Sequence[int]) -> None:
    """All three points of a window lie on one side of the mean, two of them or more in its outer third."""
    marked: set[int] = set()
    for place in range(len(outer) - 2):
        window = range(place, place + 3)
        for side in (1, -1):
            near = [each for each in window if outer[each] == side]
            if len(near) >= 2 and all(sides[each] == side for each in window):
                marked.update(near)
    for each in sorted(marked):
        found[each].append(Side(Signal.NEAR, outer[each] > 0))
