"""Stopping an item's clock, letting it run again, and withdrawing an item: each with a reason."""

from __future__ import annotations

from qa_workflow.calendar import start_of_day
from qa_workflow.engine.commands import Cancel, PutOnHold, Resume
from qa_workflow.web.asking import Ask
from qa_workflow.web.doors import Door
from qa_workflow.web.item_forms import Wrong, offer, read_day
from qa_workflow.web.reasons import Asking

door = Door()


def _hold(ask: Ask, reason: str) -> PutOnHold:
    day = read_day(ask, "until", "The day on which it resumes")
    if day is not None and day <= ask.today:
        raise Wrong("The day on which it resumes must be later than today", "#until")
    zone = ask.world.governance.calendar.zone
    return PutOnHold(reason, start_of_day(day, zone) if day else None)


HOLD = Asking(
    "hold",
    "Put on hold",
    "The clock stops, and dates that a hold stops move by its length when the item goes on. Other dates (of a "
    "meeting, of a rule that says so, changed with authority) run on and become overdue; the item’s page says which.",
    _hold,
    date_label="Resume automatically on (optional)",
)
RESUME = Asking(
    "resume",
    "Resume",
    "The clock runs again. Dates that the hold stopped move by its length.",
    lambda _, reason: Resume(reason or None),
    needs_reason=False,
)
CANCEL = Asking(
    "cancel",
    "Cancel this item",
    "The item is withdrawn, with every item that is part of it. Its history stays.",
    lambda _, reason: Cancel(reason),
    warns=True,
)
for each in (HOLD, RESUME, CANCEL):
    offer(door, each.right, each.make)
