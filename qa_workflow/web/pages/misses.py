"""What will miss the next meeting, for each body."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.boards.misses import ahead, read_place
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()


@door.get("/misses", SIGNED_IN)
def misses(ask: Asked, body: str = "", after: str = "") -> Response:
    """Items that count on a meeting and are not ready."""
    found = ahead(ask.house, ask.actor, ask.now, body=body, after=read_place(after) if body else None)
    return ask.page("overdue/misses.html", found=found, body=body, may_meet=ask.may("meet"))
