"""Where items wait longest, by stage and body."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.boards.overdue import office_choices
from qa_workflow.service.boards.waits import waits
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()


@door.get("/waits", SIGNED_IN)
def where(ask: Asked, workflow: str = "", body: str = "") -> Response:
    """Medians and the longest, those that still wait among them."""
    return ask.page(
        "overdue/waits.html",
        found=waits(ask.house, ask.actor, ask.now, workflow=workflow, body=body),
        choices=office_choices(ask.house, ask.actor, ask.now),
        workflow=workflow,
        body=body,
    )
