"""Calendars and closures: which days are not worked; a day more or less, first with what it would move."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from qa_workflow.calendar.faults import FIRST_YEAR, LAST_YEAR
from qa_workflow.service.definitions import closed_days, recounting
from qa_workflow.service.definitions.closed_days import ClosedDay
from qa_workflow.service.people.tokens import READ
from qa_workflow.web.api.describing import READING, WRITING, answers, tagged
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.drafts import RIGHT, answer
from qa_workflow.web.api.models import change as models
from qa_workflow.web.api.models.base import Nothing
from qa_workflow.web.api.models.drafts import Draft

door = ApiDoor("calendars", __doc__)
Year = Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Left out: this year.")]
_DRAFT = tagged(Draft, *WRITING, 409, again=False)


@door.get("/calendars", right=RIGHT, responses=answers(models.Calendars, *READING))
def list_calendars(ask: Called, year: Year = None) -> Response:
    """The days of a year that are not as other days, calendar by calendar."""
    wanted = year or ask.today.year
    found = [
        {
            "name": name,
            "days": list(closed_days.named_days(calendar, wanted)),
        }
        for name, calendar in ask.world.governance.calendars.items()
    ]
    return ask.tell(models.Calendars, {"year": wanted, "calendars": found, "pending": recounting.pending(ask.house)})


@door.post("/calendars/preview", right=RIGHT, scope=READ, responses=answers(models.Foreseen, *WRITING))
def foresee_day(ask: Called, body: models.DayWish) -> Response:
    """Which due dates a day more or less would move, on top of what one's own draft says; nothing is changed."""
    return ask.tell(models.Foreseen, closed_days.foresee(ask.house, _day(body), actor=ask.name))


@door.post("/calendars/draft", right=RIGHT, responses=_DRAFT)
def draft_day(ask: Called, body: models.DayWish) -> Response:
    """Write a day into one's draft of the governance file, for a second person to publish; again, it stays as it is."""
    return answer(ask, closed_days.into_draft(ask.house, _day(body), actor=ask.name))


@door.post("/calendars/go-on", right=RIGHT, responses=answers(models.Recounted, *WRITING))
def go_on_counting(ask: Called, body: Nothing) -> Response:
    """Count open items again, where that was stopped half-way; where it was not, nothing happens."""
    del body
    return ask.tell(models.Recounted, {"moves": len(recounting.go_on(ask.house))})


def _day(body: models.DayWish) -> ClosedDay:
    return ClosedDay(body.calendar, body.table, body.on, body.name)
