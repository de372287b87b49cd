"""What came in: an item that somebody else, or the clock, brought to where it is since the working day before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from qa_workflow.calendar import Calendar, local_date
from qa_workflow.engine import Item
from qa_workflow.engine.item import instant


@dataclass(frozen=True, slots=True)
class CameIn:
    """The day, and by whom: the name of a person or of the clock, None where the item was opened there."""

    on: date
    by: str | None


def lately(calendar: Calendar, today: date) -> date:
    """The working day before: on a Monday what came in on Friday is new, and over the weekend."""
    return calendar.working_on_or_before(today - timedelta(days=1))


def came_in(item: Item, since: date, person: str, zone: str) -> CameIn | None:
    """How an item came to its newest stage; None before that day, and where this person brought it there."""
    visit = max(item.leaves(), key=lambda each: each.at)
    on = local_date(instant(visit.at), zone)
    if on < since:
        return None
    by = next((did.actor for did in item.did.values() if did.at == visit.at), None)
    return CameIn(on, by) if by != person else None
