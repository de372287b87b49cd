"""Lateness over time: of the steps that fell due in a month, the share that was not done in time, as an XmR chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from qa_workflow.calendar.words import MONTHS
from qa_workflow.engine import Actor
from qa_workflow.service.boards import xmr
from qa_workflow.service.boards.figures import Figures, Group, Month, current
from qa_workflow.service.boards.xmr import Chart, Rules
from qa_workflow.service.house import House
from qa_workflow.service.refusals import Unknown

LAST, FIRST = "last", "first"
MOST = 36
"""Months that a chart goes back."""


@dataclass(frozen=True, slots=True)
class Point:
    """One month: how many steps fell due, how many were late, the share in percent (None where none fell due).

    `said` is what the rules say of it, in words; empty for common cause.
    """

    month: str
    words: str
    due: int
    late: int
    share: float | None
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lateness:
    """Months that are over, the earliest first; the chart has those in which something fell due."""

    points: tuple[Point, ...] = ()
    chart: Chart = field(default_factory=lambda: Chart(()))
    verdict: str = ""
    at: datetime | None = None


def lateness(
    house: House, actor: Actor, now: datetime, *, workflow: str = "", body: str = "", by: str = LAST
) -> Lateness:
    """How much is late, of what may be seen.

    Args:
        by: "last" counts by each date that came while it was in force, "first" by the date first given.

    Raises:
        Unknown: another date than these two.
    """
    seen = _seen(house, actor, now, by)
    if seen is None:
        return Lateness()
    figures, today = seen
    return _drawn(_together(figures, by, workflow, body), today, figures.at)


def by_body(
    house: House, actor: Actor, now: datetime, *, workflow: str = "", body: str = "", by: str = LAST
) -> dict[str, Lateness]:
    """The same for each body by its name, in their order; last, under an empty name, what belongs to none."""
    seen = _seen(house, actor, now, by)
    if seen is None:
        return {}
    figures, today = seen
    groups = figures.by_last if by == LAST else figures.by_first
    names = sorted({g.body for g in groups if workflow in ("", g.workflow) and body in ("", g.body)} - {""})
    found = {name: _drawn(_together(figures, by, workflow, name), today, figures.at) for name in names}
    loose = {g: months for g, months in groups.items() if not g.body and workflow in ("", g.workflow)}
    if loose and not body:
        found[""] = _drawn(_summed(loose.values()), today, figures.at)
    return found


def _seen(house: House, actor: Actor, now: datetime, by: str) -> tuple[Figures, date] | None:
    """The figures that may be seen, and today; None where they were never worked out."""
    if by not in (LAST, FIRST):
        raise Unknown("date", by[:60], (LAST, FIRST))
    figures = current(house, now)
    if figures is None:
        return None
    with house.looking() as (_, world):
        return figures.seen(world.sight(actor)), world.day(now)


def month_words(month: str) -> str:
    """As "April 2027"."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def _together(figures: Figures, by: str, workflow: str, body: str) -> dict[str, Month]:
    chosen: Mapping[Group, Mapping[str, Month]] = figures.by_last if by == LAST else figures.by_first
    wanted = (m for group, m in chosen.items() if workflow in ("", group.workflow) and body in ("", group.body))
    return _summed(wanted)


def _summed(groups: Iterable[Mapping[str, Month]]) -> dict[str, Month]:
    found: dict[str, Month] = {}
    for months in groups:
        for name, month in months.items():
            found[name] = found.get(name, Month()) + month
    return found


def _drawn(months: Mapping[str, Month], today: date, at: datetime) -> Lateness:
    names = list(_names(min(months, default=""), today))
    counted = {name: months[name] for name in names if name in months}
    chart = xmr.chart([100 * month.late / month.due for month in counted.values()], Rules())
    said = dict(zip(counted, chart.signals, strict=True))
    points = (_point(name, months.get(name, Month()), said.get(name, ()), chart) for name in names)
    return Lateness(tuple(points), chart, xmr.verdict(chart), at)


def _point(name: str, month: Month, sides: tuple[xmr.Side, ...], chart: Chart) -> Point:
    share = 100 * month.late / month.due if month.due else None
    words = tuple(xmr.described(side, chart.rules) for side in sides)
    return Point(name, month_words(name), month.due, month.late, share, words)


def _names(first: str, today: date) -> Iterator[str]:
    """Every month from the first to the last that is over, at most three years of them."""
    if not first:
        return
    last = today.year * 12 + today.month - 2
    begin = max(int(first[:4]) * 12 + int(first[5:7]) - 1, last - MOST + 1)
    for number in range(begin, last + 1):
        yield f"{number // 12}-{number % 12 + 1:02}"
