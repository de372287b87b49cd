"""Finding items: a list with filters, a search for what lists show of them; bounded by what one may see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from qa_workflow.definition.governance import Organisation
from qa_workflow.engine import Actor, Sight
from qa_workflow.engine.item import CANCELLED, CLOSED, HELD, OPEN
from qa_workflow.service.house import House
from qa_workflow.service.items.gist import folded
from qa_workflow.service.knowing import holders
from qa_workflow.service.lists import onward
from qa_workflow.service.lists.lines import Line, Liner
from qa_workflow.service.lists.lists import known_names
from qa_workflow.service.lists.mine import MOST, Count
from qa_workflow.service.ports.lists import Search, Word
from qa_workflow.service.refusals import Unknown

if TYPE_CHECKING:
    from qa_workflow.service.ports.store import Reader
    from qa_workflow.service.world import World

STATUSES = (OPEN, HELD, CLOSED, CANCELLED)
ANY = "any"
LONGEST_SEARCH = 100
_WORD = re.compile(r"[^\s,;]+")
_AROUND = "\"'“”‘’().!?:"
"""What stands around a word and is no part of it."""
_SHORT = 3
"""From this length on, the beginning of a word of a name is enough."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for, as typed or chosen; empty is any. `status` empty is what is not over."""

    search: str = ""
    workflow: str = ""
    stage: str = ""
    subject: str = ""
    owner: str = ""
    status: str = ""
    overdue: bool = False

    @property
    def newest(self) -> bool:
        """Whether the newest come first: where what is over may be among it, dates say little."""
        return bool(self.search) or self.status in (CLOSED, CANCELLED, ANY)


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What can be filtered by: names with the titles that people read."""

    workflows: tuple[tuple[str, str], ...] = ()
    stages: tuple[tuple[str, str], ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()
    owners: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FoundItems:
    """A page of a list. `exact` is the reference that was typed, where an item bears it."""

    lines: list[Line] = field(default_factory=list)
    total: Count = field(default_factory=Count)
    more: str | None = None
    choices: FilterChoices = FilterChoices()
    exact: str | None = None
    today: date = date.min

    @property
    def has_steps(self) -> bool:
        """Whether this person may make a step of any of them."""
        return any(line.steps for line in self.lines)


def find(
    house: House, actor: Actor, filters: Filters, now: datetime, *, limit: int = 50, after: str | None = None
) -> FoundItems:
    """A page of what was asked for.

    Raises:
        Unknown: a workflow, stage, organisation, role, person or status that is not known here.
    """
    with house.looking() as (look, world):
        sight = world.sight(actor)
        search = search_for(look, world, filters, now, sight)
        places = look.lists.found(search, limit + 1, onward.read(look, after), sight)
        rows = [place.row for place in places[:limit]]
        total = look.lists.count_found(search, MOST + 1, sight)
        liner = Liner(world, actor, now)
        lines = [liner.line(listed, steps=True) for listed in look.lists.lines(rows, sight)]
        typed = filters.search.strip()
        return FoundItems(
            lines,
            Count(min(total, MOST), total > MOST),
            onward.word(places[limit - 1], lines[-1].id) if len(places) > limit else None,
            choices(look, world, actor, filters.workflow),
            typed if typed and look.lists.revision(typed, sight) is not None else None,
            world.day(now),
        )


def choices(look: Reader, world: World, actor: Actor, workflow: str = "") -> FilterChoices:
    """What this person can filter by; no more than they may see."""
    sight, governance = world.sight(actor), world.governance
    seen = [w for w in world.workflows.values() if sight.everything or sight.subjects or w.name in sight.workflows]
    kinds = {kind for kind in governance.kinds() if any(w.is_about(kind) for w in seen)}
    every = sight.everything or bool(sight.workflows)
    subjects = [o for o in governance.organisations.values() if o.kind in kinds and (every or o.name in sight.subjects)]
    chosen = [w for w in seen if w.name == workflow]
    names = {name for text in look.lists.owners() for name in text.split()} if every else set()
    roles = [(role.name, role.title) for role in governance.roles.values() if role.name in names]
    people = [(person.name, person.title) for person in governance.people.values() if person.name in names]
    twice = {title for _, title in roles} & {title for _, title in people}
    owners = [
        *((name, f"{title} (role)" if title in twice else title) for name, title in roles),
        *((name, f"{title} (person)" if title in twice else title) for name, title in people),
    ]
    return FilterChoices(
        tuple((w.name, w.title) for w in seen),
        tuple((stage.path, stage.title) for w in chosen for stage in w.stages.values()),
        tuple((o.name, o.title) for o in subjects),
        tuple(owners),
    )


def search_for(look: Reader, world: World, filters: Filters, now: datetime, sight: Sight) -> Search:
    """What was asked for as the database is asked; raises `Unknown` for a name that means nothing here.

    Args:
        sight: of who asks; they are offered no names beyond it.
    """
    workflow, stage, subject = known_names(world, filters, sight)
    if filters.status and filters.status not in (*STATUSES, ANY):
        raise Unknown("status", filters.status, (*STATUSES, ANY))
    words = tuple(_word(world, text) for text in _WORD.findall(filters.search[:LONGEST_SEARCH]))
    return Search(
        words=words,
        workflow=workflow,
        stage=stage,
        subject=subject,
        owners=_owners(look, world, filters.owner, sight) if filters.owner else None,
        status=filters.status if filters.status in STATUSES else None,
        open_only=not filters.status and not filters.search,
        overdue_at=now if filters.overdue else None,
        newest=filters.newest,
    )


def _word(world: World, text: str) -> Word:
    """What a word names: organisations and workflows with a name that has it, or a word of theirs that so begins."""
    low = folded(text.strip(_AROUND) or text)
    return Word(
        low,
        frozenset(o.name for o in world.governance.organisations.values() if _names(low, o.name, _called(o))),
        frozenset(w.name for w in world.workflows.values() if _names(low, w.name, (w.title,))),
    )


def _called(organisation: Organisation) -> tuple[str, ...]:
    """Every name of an organisation, now or earlier."""
    return organisation.title, *organisation.aliases, *(name.title for name in organisation.names)


def _names(word: str, name: str, titles: tuple[str, ...]) -> bool:
    if word == name:
        return True
    parts = [part.strip(_AROUND) for title in titles for part in folded(title).split()]
    return word in parts or (len(word) >= _SHORT and any(part.startswith(word) for part in parts))


def _owners(look: Reader, world: World, owner: str, sight: Sight) -> tuple[str, ...]:
    if owner not in world.governance.roles and owner not in world.governance.people:
        raise Unknown("role or person", owner, holders(world, sight))
    return tuple(text for text in look.lists.owners() if owner in text.split())
