"""Whether one item proves itself, and its record as a file, for who may see every organisation's items."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from qa_workflow.engine.item import instant
from qa_workflow.engine.sight import SEE_ALL
from qa_workflow.service.lists.record import record
from qa_workflow.service.lists.record_file import MEDIA_TYPE
from qa_workflow.web.api.describing import OF_ITEM, answers
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.items import Id
from qa_workflow.web.api.models import items as models
from qa_workflow.web.handing import handed_out

door = ApiDoor("items", __doc__)


@door.get("/items/{id}/proof", right=SEE_ALL, responses=answers(models.ItemProof, *OF_ITEM))
def prove_item(ask: Called, id: Id) -> Response:  # noqa: A002  as the address says
    """Check the chain of an item's history, its row, its documents, and what the newest checkpoint saw of it."""
    taken = record(ask.house, ask.parts.prove_item, ask.name, ask.item(id).id)
    proof, anchor = taken.proof, taken.proof.anchor
    told = {
        "reference": proof.reference,
        "ok": proof.is_sound,
        "said": taken.said,
        "held": taken.held,
        "findings": list(proof.findings),
        "events": len(proof.lines),
        "head": proof.head.hex(),
        "checkpoint": anchor
        and {"number": anchor.number, "at": instant(anchor.at), "events": anchor.events, "text": anchor.text},
    }
    return ask.tell(models.ItemProof, told)


@door.get(
    "/items/{id}/record",
    right=SEE_ALL,
    response_class=Response,
    responses=answers(
        None,
        *OF_ITEM,
        description="A ZIP with the item's story, the bytes of its history, its documents, and how to check them.",
        content={MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    ),
)
def download_record(
    ask: Called,
    id: Id,  # noqa: A002
    documents: Annotated[bool, Query(description="Whether the documents themselves come with it.")] = True,
) -> Response:
    """The item's record, which can be checked without the database; that it left the house is on record."""
    return handed_out(ask, ask.item(id).id, documents=documents)
