"""What is said of the pages themselves."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import PUBLIC, Door

door = Door()


@door.get("/accessibility", PUBLIC)
def accessibility(ask: Asked) -> Response:
    """What was done so that everybody can use the pages, how it was tested, and what is not known."""
    return ask.page("about/accessibility.html")
