"""Visits and items as plain JSON values and back: how events carry visits, and how a folded item is kept in its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import convert
from msgspec.json import Decoder, decode

from qa_workflow.engine.item import Due, Item, Sitting, Visit
from qa_workflow.engine.json_text import ENCODER

_ITEM = Decoder(Item)
_TUPLES = ("started", "finished", "fired", "waived")
_ROWS = ("votes", "children")


def _plain(value: Any) -> Any:
    """As it will be read again: lists and not tuples. Through the text and back is the quickest way."""
    return decode(ENCODER.encode(value))


def visit_to_json(visit: Visit) -> dict[str, Any]:
    """A visit without the attributes that are still as at the beginning."""
    found: dict[str, Any] = _plain(visit)
    return found


def visit_from_json(found: Mapping[str, Any]) -> Visit:
    """A visit from `visit_to_json`."""
    return convert(found, Visit)


def attribute_to_json(name: str, value: Any) -> Any:
    """One attribute of a visit as JSON."""
    return _plain(value) if name in _FROM_JSON else value


def attribute_from_json(name: str, value: Any) -> Any:
    """One attribute of a visit from JSON."""
    return _FROM_JSON[name](value) if name in _FROM_JSON else value


def rows(value: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Lists of lists as tuples of tuples."""
    return tuple(tuple(row) for row in value)


_FROM_JSON: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_TUPLES, tuple),
    **dict.fromkeys(_ROWS, rows),
    "due": lambda due: None if due is None else Due(**due),
    "sittings": lambda sittings: tuple(Sitting(*s) for s in sittings),
}


def item_to_json(item: Item) -> str:
    """A folded item as compact JSON text for its row. What is seldom there is left out where it is not."""
    found: dict[str, Any] = {
        "id": item.id,
        "reference": item.reference,
        "workflow": item.workflow,
        "version": item.version,
        "definition": item.definition,
        "subject": item.subject,
        "period": item.period,
        "opened_at": item.opened_at,
        "status": item.status,
        "revision": item.revision,
        "fields": item.fields,
        "entered": item.entered,
        "left": item.left,
        "visited": item.visited,
        "last_visit": item.last_visit,
        "slips": item.slips,
        "slipped": item.slipped,
        "outcome": item.outcome,
        "ended_at": item.ended_at,
        "visits": item.visits,
        "did": item.did,
    }
    if item.hold:
        found["hold"] = item.hold
    if item.pauses:
        found["pauses"] = item.pauses
    if item.gathered:
        found["gathered"] = item.gathered
    if item.kept:
        found["kept"] = [visit_to_json(v) for v in item.kept]
    if item.undisclosed:
        found["undisclosed"] = item.undisclosed
    if item.last_shown:
        found["last_shown"] = item.last_shown
    if item.parent:
        found["parent"] = item.parent
    return ENCODER.encode(found).decode()


def item_from_json(text: str | bytes) -> Item:
    """The item of `item_to_json`.

    Raises:
        ValueError: it is not the text of an item.
    """
    return _ITEM.decode(text)
