"""Who may do what: one place for roles, organisation scope, four eyes, claims and cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from qa_workflow.definition.governance import Governance, Person
from qa_workflow.definition.model import Who, Workflow
from qa_workflow.engine.item import Item, Visit


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `stands_in` are the people whose absence this person covers today."""

    name: str
    roles: tuple[str, ...] = ()
    organisation: str | None = None
    stands_in: tuple[Actor, ...] = ()
    is_house: bool = False

    def persons(self) -> Iterator[Actor]:
        """Oneself, then each person one stands in for."""
        yield self
        yield from self.stands_in

    @property
    def every_role(self) -> frozenset[str]:
        """One's own roles, and those of each person one stands in for."""
        return frozenset(role for person in self.persons() for role in person.roles)


CLOCK = Actor("system:clock", is_house=True)
"""Time itself; it has the rights that the definition gives to time, and no role."""
ENGINE = Actor("system:engine", is_house=True)
"""The engine, for what follows by itself: a join that is met."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """In which capacity somebody may act: their own, or for the person they stand in for."""

    acting_for: str | None = None


OWN = Capacity()


def actor_of(person: Person, governance: Governance, day: date) -> Actor:
    """A person as an actor on that day, with whom they cover; who is not here that day has no rights, nor another's."""
    if not person.is_active(day):
        return Actor(person.name, (), person.organisation)
    covered = (governance.people[c.person] for c in person.covers if c.is_active(day) and c.person in governance.people)
    stands_in = tuple(Actor(p.name, p.roles, p.organisation) for p in covered if p.is_active(day))
    return Actor(person.name, person.roles, person.organisation, stands_in)


def within_scope(role: str, actor: Actor, item: Item, governance: Governance) -> bool:
    """Whether a role reaches an item: an own-organisation role reaches its organisation and what that one succeeded."""
    known = governance.roles.get(role)
    if known is None or not known.own:
        return True
    return item.subject is not None and item.subject in line(actor.organisation, governance)


def line(organisation: str | None, governance: Governance) -> set[str]:
    """An organisation and all that were merged into it."""
    found = {organisation} if organisation else set()
    while more := {o.name for o in governance.organisations.values() if o.successor in found} - found:
        found |= more
    return found


def has_role(roles: Iterable[str], actor: Actor, item: Item, governance: Governance) -> bool:
    """Whether somebody holds one of these roles with the item in its scope."""
    held = actor.roles
    for role in roles:  # noqa: SIM110  half the price of any() with a generator, several times a move
        if role in held and within_scope(role, actor, item, governance):
            return True
    return False


def capacity(who: Who, actor: Actor, item: Item, governance: Governance) -> Capacity | None:
    """In which capacity the actor is one of `who`; None if in none. The house itself is never one of them."""
    if actor.is_house:
        return None
    if _is_one_of(who, actor, item, governance):
        return OWN
    for person in actor.stands_in:
        if _is_one_of(who, person, item, governance):
            return Capacity(person.name)
    return None


def _is_one_of(who: Who, actor: Actor, item: Item, governance: Governance) -> bool:
    if who.anyone or has_role(who.roles, actor, item, governance):
        return True
    if any(path in item.did and item.did[path].actor == actor.name for path in who.did):
        return True
    return any(item.fields.get(name) == actor.name for name in who.fields)


def did_it(who: Who, actor: Actor, item: Item) -> str | None:
    """The trigger path of a step that the actor, or somebody they stand in for, did last; acting for counts as both."""
    names = {person.name for person in actor.persons()} if who.did else set()
    for path in who.did:
        done = item.did.get(path)
        if done and names & {done.actor, done.acting_for}:
            return path
    return None


def is_excluded(who: Who, actor: Actor, item: Item, governance: Governance) -> bool:
    """Whether `not_by` rules the actor out."""
    if not who:
        return False
    if did_it(who, actor, item):
        return True
    people = tuple(actor.persons())
    if any(has_role(who.roles, person, item, governance) for person in people):
        return True
    return any(item.fields.get(name) == person.name for name in who.fields for person in people)


def right(name: str, workflow: Workflow, governance: Governance) -> Who:
    """Who has a right beyond the transitions: the workflow's own list, else the governance file's."""
    return Who(roles=workflow.rights.get(name) or governance.rights.get(name, ()))


def holds(visit: Visit, actor: Actor) -> bool:
    """Whether nobody holds the visit, or the actor (or somebody they stand in for) does."""
    return visit.holder is None or any(person.name == visit.holder for person in actor.persons())
