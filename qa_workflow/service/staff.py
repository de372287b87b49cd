"""Everybody as they are on one day: who acts, in which roles, and whom a message is for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qa_workflow.definition import Governance
from qa_workflow.definition.model import Who
from qa_workflow.engine import Item
from qa_workflow.engine.policy import actor_of, within_scope


class Staff:
    """The people of the governance file on a day, in its order."""

    def __init__(self, governance: Governance, day: date) -> None:
        self.day, self._governance = day, governance
        self.actors = {person.name: actor_of(person, governance, day) for person in governance.people.values()}
        self._holders: dict[str, list[str]] = {}
        for actor in self.actors.values():
            for role in actor.roles:
                self._holders.setdefault(role, []).append(actor.name)

    def meant(self, who: Who, item: Item) -> Iterator[str]:
        """People, each once: holders of the roles within the scope of the item, and those whom the item names."""
        chosen = {str(item.fields.get(name)) for name in who.fields}
        chosen.update(item.did[path].actor for path in who.did if path in item.did)
        for role in who.roles:
            holders = self._holders.get(role, ())
            chosen.update(n for n in holders if within_scope(role, self.actors[n], item, self._governance))
        return (name for name in self.actors if name in chosen)
