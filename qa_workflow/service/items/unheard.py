"""A reminder, or word of what is late, that is for nobody on the day is an incident: else nobody learns of the item."""

from __future__ import annotations

from qa_workflow.engine import Leaves, Outgoing
from qa_workflow.service.house import Work
from qa_workflow.service.ports.store import Saving

KIND = "message"
"""As what was given up on its way: neither has reached anybody."""
_SAID = {"reminder": "a reminder", "overdue": "a notice that it is late", "escalation": "an escalation"}


def follow(work: Work, saving: Saving, row: int) -> None:
    """After a decision is written: what time should have told somebody, and nobody is there to be told."""
    decision = saving.decision
    for out in decision.outgoing:
        said = _SAID.get(str(out.payload.get("topic"))) if out.kind is Leaves.MESSAGE else None
        if said is not None and not work.world.staff(work.day).meant(out.to, decision.item):
            what = f"{said} about {decision.item.reference} at {out.payload['stage']!r} was not delivered: {_why(out)}"
            work.unit.incident(KIND, what, row, work.now)


def _why(out: Outgoing) -> str:
    if not out.to.roles:
        return "the item names nobody whom to tell; see that somebody does it"
    roles = " or ".join(repr(role) for role in out.to.roles)
    return f"nobody holds the role {roles} for it on this day; give it to somebody, and tell them of it"
