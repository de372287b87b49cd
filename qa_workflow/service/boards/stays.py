"""How long items stayed in their stages, told from their histories: pure, one item at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from qa_workflow.engine import Event
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import instant


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit of a stage: from entering it to leaving it, with the date it was given first and the one it had last.

    `left_at` is None while it goes on. `withdrawn` is where it ended because the item was cancelled, which says nothing
    of how long such work takes. `missed` are the dates before the last one that passed while they were in force.
    `definition` is the hash of the version that it was under last; None where the item never was under another.
    """

    stage: str
    entered_at: datetime
    left_at: datetime | None = None
    first_due_at: datetime | None = None
    due_at: datetime | None = None
    withdrawn: bool = False
    runs: bool = False
    """Whether a hold leaves its date alone."""
    stopped_at: datetime | None = None
    """Since when a hold has stopped its clock, if one does, or did when it ended."""
    missed: tuple[datetime, ...] = ()
    definition: str | None = None

    def days(self, now: datetime) -> int:
        """Whole days of elapsed time, up to now if it still goes on."""
        return max(((self.left_at or now) - self.entered_at).days, 0)

    def fell_due(self, now: datetime) -> Iterator[tuple[datetime, bool]]:
        """Each date that passed by now while it was in force, and whether it was missed. What is told of the past stays
        so: a hold, another date or a cancellation that comes later undoes no lateness.
        """
        yield from ((at, True) for at in self.missed)
        if self.due_at is not None and not self._is_stopped(self.due_at):
            yield from self._passed(self.due_at, now)

    def first_fell_due(self, now: datetime) -> Iterator[tuple[datetime, bool]]:
        """The same of the date first given, which no hold and no other date puts off."""
        if self.first_due_at is not None:
            yield from self._passed(self.first_due_at, now)

    def _passed(self, due_at: datetime, now: datetime) -> Iterator[tuple[datetime, bool]]:
        until = self.left_at if self.withdrawn and self.left_at is not None else now
        if due_at < until:
            yield due_at, self.left_at is None or due_at < self.left_at

    def _is_stopped(self, due_at: datetime) -> bool:
        return self.stopped_at is not None and not self.runs and self.stopped_at <= due_at

    def patched(self, patch: Mapping[str, Any], at: datetime) -> Stay:
        """The stay after a change that was made at an instant."""
        if "due" not in patch:
            return self
        stay, due, was = self, patch["due"], self.due_at
        new = instant(due["at"]) if due is not None else None
        if was is not None and was != new and was < at and not self._is_stopped(was):
            stay = replace(stay, missed=(*self.missed, was))
        if due is None:
            return replace(stay, due_at=None)
        first = stay.first_due_at or instant(due["first_at"])
        return replace(stay, due_at=new, first_due_at=first, runs=bool(due.get("runs")))


def stays(events: Sequence[Event]) -> Iterator[Stay]:
    """Every visit of an item's history, those that go on at the end; none that a correction took back."""
    going: dict[int, Stay] = {}
    definition: str | None = next((e.data["before"][1] for e in events if e.kind is Kind.MIGRATED), None)
    for event in events:
        data, at = event.data, instant(event.at)
        if event.kind is Kind.MIGRATED:
            definition = data["pins"][1]
            going = {number: _moved(stay, number, data) for number, stay in going.items()}
        for number, patch in data.get("patch", {}).items():
            if (found := going.get(int(number))) is not None:
                going[int(number)] = found.patched(patch, at)
        for number in data.get("leave", ()):
            if (found := going.pop(number, None)) is not None and event.kind is not Kind.CORRECTED:
                yield replace(found, left_at=at, withdrawn=event.kind is Kind.CANCELLED)
        for visit in data.get("enter", ()):
            going[visit["number"]] = _entered(visit, definition)
        if event.kind in (Kind.HELD, Kind.RESUMED):
            since = at if event.kind is Kind.HELD else None
            going = {number: replace(stay, stopped_at=since) for number, stay in going.items()}
        if event.kind is Kind.CANCELLED:
            for number in tuple(going):
                yield replace(going.pop(number), left_at=at, withdrawn=True)
    yield from going.values()


def _moved(stay: Stay, number: int, data: Mapping[str, Any]) -> Stay:
    """The stay under another version: in the stage that took its stage's place."""
    renamed = data.get("renamed", {}).get("stages", {}).get(stay.stage, stay.stage)
    stage = data.get("places", {}).get(str(number), renamed)
    return replace(stay, stage=stage, definition=data["pins"][1])


def _entered(visit: Mapping[str, Any], definition: str | None) -> Stay:
    due = visit.get("due")
    first, last = (instant(due["first_at"]), instant(due["at"])) if due else (None, None)
    runs = bool(due and due.get("runs"))
    return Stay(visit["stage"], instant(visit["at"]), None, first, last, runs=runs, definition=definition)
