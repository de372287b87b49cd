"""What can be asked of an engine; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from qa_workflow.definition import Workflow
from qa_workflow.engine import EVERYTHING, Actor, Event, Item, Meeting, Step, available
from qa_workflow.service.definitions import migrating
from qa_workflow.service.house import House
from qa_workflow.service.items import meetings, removing
from qa_workflow.service.lists import browsing, finding, lists, mine
from qa_workflow.service.lists.lines import Line
from qa_workflow.service.ports.store import ItemQuery, Proof, Prove
from qa_workflow.service.removals import Removal
from qa_workflow.service.telling import views
from qa_workflow.service.telling.disclosing import also_read_by
from qa_workflow.service.telling.history import EventTold, Teller
from qa_workflow.service.time import incidents
from qa_workflow.service.time.incidents import Incident


class Looking:
    """One database, as it is now. Items are named by reference or identifier, or by an `Item` that was looked at."""

    def __init__(self, house: House, prove: Prove) -> None:
        self._house, self._prove = house, prove

    def now(self) -> datetime:
        """What this database's clock says."""
        return self._house.now()

    def removals(self) -> list[Removal]:
        """What is removed, or is to be, the latest first."""
        return removing.removals(self._house)

    def item(self, name: str) -> Item:
        """An item as it is now, by reference or identifier."""
        with self._house.store.reading() as look:
            return look.item(name).item

    def history(self, item: Item | str) -> list[Event]:
        """All that ever happened to an item."""
        with self._house.store.reading() as look:
            return look.events(_name(item), EVERYTHING)

    def around(self, item: Item | str) -> tuple[str | None, list[dict[str, Any]]]:
        """The reference of the item that one is part of, and the items that are part of it, the open ones first."""
        return browsing.around(self._house, self.item(_name(item)), self.now())

    def told(self, item: Item | str) -> list[EventTold]:
        """The same for people, in the words of the item's workflow."""
        with self._house.looking() as (look, world):
            teller = Teller.of(look, world, look.item(_name(item)).item, EVERYTHING)
            return list(teller.history(look.events(_name(item), EVERYTHING)))

    def items(self, query: ItemQuery | None = None, **wanted: Any) -> list[Item]:
        """A page of items; see `ItemQuery` for what can be asked."""
        with self._house.store.reading() as look:
            return [found.item for found in look.items(query or ItemQuery(**wanted))]

    def all_items(self, query: ItemQuery) -> Iterator[Item]:
        """Every item that fits, page by page."""
        wanted: ItemQuery | None = query
        while wanted is not None:
            with self._house.store.reading() as look:
                page = look.items(wanted)
            yield from (found.item for found in page)
            wanted = wanted.beyond(page)

    def page(self, wanted: lists.Wanted) -> lists.Page:
        """A list as people ask for it, as JSON; names are checked, and a person's list has what their roles have."""
        return browsing.searched(self._house, wanted) if wanted.search else lists.page(self._house, wanted)

    def mine(self, person: str, *, limit: int = 50, after: str | None = None) -> mine.Mine:
        """What waits for a person, the soonest due first, with what they may do next."""
        return mine.mine(self._house, self._actor(person), self.now(), limit=limit, after=after)

    def with_others(self, person: str, *, limit: int = 10) -> list[Line]:
        """What a person has a part in, and waits for somebody else."""
        return mine.with_others(self._house, self._actor(person), self.now(), limit=limit)

    def find(
        self, person: str, filters: finding.Filters, *, limit: int = 50, after: str | None = None
    ) -> finding.FoundItems:
        """A list with filters, or a search; bounded by what the person may see."""
        return finding.find(self._house, self._actor(person), filters, self.now(), limit=limit, after=after)

    def overdue(self, **wanted: Any) -> list[Item]:
        """What is late now, longest overdue first."""
        return self.items(ItemQuery(**{"limit": 500, **wanted, "overdue_at": self.now()}))

    def timers(self) -> list[Mapping[str, Any]]:
        """What time will do, as bare rows."""
        with self._house.store.reading() as look:
            return list(look.timers())

    def outbox(self) -> list[Mapping[str, Any]]:
        """What has left, waits to leave, or could not, as bare rows."""
        with self._house.store.reading() as look:
            return list(look.outbox())

    def steps(self, item: Item | str, actor: str | None = None) -> tuple[Step, ...]:
        """What can be done with an item now, by whom, and what is missing."""
        found = self._found(item)
        with self._house.looking() as (look, world):
            workflow, now = world.workflow(found.definition), self.now()
            day = world.day(now)
            person: Actor | None = world.actor(actor, day) if actor else None
            return available(workflow, found, now=now, setting=world.setting(look), actor=person)

    def view(self, item: Item | str, *, history: bool = False, actor: str | None = None) -> dict[str, Any]:
        """An item as JSON, by the names that people script against; as this person sees it, if one is named."""
        with self._house.looking() as (_, world):
            sight = world.sight(world.actor(actor, world.day(self.now()))) if actor else EVERYTHING
        return views.item(self._house, sight.shown(self._found(item)), history=sight if history else None)

    def also_read_by(self, item: Item, *, actor: str) -> str:
        """The organisation whose people read what this person says of an item to everybody; nothing where none do."""
        with self._house.looking() as (_, world):
            sight = world.sight(world.actor(actor, world.day(self.now())))
            return also_read_by(world, sight, item)

    def explain(self, item: Item | str) -> list[views.Explanation]:
        """Why each date of an item is what it is now."""
        return views.explain(self._house, self.item(_name(item)), EVERYTHING)

    def workflow(self, item: Item | str) -> Workflow:
        """The definition version that an item pins."""
        found = self._found(item)
        with self._house.looking() as (_, world):
            return world.workflow(found.definition)

    def meetings(self, body: str, count: int = 6) -> list[Meeting]:
        """A body's next meetings."""
        return meetings.upcoming(self._house, body, count)

    def impact(
        self,
        target: migrating.Target,
        choices: migrating.Choices | None = None,
        *,
        show: int = migrating.SHOWN,
        progress: Callable[[int], None] | None = None,
    ) -> migrating.Impact:
        """What a version would mean for every live item of its workflow; nothing is written."""
        return migrating.impact(self._house, target, choices, show=show, progress=progress)

    def needing_a_person(self, *, every: bool = False) -> list[Incident]:
        """What needs a person, the oldest first; what is settled too, if `every`."""
        return incidents.listed(self._house, every=every)

    def verify(self, checkpoint: str | None = None, progress: Callable[[int, int], None] | None = None) -> Proof:
        """Check everything that is stored; against the text of a checkpoint kept elsewhere, if one is given."""
        return self._prove(checkpoint, progress)

    def _found(self, item: Item | str) -> Item:
        """An item as it was found; by its name, as it is now."""
        return item if isinstance(item, Item) else self.item(item)

    def _actor(self, person: str) -> Actor:
        with self._house.looking() as (_, world):
            return world.actor(person, world.day(self.now()))


def _name(item: Item | str) -> str:
    """What an item is looked up by."""
    return item.id if isinstance(item, Item) else item
