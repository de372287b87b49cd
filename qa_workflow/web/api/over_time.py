"""For a governance officer: where items wait longest, lateness over time, and what will miss the next meeting."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import ConfigDict, Field
from starlette.responses import JSONResponse, Response

from qa_workflow.calendar import local
from qa_workflow.service import lateness, misses, waits, xmr
from qa_workflow.service.misses import Ahead
from qa_workflow.service.waits import Wait
from qa_workflow.service.xmr import Chart, Side
from qa_workflow.web.api import models_office as models
from qa_workflow.web.api.describing import READING, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.models import Name, Sent

door = ApiDoor("over time")
Word = Name | None


class OfBody(Sent):
    """For which body."""

    model_config = ConfigDict(extra="forbid", strict=False)
    body: Word = Field(None, description="The name of a group or committee.")


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
    at = found.at.isoformat() if found.at else None
    return JSONResponse({"at": at, "waits": [_wait(each) for each in found.lines]})


@door.get("/lateness", responses=answers(models.LatenessTold, *READING))
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
        "at": found.at.isoformat() if found.at else None,
        "by": which.by,
        "verdict": found.verdict,
        "points": points,
        **(limits if chart.has_limits else dict.fromkeys(limits)),
        "is_trial": chart.is_trial,
        "rules": list(chart.rules.told()),
    }
    return JSONResponse(told)


@door.get("/misses", responses=answers(models.Misses, *READING))
def list_misses(ask: Called, which: Annotated[OfBody, Query()]) -> Response:
    """What will miss the next meeting of each body: what counts on it and is not ready."""
    zone = ask.world.governance.calendar.zone
    found = misses.ahead(ask.house, ask.actor, ask.now, body=which.body or "")
    return JSONResponse({"meetings": [_ahead(each, zone) for each in found]})


def _wait(found: Wait) -> dict[str, Any]:
    return {**asdict(found), "longest": _longest(found.longest), "longest_now": _longest(found.longest_now)}


def _longest(found: tuple[int, str] | None) -> dict[str, Any] | None:
    return None if found is None else {"days": found[0], "reference": found[1]}


def _signal(side: Side, chart: Chart) -> dict[str, Any]:
    return {"rule": str(side.signal), "high": side.high, "words": xmr.described(side, chart.rules)}


def _ahead(found: Ahead, zone: str) -> dict[str, Any]:
    missing = [
        {
            "reference": each.reference,
            "title": each.title,
            "subject": each.subject,
            "stage_title": each.stage_title,
            "holders": list(each.holders),
            "due_on": each.due_on.isoformat() if each.due_on else None,
            "outlook": str(each.outlook),
            "words": each.words,
        }
        for each in found.missing
    ]
    return {
        "body": found.body,
        "title": found.title,
        "meeting_at": local(found.meeting_at, zone).isoformat(),
        "papers_at": local(found.papers_at, zone).isoformat(),
        "on_agenda": found.on_agenda,
        "will_miss": found.will_miss,
        "missing": missing,
        "more": found.more,
    }
