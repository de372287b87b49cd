"""What others do appears in pages that are open: asked for every few seconds, and nothing new is no answer."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.lists.story import meanwhile
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.pages.items import told
from qa_workflow.web.pages.my_items import listed

door = Door()
NOTHING_NEW = 204


@door.get("/live", SIGNED_IN)
def live_mine(ask: Asked, mark: str = "", after: str = "") -> Response:
    """My items anew, when they are not as the page shows them."""
    found = listed(ask, after)
    if found["mark"] == mark:
        return Response(status_code=NOTHING_NEW)
    return ask.page("live/mine.html", **found)


@door.get("/live/{reference:path}", SIGNED_IN)
def live(ask: Asked, reference: str, revision: int = 0, form: str = "") -> Response:
    """Who did what since, and the page's parts anew; a form that somebody fills in is left alone, and told of it."""
    item, since = meanwhile(ask.house, ask.sight, reference, revision)
    if not since:
        return Response(status_code=NOTHING_NEW)
    if form:
        return ask.page("live/form.html", item=item, since=since, revision=item.revision)
    return ask.page("live/item.html", since=since, **told(ask, reference))
