"""Which open visits of an item have a due date that has to be told apart from the item's own."""

from __future__ import annotations

from qa_workflow.engine.item import Item, Visit


def dated_apart(item: Item) -> list[Visit]:
    """The dated visits of an item that is in several stages at once, or whose date is no longer the first.

    Nothing for any other item: where one stage is open and its date is the first, the item's own due date says it all.
    """
    found = item.dated()
    if len(item.visits) == 1:
        return [visit for visit in found if visit.due is not None and visit.due.first_at != visit.due.at]
    return found
