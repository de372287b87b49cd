"""For a governance officer: where items wait longest, lateness over time, and what will miss the next meeting."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field
from starlette.responses import Response

from qa_workflow.service.boards import lateness, misses, waits, xmr
from qa_workflow.service.boards.xmr import Chart, Side
from qa_workflow.web.api.describing import READING, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.models import office as models
from qa_workflow.web.api.models.base import Name, Sent

door = ApiDoor("over time", __doc__)
Word = Name | None


class OfBody(Sent):
    """For which body."""

    model_config = ConfigDict(extra="forbid", strict=False)
    body: Word = Field(None, description="The name of a group or committee.")


class OfMeeting(OfBody):
    """For which body, and from where on."""

    skip: Annotated[int, Field(ge=0, le=10_000_000, description="Of one body, how many to pass over.")] = 0


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


@door.get("/lateness", responses=answers(models.Lateness, *READING))
def get_lateness(ask: Called, which: Annotated[ByDate, Query()]) -> Response:
    """The share of steps not done in time by month, with the limits and signals of an XmR chart, and its verdict."""
    found = lateness.lateness(
        ask.house, ask.actor, ask.now, workflow=which.workflow or "", body=which.body or "", by=which.by
    )
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
    told = {
        "at": found.at,
        "by": which.by,
        "verdict": found.verdict,
        "points": points,
        **(limits if chart.has_limits else dict.fromkeys(limits)),
        "is_trial": chart.is_trial,
        "rules": list(chart.rules.told()),
    }
    return ask.tell(models.Lateness, told)


@door.get("/misses", responses=answers(models.Misses, *READING))
def list_misses(ask: Called, which: Annotated[OfMeeting, Query()]) -> Response:
    """What will miss the next meeting of each body: what counts on it and is not ready; first what has no meeting."""
    body = which.body or ""
    found = misses.ahead(ask.house, ask.actor, ask.now, body=body, skip=which.skip if body else 0)
    return ask.tell(models.Misses, {"meetings": found})


def _signal(side: Side, chart: Chart) -> dict[str, Any]:
    return {"rule": str(side.signal), "high": side.high, "words": xmr.described(side, chart.rules)}
