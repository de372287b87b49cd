"""The overdue board over all bodies: filters that are links, what leaves as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from qa_workflow.errors import UsageFault
from qa_workflow.service.boards import saved_views
from qa_workflow.service.boards.filters import NO, PUT_OFF, YES, BoardFilters, filters_from
from qa_workflow.service.boards.overdue import Board, overdue
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.pages.kept_lists import kept

door = Door()
QUICK: tuple[tuple[str, dict[str, str]], ...] = (
    ("All that is late", {}),
    ("10 calendar days late or more", {"late_from": "10"}),
    ("30 calendar days late or more", {"late_from": "30"}),
    ("Date changed", {"changed": YES}),
    ("In time only because the date was changed", {"changed": PUT_OFF}),
    ("Late when put on hold", {"held": YES}),
)
"""Boards that are one link away."""
CHANGED = (
    (YES, "Changed since it was first given"),
    (NO, "Still the first"),
    (PUT_OFF, "In time only because it was changed"),
)


@door.get("/overdue", SIGNED_IN)
def board(ask: Asked) -> Response:
    """What is late, of what may be seen; a filter that means nothing is told, and shows nothing."""
    words = dict(ask.request.query_params)
    filters = filters_from(words)
    problem = ""
    try:
        found = overdue(ask.house, ask.actor, filters, ask.now, after=words.get("after"))
    except UsageFault as fault:
        problem = str(fault)
        whole = overdue(ask.house, ask.actor, BoardFilters(), ask.now, limit=1)
        found = Board(choices=whole.choices, today=whole.today)
    return ask.page(
        "overdue/board.html",
        status=422 if problem else 200,
        found=found,
        filters=filters,
        problem=problem,
        quick=[(text, f"/overdue?{urlencode(chosen)}" if chosen else "/overdue", chosen == filters.chosen())
               for text, chosen in QUICK],
        changed=CHANGED,
        kept=kept(ask, saved_views.OVERDUE, filters.query),
        next=f"/overdue?{urlencode({**filters.chosen(), 'after': found.more})}" if found.more else "",
        here=f"/overdue?{urlencode(words)}" if words else "/overdue",
        is_continued="after" in words,
        on_hold=f"/overdue?{filters.but(held=YES).query}",
    )  # fmt: skip
