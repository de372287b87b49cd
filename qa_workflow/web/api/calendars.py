"""Calendars and closures: which days are not worked; a day more or less, first with what it would move."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Query
from starlette.responses import JSONResponse, Response

from qa_workflow.service import closing, closures
from qa_workflow.service.closing import Day
from qa_workflow.service.tokens import READ
from qa_workflow.web.api import models
from qa_workflow.web.api import models_change as shapes
from qa_workflow.web.api.describing import READING, WRITING, answers, tagged
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.drafts import RIGHT, answer
from qa_workflow.web.api.impact import foreseen
from qa_workflow.web.api.models_people import FIRST, LAST

door = ApiDoor("calendars")
Year = Annotated[int | None, Query(ge=FIRST, le=LAST, description="Left out: this year.")]
_DRAFT = tagged(models.DraftTold, *WRITING, 409, again=False)


@door.get("/calendars", right=RIGHT, responses=answers(shapes.Calendars, *READING))
def list_calendars(ask: Called, year: Year = None) -> Response:
    """The days of a year that are not as other days, calendar by calendar."""
    wanted = year or ask.today.year
    found = [
        {
            "name": name,
            "days": [{**asdict(each), "day": each.day.isoformat()} for each in closing.named_days(calendar, wanted)],
        }
        for name, calendar in ask.world.governance.calendars.items()
    ]
    waits = closures.pending(ask.house)
    return JSONResponse({"year": wanted, "calendars": found, "pending": asdict(waits) if waits else None})


@door.post("/calendars/preview", right=RIGHT, scope=READ, responses=answers(shapes.ForeseenTold, *WRITING))
def foresee_day(ask: Called, body: shapes.DayWish) -> Response:
    """Which due dates a day more or less would move, on top of what one's own draft says; nothing is changed."""
    return JSONResponse(foreseen(closing.foresee(ask.house, _day(body), actor=ask.name)))


@door.post("/calendars/draft", right=RIGHT, responses=_DRAFT)
def draft_day(ask: Called, body: shapes.DayWish) -> Response:
    """Write a day into one's draft of the governance file, for a second person to publish; again, it stays as it is."""
    return answer(closing.into_draft(ask.house, _day(body), actor=ask.name))


@door.post("/calendars/go-on", right=RIGHT, responses=answers(shapes.Recounted, *WRITING))
def go_on_counting(ask: Called, body: models.Nothing) -> Response:
    """Count open items again, where that was stopped half-way; where it was not, nothing happens."""
    del body
    return JSONResponse({"moves": len(closures.go_on(ask.house))})


def _day(body: shapes.DayWish) -> Day:
    return Day(body.calendar, body.table, body.on, body.name)
