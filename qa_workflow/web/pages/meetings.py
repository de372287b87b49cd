"""A meeting held at another time, or called off: what that moves is shown before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from starlette.responses import Response

from qa_workflow.calendar import at_local, instant_words, local
from qa_workflow.calendar.words import counted
from qa_workflow.calendar.zones import SkippedTime
from qa_workflow.service.items import meetings
from qa_workflow.service.items.meetings import Planned
from qa_workflow.service.refusals import DoubtfulDate
from qa_workflow.web import days, outcomes
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import Door, right
from qa_workflow.web.fields import Filled, looked_through
from qa_workflow.web.outcomes import NO_REASON, REFUSED, Problem, sentence
from qa_workflow.web.sending import SURE

door = Door()
CHAIR = right("meet")
ANOTHER_TIME, CALLED_OFF, AS_PLANNED = "another_time", "called_off", "as_planned"


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed: when the meeting is to be held instead (None: not at all), and what is wrong with it."""

    at: datetime | None
    reason: str
    filled: Filled
    problems: list[Problem]


@door.get("/move-meeting/{body}/{key}", CHAIR)
def meeting(ask: Asked, body: str, key: str) -> Response:
    """The form, with the time at which the meeting is held now."""
    found = meetings.planned(ask.house, body, key)
    held = local(found.at, ask.world.governance.calendar.zone)
    typed = {**days.typed(None, "on", held.date()), "time": f"{held:%H:%M}", "what": ANOTHER_TIME}
    return ask.page("calendar/meeting.html", meeting=found, typed=typed, problems=[], filled=Filled())


@door.post("/move-meeting/{body}/{key}", CHAIR)
def move(ask: Asked, body: str, key: str) -> Response:
    """See what it would move; or do it."""
    found = meetings.planned(ask.house, body, key)
    wish = _wish(ask, found)
    if wish.problems or wish.filled.errors:
        return _again(ask, found, wish, wish.problems)
    is_done = ask.form.text("go") == "move"
    try:
        coming = meetings.foreseen(ask.house, found.body, found.key, wish.at) if wish.at is not None else None
        is_sure = coming is None or not coming.doubts or ask.form.text(SURE) == coming.mark
        moved = meetings.move(
            ask.house,
            found.body,
            found.key,
            wish.at,
            actor=ask.name,
            reason=wish.reason,
            preview=not (is_done and is_sure),
            sure=ask.form.text(SURE),
        )
    except REFUSED as fault:
        return _again(ask, found, wish, [{"text": sentence(str(fault)), "href": "#on" if wish.at else "#what"}])
    if not is_done or not is_sure:
        problems = outcomes.problems(DoubtfulDate(coming)) if is_done and coming is not None else []
        return ask.page(
            "calendar/meeting_moves.html",
            status=422 if problems else 200,
            meeting=found,
            coming=coming,
            moved=moved,
            lateness=meetings.lateness(moved),
            typed=ask.form.typed(),
            problems=problems,
        )
    held = f"is held on {instant_words(wish.at, ask.world.governance.calendar.zone)}" if wish.at else "is called off"
    count = f"{counted(len(moved), 'due date')} moved with it"
    shown = local(wish.at or found.at, ask.world.governance.calendar.zone)
    return ask.go(f"/calendar?month={shown:%Y-%m}", said=f"The meeting of {found.title} {held}; {count}.")


def _wish(ask: Ask, found: Planned) -> Wish:
    """What the form says."""
    reason, at = ask.form.text("reason"), None
    problems: list[Problem] = []
    what = ask.form.text("what")
    if what == ANOTHER_TIME:
        at = _instant(ask, problems)
    elif what == AS_PLANNED and found.as_planned is not None:
        at = found.as_planned
    elif what != CALLED_OFF:
        problems.append({"text": "Choose whether it is held at another time or called off", "href": "#what"})
    if not reason:
        problems.append(NO_REASON)
    return Wish(at, reason, looked_through(ask, {"Reason": reason}), problems)


def _instant(ask: Ask, problems: list[Problem]) -> datetime | None:
    """The day and time that were typed."""
    wrong: dict[str, str] = {}
    day = days.read_all(ask.form, wrong, {"on": "The new day"})["on"]
    problems += [{"text": text, "href": f"#{name}"} for name, text in wrong.items()]
    clock = _clock(ask.form.text("time"))
    if clock is None:
        problems.append({"text": "Enter the time as hours and minutes, for example 14:00", "href": "#time"})
    if day is None or clock is None:
        return None
    try:
        return at_local(day, clock, ask.world.governance.calendar.zone)
    except SkippedTime as fault:
        problems.append({"text": sentence(str(fault)), "href": "#time"})
        return None


def _clock(text: str) -> time | None:
    hours, _, minutes = text.replace(".", ":").partition(":")
    parts = [hours, minutes]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 2 for part in parts):
        return None
    hour, minute = int(hours), int(minutes)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _again(ask: Ask, found: Planned, wish: Wish, problems: list[Problem]) -> Response:
    typed = dict(ask.form.typed())
    return ask.page(
        "calendar/meeting.html", status=422, meeting=found, typed=typed, problems=problems, filled=wish.filled
    )
