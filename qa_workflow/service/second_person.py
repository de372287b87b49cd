"""What waits for somebody as the second person: proposed drafts, and changes to what people may do."""

from __future__ import annotations

from dataclasses import dataclass

from qa_workflow.service import drafting, people
from qa_workflow.service.desk_port import Draft
from qa_workflow.service.house import House


@dataclass(frozen=True, slots=True)
class ToDecide:
    """Proposed drafts that this person did not write or propose, and people whose changes they can confirm."""

    drafts: tuple[Draft, ...] = ()
    people: tuple[str, ...] = ()


def to_decide(house: House, actor: str, *, publishes: bool, confirms: bool) -> ToDecide:
    """What one person can decide as the second one; `publishes` and `confirms` say which rights they hold."""
    proposed = drafting.drafts(house) if publishes else []
    changes = people.waiting(house, actor) if confirms else []
    return ToDecide(
        tuple(
            each
            for each in proposed
            if each.status == drafting.PROPOSED and actor not in (*each.writers, each.proposed_by)
        ),
        tuple(each.entry.person.title for each in changes if each.why_not is None),
    )
