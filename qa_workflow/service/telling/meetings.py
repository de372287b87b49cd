"""Whether the meeting that decides a stage has been held: said where it matters, and nothing is forbidden by it.

A workflow that wants no decision before its meeting says `not_before: meeting`; these words are for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from qa_workflow.calendar import local_date, long_date
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Transition
from qa_workflow.engine import Item, Visit
from qa_workflow.engine.dates import own_meeting
from qa_workflow.engine.item import instant
from qa_workflow.service.world import World


def before_it_has_met(world: World, workflow: Workflow, item: Item, step: Transition, now: datetime) -> str:
    """Of a step that is recorded before the meeting which the item waits for; nothing of any other."""
    visit = item.at_stage(step.stage)
    found = _meeting(world, workflow, visit) if visit is not None else None
    if found is None or found[1] <= now:
        return ""
    return f"{_the(found[0])} meets on {_day(world, found[1])}; this is recorded before it has met."


def was_before_it_had_met(world: World, workflow: Workflow, visit: Visit, at: datetime) -> str:
    """Of what was recorded at a stage before the meeting that the item waited for; nothing of anything else."""
    found = _meeting(world, workflow, visit)
    if found is None or found[1] <= at:
        return ""
    return f"Recorded before {_the(found[0], 'the')} had met: its meeting was to be on {_day(world, found[1])}"


def has_passed(world: World, workflow: Workflow, visit: Visit, now: datetime) -> str:
    """Of a stage whose meeting has been held while the item waits still; nothing of any other.

    It may be sitting until its day is over.
    """
    found = _meeting(world, workflow, visit)
    if found is None or world.day(found[1]) >= world.day(now):
        return ""
    return f"{_the(found[0])} met on {_day(world, found[1])}; no decision of that meeting is recorded."


def meets_on(world: World, workflow: Workflow, item: Item, now: datetime) -> date | None:
    """The day of the meeting before which an item is, the next of several; None where none is to come."""
    return min((world.day(at) for _, at in _ahead(world, workflow, item, now)), default=None)


def meetings_ahead(world: World, workflow: Workflow, item: Item, now: datetime) -> list[str]:
    """The meetings to come before which an item is, the next first: each body by title, and the day."""
    found = sorted({(at, title) for title, at in _ahead(world, workflow, item, now)})
    return [f"{title}, on {_day(world, at)}" for at, title in found]


def _ahead(world: World, workflow: Workflow, item: Item, now: datetime) -> Iterator[tuple[str, datetime]]:
    found = (_meeting(world, workflow, visit) for visit in item.visits)
    return (sitting for sitting in found if sitting is not None and sitting[1] > now)


def _meeting(world: World, workflow: Workflow, visit: Visit) -> tuple[str, datetime] | None:
    """The title of the body before which the item is, and when the meeting is held that it counts with."""
    sitting = own_meeting(world.governance, workflow.stages[visit.stage], visit)
    if sitting is None:
        return None
    at = instant(sitting.at)
    return world.governance.bodies[sitting.body].title_on(world.day(at)), at


def _the(title: str, article: str = "The") -> str:
    return f"{article} {title[4:] if title.lower().startswith('the ') else title}"


def _day(world: World, at: datetime) -> str:
    return long_date(local_date(at, world.governance.calendar.zone))
