"""What a program asks of an item, and the answer as that request left the item; asked again, the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qa_workflow.engine import Sight, replay
from qa_workflow.engine.commands import Command
from qa_workflow.engine.item import instant
from qa_workflow.service.house import House
from qa_workflow.service.items import errands
from qa_workflow.service.items.changing import Changed, change
from qa_workflow.service.items.opening import Wish, open_one
from qa_workflow.service.items.requests import Request
from qa_workflow.service.telling import views


@dataclass(frozen=True, slots=True)
class Answer:
    """The item as JSON after a request; `repeated`: it had been answered before, and nothing was done again."""

    item: dict[str, Any]
    repeated: bool


def ask(
    house: House, sight: Sight, name: str, command: Command, *, actor: str, seen: int, request: Request | None
) -> Answer:
    """Do what is asked of an item that somebody may see.

    Raises:
        UnknownItem: there is none, or none that they may see.
        Stale, KeyReused, Refusal, UsageFault: as `change`.
    """
    with house.store.reading() as look:
        found = look.item(name, sight).item
    changed = change(house, found.id, command, actor=actor, seen=seen, request=request)
    return _answer(house, errands.follow_up(house, changed))


def begin(house: House, wish: Wish, request: Request | None) -> Answer:
    """Open an item; see `open_one`."""
    return _answer(house, errands.follow_up(house, open_one(house, wish, request)))


def _answer(house: House, changed: Changed) -> Answer:
    """The item as the request left it, seen at that instant: whenever it is told, it reads the same."""
    with house.looking() as (look, world):
        events = [event for event in look.events(changed.item.id) if event.seq <= changed.answered]
        return Answer(views.item_in(look, world, replay(events), instant(events[-1].at)), changed.repeated)
