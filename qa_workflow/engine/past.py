"""What an item's history knows: of the stages that it was at, and of what was put right in it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from qa_workflow.definition.model import Workflow
from qa_workflow.engine.events import Event, Kind
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import LAPSE, Item, Visit


def last_visits(events: Iterable[Event]) -> dict[str, Visit]:
    """By stage (by its present name), the last visit of it as it was when it ended, or as it is.

    Args:
        events: in order, from the first.
    """
    item: Item | None = None
    found: dict[str, Visit] = {}
    for event in events:
        renamed = event.data.get("renamed", {}).get("stages", {})
        found = {renamed.get(path, path): visit for path, visit in found.items()} if renamed else found
        item = apply(item, event)
        found.update((visit.stage, visit) for visit in item.visits)
    return found


def may_be_put_at(workflow: Workflow, item: Item) -> list[str]:
    """The stages of the main line at which a correction may put an item: those at which it has been.

    Onward it goes by its steps, with their roles, guards and second people; only where time could not take it
    (a lapse that waits for a person) does nothing else lead on.
    """
    waiting = (workflow.stages[visit.stage].lapse for visit in item.visits if LAPSE in visit.waived)
    ahead = {lapse.to for lapse in waiting if lapse is not None}
    return [s.path for s in workflow.stages.values() if not s.flow and (s.path in item.entered or s.path in ahead)]


class Correction(Struct, frozen=True, gc=False):
    """A later event that puts right an earlier one: as a whole, or only these `fields` of what it filled in."""

    by: Event
    fields: tuple[str, ...] = ()


def corrections(events: Iterable[Event]) -> dict[int, list[Correction]]:
    """By the number of an event that was wrong, what put it right: it was named, or the value that it gave was changed.

    Args:
        events: in order, from the first.
    """
    found: dict[int, list[Correction]] = {}
    values: dict[str, Any] = {}
    given: dict[str, list[int]] = {}
    for event in events:
        named = event.data.get("corrects")
        if named is not None:
            found.setdefault(named, []).append(Correction(event))
        wrong: dict[int, list[str]] = {}
        for name, value in event.data.get("set", {}).items():
            if name in values and values[name] == value:
                given[name].append(event.seq)
                continue
            for number in given.get(name, ()) if event.kind is Kind.CORRECTED else ():
                if number != named:
                    wrong.setdefault(number, []).append(name)
            values[name], given[name] = value, [event.seq]
        for number, names in wrong.items():
            found.setdefault(number, []).append(Correction(event, tuple(names)))
    return found


def givers(known: Mapping[str, Event], event: Event, before: Mapping[str, Any]) -> dict[str, Event]:
    """By field, the event that gave the value that stands after one more event; the same value given again gives none.

    Args:
        known: the same before that event; `before`: the fields as they were then.
    """
    given = event.data.get("set", {}).items()
    return {**known, **{name: event for name, value in given if name not in known or before.get(name) != value}}


def given_by(events: Iterable[Event]) -> dict[str, Event]:
    """By field, the event that gave the value that stands; events in order, from the first."""
    known: dict[str, Event] = {}
    fields: dict[str, Any] = {}
    for event in events:
        known = givers(known, event, fields)
        fields.update(event.data.get("set", {}))
    return known
