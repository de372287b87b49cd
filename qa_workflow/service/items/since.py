"""What happened to an item since somebody looked, for who comes second: each event as half a sentence."""

from __future__ import annotations

from qa_workflow.calendar import instant_words
from qa_workflow.engine import Event
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import instant
from qa_workflow.engine.policy import CLOCK, ENGINE

_HOUSE = {CLOCK.name: "the clock", ENGINE.name: "the program"}
_DID = {
    Kind.OPENED: "opened it",
    Kind.RECORDED: "filled in fields",
    Kind.JOINED: "moved it on",
    Kind.CLAIMED: "claimed it",
    Kind.RELEASED: "released it",
    Kind.ASSIGNED: "assigned it",
    Kind.HELD: "put it on hold",
    Kind.RESUMED: "resumed it",
    Kind.CANCELLED: "cancelled it",
    Kind.CORRECTED: "corrected it",
    Kind.DATE_CHANGED: "changed its due date",
    Kind.MEETING_MOVED: "noted that its meeting is held at another time, or not at all",
    Kind.RECOUNTED: "counted its due dates again",
    Kind.MIGRATED: "moved it to another version",
    Kind.REMINDED: "reminded",
    Kind.OVERDUE: "noted that it is overdue",
    Kind.ESCALATED: "escalated it",
    Kind.LAPSED: "let it lapse",
    Kind.PASSED: "passed over a timed step",
    Kind.WAIVED: "left it to a person",
    Kind.SUB_ITEM_OPENED: "added a sub-item",
    Kind.SUB_ITEM_ENDED: "noted that a sub-item had ended",
    Kind.SUB_ITEM_REOPENED: "noted that a sub-item was opened again",
    Kind.COMMENTED: "commented",
}


def told(event: Event, zone: str) -> str:
    """One event, with who did it; and for whom."""
    who = _HOUSE.get(event.actor, event.actor)
    whose = f", for {event.acting_for}," if event.acting_for else ""
    return f"{who}{whose} {_did(event)} on {instant_words(instant(event.at), zone)}"


def _did(event: Event) -> str:
    if event.kind is Kind.MOVED:
        return f"did {event.trigger!r}"
    if event.kind is Kind.VOTED:
        return f"voted for {event.trigger!r}"
    return _DID[event.kind]
