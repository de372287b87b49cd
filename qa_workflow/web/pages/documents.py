"""Documents of items, given out to who may see the item; that they were read is on record."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from starlette.responses import Response

from qa_workflow.service.items.attachments import Given, give
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()


@door.get("/documents/{sha256}/{reference:path}", SIGNED_IN)
def document(ask: Asked, sha256: str, reference: str) -> Response:
    """One document, as it is or once was part of an item."""
    return given_out(give(ask.house, ask.name, ask.sight, reference, sha256))


def given_out(given: Given) -> Response:
    """The bytes, to be kept and not shown: a browser runs nothing of them, and guesses no other kind."""
    return Response(
        given.content,
        media_type=given.media_type,
        headers={
            "Content-Disposition": disposition(given.name),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def disposition(name: str) -> str:
    """RFC 6266: a plain name for old browsers, the right one for all others."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "".join(c if c.isalnum() or c in " ._-()" else "_" for c in ascii_only) or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
