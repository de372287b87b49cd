"""What is published: items that ended at a public end, with the fields that their definition calls public; no more.

Nobody's sight is asked for here, and nothing is shown that the definition pinned by the item does not release: no
holder, no history, no private field, no count of what is still under way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qa_workflow.definition import Workflow
from qa_workflow.engine import NOTHING, Item, Sight
from qa_workflow.engine.item import CLOSED, instant
from qa_workflow.service.house import House
from qa_workflow.service.items.attachments import Given, documents_in, given_as
from qa_workflow.service.lists.mine import read_place, written
from qa_workflow.service.ports.lists import Place
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.telling import views
from qa_workflow.service.telling.naming import Naming, Value
from qa_workflow.service.world import WORKFLOW, World

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Published:
    """One item as the public reads it."""

    reference: str
    title: str
    subject: str | None
    period: str | None
    published_on: date | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class PublishedItems:
    """A page of what is published, the newest first."""

    items: tuple[Published, ...] = ()
    more: str | None = None


def published(house: House, *, limit: int = 20, after: str | None = None) -> PublishedItems:
    """What is published."""
    with house.looking() as (look, world):
        found = list(_places(look, world, limit + 1, read_place(after)))
        lines = look.lists.lines([place.row for place in found[:limit]], NOTHING)
        items = tuple(_told(world, line.item) for line in lines if is_public(world, line.item))
        return PublishedItems(items, written(found[limit - 1]) if len(found) > limit else None)


def document(house: House, reference: str, sha256: str) -> Given:
    """A public document of a published item; raises `UnknownItem` for any other, and for any other item."""
    with house.looking() as (look, world):
        item = NOTHING.shown(look.item(reference, _publishing(world)).item)
        if not is_public(world, item):
            raise UnknownItem(reference, ())
        workflow = world.workflow(item.definition)
        released = {name: item.fields.get(name) for name in _released(workflow)}
    found = next((d for d in documents_in(released) if d["sha256"] == sha256), None)
    if found is None:
        raise UnknownItem(reference, ())
    return given_as(str(found["name"]), house.documents.get(sha256))


def is_public(world: World, item: Item) -> bool:
    """Whether an item has ended where its own definition publishes."""
    workflow = world.workflow(item.definition)
    return item.status == CLOSED and any(workflow.stages[visit.stage].public for visit in item.visits)


def _places(look: Reader, world: World, limit: int, after: Place | None) -> Iterator[Place]:
    """Items that stand at an end which some version of their workflow publishes, the last concluded first."""
    found = [place for name, path in _ends(world) for place in look.lists.ended(name, path, limit, after)]
    yield from sorted(found)[:limit]


def _ends(world: World) -> dict[tuple[str, str], None]:
    """Every end, of any version, that publishes: workflow and stage."""
    ends: dict[tuple[str, str], None] = {}
    for definition in world.definitions.values():
        if definition.kind == WORKFLOW:
            stages = world.workflow(definition.hash).stages.values()
            ends.update({(definition.name, stage.path): None for stage in stages if stage.public})
    return ends


def _publishing(world: World) -> Sight:
    """The workflows that publish at all; bounded so, a missing item is not looked for any longer than another."""
    return Sight(workflows=frozenset(name for name, _ in _ends(world)))


def _told(world: World, item: Item) -> Published:
    workflow = world.workflow(item.definition)
    values = {name: item.fields[name] for name in _released(workflow) if item.fields.get(name) not in (None, "", [])}
    return Published(
        reference=item.reference,
        title=workflow.title,
        subject=views.subject_title(world, item),
        period=item.period,
        published_on=world.day(instant(item.ended_at)) if item.ended_at else None,
        values=tuple(Naming(world, workflow).values(values)),
    )


def _released(workflow: Workflow) -> list[str]:
    return [field.name for field in workflow.fields.values() if field.release == PUBLIC]
