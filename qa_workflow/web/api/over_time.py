"""For a governance officer: where items wait longest, lateness over time, and what will miss the next meeting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from qa_workflow.service.boards import lateness, misses, waits, xmr
from qa_workflow.service.boards.xmr import Chart, Side
from qa_workflow.service.lists.onward import BadCursor
from qa_workflow.web.api import cursors
from qa_workflow.web.api.describing import READING, answers
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.models import office as models
from qa_workflow.web.api.models.base import Queried, Word

door = ApiDoor("over time", __doc__)


class OfBody(Queried):
    """For which body."""

    body: Word = Field(None, description="The name of a group or committee.")


class OfMeeting(OfBody):
    """For which body, and from where on."""

    cursor: str | None = Field(None, max_length=200, description="Where to go on: `next` of that body, which is named.")


class OfWorkflow(OfBody):
    """For which workflow and body."""

    workflow: Word = Field(None, description="The name of a workflow.")


class ByDate(OfWorkflow):
    """By which of its dates a step is late."""

    by: Literal["last", "first"] = Field("last", description="`first`: by the date first given.")


@door.get("/waits", responses=answers(models.Waits, *READING))
def list_waits(ask: Called, which: Annotated[OfWorkflow, Query()]) -> Response:
    """Where items wait longest, by stage and body."""
    found = waits.waits(ask.house, ask.actor, ask.now, workflow=which.workflow or "", body=which.body or "")
    return ask.tell(models.Waits, {"at": found.at, "waits": found.lines})


@door.get("/lateness/bodies", responses=answers(models.LatenessOfBodies, *READING))
def list_lateness(ask: Called, which: Annotated[ByDate, Query()]) -> Response:
    """The same of each body apart, by name; last what belongs to none. `body` and `workflow` narrow it."""
    found = lateness.by_body(
        ask.house, ask.actor, ask.now, workflow=which.workflow or "", body=which.body or "", by=which.by
    )
    bodies = ask.world.governance.bodies
    told = [
        {"body": name, "body_title": bodies[name].title if name in bodies else "", **_charted(each, which.by)}
        for name, each in found.items()
    ]
    return ask.tell(models.LatenessOfBodies, {"bodies": told})


@door.get("/lateness", responses=answers(models.Lateness, *READING))
def get_lateness(ask: Called, which: Annotated[ByDate, Query()]) -> Response:
    """The share of steps not done in time by month, with the limits and signals of an XmR chart, and its verdict."""
    found = lateness.lateness(
        ask.house, ask.actor, ask.now, workflow=which.workflow or "", body=which.body or "", by=which.by
    )
    return ask.tell(models.Lateness, _charted(found, which.by))


def _charted(found: lateness.Lateness, by: str) -> dict[str, Any]:
    chart = found.chart
    signals = iter(chart.signals)
    points = [
        {
            "month": each.month,
            "due": each.due,
            "late": each.late,
            "share": each.share,
            "signals": [_signal(side, chart) for side in next(signals)] if each.share is not None else [],
        }
        for each in found.points
    ]
    limits = {"mean": chart.mean, "lower": chart.lower, "upper": chart.upper}
    return {
        "at": found.at,
        "by": by,
        "verdict": found.verdict,
        "points": points,
        **(limits if chart.has_limits else dict.fromkeys(limits)),
        "is_trial": chart.is_trial,
        "rules": list(chart.rules.told()),
    }


@door.get("/misses", responses=answers(models.Misses, *READING))
def list_misses(ask: Called, which: Annotated[OfMeeting, Query()]) -> Response:
    """What will miss the next meeting of each body: what counts on it and is not ready; first what has no meeting."""
    body = which.body or ""
    after = None
    if which.cursor is not None:
        after = misses.read_place(cursors.read(which.cursor, _list_of(ask, body)))
        if after is None:
            raise BadCursor
    found = misses.ahead(ask.house, ask.actor, ask.now, body=body, after=after)
    return ask.tell(models.Misses, {"meetings": [_told(ask, each) for each in found]})


def _list_of(ask: Caller, body: str) -> dict[str, object]:
    """What a cursor is for: one body's list; of all together nothing goes on."""
    return {"list": "misses", "body": body, "person": ask.name}


def _told(ask: Caller, meeting: misses.Ahead) -> dict[str, Any]:
    goes_on = meeting.more and meeting.body
    onward = cursors.write(meeting.last, _list_of(ask, meeting.body)) if goes_on else None
    told = {name: getattr(meeting, name) for name in models.MeetingAhead.model_fields if name != "next"}
    return {**told, "next": onward}


def _signal(side: Side, chart: Chart) -> dict[str, Any]:
    return {"rule": str(side.signal), "high": side.high, "words": xmr.described(side, chart.rules)}
