"""What happened to an item, in the words of its workflow: "Send the report: from Provider's report to Review"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import Any

from msgspec import structs

from qa_workflow.calendar import local
from qa_workflow.definition import Workflow
from qa_workflow.engine import Event, Item, Sight
from qa_workflow.engine.events import Kind
from qa_workflow.engine.fold import apply
from qa_workflow.engine.item import instant
from qa_workflow.engine.past import Correction, corrections, givers
from qa_workflow.engine.values import EMPTY
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.telling.followed import followed
from qa_workflow.service.telling.happened import Happened
from qa_workflow.service.telling.naming import Naming, Value
from qa_workflow.service.telling.obstacles import unfilled
from qa_workflow.service.telling.words import day_words
from qa_workflow.service.world import World

LONGEST = 300
"""Characters of a value that are told where an event is told in lines."""
_ROUTINE = frozenset({Kind.REMINDED, Kind.OVERDUE, Kind.ESCALATED, Kind.PASSED})
"""What the clock does by the dozen: nothing was decided by it, and the item stayed where it was."""


@dataclass(frozen=True, slots=True)
class Righted:
    """A later event that put this one right: its number, the local day (ISO) and who did it; `what` of it was wrong."""

    seq: int
    on: str
    who: str
    what: str = ""

    @property
    def in_words(self) -> str:
        """As "Corrected on 6 August 2027 by Governance officer, see event 7"."""
        part = f" ({self.what})" if self.what else ""
        return f"Corrected{part} on {day_words(self.on)} by {self.who}, see event {self.seq}"


@dataclass(frozen=True, slots=True)
class EventTold:
    """One event for people.

    Args:
        seq: its number in the history as it is told: to those who are not told all of it, no number is missing.
        at: local ISO 8601.
        said: what somebody wrote: a reason or a comment.
        is_removed: `said` stands in place of what they wrote.
        rests_on: in sentences, what is to be known of it first: its basis, that its meeting had not been held yet.
        facts: in sentences, what followed: due dates, what ended with it.
        values: the fields that were filled in or emptied, and those that a step was decided with.
        corrects: the numbers of the events that it puts right; `corrected`: the later ones that put it right.
        is_routine: nobody decided anything and the item stayed where it was, so a face makes little of it.
    """

    seq: int
    at: str
    who: str
    what: str
    said: str | None = None
    is_removed: bool = False
    is_comment: bool = False
    rests_on: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    corrects: tuple[int, ...] = ()
    corrected: tuple[Righted, ...] = ()
    is_routine: bool = False

    @property
    def quoted(self) -> str:
        """What somebody wrote, in quotation marks; without, what stands in its place. Nothing where nothing is said."""
        return "" if not self.said else self.said if self.is_removed else f"“{self.said}”"

    @property
    def lines(self) -> tuple[str, ...]:
        """All but the first sentence and what somebody wrote, where there is nothing to click on."""
        marks = [each.in_words for each in self.corrected]
        marks += [f"Puts right event {number}" for number in self.corrects]
        fresh = (line for value in self.values if not value.since for line in _lines(value))
        stood = "; ".join(f"{next(_lines(value))} ({value.since})" for value in self.values if value.since)
        return (*marks, *self.rests_on, *fresh, *([f"Decided with {stood}"] if stood else []), *self.facts)


def _lines(value: Value) -> Iterator[str]:
    rule = f" ({value.rule})" if value.rule else ""
    yield f"{value.label}: {shorten(value.in_words, LONGEST, placeholder=' …') or 'emptied'}{rule}"
    if value.was:
        yield f"{value.label} was: {shorten(value.was, LONGEST, placeholder=' …')}"


def _rungs(events: Sequence[Event]) -> dict[tuple[str, str | None], int]:
    """The highest rung of a stage's ladder that was climbed in a moment: of several at once only that one is told."""
    reached: dict[tuple[str, str | None], int] = {}
    for event in events:
        if event.kind is Kind.ESCALATED:
            place = (event.at, event.source)
            reached[place] = max(event.data["rung"], reached.get(place, 0))
    return reached


class Teller:
    """Tells the events of one item."""

    def __init__(self, world: World, workflow: Workflow, above: str = "") -> None:
        """`above`: the reference of the item that it is part of, for a reader who sees that."""
        self._naming, self._workflow, self._above = Naming(world, workflow), workflow, above

    @classmethod
    def of(cls, look: Reader, world: World, item: Item, sight: Sight) -> Teller:
        """For somebody who sees that much."""
        above = ""
        if item.parent is not None:
            with suppress(UnknownItem):
                above = look.item(item.parent[0], sight).item.reference
        return cls(world, world.workflow(item.definition), above)

    def history(self, events: Sequence[Event], *, after: int = 0) -> Iterator[EventTold]:
        """The events of an item later than one of them.

        Args:
            events: all of the item that are told to somebody, in order.
            after: the item's revision after the last that is not told.
        """
        right, reached = corrections(events), _rungs(events)
        numbers = {event.seq: number for number, event in enumerate(events, 1)}
        item: Item | None = None
        given: dict[str, Event] = {}
        for event in events:
            if item is not None and item.revision + 1 < event.seq:  # what is kept back in between changes nothing else
                item = structs.replace(item, revision=event.seq - 1)
            before, item = item, apply(item, event)
            if event.seq > after:
                rung = reached.get((event.at, event.source), 0)
                yield self._told(Happened(self._naming, event, before, item, rung, self._above), right, given, numbers)
            given = givers(given, event, before.fields if before is not None else {})

    def filled(self, event: Event) -> str:
        """Who filled something in, and when, as "filled in by Quality lead on 6 August 2027"."""
        return f"filled in by {self._naming.who(event)} on {day_words(self._at(event)[:10])}"

    def _told(
        self,
        it: Happened,
        right: Mapping[int, list[Correction]],
        givers: Mapping[str, Event],
        numbers: Mapping[int, int],
    ) -> EventTold:
        event, fields = it.event, it.before.fields if it.before is not None else {}
        what, *rests_on = it.sentences()
        given = event.data.get("set", {})
        stood = self._naming.values(event.data.get("rests_on", {}))
        rules = self._naming.worked_out(self._naming.world.workflow(it.after.definition), event)
        return EventTold(
            seq=numbers[event.seq],
            at=self._at(event),
            who=self._naming.who(event),
            what=what,
            said=self._said(it),
            is_removed=event.reason in self._naming.world.in_place,
            is_comment=event.kind is Kind.COMMENTED,
            rests_on=tuple(rests_on),
            facts=tuple(followed(it)),
            values=(
                *(
                    replace(each, was=self._was(each, fields.get(each.name)), rule=rules.get(each.name, ""))
                    for each in self._naming.values(given)
                ),
                *(replace(v, since=self.filled(givers[v.name]) if v.name in givers else "") for v in stood),
            ),
            corrects=tuple(numbers[seq] for seq, found in right.items() if any(each.by is event for each in found)),
            corrected=tuple(self._righted(each, numbers) for each in right.get(event.seq, ())),
            is_routine=event.kind in _ROUTINE,
        )

    def _said(self, it: Happened) -> str | None:
        """The reason in people's words; none where the engine gave it, and the sentence before says as much."""
        event = it.event
        if event.kind is Kind.LAPSED:
            workflow = self._naming.world.workflow(it.after.definition)
            lapse = workflow.stages[event.source or ""].lapse
            return (
                f"nobody acted in time ({self._naming.rule(workflow, lapse.when, event.at)})" if lapse else event.reason
            )
        if event.kind is Kind.WAIVED:
            return unfilled(self._workflow, event.reason or "")[0]
        return None if event.kind is Kind.OPENED and event.data["item"].get("parent") else event.reason

    def _at(self, event: Event) -> str:
        return local(instant(event.at), self._naming.zone).isoformat()

    def _righted(self, correction: Correction, numbers: Mapping[int, int]) -> Righted:
        by = correction.by
        return Righted(numbers[by.seq], self._at(by)[:10], self._naming.who(by), self._naming.labels(correction.fields))

    def _was(self, now: Value, before: Any) -> str:
        was = "" if before in EMPTY else self._naming.value(now.name, before).in_words
        return was if was != now.in_words else ""
