"""Everything that the pages do, for programs, under /api/v1; `DOORS` lists the families of routes."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.responses import JSONResponse, Response

from qa_workflow.web.api import (
    accounts,
    acting,
    bulk,
    calendars,
    desk,
    documents,
    drafts,
    governance,
    impact,
    items,
    machine,
    meetings,
    office,
    over_time,
    people,
    proof,
    removals,
    workflows,
)
from qa_workflow.web.api.describing import answers, describe
from qa_workflow.web.api.door import ApiDoor
from qa_workflow.web.api.models.base import Schema

about = ApiDoor("about", "The description itself.")


@about.public("/openapi.json", responses=answers(Schema, 500))
def get_description() -> Response:
    """This description. It has nothing of anybody's in it, so everybody may read it."""
    return JSONResponse(description())


DOORS: tuple[ApiDoor, ...] = (
    about,
    items.door,
    acting.door,
    bulk.door,
    documents.door,
    removals.door,
    proof.door,
    office.door,
    over_time.door,
    desk.door,
    workflows.door,
    meetings.door,
    governance.door,
    drafts.door,
    impact.door,
    calendars.door,
    people.door,
    accounts.door,
    machine.door,
)


@cache
def description() -> dict[str, Any]:
    """The OpenAPI description of all routes; made once."""
    tags = {door.tag: door.about for door in reversed(DOORS)}
    told = [{"name": tag, "description": about} for tag, about in reversed(tags.items())]
    return describe([route for door in DOORS for route in door.router.routes], told)
