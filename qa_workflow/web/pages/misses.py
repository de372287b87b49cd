"""What will miss the next meeting, for each body."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.boards.misses import ahead
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.numbers import number_of

door = Door()


@door.get("/misses", SIGNED_IN)
def misses(ask: Asked, body: str = "", skip: str = "") -> Response:
    """Items that count on a meeting and are not ready."""
    passed = number_of(skip, 0, digits=7) if body else 0
    found = ahead(ask.house, ask.actor, ask.now, body=body, skip=passed)
    return ask.page("overdue/misses.html", found=found, body=body, may_meet=ask.may("meet"))
