"""What a program asks of an item, and the answer as that request left the item; asked again, the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qa_workflow.engine import EVERYTHING, Sight, replay
from qa_workflow.engine.commands import Command
from qa_workflow.engine.item import instant
from qa_workflow.service.house import House
from qa_workflow.service.items import errands
from qa_workflow.service.items.changing import Changed, change
from qa_workflow.service.items.opening import Wish, open_one
from qa_workflow.service.items.requests import Request
from qa_workflow.service.telling import views
from qa_workflow.service.telling.history import Teller
from qa_workflow.service.telling.redating import unless_sure


@dataclass(frozen=True, slots=True)
class Answer:
    """The item as JSON after a request, with what `happened` by it; `repeated`: it had been answered before."""

    item: dict[str, Any]
    repeated: bool


def ask(
    house: House,
    sight: Sight,
    name: str,
    command: Command,
    *,
    actor: str,
    seen: int,
    request: Request | None,
    sure: str | None = None,
) -> Answer:
    """Do what is asked of an item that somebody may see.

    Args:
        sure: of a due date that may be a slip of the pen, what says that it is meant.

    Raises:
        DoubtfulDate: it does not.
        UnknownItem: there is none, or none that they may see.
        Stale, KeyReused, Refusal, UsageFault: as `change`.
    """
    with house.store.reading() as look:
        found = look.item(name, sight).item

    doubt = unless_sure(command, sure)
    changed = change(house, found.id, command, actor=actor, seen=seen, request=request, doubt=doubt)
    return _answer(house, sight, errands.follow_up(house, changed))


def begin(house: House, sight: Sight, wish: Wish, request: Request | None, *, sure: str | None = None) -> Answer:
    """Open an item; see `open_one`, and `ask`."""
    opened = open_one(house, wish, request, doubt=unless_sure(None, sure))
    return _answer(house, sight, errands.follow_up(house, opened))


def _answer(house: House, sight: Sight, changed: Changed) -> Answer:
    """The item as the request left it, seen at that instant by whoever asked: it reads the same whenever it is told."""
    with house.looking() as (look, world):
        events = [event for event in look.events(changed.item.id, EVERYTHING) if event.seq <= changed.answered]
        item = sight.shown(replay(events))
        shown = views.item_in(look, world, item, instant(events[-1].at))
        seen = sight.told(item.workflow, events)
        told = Teller.of(look, world, item, sight).history(seen, after=changed.found)
        happened = [{"seq": each.seq, "what": each.what, "told": list(each.lines)} for each in told]
        return Answer({**shown, "happened": happened}, changed.repeated)
