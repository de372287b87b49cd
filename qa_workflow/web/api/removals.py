"""Files and texts that name a patient: one person asks for the removal, another one removes them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from qa_workflow.engine.item import instant
from qa_workflow.service import removals
from qa_workflow.service.items import removing
from qa_workflow.service.people.tokens import ACT
from qa_workflow.web.api.describing import OF_ITEM, READING, WRITING, answers
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.items import Id
from qa_workflow.web.api.models import removals as models
from qa_workflow.web.api.models.base import Sha256

door = ApiDoor("removals", __doc__)
RIGHT = removing.REMOVE
File = Annotated[Sha256, Path(description="The SHA-256 of its bytes.")]
Name = Annotated[Sha256, Path(description="The SHA-256 of a file's bytes, or what stands for a text in its event.")]


@door.get("/removals", right=RIGHT, responses=answers(models.Removals, *READING))
def list_removals(ask: Called) -> Response:
    """What waits for a second person, and what was removed."""
    return ask.tell(models.Removals, {"removals": [_told(ask, each) for each in removing.removals(ask.house)]})


@door.post(
    "/items/{id}/documents/{sha256}/remove",
    right=RIGHT,
    scope=ACT,
    responses=answers(models.Removal, *WRITING, *OF_ITEM),
)
def ask_removal(ask: Called, id: Id, sha256: File, body: models.AskRemoval) -> Response:  # noqa: A002
    """Ask for a file to be removed. From now on nobody is given it but those who decide."""
    asked = removing.ask(ask.house, id, sha256, actor=ask.name, reason=body.reason, no_patient=body.no_patient)
    return ask.tell(models.Removal, _told(ask, asked))


@door.get("/items/{id}/removable", right=RIGHT, responses=answers(models.Removables, *READING, *OF_ITEM))
def list_removable(ask: Called, id: Id) -> Response:  # noqa: A002
    """The files and texts of an item that can be removed; not texts of before they lay apart from the history."""
    with ask.house.store.reading() as look:
        found = removing.removables(look, ask.sight, id)
    told = [{"sha256": each.sha256, "what": each.what, "said": each.said, "event": each.seq} for each in found]
    return ask.tell(models.Removables, {"removable": told})


@door.post(
    "/items/{id}/texts/{sha256}/remove",
    right=RIGHT,
    scope=ACT,
    responses=answers(models.Removal, *WRITING, *OF_ITEM),
)
def ask_removal_of_text(ask: Called, id: Id, sha256: Name, body: models.AskRemoval) -> Response:  # noqa: A002
    """Ask for a text to be removed. From now on nobody reads it but those who decide; words stand in its place."""
    return ask_removal(ask, id, sha256, body)


@door.post("/removals/{sha256}/confirm", right=RIGHT, scope=ACT, responses=answers(models.Removal, *WRITING))
def confirm_removal(ask: Called, sha256: Name, body: models.ConfirmRemoval) -> Response:
    """Remove the file or text for good, as the second person; its events stand."""
    return ask.tell(models.Removal, _told(ask, removing.confirm(ask.house, sha256, actor=ask.name, key=body.key)))


@door.post("/removals/{sha256}/decline", right=RIGHT, scope=ACT, responses=answers(models.Removal, *WRITING))
def decline_removal(ask: Called, sha256: Name, body: models.DeclineRemoval) -> Response:
    """Leave it where it is; whoever asked for its removal may do so, too."""
    kept = removing.decline(
        ask.house, sha256, actor=ask.name, reason=body.reason, key=body.key, no_patient=body.no_patient
    )
    return ask.tell(models.Removal, _told(ask, kept))


def _told(ask: Caller, each: removals.Removal) -> dict[str, Any]:
    done_at = instant(each.done_at) if each.done_at else None
    told = {
        "sha256": each.sha256,
        "what": each.what,
        "event": each.seq,
        "reference": each.reference,
        "by": each.by,
        "at": instant(each.at),
    }
    done = {"reason": each.reason, "done_by": each.done_by, "done_at": done_at, "key": each.key}
    return {**told, **done, "said": removals.removed_words(ask.world.governance, each)}
