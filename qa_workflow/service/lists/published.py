"""What is published: items that ended at a public end, with the fields that their definition calls public; no more.

Nobody's sight is asked for here, and nothing is shown that the definition pinned by the item does not release: no
holder, no history, no private field, no count of what is still under way.

What a meeting in public decides may be recorded before it meets; it is public only once that has met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from qa_workflow.calendar import long_date
from qa_workflow.definition import Workflow
from qa_workflow.engine import NOTHING, Item, Setting, Sight, Visit
from qa_workflow.engine.item import CLOSED, instant, stamp
from qa_workflow.engine.redating import as_held
from qa_workflow.engine.values import EMPTY
from qa_workflow.service.house import House
from qa_workflow.service.items.attachments import Given, Removed, documents_in, given_as
from qa_workflow.service.lists import onward
from qa_workflow.service.ports.lists import Place
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.removals import public_words
from qa_workflow.service.telling import views
from qa_workflow.service.telling.naming import Naming, Value
from qa_workflow.service.world import World

PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Published:
    """One item as the public reads it."""

    reference: str
    title: str
    subject: str | None
    period: str | None
    published_on: date
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class PublishedItems:
    """A page of what is published, the newest first."""

    items: tuple[Published, ...] = ()
    more: str | None = None


def published(house: House, *, limit: int = 20, after: str | None = None) -> PublishedItems:
    """What is published."""
    now = house.now()
    with house.looking() as (look, world):
        found = list(_places(look, world, limit + 1, onward.read(look, after)))
        lines = look.lists.lines([place.row for place in found[:limit]], NOTHING)
        since = ((line.item, public_since(world, world.setting(look), line.item, now)) for line in lines)
        items = tuple(_told(world, item, at) for item, at in since if at is not None and at <= now)
        more = onward.word(found[limit - 1], lines[-1].item.id) if len(found) > limit else None
        return PublishedItems(items, more)


def document(house: House, reference: str, sha256: str) -> Given:
    """A public document of a published item; raises `UnknownItem` for any other, and for any other item."""
    now = house.now()
    with house.looking() as (look, world):
        item = NOTHING.shown(look.item(reference, _publishing(world)).item)
        since = public_since(world, world.setting(look), item, now)
        if since is None or since > now:
            raise UnknownItem(reference, ())
        workflow = world.workflow(item.definition)
        released = {name: item.fields.get(name) for name in _released(workflow)}
    found = next((d for d in documents_in(released) if d["sha256"] == sha256), None)
    if found is None:
        raise UnknownItem(reference, ())
    if (removal := world.removals.get(sha256)) is not None:
        raise Removed(removal, public_words(world.governance, removal))
    return given_as(str(in_public(world, found)["name"]), house.documents.get(sha256))


def public_since(world: World, setting: Setting, item: Item, now: datetime) -> datetime | None:
    """Since when, or from when on, an item is public: it has ended, and the meeting that decided it has met.

    None where its own definition does not publish what ends there, and where that meeting was called off.
    """
    visit = _end(world, item)
    if visit is None or item.ended_at is None:
        return None
    met = as_held(setting, visit.sittings, stamp(now))
    if len(met) < len(visit.sittings):
        return None
    return instant(max((item.ended_at, *(sitting.at for sitting in met))))


def publicity(world: World, setting: Setting, item: Item, now: datetime) -> str:
    """Whether an item is public, as a sentence; nothing of one that will not be."""
    if (visit := _end(world, item)) is None:
        return ""
    since = public_since(world, setting, item, now)
    if since is None:
        return "Not public: the meeting that was to decide it was called off"
    if since <= now:
        return "Public"
    meets = " and ".join(Naming(world, world.workflow(item.definition)).body(s.body, s.at) for s in visit.sittings)
    return f"Public once {meets} has met, on {long_date(world.day(since))}"


def _end(world: World, item: Item) -> Visit | None:
    """The visit of the public end at which an item has closed."""
    stages = world.workflow(item.definition).stages
    return next((v for v in item.visits if stages[v.stage].public), None) if item.status == CLOSED else None


def _places(look: Reader, world: World, limit: int, after: Place | None) -> Iterator[Place]:
    """Items that stand at an end which some version of their workflow publishes, the last concluded first."""
    found = [place for name, path in _ends(world) for place in look.lists.ended(name, path, limit, after)]
    yield from sorted(found)[:limit]


def _ends(world: World) -> dict[tuple[str, str], None]:
    """Every end, of any version, that publishes: workflow and stage."""
    ends: dict[tuple[str, str], None] = {}
    for workflow in world.every_version():
        ends.update({(workflow.name, stage.path): None for stage in workflow.stages.values() if stage.public})
    return ends


def _publishing(world: World) -> Sight:
    """The workflows that publish at all; bounded so, a missing item is not looked for any longer than another."""
    return Sight(workflows=frozenset(name for name, _ in _ends(world)))


def _told(world: World, item: Item, since: datetime) -> Published:
    workflow = world.workflow(item.definition)
    filled = [name for name in _released(workflow) if item.fields.get(name) not in EMPTY]
    values = {name: in_public(world, item.fields[name]) for name in filled}
    return Published(
        reference=item.reference,
        title=workflow.title,
        subject=views.subject_title(world, item),
        period=item.period,
        published_on=world.day(since),
        values=tuple(Naming(world, workflow).values(values)),
    )


def in_public(world: World, value: Any) -> Any:
    """A value as everybody is told it: of a text that was removed when that was, not by whom nor why."""
    if isinstance(value, str):
        gone = next((each for each in world.removals.values() if each.words and each.words == value), None)
        return public_words(world.governance, gone) if gone else value
    if isinstance(value, list):
        return [in_public(world, each) for each in value]
    return {**value, "name": in_public(world, value["name"])} if isinstance(value, Mapping) else value


def _released(workflow: Workflow) -> list[str]:
    return [field.name for field in workflow.fields.values() if field.release == PUBLIC]
