"""Bodies, and when they meet: planned, moved, not held."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from starlette.responses import Response

from qa_workflow.service.house import House
from qa_workflow.service.items import meetings
from qa_workflow.service.items import once as keeping
from qa_workflow.service.items.meetings import Redated
from qa_workflow.service.knowing import may_know
from qa_workflow.web.api.conditions import Key, answered
from qa_workflow.web.api.describing import READING, WRITING, answers, once
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.models import meetings as models
from qa_workflow.web.api.patients import look_through
from qa_workflow.web.api.workflows import OF_SOMETHING, Named
from qa_workflow.web.statuses import NotThere

door = ApiDoor("meetings", __doc__)


@door.get("/bodies", responses=answers(models.Bodies, *READING))
def list_bodies(ask: Called) -> Response:
    """Every group and committee that may be known of."""
    found = [b for b in ask.world.governance.bodies.values() if may_know(ask.world, ask.sight, b)]
    return ask.tell(models.Bodies, {"bodies": found})


@door.get("/bodies/{name}/meetings", responses=answers(models.Meetings, *OF_SOMETHING))
def list_meetings(
    ask: Called, name: Named, count: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 6
) -> Response:
    """A body's next meetings, as they are really held."""
    _body(ask, name)
    return ask.tell(models.Meetings, {"meetings": meetings.upcoming(ask.house, name, count)})


@door.post("/bodies/{name}/meetings/{key}/move", right="meet", responses=once(models.Moved, *WRITING, 404))
def move_meeting(
    ask: Called,
    name: Named,
    key: Annotated[date, Path(description="Its planned day.", examples=["2027-07-28"])],
    wish: models.MoveMeeting,
    again: Key,
) -> Response:
    """Hold a meeting at another time, or not at all; every due date that depends on it moves. `preview` tells which."""
    _body(ask, name)
    look_through(ask, wish)

    def move(house: House) -> list[Redated]:
        return meetings.move(
            house,
            name,
            key.isoformat(),
            wish.at,
            actor=ask.name,
            reason=wish.reason,
            preview=wish.preview,
            sure=wish.sure,
        )

    def told(moved: list[Redated]) -> dict[str, Any]:
        held = {each: getattr(coming, each, None) for each in ("at", "papers", "not_worked")}
        return ask.told(models.Moved, {"preview": wish.preview, **held, "dates": moved})

    coming = meetings.foreseen(ask.house, name, key.isoformat(), wish.at) if wish.at is not None else None
    return answered(keeping.once(ask.house, None if wish.preview else again, move, told))


def _body(ask: Caller, name: str) -> None:
    body = ask.world.governance.bodies.get(name)
    if body is None or not may_know(ask.world, ask.sight, body):
        raise NotThere("there is no group or committee of this name, or none that you may know of")
