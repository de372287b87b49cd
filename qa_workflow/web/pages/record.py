"""The record of an item, for an auditor: to be read and printed, and as a file that proves itself elsewhere."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.engine.sight import SEE_ALL
from qa_workflow.service.lists.record import record
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.handing import handed_out

door = Door()
HOUSE_ONLY = right(SEE_ALL)
"""It tells everything, and the bytes of the history more than pages do: not for those who see a part."""


@door.get("/record/{reference:path}", HOUSE_ONLY)
def item_record(ask: Asked, reference: str) -> Response:
    """An item's whole story, proved just now."""
    item = ask.item(reference)
    return ask.page("items/record.html", record=record(ask.house, ask.parts.prove_item, ask.name, item.id))


@door.get("/record-file/{reference:path}", HOUSE_ONLY)
def record_file(ask: Asked, reference: str, documents: str = "") -> Response:
    """The same as a file, with its documents unless `documents=no`; that it left the house is on record."""
    return handed_out(ask, ask.item(reference).id, documents=documents != "no")
