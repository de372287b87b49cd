"""Documents: uploaded before the request that refers to them, and given out with an item that may be seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, File, Path, Request, UploadFile
from starlette.responses import JSONResponse, Response

from qa_workflow.engine import Item
from qa_workflow.engine.refusals import BadValue
from qa_workflow.service.items.attachments import attach, documents_in, give, read_ticket, ticket
from qa_workflow.service.people.tokens import ACT
from qa_workflow.web.api.describing import OF_ITEM, WRITING, answers
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.items import Id
from qa_workflow.web.api.models import items as models
from qa_workflow.web.api.models.base import Sha256
from qa_workflow.web.api.payloads import is_text
from qa_workflow.web.forms import BadForm

door = ApiDoor("documents", __doc__)


async def _alone(request: Request) -> None:
    """Of two files the second would win without a word."""
    if len((await request.form()).getlist("file")) > 1:
        raise BadForm("two files came in one request, so none was kept; send each in a request of its own")


@door.post(
    "/documents",
    scope=ACT,
    status_code=201,
    openapi_extra={"x-takes-files": True},
    responses=answers(models.Kept, *WRITING, 410, status=201),
)
def upload_document(
    ask: Called,
    file: Annotated[
        UploadFile,
        File(description="PDF, Word, Excel, CSV, text or a picture; 25 MB.", json_schema_extra={"format": "binary"}),
    ],
    _: Annotated[None, Depends(_alone)],
) -> Response:
    """Keep a document; what is answered is the value of a field. It is looked into: programs in it are refused."""
    name = file.filename or "document"
    kept = attach(ask.house, name if is_text(name) else "document", file.file.read())
    return JSONResponse({**kept, "ticket": ticket(ask.house, ask.name, kept)}, 201)


@door.get(
    "/items/{id}/documents/{sha256}",
    response_class=Response,
    responses=answers(
        None,
        *OF_ITEM,
        410,
        description="The document, as it was uploaded.",
        content={"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    ),
)
def download_document(
    ask: Called,
    id: Id,  # noqa: A002  as the address says
    sha256: Annotated[Sha256, Path(description="The SHA-256 of its bytes.")],
) -> Response:
    """A document that is, or ever was, part of an item, unless it was removed; that it was read is on record."""
    given = give(ask.house, ask.name, ask.sight, id, sha256)
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(given.name, safe='')}"}
    return Response(given.content, media_type="application/octet-stream", headers=named)


def values(ask: Caller, fields: Mapping[str, Any], item: Item | None = None) -> dict[str, Any]:
    """Fields as the engine takes them.

    Raises:
        BadValue: a document that who asks did not upload, and that the item has not.
    """
    known = {each["sha256"] for each in documents_in(item)} if item else set()

    def plain(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [plain(name, each) for each in value]
        if not isinstance(value, models.Document):
            return value
        told = value.model_dump(include={"sha256", "name", "size"})
        if value.sha256 in known or read_ticket(ask.house, ask.name, value.ticket or "") == told:
            return told
        raise BadValue(name, "upload the document first, and send what was answered, with its ticket")

    return {name: plain(name, value) for name, value in fields.items()}
