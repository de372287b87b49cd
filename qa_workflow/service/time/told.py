"""What a look at the clock did, in words and as figures; the same in the terminal and on a page."""

from __future__ import annotations

from typing import Any

from qa_workflow.calendar.words import counted
from qa_workflow.engine.events import Kind
from qa_workflow.service.time.sweep import Swept

_WORDS = (
    ("opened", "item opened", "items opened"),
    ("reminded", "reminder", "reminders"),
    ("overdue", "item became overdue", "items became overdue"),
    ("escalated", "escalation", "escalations"),
    ("moved", "item moved on", "items moved on"),
    ("lapsed", "lapse", "lapses"),
    ("resumed", "hold ended", "holds ended"),
    ("waived", "step waits for its people: see its item", "steps wait for their people: see their items"),
    ("put_off", "item could not be decided: see incidents", "items could not be decided: see incidents"),
)


def counts(swept: Swept) -> dict[str, Any]:
    """What a look did, as JSON: items looked at, and how often each thing happened."""
    happened = {name: swept.events.get(Kind(name), 0) for name, _, _ in _WORDS if name in set(Kind)}
    return {"items": swept.items, **happened, "opened": swept.opened, "put_off": swept.put_off, "more": swept.more}


def said(swept: Swept) -> str:
    """What a look did, in a sentence."""
    found = counts(swept)
    told = ", ".join(counted(found[name], one, many) for name, one, many in _WORDS if found[name])
    more = " There is more to do; look again." if swept.more else ""
    return (f"{told[0].upper()}{told[1:]}." if told else "Nothing was due.") + more
