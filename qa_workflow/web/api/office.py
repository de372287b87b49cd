"""For a governance officer: the overdue board over all bodies, and the calendar, within what may be seen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.responses import Response

from qa_workflow.service.boards import calendar_view
from qa_workflow.service.boards import overdue as boards
from qa_workflow.service.boards.filters import BoardFilters, filters_from
from qa_workflow.web.api import cursors
from qa_workflow.web.api.describing import READING, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.models import office as models
from qa_workflow.web.api.models.base import Queried, Word

door = ApiDoor("the office", __doc__)
_DAYS = "^[0-9]{1,5}$"


class Filtered(Queried):
    """The filters of the overdue board."""

    workflow: Word = Field(None, description="The name of a workflow.")
    body: Word = Field(None, description="A group or committee, by any of its names.")
    stage: Word = Field(None, description="A stage, by its path or its last word.")
    owner: Word = Field(None, description="A role or a person who has to act.")
    subject: Word = Field(None, description="An organisation, by any of its names.")

    def filters(self) -> BoardFilters:
        """The same as the service takes it."""
        words = self.model_dump(exclude={"cursor", "limit", "month"})
        return filters_from({name: str(word) for name, word in words.items() if word is not None})


class Late(Filtered):
    """The same, by how late."""

    late_from: str | None = Field(None, pattern=_DAYS, description="At least so many calendar days late.")
    late_to: str | None = Field(None, pattern=_DAYS, description="At most so many calendar days late.")
    changed: str | None = Field(None, pattern="^(yes|no|put_off)$", description="Whether the date was changed.")
    held: str | None = Field(None, pattern="^yes$", description="Late when put on hold, and on hold still.")


class OnBoard(Late):
    """The same, and where the page begins."""

    limit: int = Field(50, ge=1, le=200, description="How many steps a page has at most.")
    cursor: str | None = Field(None, max_length=300, description="Where to go on: `next` of the page before.")


class InMonth(Filtered):
    """The same, for one month."""

    month: str | None = Field(None, pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$", description="As 2027-07; else this one.")


@door.get("/overdue", responses=answers(models.Board, *READING))
def list_overdue(ask: Called, which: Annotated[OnBoard, Query()]) -> Response:
    """The overdue board: every step that is late, over all bodies, the longest late first, with the reason."""
    filters = which.filters()
    asked = {**asdict(filters), "person": ask.name, "list": "overdue"}
    after = cursors.read(which.cursor, asked) if which.cursor is not None else None
    board = boards.overdue(ask.house, ask.actor, filters, ask.now, limit=which.limit, after=after)
    told = {
        "today": board.today,
        "steps": board.lines,
        "next": cursors.write(board.more, asked) if board.more else None,
        "total": board.total.number,
        "or_more": board.total.or_more,
        "on_hold": board.on_hold.number,
        "stuck": board.stuck,
    }
    return ask.tell(models.Board, told)


@door.get("/calendar", responses=answers(models.Month, *READING))
def get_month(ask: Called, which: Annotated[InMonth, Query()]) -> Response:
    """A month of meetings, due dates and days that are not worked."""
    found = calendar_view.month(ask.house, ask.actor, which.month or "", which.filters(), ask.now)
    told = {
        "month": found.month,
        "today": found.today,
        "days": [each for each in found.days if not each.is_empty],
        "more": found.more,
    }
    return ask.tell(models.Month, told)
