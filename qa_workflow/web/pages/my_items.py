"""My items: what waits for me, the most pressing first."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.lists import Wanted
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()


@door.get("/", SIGNED_IN)
def my_items(ask: Asked) -> Response:
    """What waits for who asks."""
    return ask.page("my_items.html", found=ask.engine.page(Wanted(owner=ask.name)))
