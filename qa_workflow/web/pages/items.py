"""Items: the list with its filters and its search, and an item in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup
from starlette.responses import Response

from qa_workflow.definition.pictures.diagram import moves
from qa_workflow.definition.pictures.picture import as_svg
from qa_workflow.engine import Item
from qa_workflow.service.boards import saved_views
from qa_workflow.service.lists.finding import ANY, STATUSES, Filters, find
from qa_workflow.service.lists.lines import Line
from qa_workflow.service.lists.mine import mine
from qa_workflow.service.lists.story import Story, story
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.telling.titles import acting
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.carrying import is_ours
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.pages.kept_lists import kept

door = Door()
FILTERS = {
    "q": "search",
    "workflow": "workflow",
    "stage": "stage",
    "subject": "subject",
    "owner": "owner",
    "status": "status",
}
"""By the word in the address, the filter."""
IN_ADDRESS = (*FILTERS, "overdue", "after")
BOARD = "/overdue"
SOONEST = 20
"""Among how many of somebody's items the next one is looked for."""
STATUS_WORDS = (
    *zip(STATUSES, ("Open", "On hold", "Closed", "Cancelled"), strict=True),
    (ANY, "Any, also what is over"),
)


@door.get("/items", SIGNED_IN)
def items(ask: Asked) -> Response:
    """What was asked for, of what may be seen."""
    return listed(ask, ask.request.query_params)


def listed(ask: Ask, asked: Mapping[str, str], *, problem: str = "") -> Response:
    """The list that an address asks for. Names that are not known (any more) count as no filter, and are named.

    Args:
        problem: why what somebody wanted to do with the list could not be done.
    """
    given = {name: asked.get(name, "").strip() for name in IN_ADDRESS}
    unread = [name for name in asked if name not in IN_ADDRESS]
    filters = Filters(**{name: given[word] for word, name in FILTERS.items()}, overdue=given["overdue"] == "yes")
    try:
        found = find(ask.house, ask.actor, filters, ask.now, after=given["after"] or None)
    except Unknown:
        unread += [name for name, value in given.items() if value and name != "q"]
        filters, given = Filters(filters.search), {"q": filters.search}
        found = find(ask.house, ask.actor, filters, ask.now)
    chosen = {name: value for name, value in given.items() if value and name != "after"}
    query = urlencode(chosen)
    return ask.page(
        "items/list.html",
        status=422 if problem else 200,
        problem=problem,
        found=found,
        filters=filters,
        unread=unread,
        filtered=any(name != "q" for name in chosen),
        statuses=STATUS_WORDS,
        query=query,
        without_filters=urlencode({"q": filters.search}),
        here=urlencode({**chosen, "after": given["after"]} if given.get("after") else chosen),
        kept=kept(ask, saved_views.ITEMS, query),
        next=f"/items?{urlencode({**chosen, 'after': found.more})}" if found.more else "",
        may_open=ask.may("open"),
    )


@door.get("/items/{reference:path}", SIGNED_IN)
def item(ask: Asked, reference: str, history: str = "", why: str = "", back: str = "") -> Response:
    """An item in full; `why=late`: to say why it is, and then go `back` to the board."""
    found = told(ask, reference, whole=history == "all")
    why_late = why == "late" and found["line"].is_overdue
    back = board_at(back) if why_late else ""
    return ask.page("items/item.html", why_late=why_late, back=back, following=_following(ask, found["item"]), **found)


def _following(ask: Ask, item: Item) -> Line | None:
    """What of theirs is next, once a step is done: the soonest due about which they can do something now."""
    if not ask.said:
        return None
    own = mine(ask.house, ask.actor, ask.now, limit=SOONEST).own
    ready = (line for line in own if any(not step.is_stopped for step in line.steps))
    return next((line for line in ready if line.id != item.id), None)


def board_at(address: str) -> str:
    """The overdue board, with its filters, where an address leads there; "" otherwise."""
    return address if is_ours(address) and urlsplit(address).path == BOARD else ""


def told(ask: Ask, reference: str, *, whole: bool = False) -> dict[str, Any]:
    """What the page of an item shows."""
    found = story(ask.house, ask.actor, ask.sight, reference, ask.now, whole=whole)
    return {
        "story": found,
        "item": found.item,
        "line": found.line,
        "where": where(ask, found),
    }


def where(ask: Ask, found: Story) -> Markup:
    """The stages at which the item is, in the workflow: as a diagram and as a list. The same for everybody."""

    workflow, governance = found.workflow, ask.world.governance

    def drawn() -> Markup:
        picture = as_svg(workflow, found.here, inline="picture", titled=True)
        ways = [
            replace(move, who=tuple(acting(governance, workflow, move.who))) for move in moves(workflow, titled=True)
        ]
        # Everything in the picture is escaped. No `ask` is handed on: nothing of who asks may be in what is kept.
        shown = {"workflow": workflow, "here": found.here, "moves": ways, "picture": Markup(picture)}  # noqa: S704
        return Markup(ask.site.render("items/where.html", shown))  # noqa: S704

    return ask.world.once(("where", workflow.hash, found.here), drawn)
