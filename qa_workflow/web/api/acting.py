"""Items to be changed: opened, moved on, filled in, held; each once, and never over what somebody else has done."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from qa_workflow.engine import Item
from qa_workflow.engine.commands import (
    AddSubItem,
    Assign,
    Cancel,
    ChangeDate,
    Claim,
    Command,
    Comment,
    Correct,
    Fire,
    PutOnHold,
    Record,
    Release,
    Resume,
)
from qa_workflow.service.items.opening import Wish
from qa_workflow.service.items.requests import Request
from qa_workflow.service.lists.story import meant
from qa_workflow.service.telling import answering
from qa_workflow.service.telling.answering import Answer
from qa_workflow.web.api.conditions import REPLAYED, Key, Seen
from qa_workflow.web.api.conditions import tagged as with_revision
from qa_workflow.web.api.describing import ON_ITEM, WRITING, path_of, tagged
from qa_workflow.web.api.documents import values
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.items import Id
from qa_workflow.web.api.models import items as models
from qa_workflow.web.api.patients import look_through

door = ApiDoor("acting on items", __doc__)
_ON_ITEM = tagged(models.Changed, *ON_ITEM)


@door.post("/items", status_code=201, responses=tagged(models.Changed, *WRITING, 409, status=201))
def open_item(ask: Called, body: models.OpenItem, key: Key) -> Response:
    """Open an item; there is one for each workflow, organisation and period."""
    look_through(ask, body)
    wish = Wish(body.workflow, body.subject, body.period, ask.name, values(ask, body.fields), body.reason)
    answer = answering.begin(ask.house, ask.sight, wish, key, sure=body.sure)
    told = _told(answer, 201)
    told.headers["Location"] = path_of(f"/items/{answer.item['id']}")
    return told


@door.post("/items/{id}/advance", responses=_ON_ITEM)
def advance_item(ask: Called, id: Id, body: models.Advance, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Make a step."""
    item = _looked(ask, id, body)
    fields = values(ask, body.fields, item)
    return _done(ask, id, Fire(body.trigger, fields, body.reason), seen, key, sure=body.sure)


@door.post("/items/{id}/record", responses=_ON_ITEM)
def record_fields(ask: Called, id: Id, body: models.Record, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Fill or empty fields without a step."""
    item = _looked(ask, id, body)
    return _done(ask, id, Record(values(ask, body.fields, item), body.reason), seen, key, sure=body.sure)


@door.post("/items/{id}/comment", responses=_ON_ITEM)
def comment_on_item(ask: Called, id: Id, body: models.Comment, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Say something; it stays in the history."""
    _looked(ask, id, body)
    return _done(ask, id, Comment(body.text, body.colleagues_only, body.why_late, body.tell), seen, key)


@door.post("/items/{id}/claim", responses=_ON_ITEM)
def claim_item(ask: Called, id: Id, body: models.At, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Take on what is offered to one's role."""
    return _done(ask, id, Claim(body.stage), seen, key)


@door.post("/items/{id}/release", responses=_ON_ITEM)
def release_item(ask: Called, id: Id, body: models.At, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Give back what one has taken on."""
    return _done(ask, id, Release(body.stage), seen, key)


@door.post("/items/{id}/assign", responses=_ON_ITEM)
def assign_item(ask: Called, id: Id, body: models.Assign, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Give what is open to another person."""
    _looked(ask, id, body)
    return _done(ask, id, Assign(body.person, body.reason, body.stage), seen, key)


@door.post("/items/{id}/hold", responses=_ON_ITEM)
def hold_item(ask: Called, id: Id, body: models.Hold, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Stop the clock."""
    _looked(ask, id, body)
    return _done(ask, id, PutOnHold(body.reason, body.until), seen, key)


@door.post("/items/{id}/resume", responses=_ON_ITEM)
def resume_item(ask: Called, id: Id, body: models.Resume, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Run the clock again."""
    _looked(ask, id, body)
    return _done(ask, id, Resume(body.reason), seen, key)


@door.post("/items/{id}/cancel", responses=_ON_ITEM)
def cancel_item(ask: Called, id: Id, body: models.Cancel, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Withdraw an item with its sub-items."""
    _looked(ask, id, body)
    return _done(ask, id, Cancel(body.reason), seen, key)


@door.post("/items/{id}/correct", responses=_ON_ITEM)
def correct_item(ask: Called, id: Id, body: models.Correct, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Put right what was recorded wrongly; the history keeps both."""
    item = _looked(ask, id, body)
    fields = values(ask, body.fields, item)
    corrects = meant(ask.house, ask.sight, item, body.corrects) if body.corrects else None
    return _done(ask, id, Correct(body.reason, fields, body.stage, corrects), seen, key, sure=body.sure)


@door.post("/items/{id}/due-date", responses=_ON_ITEM)
def change_due_date(ask: Called, id: Id, body: models.ChangeDate, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Another due date for this item, with authority; one that is past, or no working day, has to be confirmed."""
    _looked(ask, id, body)
    command = ChangeDate(body.on, body.basis, body.reason, body.stage, body.approver)
    return _done(ask, id, command, seen, key, sure=body.sure)


@door.post("/items/{id}/sub-items", responses=_ON_ITEM)
def add_sub_item(ask: Called, id: Id, body: models.SubItem, seen: Seen, key: Key) -> Response:  # noqa: A002
    """Add one more sub-item to a stage that takes more; the answer is the item that it is part of."""
    item = _looked(ask, id, body)
    return _done(ask, id, AddSubItem(values(ask, body.fields, item), body.stage), seen, key, sure=body.sure)


def _looked(ask: Caller, name: str, body: models.Looked) -> Item:
    """The item, once what is sent about it was looked through."""
    item = ask.item(name)
    look_through(ask, body, item)
    return item


def _done(
    ask: Caller, name: str, command: Command, seen: int, key: Request | None, *, sure: str | None = None
) -> Response:
    answer = answering.ask(ask.house, ask.sight, name, command, actor=ask.name, seen=seen, request=key, sure=sure)
    return _told(answer)


def _told(answer: Answer, status: int = 200) -> Response:
    told = with_revision(JSONResponse(answer.item, status), answer.item["revision"])
    if answer.repeated:
        told.headers[REPLAYED] = "true"
    return told
