"""Everybody as they are on one day: who acts, in which roles, and whom a message is for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from qa_workflow.definition import Governance
from qa_workflow.definition.model import Who
from qa_workflow.engine import Actor, Item
from qa_workflow.engine.policy import actor_of, within_scope

MANY = 10_000
"""Of how many questions whom a message is for is kept; most are asked again and again."""


class Staff:
    """The people of the governance file on a day, in its order."""

    def __init__(self, governance: Governance, day: date) -> None:
        self.day, self._governance = day, governance
        self.actors = {person.name: actor_of(person, governance, day) for person in governance.people.values()}
        self._instead = _instead(self.actors.values())
        self._holders: dict[str, list[str]] = {}
        self._meant: dict[tuple[tuple[str, ...], str | None, frozenset[str]], tuple[str, ...]] = {}
        for actor in self.actors.values():
            for role in actor.roles:
                self._holders.setdefault(role, []).append(actor.name)

    def is_away(self, person: str) -> bool:
        """Whether somebody stands in for this person, who hears nothing until they are back."""
        return person in self._instead

    def meant(self, who: Who, item: Item) -> tuple[str, ...]:
        """People, each once: holders of the roles within the scope of the item, and those whom the item names.

        In place of one who is away, those who stand in.
        """
        named = {str(item.fields.get(name)) for name in who.fields}
        named.update(item.did[path].actor for path in who.did if path in item.did)
        asked = (who.roles, item.subject, frozenset(named))  # all that the answer depends on
        found = self._meant.get(asked)
        if found is None:
            if len(self._meant) >= MANY:
                self._meant.clear()
            found = self._meant[asked] = self._chosen(who.roles, item, named)
        return found

    def _chosen(self, roles: Sequence[str], item: Item, chosen: set[str]) -> tuple[str, ...]:
        """Those who are named, and who hold these roles for the item, in the order of the file."""
        for role in roles:
            holders = self._holders.get(role, ())
            chosen.update(n for n in holders if within_scope(role, self.actors[n], item, self._governance))
        heard = {name for each in chosen for name in self._instead.get(each, (each,))}
        return tuple(name for name in self.actors if name in heard)


def _instead(actors: Collection[Actor]) -> Mapping[str, Sequence[str]]:
    """By who is away, who stands in; one who is away, too, hears nothing for another."""
    away = {absent.name for actor in actors for absent in actor.stands_in}
    found: dict[str, list[str]] = {}
    for actor in actors:
        for absent in actor.stands_in if actor.name not in away else ():
            found.setdefault(absent.name, []).append(actor.name)
    return found
