"""What is published, for everybody; no sign-in, and nothing else."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.lists import published as publishing
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import PUBLIC, Door
from qa_workflow.web.pages.documents import given_out

door = Door()


@door.get("/published", PUBLIC)
def published(ask: Asked, after: str = "") -> Response:
    """The newest first."""
    return ask.page("published/list.html", found=publishing.published(ask.house, after=after or None))


@door.get("/published/documents/{sha256}/{reference:path}", PUBLIC)
def published_document(ask: Asked, sha256: str, reference: str) -> Response:
    """A public document of a published item."""
    return given_out(publishing.document(ask.house, reference, sha256))
