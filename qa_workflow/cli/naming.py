"""Names in filters, checked against what is published: an unknown one is told, not answered with an empty list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa_workflow.definition import Governance
from qa_workflow.engine import Actor, Item
from qa_workflow.engine.policy import actor_of, has_role
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Checked:
    """Conditions by name, and the owners of which any will do (none: whoever)."""

    conditions: Mapping[str, Any]
    owners: tuple[str, ...] = ()
    person: Actor | None = None

    def concerns(self, item: Item, holders: Sequence[str], governance: Governance) -> bool:
        """Whether a person's own list has this item: theirs by name, or by a role that reaches its organisation."""
        if self.person is None or self.person.name in holders:
            return True
        return has_role(holders, self.person, item, governance)


def checked(world: World, wanted: Mapping[str, str | None], day: date) -> Checked:
    """The conditions with every name known; an organisation may be called by any of its names.

    Raises:
        Unknown: a workflow, stage, organisation, role or person that is not published here.
    """
    owner = wanted.get("owner")
    conditions: dict[str, Any] = {
        name: value for name, value in wanted.items() if value is not None and name != "owner"
    }
    if "workflow" in conditions and conditions["workflow"] not in world.latest:
        raise Unknown("workflow", conditions["workflow"], tuple(world.latest))
    if "stage" in conditions:
        _stage(world, conditions["stage"])
    if "subject" in conditions:
        conditions["subject"] = organisation(world, conditions["subject"])
    if not owner:
        return Checked(conditions)
    known = world.governance.people.get(owner)
    return Checked(conditions, _owners(world, owner, day), actor_of(known, world.governance, day) if known else None)


def organisation(world: World, word: str) -> str:
    """The identifier of an organisation called by any of its names."""
    found = world.governance.organisations
    words = {
        w.lower(): o.name for o in found.values() for w in (o.name, o.title, *o.aliases, *(n.title for n in o.names))
    }
    if word.lower() not in words:
        raise Unknown("organisation", word, tuple(found))
    return words[word.lower()]


def person(world: World, name: str) -> str:
    """The name itself, if a person bears it."""
    if name not in world.governance.people:
        raise Unknown("person", name, tuple(world.governance.people))
    return name


def _owners(world: World, owner: str, day: date) -> tuple[str, ...]:
    """A role by itself; a person with the roles they hold that day."""
    known = world.governance.people.get(owner)
    if known is not None:
        return owner, *(known.roles if known.active(day) else ())
    if owner in world.governance.roles:
        return (owner,)
    raise Unknown("role or person", owner, (*world.governance.roles, *world.governance.people))


def _stage(world: World, wanted: str) -> None:
    stages = {
        s.path
        for hash_ in world.definitions
        if world.definitions[hash_].kind == "workflow"
        for s in world.workflow(hash_).stages.values()
    }
    if wanted not in stages and wanted not in {path.rpartition(".")[2] for path in stages}:
        raise Unknown("stage", wanted, sorted(stages))
