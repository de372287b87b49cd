"""Calendars and closures: which days are not worked, and a day more of them, with what it would move."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.calendar.faults import FIRST_YEAR, LAST_YEAR
from qa_workflow.calendar.words import counted
from qa_workflow.service.definitions import closed_days, recounting
from qa_workflow.service.definitions.closed_days import ClosedDay, named_days
from qa_workflow.service.definitions.recounting import Foreseen
from qa_workflow.web import days
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.numbers import number_of
from qa_workflow.web.outcomes import REFUSED, sentence

door = Door()
PUBLISHER = right("publish")
TABLES = {"closures": "Closed", "openings": "Worked, although it is normally a day off"}


@door.get("/calendars", PUBLISHER)
def calendars(ask: Asked) -> Response:
    """The days of a year that are not worked, calendar by calendar."""
    return _page(ask)


@door.post("/calendars", PUBLISHER)
def change(ask: Asked) -> Response:
    """See what a day more or less would move; or write it into a draft, for a second person to approve."""
    problems: dict[str, str] = {}
    day = _day(ask, problems)
    if day is None:
        return _page(ask, problems=problems, status=422)
    try:
        if ask.form.text("go") == "draft":
            draft = closed_days.into_draft(ask.house, day, actor=ask.name)
            return ask.go(f"/drafts/{draft.id}/changes", said="The day is in your draft; propose it for publication.")
        return _page(ask, day=day, found=closed_days.foresee(ask.house, day, actor=ask.name))
    except REFUSED as fault:
        return _page(ask, problems={"on": sentence(str(fault))}, status=422)


@door.post("/calendars/go-on", PUBLISHER)
def go_on(ask: Asked) -> Response:
    """Count open items again, where that was stopped half-way."""
    moved = recounting.go_on(ask.house)
    return ask.go("/calendars", said=f"Everything open was counted again; {counted(len(moved), 'due date')} moved.")


def _day(ask: Ask, problems: dict[str, str]) -> ClosedDay | None:
    form, known = ask.form, ask.world.governance.calendars
    calendar, table = form.text("calendar"), form.text("table") or "closures"
    if calendar not in known:
        problems["calendar"] = "Choose a calendar"
    if table not in TABLES:
        problems["table"] = "Choose whether the day is closed or worked"
    on = days.read_all(form, problems, {"on": "The day"})["on"]
    name = None if form.text("remove") else form.text("why")
    if name == "":
        problems["why"] = "Enter why, in a word or two"
    return None if problems or on is None else ClosedDay(calendar, table, on, name)


def _page(
    ask: Ask,
    *,
    day: ClosedDay | None = None,
    found: Foreseen | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    posted = ask.form if ask.request.method == "POST" else None
    year = _year(ask)
    return ask.page(
        "closures/calendars.html",
        status=status,
        year=year,
        calendars=[(name, named_days(calendar, year)) for name, calendar in ask.world.governance.calendars.items()],
        tables=TABLES,
        typed={name: posted.text(name) if posted else "" for name in ("calendar", "table", "why")},
        boxes=days.typed(posted, "on"),
        day=day,
        found=found,
        titles=stage_titles(ask),
        pending=recounting.pending(ask.house),
        problems=problems or {},
    )


def stage_titles(ask: Ask) -> dict[str, str]:
    """How the stages of all workflows are called, by path."""
    return {path: stage.title for each in ask.world.workflows.values() for path, stage in each.stages.items()}


def _year(ask: Ask) -> int:
    year = number_of(ask.request.query_params.get("year", ""), 0, digits=4)
    return year if FIRST_YEAR <= year <= LAST_YEAR else ask.today.year
