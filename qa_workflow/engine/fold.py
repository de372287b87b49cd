"""An item is the fold of its events: `apply` adds one, `replay` adds all. Total, deterministic, and the only way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from qa_workflow.engine.codec import attribute_from_json, visit_from_json
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.item import CANCELLED, CLOSED, LAPSE, OPEN, Did, Hold, Item, Visit
from qa_workflow.engine.repinning import repinned


def apply(item: Item | None, event: Event) -> Item:
    """The item after an event. Of the first event it is made; every later one must be the next by number."""
    if item is None:
        item = _opened(event)
    elif event.seq != item.revision + 1:
        raise ValueError(f"{item.reference}: event {event.seq} cannot follow event {item.revision}")
    data = event.data
    if "pins" in data:
        item = repinned(item, data, event.at)
    changes: dict[str, Any] = {"revision": event.seq}
    if "set" in data:
        merged = {**item.fields, **data["set"]}
        changes["fields"] = {name: value for name, value in merged.items() if value is not None}
    if "leave" in data or "enter" in data or "patch" in data:
        changes.update(_visits(item, event))
    path = data.get("did") or (f"{event.source}.{LAPSE}" if "lapsed" in data else None)
    if path is not None:
        done = dict(item.did)
        before = done.pop(path, None)  # put in again, so that the latest is last
        done[path] = Did(event.actor, event.acting_for, event.at, before.times + 1 if before else 1)
        changes["did"] = done
    if "undisclosed" in data:
        changes["undisclosed"] = tuple(data["undisclosed"])
        changes["last_shown"] = data.get("last_shown", item.last_shown)
    if "slip" in data:
        changes["slips"] = item.slips + (data["slip"] != item.slipped)
        changes["slipped"] = data["slip"]
    if "hold" in data:
        changes["hold"] = None if data["hold"] is None else Hold(*data["hold"])
        if item.hold is not None:
            changes["pauses"] = (*item.pauses, (item.hold.since, event.at))
    if "status" in data:
        changes["status"] = data["status"]
        over = data["status"] in (CLOSED, CANCELLED)
        changes["ended_at"] = event.at if over else None
        changes["outcome"] = data.get("outcome")
    return replace(item, **changes)


def replay(events: Iterable[Event]) -> Item:
    """The item that these events, in order from the first, have made."""
    item: Item | None = None
    for event in events:
        item = apply(item, event)
    if item is None:
        raise ValueError("an item without events does not exist")
    return item


def _opened(event: Event) -> Item:
    if event.kind is not Kind.OPENED:
        raise ValueError(f"a history begins with 'opened', not {str(event.kind)!r}")
    born: Mapping[str, Any] = event.data["item"]
    parent = born.get("parent")
    return Item(
        id=born["id"],
        reference=born["reference"],
        workflow=born["workflow"],
        version=born["version"],
        definition=born["definition"],
        subject=born["subject"],
        period=born["period"],
        opened_at=event.at,
        status=OPEN,
        parent=(parent[0], parent[1]) if parent else None,
    )


def _visits(item: Item, event: Event) -> dict[str, Any]:
    data = event.data
    gone = set(data.get("leave", ()))
    patches = data.get("patch", {})
    kept: list[Visit] = []
    left, gathered = dict(item.left), dict(item.gathered)
    waits = {"kept": _kept(item, patches, gathered, data.get("keep", ()))} if item.kept or "keep" in data else {}
    for visit in item.visits:
        if visit.number in gone:
            left[visit.stage] = event.at
            if visit.children or visit.stage in gathered:
                gathered[visit.stage] = visit.children
        else:
            patch = patches.get(str(visit.number))
            kept.append(visit if patch is None else patched(visit, patch))
    begun = [visit_from_json(v) for v in data.get("enter", ())]
    if not begun:
        return {"visits": tuple(kept), "left": left, "gathered": gathered, **waits}
    entered, visited = dict(item.entered), dict(item.visited)
    for visit in begun:
        entered[visit.stage] = visit.at
        visited[visit.stage] = visited.get(visit.stage, 0) + 1
    return {
        "visits": (*kept, *begun),
        "left": left,
        "gathered": gathered,
        "entered": entered,
        "visited": visited,
        "last_visit": max(item.last_visit, *(v.number for v in begun)),
        **waits,
    }


def _kept(
    item: Item, patches: Mapping[str, Any], gathered: dict[str, tuple[tuple[str, str], ...]], keep: Iterable[int]
) -> tuple[Visit, ...]:
    """The visits that are left and whose sub-items still count; what has ended since is gathered too."""
    found: list[Visit] = []
    for visit in item.kept:
        patch = patches.get(str(visit.number))
        found.append(visit if patch is None else patched(visit, patch))
        gathered[visit.stage] = found[-1].children
    numbers = set(keep)
    return (*found, *(v for v in item.visits if v.number in numbers))


def patched(visit: Visit, patch: Mapping[str, Any]) -> Visit:
    """The visit with some attributes changed, given as JSON."""
    return replace(visit, **{name: attribute_from_json(name, value) for name, value in patch.items()})
