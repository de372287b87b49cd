"""What an item's history knows of the stages that it was at."""

from __future__ import annotations

from collections.abc import Iterable

from qa_workflow.engine.events import Event
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import Item, Visit


def last_visits(events: Iterable[Event]) -> dict[str, Visit]:
    """By stage (by its present name), the last visit of it as it was when it ended, or as it is.

    Args:
        events: in order, from the first.
    """
    item: Item | None = None
    found: dict[str, Visit] = {}
    for event in events:
        renamed = event.data.get("renamed", {}).get("stages", {})
        found = {renamed.get(path, path): visit for path, visit in found.items()} if renamed else found
        item = apply(item, event)
        found.update((visit.stage, visit) for visit in item.visits)
    return found
