"""Stopping an item's clock, letting it run again, and withdrawing an item: each with a reason."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.calendar import start_of_day
from qa_workflow.engine.commands import Cancel, PutOnHold, Resume
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.reasons import Asking, Wrong, begin, read_day, send

door = Door()


def _hold(ask: Ask, reason: str) -> PutOnHold:
    day = read_day(ask)
    if day is not None and day <= ask.today:
        raise Wrong("The day on which it goes on must be later than today", "#day")
    zone = ask.world.governance.calendar.zone
    return PutOnHold(reason, start_of_day(day, zone) if day else None)


HOLD = Asking(
    "Put it on hold",
    "The clock stops: nothing becomes overdue, and dates that a hold stops move by its length when the item goes on.",
    _hold,
    date_label="It goes on by itself on (optional)",
)
RESUME = Asking(
    "Resume it",
    "The clock runs again. Dates that the hold stopped move by its length.",
    lambda _, reason: Resume(reason or None),
    needs_reason=False,
)
CANCEL = Asking(
    "Cancel it",
    "The item is withdrawn, with all that hangs on it. Its history stays.",
    lambda _, reason: Cancel(reason),
)


@door.get("/hold/{reference:path}", SIGNED_IN)
def hold(ask: Asked, reference: str) -> Response:
    """The form by which the clock is stopped."""
    return begin(ask, reference, HOLD, "hold")


@door.post("/hold/{reference:path}", SIGNED_IN)
def held(ask: Asked, reference: str) -> Response:
    """Stop it."""
    return send(ask, reference, HOLD)


@door.get("/resume/{reference:path}", SIGNED_IN)
def resume(ask: Asked, reference: str) -> Response:
    """The form by which the clock runs again."""
    return begin(ask, reference, RESUME, "resume")


@door.post("/resume/{reference:path}", SIGNED_IN)
def resumed(ask: Asked, reference: str) -> Response:
    """Let it run."""
    return send(ask, reference, RESUME)


@door.get("/cancel/{reference:path}", SIGNED_IN)
def cancel(ask: Asked, reference: str) -> Response:
    """The form by which an item is withdrawn."""
    return begin(ask, reference, CANCEL, "cancel")


@door.post("/cancel/{reference:path}", SIGNED_IN)
def cancelled(ask: Asked, reference: str) -> Response:
    """Withdraw it."""
    return send(ask, reference, CANCEL)
