"""An item goes on under another version of its definition: what the event says of places and names, applied to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from qa_workflow.engine.item import Did, Item, Visit


def repinned(item: Item, data: Mapping[str, Any], at: str) -> Item:
    """The item under the version that it goes on under, before the event's other effects.

    Args:
        data: `pins` the version's number and hash; `renamed` what stages and steps of the past are called from now
            on; `places` by visit number the stage that a visit goes on in; `restarted` the visits that count from now.
    """
    version, definition = data["pins"]
    renamed = data.get("renamed", {})
    item = _under_new_names(item, renamed.get("stages", {}), renamed.get("steps", {}))
    places, restarted = data.get("places", {}), set(data.get("restarted", ()))
    entered, left, visited = dict(item.entered), dict(item.left), dict(item.visited)
    visits: list[Visit] = []
    for visit in item.visits:
        place = places.get(str(visit.number), visit.stage)
        began, since = (at, None) if visit.number in restarted else (visit.at, visit.since)
        if place != visit.stage:
            left[visit.stage] = at
            visited[place] = visited.get(place, 0) + 1
        if place != visit.stage or began != visit.at:
            entered[place] = max(began, entered.get(place, began))
        visits.append(replace(visit, stage=place, at=began, since=since))
    return replace(
        item,
        version=version,
        definition=definition,
        visits=tuple(visits),
        entered=entered,
        left=left,
        visited=visited,
    )


def _under_new_names(item: Item, stages: Mapping[str, str], steps: Mapping[str, str]) -> Item:
    """What was done and where it was, by the names of the new version: so "whoever did it" stays the same person."""
    if not stages and not steps:
        return item
    did: dict[str, Did] = {}
    for path, done in item.did.items():  # in the order of time, so that the later one has the last word
        name = steps.get(path, path)
        before = did.pop(name, None)
        did[name] = done if before is None else replace(done, times=before.times + done.times)
    entered, left = (_latest(times, stages) for times in (item.entered, item.left))
    visited: dict[str, int] = {}
    for path, times in item.visited.items():
        name = stages.get(path, path)
        visited[name] = visited.get(name, 0) + times
    gathered = {stages.get(path, path): ended for path, ended in item.gathered.items()}
    visits = tuple(replace(v, stage=stages.get(v.stage, v.stage)) for v in item.visits)
    return replace(
        item,
        did=did,
        entered=entered,
        left=left,
        visited=visited,
        gathered={**gathered, **_kept(item, stages)},
        visits=visits,
        kept=tuple(replace(v, stage=stages.get(v.stage, v.stage)) for v in item.kept),
    )


def _latest(times: Mapping[str, str], stages: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, at in times.items():
        name = stages.get(path, path)
        found[name] = max(at, found.get(name, at))
    return found


def _kept(item: Item, stages: Mapping[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What was gathered under a name that stays is not overwritten by what is renamed to it."""
    return {path: ended for path, ended in item.gathered.items() if path not in stages}
