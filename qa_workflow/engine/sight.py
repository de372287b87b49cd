"""What somebody may see at all: everything, one's own organisation's items, or workflows in which one has a part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa_workflow.definition import Governance, Workflow
from qa_workflow.engine.disclosure import for_everybody, shown_to_subject, without, without_reasons
from qa_workflow.engine.events import Event
from qa_workflow.engine.item import Item
from qa_workflow.engine.policy import Actor, line

SEE_ALL = "see_all"


@dataclass(frozen=True, slots=True)
class Sight:
    """Which items somebody may see. Lists, counts and searches are bounded by it before anything else is asked."""

    everything: bool = False
    subjects: frozenset[str] = frozenset()
    workflows: frozenset[str] = frozenset()

    def sees(self, item: Item) -> bool:
        """Whether this item is in sight."""
        return self.reaches(item.workflow, item.subject)

    def reaches(self, workflow: str, subject: str | None) -> bool:
        """Whether an item of this workflow about this organisation is in sight."""
        return self.everything or subject in self.subjects or workflow in self.workflows

    def is_kept_out(self, workflow: str) -> bool:
        """Whether items of a workflow are seen only as about one's organisation: what colleagues say is not told."""
        return not self.everything and workflow not in self.workflows

    def hides(self, item: Item) -> tuple[str, ...]:
        """The fields of an item in sight that are not disclosed to whoever sees it only as about their organisation.

        The one place that decides it. The store gives out items and histories as `shown` and `told` make them.
        """
        return item.undisclosed if item.undisclosed and self.is_kept_out(item.workflow) else ()

    def shown(self, item: Item) -> Item:
        """An item as it is seen: without the fields that are not disclosed."""
        hidden = self.hides(item)
        if not hidden:
            return item
        return without(item, hidden, item.last_shown if item.subject in self.subjects else {})

    def told(self, workflow: str, events: list[Event]) -> list[Event]:
        """The whole history of an item of this workflow as it is seen: without what is kept back."""
        return shown_to_subject(events) if self.is_kept_out(workflow) else events

    def told_in_part(self, item: Item, events: Sequence[Event]) -> Sequence[Event]:
        """Some events of an item, all its comments among them, of which not values but what was said is told."""
        if not self.is_kept_out(item.workflow):
            return events
        hidden = self.hides(item)
        return for_everybody(without_reasons(hidden, events) if hidden else events)


EVERYTHING = Sight(everything=True)
NOTHING = Sight()


def sight_of(actor: Actor, governance: Governance, workflows: Iterable[Workflow]) -> Sight:
    """What an actor, and whoever they stand in for, may see.

    A role with the right `see_all` sees everything; one bound to its own organisation, that organisation's items and
    those of what it succeeded; any other role, the items of the workflows that give it a part.
    """
    see_all = set(governance.rights.get(SEE_ALL, ()))
    subjects: set[str] = set()
    wide: set[str] = set()
    for person in actor.persons():
        if see_all & set(person.roles):
            return EVERYTHING
        own = {role for role in person.roles if role in governance.roles and governance.roles[role].own}
        wide |= set(person.roles) - own
        if own:
            subjects |= line(person.organisation, governance)
    named = frozenset(workflow.name for workflow in workflows if wide & _parts(workflow)) if wide else frozenset[str]()
    return Sight(subjects=frozenset(subjects), workflows=named)


def _parts(workflow: Workflow) -> set[str]:
    """The roles that own a stage of a workflow, or may make a transition in it."""
    found: set[str] = set()
    for stage in workflow.stages.values():
        found.update(stage.owner.roles)
        for transition in stage.transitions.values():
            found.update(transition.by.roles)
    return found
