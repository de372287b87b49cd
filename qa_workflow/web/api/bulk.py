"""One step for many items, as a committee takes it; what would become of each can be asked first."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from qa_workflow.engine import Sight
from qa_workflow.engine.commands import Fire
from qa_workflow.service.items import bulk
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.web.api.conditions import REPLAYED, Key
from qa_workflow.web.api.describing import WRITING, once
from qa_workflow.web.api.documents import values
from qa_workflow.web.api.door import ApiDoor, Called
from qa_workflow.web.api.models import items as models
from qa_workflow.web.api.patients import look_through
from qa_workflow.web.api.problems import NOT_THERE

door = ApiDoor("acting on items", __doc__)


@door.post("/bulk-advance", responses=once(models.Outcomes, *WRITING))
def advance_many(ask: Called, body: models.BulkAdvance, key: Key) -> Response:
    """Make one step for many items, each at the revision that was looked at; each is done or refused by itself.

    Replayed is an answer of which every step had been made under its key before.
    """
    look_through(ask, body)
    command = Fire(body.trigger, values(ask, body.fields), body.reason, bulk=True)
    with ask.house.store.reading() as look:
        wanted = [(each.id, each.revision) for each in body.items if _is_seen(look, each.id, ask.sight)]
    decision = bulk.Bulk(command, ask.name, body.preview, key)
    done = bulk.advance(ask.house, wanted, decision)
    became = {o.name: _told(o) for o in done}
    outcomes = [became.get(each.id, _unseen(each.id)) for each in body.items]
    answer = JSONResponse({"preview": body.preview, "outcomes": outcomes})
    moved = [o.repeated for o in done if o.refusal is None]
    if moved and all(moved):
        answer.headers[REPLAYED] = "true"
    return answer


def _is_seen(look: Reader, name: str, sight: Sight) -> bool:
    try:
        look.item(name, sight)
    except UnknownItem:
        return False
    return True


def _told(outcome: bulk.Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    return {
        "id": outcome.name,
        "reference": outcome.reference,
        "done": refusal is None,
        "stages": list(outcome.stages),
        "due_on": outcome.due_on.isoformat() if outcome.due_on else None,
        "not_worked": outcome.not_worked,
        "code": refusal.code if refusal else None,
        "detail": str(refusal) if refusal else None,
    }


def _unseen(name: str) -> dict[str, Any]:
    """An item that is not there, or not for these eyes."""
    not_there = UnknownItem(name, ())
    return {**_told(bulk.Outcome(name, None, refusal=not_there)), "code": "not_found", "detail": NOT_THERE}
