"""My items: what waits for one person, in any of their roles or for whom they stand in, the soonest due first.

Whose an item is stands in its row as one text of names. There are few different ones however many items there are, so
they are asked for first; those that name the person are lanes, each in the order of an index, and the lanes are merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from qa_workflow.definition import Governance
from qa_workflow.engine import Actor, Sight
from qa_workflow.engine.policy import line as line_of
from qa_workflow.service.house import House
from qa_workflow.service.lists import onward
from qa_workflow.service.lists.lines import Line, Liner
from qa_workflow.service.ports.lists import Lane, Listed, Place
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.telling.coming_back import Returned, came_back, returned
from qa_workflow.service.telling.coming_in import lately
from qa_workflow.service.world import World

MOST = 1_000
"""Beyond this, how many there are is not counted."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many; `or_more` where counting stopped."""

    number: int = 0
    or_more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,} or more" if self.or_more else f"{self.number:,}"


@dataclass(frozen=True, slots=True)
class Mine:
    """A page of my items. `more` is where the next page begins; None on the last."""

    lines: list[Line] = field(default_factory=list)
    total: Count = field(default_factory=Count)
    late: Count = field(default_factory=Count)
    more: str | None = None
    today: date = date.min
    lately: date = date.min
    """Since when what came in counts as new."""
    others: list[Line] = field(default_factory=list)
    """What waits for somebody else, where it was asked for."""
    also: list[Line] = field(default_factory=list)
    """What waits for somebody else, and this person may do something about all the same; where it was asked for."""

    @property
    def own(self) -> list[Line]:
        """What this person can do something about, now or later."""
        return [line for line in self.lines if not line.is_left_to_others]

    @property
    def left(self) -> list[Line]:
        """What is with their role, and a second person has to do."""
        return [line for line in self.lines if line.is_left_to_others]

    @property
    def new(self) -> int:
        """How many of this page's own came in lately."""
        return sum(line.came_in is not None for line in self.own)

    @property
    def is_whole(self) -> bool:
        """Whether the page has all there is, so that what was left to others need not be counted with it."""
        return self.more is None and len(self.lines) == self.total.number

    @property
    def waiting(self) -> Count:
        """How many wait for this person; of several pages also what is left to others."""
        return Count(len(self.own)) if self.is_whole else self.total

    @property
    def waiting_late(self) -> Count:
        """How many of those are late."""
        return Count(sum(line.is_overdue for line in self.own)) if self.is_whole else self.late


def mine(
    house: House, actor: Actor, now: datetime, *, limit: int = 50, after: str | None = None, others: int = 0
) -> Mine:
    """What waits for a person, with what they may do next about each.

    Args:
        others: how many of what waits for somebody else are wanted with it, on the first page; and as many of those
            about which they may do something all the same.
    """
    with house.looking() as (look, world):
        sight, texts = world.sight(actor), look.lists.owners()
        chosen = lanes(texts, actor, world.governance)
        places = look.lists.waiting(chosen, limit + 1, onward.read(look, after), sight)
        elsewhere = _elsewhere(look, _part(world, actor), texts, chosen, others) if others and not after else []
        mine = {lane.owner for lane in chosen}
        theirs = [text for text in texts if text not in mine]
        may = _may_also(look, world, actor, theirs, others) if others and not after else []
        lines = _lines(look, world, actor, now, [*places[:limit], *elsewhere, *may])
        shown, known = len(places[:limit]), len(places[:limit]) + len(elsewhere)
        open_to_them = [line for line in lines[known:] if line.steps]
        also = sorted(open_to_them, key=lambda line: not line.is_decided_by_them)[:others]
        told = {line.id for line in also}
        return Mine(
            lines[:shown],
            counted([look.lists.count_waiting(chosen, MOST + 1, None, sight)]),
            counted([look.lists.count_waiting(chosen, MOST + 1, now, sight)]),
            onward.word(places[limit - 1], lines[limit - 1].id) if len(places) > limit else None,
            world.day(now),
            lately(world.governance.calendar, world.day(now)),
            [line for line in lines[shown:known] if line.id not in told],
            also,
        )


def with_others(house: House, actor: Actor, now: datetime, *, limit: int = 10) -> list[Line]:
    """What this person has a part in, and waits for somebody else: the soonest due first."""
    with house.looking() as (look, world):
        texts = look.lists.owners()
        chosen = lanes(texts, actor, world.governance)
        return _lines(look, world, actor, now, _elsewhere(look, _part(world, actor), texts, chosen, limit))


def _elsewhere(look: Reader, sight: Sight, texts: Sequence[str], own: Sequence[Lane], limit: int) -> list[Place]:
    """The first places of what is with others, of what this person has a part in."""
    mine = {lane.owner for lane in own}
    others = _theirs([text for text in texts if text not in mine], sight)
    return look.lists.waiting(others, limit, sight=sight)


def _theirs(texts: Sequence[str], sight: Sight) -> list[Lane]:
    """The lanes of these texts; one for each organisation where somebody sees only what is about theirs."""
    about = sorted(sight.subjects) if sight.subjects and not sight.workflows else [None]
    return [Lane(text, subject) for text in texts for subject in about]


def _may_also(look: Reader, world: World, actor: Actor, others: Sequence[str], wanted: int) -> list[Place]:
    """The first places of what stands with others, at stages out of which one of this person's roles may lead."""
    roles = actor.every_role
    stages = {
        (workflow.name, stage.path): stage.owner.roles
        for workflow in world.workflows.values()
        for stage in workflow.stages.values()
        if roles.isdisjoint(stage.owner.roles)
        and any(not roles.isdisjoint(step.by.roles) for step in stage.transitions.values())
    }
    owners = {role for of_stage in stages.values() for role in of_stage}
    elsewhere = world.governance.roles.keys() - owners
    with_them = [text for text in others if not set(text.split()) <= elsewhere]  # by role, or somebody took it on
    if not stages or not with_them:
        return []
    sight = world.sight(actor)
    return look.lists.standing(list(stages), _theirs(with_them, sight), wanted * 3, sight)


def lanes(texts: Sequence[str], actor: Actor, governance: Governance) -> list[Lane]:
    """Those texts of owners that name a person, one of their roles, or somebody they stand in for.

    A role that is bound to its own organisation gives a lane of that organisation's items alone.
    """
    found = []
    for text in texts:
        names = set(text.split())
        subjects: set[str] = set()
        for person in actor.persons():
            held = names & set(person.roles)
            own = {role for role in held if role in governance.roles and governance.roles[role].own}
            if person.name in names or held - own:
                found.append(Lane(text))
                break
            if own:
                subjects |= line_of(person.organisation, governance)
        else:
            if subjects:
                found.extend(Lane(text, subject) for subject in sorted(subjects))
    return found


def counted(numbers: Iterable[int]) -> Count:
    """The numbers of several lanes as one."""
    total = sum(numbers)
    return Count(min(total, MOST), total > MOST)


def _lines(look: Reader, world: World, actor: Actor, now: datetime, places: Sequence[Place]) -> list[Line]:
    liner = Liner(world, actor, now, world.setting(look))
    listed = look.lists.lines([place.row for place in places], world.sight(actor))
    back = _sent_back(look, world, listed)
    return [liner.line(each, steps=True, returned=back.get(each.row)) for each in listed]


def _sent_back(look: Reader, world: World, listed: Sequence[Listed]) -> dict[int, Returned]:
    """By row, who sent an item back; the histories of no others are read."""
    visits = {each.row: came_back(world.workflow(each.item.definition), each.item) for each in listed}
    rows = [row for row, visit in visits.items() if visit is not None]
    told = look.boards.told(rows) if rows else {}
    zone = world.governance.calendar.zone
    found = {row: returned(visit, told.get(row, ()), zone) for row, visit in visits.items() if visit is not None}
    return {row: each for row, each in found.items() if each is not None}


def _part(world: World, actor: Actor) -> Sight:
    """The workflows in which somebody owns a stage: a role that sees everything has not a part in everything."""
    sight = world.sight(actor)
    if not sight.everything:
        return sight
    roles = actor.every_role
    stages = ((name, stage) for name, workflow in world.workflows.items() for stage in workflow.stages.values())
    return Sight(workflows=frozenset(name for name, stage in stages if not roles.isdisjoint(stage.owner.roles)))
