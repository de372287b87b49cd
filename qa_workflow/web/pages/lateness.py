"""Lateness over time, as an XmR chart with its words and its figures."""

from __future__ import annotations

from markupsafe import Markup
from starlette.responses import Response

from qa_workflow.service.boards.lateness import FIRST, LAST, Lateness, lateness
from qa_workflow.service.boards.overdue import office_choices
from qa_workflow.service.boards.xmr_picture import as_svg
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()
TITLE = "Share of steps not done in time, by the month in which they fell due"
DATES = ((LAST, "the date in force"), (FIRST, "the date first given"))


@door.get("/lateness", SIGNED_IN)
def over_time(ask: Asked, workflow: str = "", body: str = "", by: str = LAST) -> Response:
    """Whether lateness changes, or only varies as it always does."""
    found = lateness(ask.house, ask.actor, ask.now, workflow=workflow, body=body, by=by)
    return ask.page(
        "overdue/lateness.html",
        found=found,
        picture=_picture(found),
        title=TITLE,
        dates=DATES,
        choices=office_choices(ask.house, ask.actor, ask.now),
        workflow=workflow,
        body=body,
        by=by,
    )


def _picture(found: Lateness) -> Markup:
    labels = [point.words for point in found.points if point.share is not None]
    short = [f"{label[:3]} {label[-2:]}" for label in labels]
    about = f"{found.verdict} The figures are in the table below."
    return Markup(as_svg(found.chart, short, title=TITLE, about=about))  # noqa: S704  everything in it is escaped
