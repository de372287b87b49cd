"""The calendar: meetings, due dates and days not worked, a month at a time, as a list and as a table of weeks."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from qa_workflow.calendar.faults import check_year
from qa_workflow.calendar.words import WEEKDAYS
from qa_workflow.service.boards import saved_views
from qa_workflow.service.boards.calendar_view import month, time_words
from qa_workflow.service.boards.filters import BoardFilters, filters_from
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.pages.kept_lists import kept

door = Door()
LIST, TABLE = "list", "table"
FILTERS = ("workflow", "body", "owner", "subject")


@door.get("/calendar", SIGNED_IN)
def calendar(ask: Asked) -> Response:
    """One month, of what may be seen."""
    words = dict(ask.request.query_params)
    given = filters_from(words)
    filters = BoardFilters(**{name: getattr(given, name) for name in FILTERS})
    found = month(ask.house, ask.actor, words.get("month", "").strip(), filters, ask.now)
    view = TABLE if words.get("view") == TABLE else LIST

    def address(name: str, view: str = view) -> str:
        chosen = {**filters.chosen(), "month": name, **({"view": TABLE} if view == TABLE else {})}
        return f"/calendar?{urlencode(chosen)}"

    query = urlencode({**filters.chosen(), **({"view": TABLE} if view == TABLE else {})})
    return ask.page(
        "calendar/month.html",
        query=query,
        kept=kept(ask, saved_views.CALENDAR, query),
        found=found,
        filters=filters,
        view=view,
        weekdays=WEEKDAYS,
        clock=lambda sitting: time_words(ask.world, sitting),
        before=address(found.before),
        after=address(found.after),
        this_month=address(f"{found.today:%Y-%m}"),
        today_is_elsewhere=found.month != f"{found.today:%Y-%m}",
        as_list=address(found.month, LIST),
        as_table=address(found.month, TABLE),
        may_meet=ask.may("meet"),
        may_publish=ask.may("publish"),
    )


@door.get("/calendar/closed/{year:int}", SIGNED_IN)
def closed(ask: Asked, year: int) -> Response:
    """Why days of a year are not worked, by date, for who chooses a day in a form; weekends are left out."""
    calendar = ask.world.governance.calendar
    check_year(year)
    every = (date(year, 1, 1) + timedelta(number) for number in range(366))
    return JSONResponse({str(day): why for day in every if day.year == year and (why := calendar.why_closed(day))})
