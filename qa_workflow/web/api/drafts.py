"""Definitions being written: saved, proposed, and published by a second person who approves exactly these bytes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from starlette.responses import JSONResponse, Response

from qa_workflow.definition.differences import Difference
from qa_workflow.definition.picture import as_svg
from qa_workflow.errors import Refusal, UsageFault
from qa_workflow.service import drafting, editing
from qa_workflow.service import once as keeping
from qa_workflow.service.desk_port import Draft
from qa_workflow.service.house import House
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.tokens import READ
from qa_workflow.web.api import models, models_change
from qa_workflow.web.api.conditions import Key, Seen, answered
from qa_workflow.web.api.conditions import tagged as with_revision
from qa_workflow.web.api.describing import ON_ITEM, READING, WRITING, answers, path_of, tagged
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.house import NotThere
from qa_workflow.web.marks import marks

door = ApiDoor("drafts of definitions")
RIGHT = "publish"
Number = Annotated[int, Path(ge=1, le=2**53, description="The number of a draft.")]
_ON_DRAFT = tagged(models.DraftTold, *ON_ITEM, again=False)
_BEGUN = tagged(models.DraftTold, *WRITING, status=201, again=True)


@door.get("/drafts", right=RIGHT, responses=answers(models.Drafts, *READING))
def list_drafts(ask: Called) -> Response:
    """Everybody's drafts that are not published, the latest changed first."""
    return JSONResponse({"drafts": [told_of(each) for each in drafting.drafts(ask.house)]})


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

    done = keeping.once(ask.house, key, begin, told_of)
    told = with_revision(answered(done, 201), done.said["revision"])
    told.headers["Location"] = path_of(f"/drafts/{done.said['id']}")
    return told


@door.post("/drafts/check", right=RIGHT, scope=READ, responses=answers(models_change.Checked, *WRITING))
def check_text(ask: Called, body: models_change.CheckText) -> Response:
    """What is wrong with a text, and where, as publishing would read it; and its diagram. Nothing is kept."""
    checked = editing.check(ask.world, body.kind, body.source.encode())
    picture = as_svg(checked.drawn) if checked.drawn is not None else None
    return JSONResponse({"faults": list(marks(body.source, checked.faults)), "picture": picture})


@door.get("/drafts/{number}", right=RIGHT, responses=tagged(models.DraftInFull, *READING, 404))
def get_draft(ask: Called, number: Number) -> Response:
    """A draft with its text, and what it changes of what is published, in words."""
    found = draft_of(ask, number)
    try:
        different = drafting.differences(ask.world, found)
    except Refusal:  # it calls itself something else; publishing says so
        different = None
    words = None if different is None else [_difference(each) for each in different]
    text = found.source.decode("utf-8", "replace")
    return with_revision(JSONResponse({**told_of(found), "source": text, "differences": words}), found.revision)


@door.post("/drafts/{number}/save", right=RIGHT, responses=_ON_DRAFT)
def save_draft(ask: Called, number: Number, body: models.SaveDraft, seen: Seen) -> Response:
    """Keep the text, right or wrong; only publishing asks for it to be right."""
    draft_of(ask, number)
    return answer(drafting.save(ask.house, number, body.source.encode(), seen, actor=ask.name))


@door.post("/drafts/{number}/propose", right=RIGHT, responses=_ON_DRAFT)
def propose_draft(ask: Called, number: Number, body: models.Propose, seen: Seen) -> Response:
    """Have it approved by a second person."""
    draft_of(ask, number)
    return answer(drafting.propose(ask.house, number, seen, body.note, actor=ask.name))


@door.post("/drafts/{number}/withdraw", right=RIGHT, responses=tagged(models.DraftTold, *WRITING, 404))
def withdraw_draft(ask: Called, number: Number, body: models.Nothing) -> Response:
    """Take a proposal back, to write on."""
    del body
    draft_of(ask, number)
    return answer(drafting.withdraw(ask.house, number, actor=ask.name))


@door.post("/drafts/{number}/discard", right=RIGHT, responses=answers(models.Gone, *ON_ITEM))
def discard_draft(ask: Called, number: Number, body: models.Nothing, seen: Seen) -> Response:
    """Throw it away."""
    del body
    draft_of(ask, number)
    drafting.discard(ask.house, number, seen, actor=ask.name)
    return JSONResponse({"gone": True})


@door.post("/drafts/{number}/approve", right=RIGHT, responses=answers(models.PublishedTold, *WRITING, 404, 409))
def approve_draft(ask: Called, number: Number, body: models.Approve) -> Response:
    """Publish exactly the bytes that were proposed and read, as a second person."""
    draft_of(ask, number)
    made = drafting.approve(ask.house, number, body.proposed_hash, actor=ask.name)
    return JSONResponse(
        {"kind": made.kind, "name": made.name, "version": made.version, "hash": made.hash, "new": made.new}
    )


def _difference(found: Difference) -> dict[str, Any]:
    told = {"where": found.where, "sentence": found.sentence}
    return {**told, "roles": list(found.roles), "people": list(found.people)}


def draft_of(ask: Caller, number: int) -> Draft:
    """The draft, or the answer that there is none."""
    try:
        return drafting.draft(ask.house, number)
    except Unknown as fault:
        raise NotThere("there is no draft of this number; it may have been published or thrown away") from fault


def answer(draft: Draft) -> Response:
    """A draft with its revision."""
    return with_revision(JSONResponse(told_of(draft)), draft.revision)


def told_of(draft: Draft) -> dict[str, Any]:
    """A draft as JSON, without its text."""
    return {
        "id": draft.id,
        "kind": draft.kind,
        "name": draft.name,
        "status": draft.status,
        "revision": draft.revision,
        "author": draft.author,
        "writers": list(draft.writers),
        "changed_at": draft.changed_at.isoformat(),
        "based_on": draft.based_on,
        "note": draft.note,
        "proposed_hash": draft.proposed_hash,
        "proposed_by": draft.proposed_by,
        "proposed_at": draft.proposed_at.isoformat() if draft.proposed_at else None,
    }
