"""Lists as people ask for them: by names that are checked, for a role or for a person with all the roles they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from qa_workflow.definition import Governance
from qa_workflow.engine import EVERYTHING, Actor, Item, Sight
from qa_workflow.engine.policy import actor_of, has_role
from qa_workflow.service.house import House
from qa_workflow.service.knowing import holders, organisations
from qa_workflow.service.ports.store import Found, ItemQuery
from qa_workflow.service.refusals import Unknown
from qa_workflow.service.telling import views
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, in words; None is any. `owner` is a role or a person; `every` has closed items too.

    `search` are words to search for, as `finding` does for the pages: also among what is over.
    """

    search: str | None = None
    workflow: str | None = None
    stage: str | None = None
    subject: str | None = None
    owner: str | None = None
    overdue: bool = False
    every: bool = False
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Items as JSON, and how many there are in all."""

    items: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0


def page(house: House, wanted: Wanted) -> Page:
    """The first page of what is wanted: the soonest due first, then what has no date, in the order of opening.

    Raises:
        Unknown: a workflow, stage, organisation, role or person that is not published here.
    """
    now = house.now()
    with house.looking() as (look, world):
        query = _query(world, wanted, now)
        owners, person = owners_of(world, wanted.owner, world.day(now))
        found: dict[int, Found] = {}
        for owner in owners:
            found.update((line.row, line) for line in look.items(replace(query, owner=owner)))
        lines = [line for line in found.values() if is_theirs(line.item, person, world)]
        lines = [line for line in lines if not wanted.overdue or line.item.is_overdue(now)]
        lines.sort(key=lambda line: (line.due_at is None, line.due_at or 0, line.row))
        total = len(lines) if len(owners) > 1 else max(look.count(replace(query, owner=owners[0])), len(lines))
        items = [line.item for line in lines[: wanted.limit]]
        return Page([views.item_in(look, world, item, now) for item in items], total)


def organisation(world: World, word: str, sight: Sight = EVERYTHING) -> str:
    """The identifier of an organisation called by any of its names, now or earlier; raises `Unknown`."""
    known = world.governance.organisations
    words = {
        name.lower(): o.name
        for o in known.values()
        for name in (o.name, o.title, *o.aliases, *(earlier.title for earlier in o.names))
    }
    if word.lower() not in words:
        raise Unknown("organisation", word, organisations(world, sight))
    return words[word.lower()]


def _query(world: World, wanted: Wanted, now: datetime) -> ItemQuery:
    """The same as the store asks for it, with every name known."""
    workflow, stage, subject = known_names(world, wanted)
    return ItemQuery(
        workflow=workflow,
        stage=stage,
        subject=subject,
        open_only=not wanted.every,
        overdue_at=now if wanted.overdue else None,
        by_date=not wanted.overdue,
        limit=wanted.limit,
    )


def owners_of(world: World, owner: str | None, day: date) -> tuple[Sequence[str | None], Actor | None]:
    """A role by itself; a person with the roles they hold that day, and who that is."""
    if owner is None:
        return (None,), None
    governance: Governance = world.governance
    if (person := governance.people.get(owner)) is not None:
        actor = actor_of(person, governance, day)
        return (owner, *actor.roles), actor
    if owner in governance.roles:
        return (owner,), None
    raise Unknown("role or person", owner, holders(world, EVERYTHING))


def is_theirs(item: Item, person: Actor | None, world: World) -> bool:
    """Whether a person's own list has this item: theirs by name, or by a role that reaches its organisation."""
    if person is None:
        return True
    holders = views.holders(world.workflow(item.definition), item)
    return person.name in holders or has_role(holders, person, item, world.governance)


class About(Protocol):
    """What lists and boards can be asked about; None or empty is any."""

    @property
    def workflow(self) -> str | None: ...
    @property
    def stage(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...


def known_names(world: World, asked: About, sight: Sight = EVERYTHING) -> tuple[str | None, str | None, str | None]:
    """The workflow, the stage and the organisation that are asked for, each known here; None for any.

    Args:
        sight: of who asks; they are offered no names beyond it.

    Raises:
        Unknown: one that is not known here.
    """
    if asked.workflow and asked.workflow not in world.latest:
        raise Unknown("workflow", asked.workflow, tuple(world.latest))
    if asked.stage:
        _stage_known(world, asked.stage)
    subject = organisation(world, asked.subject, sight) if asked.subject else None
    return asked.workflow or None, asked.stage or None, subject


def _stage_known(world: World, wanted: str) -> None:
    """Refuse a stage that no workflow has; raises `Unknown`."""
    paths = {path for workflow in world.every_version() for path in workflow.stages}
    if wanted not in paths and wanted not in {path.rpartition(".")[2] for path in paths}:
        raise Unknown("stage", wanted, sorted(paths))
