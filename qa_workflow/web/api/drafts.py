"""Definitions being written: saved, proposed, and published by a second person who approves exactly these bytes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from qa_workflow.definition.pictures.picture import as_svg
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service.definitions import drafting, editing
from qa_workflow.service.house import House
from qa_workflow.service.items import once as keeping
from qa_workflow.service.people.tokens import READ
from qa_workflow.service.ports.desk import Draft
from qa_workflow.web.api.conditions import Key, Seen, answered
from qa_workflow.web.api.conditions import tagged as with_revision
from qa_workflow.web.api.describing import ON_ITEM, READING, WRITING, answers, path_of, tagged
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.models import drafts as models
from qa_workflow.web.api.models.base import Gone, Nothing
from qa_workflow.web.marks import marks

door = ApiDoor("drafts of definitions", __doc__)
RIGHT = "publish"
Number = Annotated[int, Path(ge=1, le=2**53, description="The number of a draft.", examples=[12])]
_ON_DRAFT = tagged(models.Draft, *ON_ITEM, again=False)
_BEGUN = tagged(models.Draft, *WRITING, status=201, again=True)


@door.get("/drafts", right=RIGHT, responses=answers(models.Drafts, *READING))
def list_drafts(ask: Called) -> Response:
    """Everybody's drafts that are not published, the latest changed first."""
    return ask.tell(models.Drafts, {"drafts": drafting.drafts(ask.house)})


@door.post("/drafts", right=RIGHT, status_code=201, responses=_BEGUN)
def begin_draft(ask: Called, body: models.BeginDraft, key: Key) -> Response:
    """Begin a draft: of a new definition, or as a published version (an older one means going back)."""
    based_on = ask.world.definitions.get(body.based_on or "")
    if body.based_on is not None and (based_on is None or (based_on.kind, based_on.name) != (body.kind, body.name)):
        raise UsageFault("based_on is the hash of no version of this definition")
    if body.source is not None:
        source = body.source.encode()
    elif based_on is not None:
        source = based_on.source
    else:
        raise UsageFault("give the source, or with based_on the version that it begins as")

    def begin(house: House) -> Draft:
        return drafting.begin(house, body.kind, body.name, source, body.based_on, actor=ask.name)

    done = keeping.once(ask.house, key, begin, lambda draft: ask.told(models.Draft, draft))
    told = with_revision(answered(done, 201), done.said["revision"])
    told.headers["Location"] = path_of(f"/drafts/{done.said['id']}")
    return told


@door.post("/drafts/check", right=RIGHT, scope=READ, responses=answers(models.Checked, *WRITING))
def check_text(ask: Called, body: models.CheckText) -> Response:
    """What is wrong with a text, and where, as publishing would read it; and its diagram. Nothing is kept."""
    checked = editing.check(ask.world, body.kind, body.source.encode())
    picture = as_svg(checked.drawn) if checked.drawn is not None else None
    return ask.tell(models.Checked, {"faults": list(marks(body.source, checked.faults)), "picture": picture})


@door.get("/drafts/{number}", right=RIGHT, responses=tagged(models.DraftInFull, *READING, 404))
def get_draft(ask: Called, number: Number) -> Response:
    """A draft with its text, and what it changes of what is published, in words."""
    found = drafting.draft(ask.house, number)
    try:
        different = drafting.differences(ask.world, found)
    except Refusal:  # it calls itself something else; publishing says so
        different = None
    whole = {**ask.told(models.Draft, found), "source": found.source.decode("utf-8", "replace")}
    return with_revision(ask.tell(models.DraftInFull, {**whole, "differences": different}), found.revision)


@door.post("/drafts/{number}/save", right=RIGHT, responses=_ON_DRAFT)
def save_draft(ask: Called, number: Number, body: models.SaveDraft, seen: Seen) -> Response:
    """Keep the text, right or wrong; only publishing asks for it to be right."""
    return answer(ask, drafting.save(ask.house, number, body.source.encode(), seen, actor=ask.name))


@door.post("/drafts/{number}/propose", right=RIGHT, responses=_ON_DRAFT)
def propose_draft(ask: Called, number: Number, body: models.Propose, seen: Seen) -> Response:
    """Have it approved by a second person."""
    return answer(ask, drafting.propose(ask.house, number, seen, body.note, actor=ask.name))


@door.post("/drafts/{number}/withdraw", right=RIGHT, responses=tagged(models.Draft, *WRITING, 404))
def withdraw_draft(ask: Called, number: Number, body: Nothing) -> Response:
    """Take a proposal back, to write on."""
    del body
    return answer(ask, drafting.withdraw(ask.house, number, actor=ask.name))


@door.post("/drafts/{number}/discard", right=RIGHT, responses=answers(Gone, *ON_ITEM))
def discard_draft(ask: Called, number: Number, body: Nothing, seen: Seen) -> Response:
    """Throw it away."""
    del body
    drafting.discard(ask.house, number, seen, actor=ask.name)
    return ask.tell(Gone, {"gone": True})


@door.post("/drafts/{number}/approve", right=RIGHT, responses=answers(models.Published, *WRITING, 404, 409))
def approve_draft(ask: Called, number: Number, body: models.Approve) -> Response:
    """Publish exactly the bytes that were proposed and read, as a second person."""
    return ask.tell(models.Published, drafting.approve(ask.house, number, body.proposed_hash, actor=ask.name))


def answer(ask: Caller, draft: Draft) -> Response:
    """A draft with its revision."""
    return with_revision(ask.tell(models.Draft, draft), draft.revision)
