"""What the subject's own people do not see, or not yet: worked out when something happens, and kept with it.

A comment among colleagues they are never told. A field with `disclosed_from` is hidden until the item comes to that
stage. What was shown stays shown; what is recorded anew while the item is before the stage again is hidden until it
comes there once more. What was replaced before it was shown is not shown afterwards either. To whom this applies,
`Sight` says; nothing else decides about it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set

from msgspec.structs import replace

from qa_workflow.definition.model import Disclosure
from qa_workflow.engine.events import COLLEAGUES_ONLY, Event, Kind
from qa_workflow.engine.item import Item

NOT_SHOWN = "not_shown"
"""In the `data` of an event as the subject's own people see it: names of fields whose values are left out."""
_OF_VALUES = (Kind.RECORDED, Kind.CORRECTED)
"""Kinds of event whose reason is about values alone, where they lead nowhere."""


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


def without(item: Item, names: tuple[str, ...]) -> Item:
    """The item as somebody sees it to whom these fields are not shown."""
    fields = {name: value for name, value in item.fields.items() if name not in names}
    return replace(item, fields=fields, withheld=names)


def among_colleagues(events: Iterable[Event]) -> frozenset[int]:
    """The numbers of comments among colleagues, and of corrections that are about those alone.

    Args:
        events: in order.
    """
    found: set[int] = set()
    for event in events:
        is_about_one = event.data.get("corrects") in found and event.target is None and not event.data.get("set")
        if COLLEAGUES_ONLY in event.data or is_about_one:
            found.add(event.seq)
    return frozenset(found)


def for_everybody(events: Sequence[Event]) -> list[Event]:
    """Events, in order, without what is among colleagues, and without what others say of that."""
    among = among_colleagues(events)
    return [
        replace(event, data={name: value for name, value in event.data.items() if name != "corrects"})
        if event.data.get("corrects") in among
        else event
        for event in events
        if event.seq not in among
    ]


def shown_to_subject(events: list[Event]) -> list[Event]:
    """A whole history as the subject's own people see it: with what was meant for them and was shown to them."""
    return for_everybody(_with_values_shown(events))


def _with_values_shown(events: list[Event]) -> list[Event]:
    if not any("undisclosed" in event.data for event in events):
        return events
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
    unseen = {
        seq: {name for name, given in stood.items() if name in values.get(given, hidden)}
        for seq, stood in rested.items()
    }
    return [_without(event, values[event.seq], earlier[event.seq], unseen[event.seq]) for event in events]


def without_reasons(names: Collection[str], events: Sequence[Event]) -> list[Event]:
    """Some events of a history, without the reasons given for values of these fields."""
    return [replace(event, reason=None) if _is_about(event, names) else event for event in events]


def _is_about(event: Event, names: Collection[str]) -> bool:
    """Whether an event is about values alone, and about one of these fields."""
    given = event.data.get("set", {}).keys()
    return event.kind in _OF_VALUES and event.target is None and not given.isdisjoint(names)


def _without(event: Event, values: set[str], earlier: set[str], stood: set[str]) -> Event:
    """The event without these of the values that it set, that stood there before it, and that it rests on."""
    if not values and not earlier and not stood:
        return event
    data = dict(event.data)
    for key, names in (("set", values), ("before", earlier), ("rests_on", stood)):
        if isinstance(data.get(key), Mapping):
            data[key] = {name: value for name, value in data[key].items() if name not in names}
    if values:
        data[NOT_SHOWN] = sorted(values)
    return replace(event, data=data, reason=None if _is_about(event, values) else event.reason)
