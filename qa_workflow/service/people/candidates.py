"""Who is offered where a form asks for a person: those who are here today and could have that part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qa_workflow.definition import Workflow
from qa_workflow.definition.governance import Person
from qa_workflow.engine import Item
from qa_workflow.engine.policy import capacity, right
from qa_workflow.service.world import World


def for_field(world: World, workflow: Workflow, item: Item | None, day: date) -> Iterator[Person]:
    """Those whom a `person` field of an item may name, and who may be told of a comment: whoever may see the item.

    Another could do nothing with it. Of an item that is only being opened it is not known yet whose it will be: then
    whoever may see any item of its workflow.
    """
    for person in _here(world, day):
        sight = world.sight(world.actor(person.name, day))
        if item is not None:
            sees = sight.sees(item)
        else:
            sees = sight.everything or workflow.name in sight.workflows or _is_about(world, workflow, person)
        if sees:
            yield person


def approvers(world: World, workflow: Workflow, item: Item, day: date) -> Iterator[Person]:
    """Those on whose authority the item's due date can be another: who have the right to change it."""
    allowed = right("change_date", workflow, world.governance)
    for person in _here(world, day):
        if capacity(allowed, world.actor(person.name, day), item, world.governance) is not None:
            yield person


def in_place_of(world: World, person: Person, day: date) -> Iterator[Person]:
    """Those who can stand in for somebody or take over: for a provider its own people, else none of a provider."""
    is_bound = _is_bound(world, person)
    for other in _here(world, day):
        fits = other.organisation == person.organisation if is_bound else not _is_bound(world, other)
        if fits and other.name != person.name:
            yield other


def _here(world: World, day: date) -> Iterator[Person]:
    """Nobody who has left, and nobody whose organisation is no more."""
    organisations = world.governance.organisations
    for person in world.governance.people.values():
        organisation = organisations.get(person.organisation or "")
        if person.is_active(day) and (organisation is None or organisation.is_active(day)):
            yield person


def _is_bound(world: World, person: Person) -> bool:
    """Whether a role of theirs reaches no further than their organisation."""
    roles = world.governance.roles
    return any(role in roles and roles[role].own for role in person.roles)


def _is_about(world: World, workflow: Workflow, person: Person) -> bool:
    """Whether an item of the workflow may be about the organisation of one who is bound to it."""
    organisation = world.governance.organisations.get(person.organisation or "")
    return _is_bound(world, person) and organisation is not None and workflow.is_about(organisation.kind)
