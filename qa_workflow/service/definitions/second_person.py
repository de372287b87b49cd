"""What waits for somebody as the second person: proposed drafts, and changes to what people may do."""

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
    """Proposed drafts in which this person has no part, and people whose changes they can confirm."""

    drafts: tuple[Draft, ...] = ()
    people: tuple[str, ...] = ()


def to_decide(house: House, actor: str, now: datetime, *, publishes: bool, confirms: bool) -> ToDecide:
    """What one person can decide as the second one; `publishes` and `confirms` say which rights they hold."""
    with house.looking() as (look, world):
        who = world.actor(actor, world.day(now))
        proposed = [each for each in look.desk.drafts() if each.status == proposals.PROPOSED] if publishes else []
        changes = people.waiting_in(look, world, who) if confirms else []
    return ToDecide(
        tuple(each for each in proposed if part_of(who, each.hands) is None),
        tuple(each.entry.person.title for each in changes if each.why_not is None),
    )
