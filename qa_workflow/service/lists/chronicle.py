"""What happened to all items that somebody may see, one event after the other, for programs that keep up with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qa_workflow.engine import Actor
from qa_workflow.service.house import House
from qa_workflow.service.telling import views


@dataclass(frozen=True, slots=True)
class Happened:
    """Events as JSON; the last that was looked at, by item and number, and whether there are more."""

    events: list[dict[str, Any]]
    last: tuple[str, int] | None
    more: bool


def happened(house: House, actor: Actor, *, limit: int, after: tuple[str, int] | None = None) -> Happened | None:
    """What comes after an event, as this actor is told it; None where there is no such event.

    An event that is kept back from the actor does not come, nor does its number tell: so a page may be shorter.
    """
    with house.looking() as (look, world):
        sight = world.sight(actor)
        mark = None if after is None else look.chronicle.mark(*after)
        if after is not None and mark is None:
            return None
        marks = look.chronicle.after(mark, limit + 1, sight)
        found = marks[:limit]
        lines = look.lists.lines(list({each.row for each in found}), sight)
        items = {line.row: line.item for line in lines}
        told = {row: views.history_in(look, world, item, sight) for row, item in items.items()}
        events = [
            {**views.named(items[each.row]), **told[each.row][each.seq]} for each in found if each.seq in told[each.row]
        ]
        last = (items[found[-1].row].id, found[-1].seq) if found else after
        return Happened(events, last, len(marks) > limit)


def restored(house: House) -> str:
    """By which restoring of a backup the database began: what was in order before is in another one since."""
    with house.looking() as (look, _):
        return look.chronicle.restored()
