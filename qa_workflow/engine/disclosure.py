"""What the subject's own people do not see, or not yet: worked out when something happens, and kept with it.

A comment among colleagues they are never told. A field with `disclosed_from` is hidden until the item comes to that
stage. What was shown stays shown, in its place, too; what is recorded anew while the item is before the stage again is
hidden until it comes there once more. What was replaced before it was shown is not shown afterwards either, nor that it
was there. To whom this applies, `Sight` says; nothing else decides about it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

from msgspec.structs import replace

from qa_workflow.definition.model import Disclosure
from qa_workflow.engine.events import ABOUT_ANOTHER, COLLEAGUES_ONLY, Event, Kind
from qa_workflow.engine.item import Item

_OF_VALUES = (Kind.RECORDED, Kind.CORRECTED)
"""Kinds of event that are about values alone, where they lead nowhere."""
_OF_SUB_ITEMS = (Kind.SUB_ITEM_ENDED, Kind.SUB_ITEM_REOPENED)
_MOVES = frozenset({"enter", "leave", "patch", "status", "pins"})
"""In the `data` of an event that does more than fill in: what then became of the item is told."""


def undisclosed(disclosures: Mapping[str, Disclosure], item: Item, hidden: Collection[str]) -> tuple[str, ...]:
    """The fields that are hidden while an item is as it is.

    Args:
        hidden: those that were hidden, or have another value since; the others stay shown.
    """
    stages = {visit.stage for visit in item.visits}
    return tuple(name for name, each in disclosures.items() if name in hidden and not _is_open(each, item, stages))


def _is_open(disclosure: Disclosure, item: Item, stages: Set[str]) -> bool:
    """Whether an item at these stages is at the one or beyond it, or was there and is not before it again."""
    if not stages.isdisjoint(disclosure.past):
        return True
    return disclosure.stage in item.entered and stages.isdisjoint(disclosure.ahead)


def without(item: Item, names: tuple[str, ...], last_shown: Mapping[str, Any]) -> Item:
    """The item as somebody sees it to whom these fields are not shown, but for what they were shown of them last.

    That something else stands there now, they cannot tell.
    """
    fields = {**{name: value for name, value in item.fields.items() if name not in names}, **last_shown}
    withheld = tuple(name for name in names if name not in last_shown)
    return replace(item, fields=fields, undisclosed=withheld, withheld=withheld, last_shown={})


def among_colleagues(events: Iterable[Event]) -> frozenset[int]:
    """The numbers of comments among colleagues, and of corrections that are about those alone.

    Args:
        events: in order.
    """
    return _kept_back(events, {})


def for_everybody(events: Sequence[Event]) -> list[Event]:
    """Events, in order, without what is among colleagues, and without what others say of that."""
    return _left_out(events, among_colleagues(events))


def shown_to_subject(events: list[Event]) -> list[Event]:
    """A whole history as the subject's own people see it: with what was meant for them and was shown to them.

    That a field was filled in which they were not shown, they are not told: an event about such values alone is left
    out, and any other says nothing of them.
    """
    events = _without_others(events)
    if not any("undisclosed" in event.data for event in events):
        return for_everybody(events)
    unseen = _unseen(events)
    out = _kept_back(events, {seq: each.given for seq, each in unseen.items()})
    return _left_out([_without(event, unseen[event.seq]) for event in events], out)


def _without_others(events: list[Event]) -> list[Event]:
    """Events that say of sub-items about other organisations no more than how many have ended."""
    others = {event.data["reference"] for event in events if ABOUT_ANOTHER in event.data}
    return [_nameless(event, others) for event in events] if others else events


def _nameless(event: Event, others: Set[str]) -> Event:
    """The event without these sub-items' references, and how they ended."""
    data = dict(event.data)
    if data.get("reference") in others and event.kind in _OF_SUB_ITEMS:
        del data["reference"], data["outcome"]
    for number, changed in data.get("patch", {}).items():
        if "children" in changed:
            children = [child if child[0] not in others else ["", ""] for child in changed["children"]]
            data["patch"] = {**data["patch"], number: {**changed, "children": children}}
    return replace(event, data=data)


def _kept_back(events: Iterable[Event], unseen: Mapping[int, Set[str]]) -> frozenset[int]:
    """The numbers of events that are about nothing but what is kept back: a comment, values, or such another event."""
    found: set[int] = set()
    for event in events:
        given = event.data.get("set", {}).keys()
        rest = given - unseen.get(event.seq, set())
        is_about_one = event.data.get("corrects") in found or bool(given)
        is_nothing_else = event.kind in _OF_VALUES and event.target is None and _MOVES.isdisjoint(event.data)
        if COLLEAGUES_ONLY in event.data or (is_about_one and is_nothing_else and not rest):
            found.add(event.seq)
    return frozenset(found)


def _left_out(events: Iterable[Event], out: Set[int]) -> list[Event]:
    """Events without some, and without what the others say of those."""
    return [
        replace(event, data={name: value for name, value in event.data.items() if name != "corrects"})
        if event.data.get("corrects") in out
        else event
        for event in events
        if event.seq not in out
    ]


class _Unseen(NamedTuple):
    """Fields of one event whose values are not shown: that it gave, that stood before it, and that it rests on."""

    given: Set[str]
    before: Set[str]
    stood: Set[str]


def _unseen(events: Sequence[Event]) -> dict[int, _Unseen]:
    """By event, what of it the subject's own people were never shown."""
    values: dict[int, set[str]] = {}
    earlier: dict[int, set[str]] = {}
    hidden: set[str] = set()
    last: dict[str, int] = {}
    rested: dict[int, dict[str, int]] = {}
    for event in events:
        rested[event.seq] = {name: last.get(name, 0) for name in event.data.get("rests_on", ())}
        given = event.data.get("set", {}).keys()
        now = set(event.data.get("undisclosed", hidden))
        earlier[event.seq] = {name for name in given if name in values.get(last.get(name, 0), ())}
        values[event.seq] = now & given
        for name in (now ^ hidden) - given:  # the value that stands is shown from now on, or, migrated, no longer
            of_last = values.get(last.get(name, 0), set())
            (of_last.add if name in now else of_last.discard)(name)
        last.update(dict.fromkeys(given, event.seq))
        hidden = now
    stood = {
        seq: {name for name, given in each.items() if name in values.get(given, hidden)} for seq, each in rested.items()
    }
    return {event.seq: _Unseen(values[event.seq], earlier[event.seq], stood[event.seq]) for event in events}


def without_reasons(names: Collection[str], events: Sequence[Event]) -> list[Event]:
    """Some events of a history, without the reasons given for values of these fields."""
    return [replace(event, reason=None) if _is_about(event, names) else event for event in events]


def _is_about(event: Event, names: Collection[str]) -> bool:
    """Whether an event is about values alone, and about one of these fields."""
    given = event.data.get("set", {}).keys()
    return event.kind in _OF_VALUES and event.target is None and not given.isdisjoint(names)


def _without(event: Event, unseen: _Unseen) -> Event:
    """The event without these values, and without a word of which fields are hidden from then on."""
    data = {name: value for name, value in event.data.items() if name not in ("undisclosed", "last_shown")}
    for key, names in (("set", unseen.given), ("before", unseen.before), ("rests_on", unseen.stood)):
        if isinstance(data.get(key), Mapping):
            data[key] = {name: value for name, value in data[key].items() if name not in names}
            if not data[key] and names:
                del data[key]
    if data == event.data:
        return event
    return replace(event, data=data, reason=None if _is_about(event, unseen.given) else event.reason)
