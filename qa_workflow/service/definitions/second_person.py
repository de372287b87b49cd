"""What waits for somebody as the second person: proposed drafts, what people may do, files to be removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qa_workflow.service.definitions import proposals
from qa_workflow.service.house import House
from qa_workflow.service.people import people
from qa_workflow.service.ports.desk import Draft
from qa_workflow.service.rights import part_of


@dataclass(frozen=True, slots=True)
class ToDecide:
    """Proposed drafts in which they have no part, people whose changes they can confirm, items with files to remove."""

    drafts: tuple[Draft, ...] = ()
    people: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def to_decide(
    house: House, actor: str, now: datetime, *, publishes: bool, confirms: bool, removes: bool = False
) -> ToDecide:
    """What one person can decide as the second one; the rest says which rights they hold."""
    with house.looking() as (look, world):
        who = world.actor(actor, world.day(now))
        proposed = [each for each in look.desk.drafts() if each.status == proposals.PROPOSED] if publishes else []
        wishes = [each for each in world.removals.values() if not each.is_done] if removes else []
        changes = people.waiting_in(look, world, who) if confirms else []
    return ToDecide(
        tuple(each for each in proposed if part_of(who, each.hands) is None),
        tuple(each.entry.person.title for each in changes if each.why_not is None),
        tuple(each.reference for each in wishes if part_of(who, (each.by, each.acting_for)) is None),
    )
