"""Items to be read: lists that go on, one item, its history, its dates, what can be done."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import Field
from starlette.responses import JSONResponse, Response

from qa_workflow.engine import Item, Step
from qa_workflow.service.items import filling
from qa_workflow.service.lists import browsing, chronicle
from qa_workflow.service.lists.finding import Filters
from qa_workflow.service.lists.onward import BadCursor
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.telling import views
from qa_workflow.service.telling.ahead import ahead
from qa_workflow.service.telling.meetings import before_it_has_met
from qa_workflow.web.api import cursors
from qa_workflow.web.api.conditions import tagged as with_revision
from qa_workflow.web.api.describing import OF_ITEM, READING, answers, tagged
from qa_workflow.web.api.door import ApiDoor, Called, Caller
from qa_workflow.web.api.models import items as models
from qa_workflow.web.api.models.base import Queried, Word
from qa_workflow.web.api.payloads import is_text

door = ApiDoor("items", __doc__)
MOST = 200
Id = Annotated[
    str,
    Path(
        pattern="^[0-9a-f]{32}$",
        description="The item's identifier: 32 hexadecimal digits.",
        examples=["4d757bc101b871697e9d8d9988db6d48"],
    ),
]


class Onward(Queried):
    """Where a page begins, and how long it is."""

    limit: int = Field(50, ge=1, le=MOST, description="How many items a page has at most.")
    cursor: str | None = Field(None, max_length=200, description="Where to go on: `next` of the page before.")


class Wanted(Queried):
    """Which items are wanted."""

    search: Word = Field(None, description="Words of a reference, an organisation, a workflow, or what it is about.")
    workflow: Word = Field(None, description="The name of a workflow.", examples=["provider_assurance"])
    stage: Word = Field(None, description="A stage, by its path or its last word.")
    subject: Word = Field(None, description="An organisation, by any of its names.")
    owner: Word = Field(None, description="A role or a person who has to act.")
    status: Literal["open", "held", "closed", "cancelled", "any"] | None = Field(
        None, description="Left out: what is not over."
    )
    overdue: bool = Field(False, description="Only what is late.")

    def filters(self) -> Filters:
        """The same as the service takes it."""
        return Filters(
            search=self.search or "",
            workflow=self.workflow or "",
            stage=self.stage or "",
            subject=self.subject or "",
            owner=self.owner or "",
            status=self.status or "",
            overdue=self.overdue,
        )


class Which(Onward, Wanted):
    """As `Wanted`, and where the page begins."""

    total: bool = Field(False, description="Also say how many there are; counting stops at 1000.")
    mine: bool = Field(False, description="Only what waits for who asks; takes no other filter.")


@door.get("/items", responses=answers(models.Items, *READING))
def list_items(ask: Called, which: Annotated[Which, Query()]) -> Response:
    """A page of the items that may be seen: what is due soonest first; among what may be over, the newest first."""
    filters = Filters() if which.mine else which.filters()
    return _list(ask, which, filters, mine=which.mine)


def _list(ask: Caller, which: Which, filters: Filters, *, mine: bool) -> Response:
    asked = {**asdict(filters), "mine": mine, "person": ask.name}
    after = cursors.read(which.cursor, asked) if which.cursor is not None else None
    house, actor, now = ask.house, ask.actor, ask.now
    counted = None
    if mine:
        page = browsing.browse_mine(house, actor, now, limit=which.limit, after=after)
        counted = browsing.count_mine(house, actor) if which.total else None
    else:
        page = browsing.browse(house, actor, filters, now, limit=which.limit, after=after)
        counted = browsing.count(house, actor, filters, now) if which.total else None
    onward = cursors.write(page.after, asked) if page.after else None
    return JSONResponse({"items": page.items, "next": onward, "total": counted.number if counted else None})


@door.get("/items/by-reference/{reference:path}", responses=tagged(models.Item, *OF_ITEM))
def get_item_by_reference(
    ask: Called,
    reference: Annotated[str, Path(description="Slashes stand as they are.", examples=["PA/2026-27-Q4/ghft"])],
) -> Response:
    """One item, by its reference."""
    if not is_text(reference):
        raise UnknownItem("", ())
    return _told(ask, ask.item(reference))


@door.get("/items/{id}", responses=tagged(models.Item, *OF_ITEM))
def get_item(ask: Called, id: Id) -> Response:  # noqa: A002  as the address says
    """One item, by its identifier."""
    return _told(ask, ask.item(id))


def _told(ask: Caller, item: Item) -> Response:
    return with_revision(JSONResponse(views.item(ask.house, item)), item.revision)


@door.get("/items/{id}/history", responses=answers(models.History, *OF_ITEM))
def get_history(ask: Called, id: Id) -> Response:  # noqa: A002
    """All that ever happened to an item, in order."""
    return JSONResponse({"events": views.item(ask.house, ask.item(id), history=ask.sight)["history"]})


@door.get("/events", responses=answers(models.Happenings, *READING))
def list_events(ask: Called, which: Annotated[Onward, Query()]) -> Response:
    """What happened to all items that may be seen, each event once, from the first on, for who keeps up with them.

    Keep `next`, and come again with it as `cursor` for what happened since; where there is `more`, at once. The order
    is that in which things were written: on PostgreSQL an event comes as soon as whatever was being written beside it
    is done, so that none is missed. When what may be seen has changed, or a backup was restored, a cursor is refused
    with `bad_cursor`: begin again without it, and know events that came before by `id` and `seq`.
    """
    seen = [ask.sight.everything, sorted(ask.sight.subjects), sorted(ask.sight.workflows)]
    asked = {"list": "events", "person": ask.name, "sees": seen, "restored": chronicle.restored(ask.house)}
    after = cursors.read_event(which.cursor, asked) if which.cursor is not None else None
    found = chronicle.happened(ask.house, ask.actor, limit=which.limit, after=after)
    if found is None:
        raise BadCursor
    onward = cursors.write(f"{found.last[0]} {found.last[1]}", asked) if found.last else None
    return JSONResponse({"events": found.events, "next": onward, "more": found.more})


@door.get("/items/{id}/explanation", responses=answers(models.Explanations, *OF_ITEM))
def explain_dates(ask: Called, id: Id) -> Response:  # noqa: A002
    """Why each date of an item is what it is: rule, days not counted, holds, changes."""
    return ask.tell(models.Explanations, {"explanations": views.explain(ask.house, ask.item(id), ask.sight)})


@door.get("/items/{id}/sub-items", responses=answers(models.Items, *OF_ITEM))
def list_sub_items(ask: Called, id: Id, which: Annotated[Onward, Query()]) -> Response:  # noqa: A002
    """The sub-items of an item, as far as they may be seen, in the order of opening."""
    item = ask.item(id)
    asked = {"list": "sub-items", "of": item.id, "person": ask.name}
    after = cursors.read(which.cursor, asked) if which.cursor is not None else None
    page = browsing.sub_items(ask.house, ask.actor, item, ask.now, limit=which.limit, after=after)
    onward = cursors.write(page.after, asked) if page.after else None
    return JSONResponse({"items": page.items, "next": onward, "total": None})


@door.get("/items/{id}/parent", responses=answers(models.Parent, *OF_ITEM))
def get_parent(ask: Called, id: Id) -> Response:  # noqa: A002
    """The item that this one is part of; null where it is part of none, or of none that may be seen."""
    return JSONResponse({"parent": browsing.parent(ask.house, ask.actor, ask.item(id), ask.now)})


@door.get("/items/{id}/steps", responses=answers(models.Steps, *OF_ITEM))
def list_steps(ask: Called, id: Id) -> Response:  # noqa: A002
    """What can be done with an item by who asks: what is in the way, and where each step leads, with the date there."""
    item = ask.item(id)
    return ask.tell(models.Steps, {"steps": [_step(ask, item, each) for each in ask.engine.steps(item, ask.name)]})


def _step(ask: Caller, item: Item, found: Step) -> dict[str, Any]:
    workflow = ask.world.workflow(item.definition)
    step = workflow.stages[found.stage].transitions[found.trigger]
    fieldset = filling.of_step(workflow, item, step, ask.filler)
    coming = ahead(ask.house, item, step, fieldset, ask.actor) if not found.forbidden else ()
    return {
        **views.step(found),
        "forbidden": [obstacle.text for obstacle in found.forbidden],
        "ahead": coming,
        "early": before_it_has_met(ask.world, workflow, item, step, ask.now),
    }
