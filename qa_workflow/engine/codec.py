"""Visits and items as plain JSON values and back: how events carry visits, and how a folded item is kept in its row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from qa_workflow.engine.item import Did, Due, Hold, Item, Sitting, Visit

_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_LATER_IN_VISIT = tuple((f.name, f.default) for f in fields(Visit) if f.default is not MISSING)
_DUE = tuple(f.name for f in fields(Due))
_TUPLES = ("started", "finished", "fired", "waived")
_ROWS = ("votes", "children")


def due_to_json(due: Due) -> dict[str, Any]:
    """All of a due date."""
    return {name: getattr(due, name) for name in _DUE}


def visit_to_json(visit: Visit) -> dict[str, Any]:
    """A visit without the attributes that are still as at the beginning."""
    found: dict[str, Any] = {"number": visit.number, "stage": visit.stage, "at": visit.at}
    for name, default in _LATER_IN_VISIT:
        value = getattr(visit, name)
        if value != default:
            found[name] = attribute_to_json(name, value)
    return found


def attribute_to_json(name: str, value: Any) -> Any:
    """One attribute of a visit as JSON."""
    return _TO_JSON[name](value) if name in _TO_JSON else value


def attribute_from_json(name: str, value: Any) -> Any:
    """One attribute of a visit from JSON."""
    return _FROM_JSON[name](value) if name in _FROM_JSON else value


def rows(value: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Lists of lists as tuples of tuples."""
    return tuple(tuple(row) for row in value)


_TO_JSON: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys((*_TUPLES, *_ROWS), list),
    "due": lambda due: None if due is None else due_to_json(due),
    "sittings": lambda sittings: [[s.body, s.key, s.at] for s in sittings],
}
_FROM_JSON: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_TUPLES, tuple),
    **dict.fromkeys(_ROWS, rows),
    "due": lambda due: None if due is None else Due(**due),
    "sittings": lambda sittings: tuple(Sitting(*s) for s in sittings),
}


def visit_from_json(found: Mapping[str, Any]) -> Visit:
    """A visit from `visit_to_json`."""
    return Visit(**{name: _FROM_JSON[name](value) if name in _FROM_JSON else value for name, value in found.items()})


_PLAIN = (
    "id",
    "reference",
    "workflow",
    "version",
    "definition",
    "subject",
    "period",
    "opened_at",
    "status",
    "revision",
)
_MAPPINGS = ("fields", "entered", "left", "visited")
_LATER = ("last_visit", "slips", "slipped", "outcome", "ended_at")


def item_to_json(item: Item) -> str:
    """A folded item as compact JSON text for its row."""
    found: dict[str, Any] = {name: getattr(item, name) for name in (*_PLAIN, *_MAPPINGS, *_LATER)}
    found["visits"] = [visit_to_json(v) for v in item.visits]
    found["did"] = {path: [d.actor, d.acting_for, d.at, d.times] for path, d in item.did.items()}
    if item.hold:
        found["hold"] = [item.hold.since, item.hold.reason, item.hold.actor, item.hold.until]
    if item.pauses:
        found["pauses"] = item.pauses
    if item.gathered:
        found["gathered"] = item.gathered
    if item.parent:
        found["parent"] = item.parent
    return _COMPACT.encode(found)


def item_from_json(text: str | bytes) -> Item:
    """The item of `item_to_json`."""
    found = json.loads(text)
    found["visits"] = tuple([visit_from_json(v) for v in found["visits"]])
    found["did"] = {path: Did(*d) for path, d in found["did"].items()}
    if "hold" in found:
        found["hold"] = Hold(*found["hold"])
    if "pauses" in found:
        found["pauses"] = rows(found["pauses"])
    if "gathered" in found:
        found["gathered"] = {stage: rows(ended) for stage, ended in found["gathered"].items()}
    if "parent" in found:
        found["parent"] = tuple(found["parent"])
    return Item(**found)
