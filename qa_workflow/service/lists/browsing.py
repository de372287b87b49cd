"""Lists for programs: pages of whole items that go on after the last one, within what somebody may see.

The same places as the pages' lists (`finding`, `mine`); what is opened or moved meanwhile makes no item come twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from qa_workflow.engine import EVERYTHING, Actor, Item, Sight
from qa_workflow.service.house import House
from qa_workflow.service.lists import onward
from qa_workflow.service.lists.finding import Filters, search_for
from qa_workflow.service.lists.lists import Page, Wanted, is_theirs, owners_of
from qa_workflow.service.lists.mine import MOST, Count, counted, lanes
from qa_workflow.service.ports.lists import Listed, Place
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.telling import views
from qa_workflow.service.world import World

MOST_SUB_ITEMS = 10_000
"""Sub-items of one item that are looked through."""
MOST_SHOWN = 50
"""Of very many sub-items, those that are told with the item."""


@dataclass(frozen=True, slots=True)
class Browsed:
    """A page: items as JSON, and the word after which the next page begins; None at the end."""

    items: list[dict[str, Any]]
    after: str | None


def browse(
    house: House, actor: Actor, filters: Filters, now: datetime, *, limit: int, after: str | None = None
) -> Browsed:
    """What was asked for and may be seen: what is due soonest first, or, among what may be over, the newest first.

    Raises:
        Unknown: a workflow, stage, organisation, role or person that is not known here.
    """
    with house.looking() as (look, world):
        sight = world.sight(actor)
        search = search_for(look, world, filters, now, sight)
        places = look.lists.found(search, limit + 1, onward.demanded(look, after), sight)
        return _page(look, world, now, places, limit, sight=sight)


def searched(house: House, wanted: Wanted) -> Page:
    """What has the words that are wanted, also what is over: the newest first, or of what is late the longest overdue.

    Raises:
        Unknown: a workflow, stage, organisation, role or person that is not published here.
    """
    now = house.now()
    with house.looking() as (look, world):
        filters = Filters(
            wanted.search or "", wanted.workflow or "", wanted.stage or "", wanted.subject or "", overdue=wanted.overdue
        )
        search = replace(search_for(look, world, filters, now, EVERYTHING), newest=not wanted.overdue)
        names, person = owners_of(world, wanted.owner, world.day(now))
        if wanted.owner is not None:
            texts = (text for text in look.lists.owners() if not set(names).isdisjoint(text.split()))
            search = replace(search, owners=tuple(texts))
        places = look.lists.found(search, MOST)
        found = [line.item for line in look.lists.lines([place.row for place in places], EVERYTHING)]
        found = [item for item in found if is_theirs(item, person, world)]
        return Page([views.item_in(look, world, item, now) for item in found[: wanted.limit]], len(found))


def browse_mine(house: House, actor: Actor, now: datetime, *, limit: int, after: str | None = None) -> Browsed:
    """What waits for a person, in any of their roles or for whom they stand in."""
    with house.looking() as (look, world):
        chosen = lanes(look.lists.owners(), actor, world.governance)
        sight = world.sight(actor)
        places = look.lists.waiting(chosen, limit + 1, onward.demanded(look, after), sight)
        return _page(look, world, now, places, limit, sight=sight)


def count(house: House, actor: Actor, filters: Filters, now: datetime) -> Count:
    """How many were asked for and may be seen; counting stops at a thousand."""
    with house.looking() as (look, world):
        sight = world.sight(actor)
        found = look.lists.count_found(search_for(look, world, filters, now, sight), MOST + 1, sight)
    return Count(min(found, MOST), found > MOST)


def count_mine(house: House, actor: Actor) -> Count:
    """How many wait for a person."""
    with house.looking() as (look, world):
        chosen, sight = lanes(look.lists.owners(), actor, world.governance), world.sight(actor)
        return counted([look.lists.count_waiting(chosen, MOST + 1, None, sight)])


@dataclass(frozen=True, slots=True)
class Hanging:
    """The sub-items of an item, as JSON; `after` is the item after which the next page begins, None at the end."""

    items: list[dict[str, Any]]
    after: str | None


def sub_items(
    house: House, actor: Actor, above: Item, now: datetime, *, limit: int, after: str | None = None
) -> Hanging:
    """The sub-items of an item, as far as they may be seen, in the order of opening."""
    with house.looking() as (look, world):
        sight = world.sight(actor)
        shown = look.lists.row(after) if after is not None else 0
        if shown is None:
            raise onward.BadCursor
        rows = [row for row in sorted(look.lists.sub_items(above.id, MOST_SUB_ITEMS)) if row > shown]
        seen: list[Listed] = []
        for start in range(0, len(rows), limit + 1):
            seen += [line for line in look.lists.lines(rows[start : start + limit + 1], sight) if sight.sees(line.item)]
            if len(seen) > limit:
                break
        items = [views.item_in(look, world, line.item, now) for line in seen[:limit]]
        return Hanging(items, seen[limit - 1].item.id if len(seen) > limit else None)


def around(house: House, item: Item, now: datetime) -> tuple[str | None, list[dict[str, Any]]]:
    """The reference of the item that one is part of, and its sub-items, whoever they are about, as JSON."""
    with house.looking() as (look, world):
        above = look.item(item.parent[0]).item.reference if item.parent is not None else None
        lines = look.lists.lines(look.lists.sub_items(item.id, MOST_SHOWN), EVERYTHING)
        return above, [views.item_in(look, world, line.item, now) for line in lines]


def parent(house: House, actor: Actor, below: Item, now: datetime) -> dict[str, Any] | None:
    """The item whose sub-item one is; None where it is none, or of none that may be seen."""
    if below.parent is None:
        return None
    with house.looking() as (look, world):
        try:
            above = look.item(below.parent[0], world.sight(actor))
        except UnknownItem:
            return None
        return views.item_in(look, world, above.item, now)


def _page(look: Reader, world: World, now: datetime, places: list[Place], limit: int, *, sight: Sight) -> Browsed:
    listed = look.lists.lines([place.row for place in places[:limit]], sight)
    items = [views.item_in(look, world, line.item, now) for line in listed]
    return Browsed(items, onward.word(places[limit - 1], listed[-1].item.id) if len(places) > limit else None)
