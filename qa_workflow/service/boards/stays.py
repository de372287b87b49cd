"""How long items stayed in their stages, told from their histories: pure, one item at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from qa_workflow.engine import Event
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import instant


@dataclass(frozen=True, slots=True)
class Stay:
    """One visit of a stage: from entering it to leaving it, with the date it was given first and the one it had last.

    `left_at` is None while it goes on; `withdrawn` where it ended because the item was cancelled, or put back by a
    correction, and so says nothing of how long such work takes.
    """

    stage: str
    entered_at: datetime
    left_at: datetime | None = None
    first_due_at: datetime | None = None
    due_at: datetime | None = None
    withdrawn: bool = False
    runs: bool = False
    """Whether a hold leaves its date alone."""

    def days(self, now: datetime) -> int:
        """Whole days of elapsed time, up to now if it still goes on."""
        return max(((self.left_at or now) - self.entered_at).days, 0)


def stays(events: Iterable[Event]) -> Iterator[Stay]:
    """Every visit of an item's history, those that go on at the end."""
    going: dict[int, Stay] = {}
    for event in events:
        data = event.data
        for number, patch in data.get("patch", {}).items():
            if (found := going.get(int(number))) is not None:
                going[int(number)] = _patched(found, patch)
        for number in data.get("leave", ()):
            if (found := going.pop(number, None)) is not None:
                withdrawn = event.kind in (Kind.CANCELLED, Kind.CORRECTED)
                yield replace(found, left_at=instant(event.at), withdrawn=withdrawn)
        for visit in data.get("enter", ()):
            going[visit["number"]] = _entered(visit)
        if event.kind is Kind.CANCELLED:
            for number in tuple(going):
                yield replace(going.pop(number), left_at=instant(event.at), withdrawn=True)
    yield from going.values()


def _entered(visit: Mapping[str, Any]) -> Stay:
    due = visit.get("due")
    first, last = (instant(due["first_at"]), instant(due["at"])) if due else (None, None)
    return Stay(visit["stage"], instant(visit["at"]), None, first, last, runs=bool(due and due.get("runs")))


def _patched(stay: Stay, patch: Mapping[str, Any]) -> Stay:
    if "stage" in patch:
        stay = replace(stay, stage=patch["stage"])
    if "due" not in patch:
        return stay
    due = patch["due"]
    if due is None:
        return replace(stay, due_at=None)
    first = stay.first_due_at or instant(due["first_at"])
    return replace(stay, due_at=instant(due["at"]), first_due_at=first, runs=bool(due.get("runs")))
