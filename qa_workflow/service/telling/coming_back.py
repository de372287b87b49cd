"""What came back: an item that a step took to an earlier stage, with who did it, when, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from qa_workflow.calendar import local_date
from qa_workflow.definition import Workflow
from qa_workflow.engine import Event, Item
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import OPEN, Visit, instant


@dataclass(frozen=True, slots=True)
class Returned:
    """An item is at its stage because somebody sent it back; `by` is a person's name, `why` empty if none was given."""

    on: date
    by: str
    why: str


def came_back(workflow: Workflow, item: Item) -> Visit | None:
    """The visit to which an item was sent back: by a step out of a stage that its file names later."""
    if item.status != OPEN:
        return None
    order = {path: number for number, path in enumerate(workflow.stages)}
    for visit in item.visits:
        for path, did in item.did.items():
            before = path.rpartition(".")[0]
            if did.at == visit.at and order.get(before, -1) > order[visit.stage]:
                return visit
    return None


def returned(visit: Visit, events: Iterable[Event], zone: str) -> Returned | None:
    """Who sent it back and why, from the item's history."""
    for event in events:
        if event.kind is Kind.MOVED and event.at == visit.at and event.target == visit.stage:
            return Returned(local_date(instant(event.at), zone), event.actor, event.reason or "")
    return None
