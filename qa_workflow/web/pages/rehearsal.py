"""The clock of a rehearsal: what it says, and pushing it on, so that one sees what time does."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from qa_workflow.calendar import instant_words
from qa_workflow.service.refusals import NotARehearsal, NotYours
from qa_workflow.service.time import rehearsing
from qa_workflow.service.time.told import said
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()
STEPS = {
    "day": ("One day", timedelta(days=1)),
    "week": ("One week", timedelta(weeks=1)),
    "month": ("Four weeks", timedelta(weeks=4)),
}
"""By how much the clock is pushed: the word in the form, the words on the button, the time."""


@door.get("/clock", SIGNED_IN)
def clock(ask: Asked) -> Response:
    """What the clock says."""
    _admit(ask)
    return ask.page("rehearsal/clock.html", steps=STEPS)


@door.post("/clock", SIGNED_IN)
def push(ask: Asked) -> Response:
    """Push it on; what falls due in between happens in order, each at its own time."""
    _admit(ask)
    words, by = STEPS.get(ask.form.text("by"), STEPS["day"])
    journey = rehearsing.push(ask.house, ask.house.now() + by, ask.engine.tick)
    there = instant_words(journey.end, ask.world.governance.calendar.zone)
    return ask.go("/clock", said=f"{words} later: it is {there}. {said(journey.swept)}")


def _admit(ask: Ask) -> None:
    """Only a rehearsal's clock is pushed: in the demonstration by anybody, else by an administrator."""
    if not rehearsing.is_rehearsal(ask.house):
        raise NotARehearsal
    if not (ask.site.settings.demonstration or ask.may("administer")):
        raise NotYours("push the clock", ask.name, ask.world.governance.rights.get("administer", ()))
