"""Where items wait longest, by stage and body: medians and the longest, those that still wait among them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from qa_workflow.definition import Workflow
from qa_workflow.engine import Actor
from qa_workflow.service.boards.figures import Figures, Waited, current
from qa_workflow.service.house import House
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Wait:
    """How long items wait at one stage for one body, in days.

    `median` is of all stays, those that go on with the time they have lasted so far; of an even number it may end in a
    half. `longest` is of those, with the item; `waiting` how many wait now, `longest_now` the one that waits longest.
    """

    workflow: str
    title: str
    stage: str
    stage_title: str
    body: str
    body_title: str
    stays: int
    median: float
    longest: tuple[int, str] | None
    waiting: int
    longest_now: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Waits:
    """The longest median first; `at` is when it was worked out, None if it never was yet."""

    lines: tuple[Wait, ...] = ()
    at: datetime | None = None


def waits(house: House, actor: Actor, now: datetime, *, workflow: str = "", body: str = "") -> Waits:
    """Where items wait, of what may be seen."""
    figures = current(house, now)
    if figures is None:
        return Waits()
    with house.looking() as (_, world):
        found = _lines(world, figures.seen(world.sight(actor)), now)
    kept = (line for line in found if workflow in ("", line.workflow) and body in ("", line.body))
    return Waits(tuple(sorted(kept, key=lambda line: (-line.median, line.title, line.stage, line.body))), figures.at)


def median(stays: Counter[int]) -> float:
    """The middle of them; of an even number the mean of the two in the middle. 0 for none."""
    days = sorted(stays)
    passed = list(accumulate(stays[each] for each in days))
    if not passed:
        return 0
    lower, upper = (days[bisect_right(passed, place)] for place in ((passed[-1] - 1) // 2, passed[-1] // 2))
    return (lower + upper) / 2


def _lines(world: World, figures: Figures, now: datetime) -> Iterator[Wait]:
    together: dict[tuple[str, str, str], Waited] = {}
    for group, waited in figures.waited.items():
        together.setdefault((group.workflow, group.stage, group.body), Waited()).add(waited)
    for (name, stage, body), waited in together.items():
        workflow = world.workflows.get(name)
        found = world.governance.bodies.get(body)
        everything = waited.over + waited.going
        if not everything:
            continue  # all that was there was withdrawn
        longest = [each for each in (waited.longest_over, waited.longest_going) if each is not None]
        yield Wait(
            workflow=name,
            title=workflow.title if workflow else name,
            stage=stage,
            stage_title=_titled(workflow, stage),
            body=body,
            body_title=found.title_on(now.date()) if found else "",
            stays=sum(everything.values()),
            median=median(everything),
            longest=max(longest, default=None),
            waiting=sum(waited.going.values()),
            longest_now=waited.longest_going,
        )


def _titled(workflow: Workflow | None, stage: str) -> str:
    """A stage's title; of a stage that the newest version does not have any more, its name as words."""
    if workflow is not None and stage in workflow.stages:
        return workflow.stages[stage].title
    return stage.rpartition(".")[2].replace("_", " ").capitalize()
