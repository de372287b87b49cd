"""What happened to an item, in the words of its workflow: "Send the report: from Provider's report to Review"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from qa_workflow.calendar import instant_words, local
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import FieldType
from qa_workflow.engine import Event
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import instant
from qa_workflow.engine.policy import CLOCK, ENGINE
from qa_workflow.service.telling.obstacles import unfilled
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.telling.versions import WORKFLOW, versions
from qa_workflow.service.telling.words import day_words, field_words
from qa_workflow.service.world import World

_NOTHING: Mapping[str, Any] = MappingProxyType({})
HOUSE = {CLOCK.name: "The clock", ENGINE.name: "The program"}


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value as it is shown: one text, or documents to be opened; `was` is what stood there before."""

    name: str
    label: str
    text: str = ""
    documents: tuple[Mapping[str, Any], ...] = ()
    was: str = ""

    @property
    def in_words(self) -> str:
        """The text, or the names of the documents."""
        return ", ".join(str(document["name"]) for document in self.documents) or self.text


@dataclass(frozen=True, slots=True)
class Told:
    """One event for people.

    Args:
        at: local ISO 8601.
        said: what somebody wrote: a reason or a comment.
        values: the fields that were filled in or emptied; `dates`: which due dates moved by it, from when to when.
    """

    seq: int
    at: str
    who: str
    what: str
    said: str | None = None
    is_comment: bool = False
    values: tuple[Value, ...] = ()
    dates: tuple[str, ...] = ()


class Teller:
    """Tells the events of one item."""

    def __init__(self, world: World, workflow: Workflow) -> None:
        self._world, self._workflow = world, workflow
        self._zone = world.governance.calendar.zone

    def _versions(self) -> Iterator[Workflow]:
        """The version that the item is under, then the others: an item that was moved has a history under those."""
        yield self._workflow
        for each in versions(self._world, WORKFLOW, self._workflow.name):
            if each.hash != self._workflow.hash:
                yield self._world.workflow(each.hash)

    def history(self, events: Iterable[Event], *, after: int = 0) -> Iterator[Told]:
        """The events of an item later than one of them; of a value that took another's place both are told.

        Args:
            events: all of the item, in order.
            after: the number of the last that is not told.
        """
        fields: dict[str, Any] = {}
        for event in events:
            if event.seq > after:
                yield self.told(event, fields)
            fields.update(event.data.get("set", {}))

    def told(self, event: Event, fields: Mapping[str, Any] = _NOTHING) -> Told:
        """One event; `fields` are those that the item had before, as far as they are to be told."""
        given = event.data.get("set", {})
        return Told(
            event.seq,
            local(instant(event.at), self._zone).isoformat(),
            self.who(event),
            self.what(event),
            unfilled(self._workflow, event.reason or "")[0] if event.kind is Kind.WAIVED else event.reason,
            event.kind is Kind.COMMENTED,
            tuple(replace(each, was=self._was(each, fields.get(each.name))) for each in self.values(given)),
            tuple(self._dates(event.data.get("dates", ()))),
        )

    def _was(self, now: Value, before: Any) -> str:
        was = "" if before in (None, "", []) else self.value(now.name, before).in_words
        return was if was != now.in_words else ""

    def _dates(self, moves: Iterable[tuple[str, str | None, str | None]]) -> Iterator[str]:
        """Due dates that an event moved: a calendar, a meeting or a version was changed."""
        for stage, before, after in moves:
            if before != after:
                was, now = (day_words(day) or "no date" for day in (before, after))
                yield f"{self.stages(stage)}: due {now}, was {was}"

    def who(self, event: Event) -> str:
        """Who did it, by title; and for whom."""
        name = HOUSE.get(event.actor) or self._titles([event.actor])
        return f"{name}, for {self._titles([event.acting_for])}" if event.acting_for else name

    def what(self, event: Event) -> str:
        """What was done, and from where to where."""
        what = _WORDS[event.kind](self, event)
        source, target = self.stages(event.source), self.stages(event.target)
        if event.kind in _STAYS or not target:
            return what
        if source and source != target:
            return f"{what}: from {source} to {target}"
        return f"{what} at {target}"

    def values(self, fields: Mapping[str, Any]) -> Iterator[Value]:
        """Fields with the labels that people read; what is empty says so."""
        for name, value in fields.items():
            if any(name in version.fields for version in self._versions()):
                yield self.value(name, value)

    def value(self, name: str, value: Any) -> Value:
        """One field's value."""
        field = next(version.fields[name] for version in self._versions() if name in version.fields)
        kind = field.of if field.type is FieldType.LIST else field.type
        entries = value if isinstance(value, list) else [] if value is None else [value]
        if kind is FieldType.DOCUMENT:
            return Value(name, field.label, documents=tuple(e for e in entries if isinstance(e, Mapping)))
        options = {option.value: option.title for option in field.options}
        if kind in (FieldType.PERSON, FieldType.ORGANISATION):
            options = {e: self._named(e) for e in entries if isinstance(e, str)}
        texts = [options.get(e, "") or field_words(e) if isinstance(e, str) else field_words(e) for e in entries]
        return Value(name, field.label, "\n".join(texts))

    def stages(self, paths: str | None) -> str:
        """Stages by their titles; one that is gone by now by the title that it had last."""
        return ", ".join(self._stage(path) for path in (paths or "").split(", ") if path)

    def _stage(self, path: str) -> str:
        return next((version.stages[path].title for version in self._versions() if path in version.stages), path)

    def step(self, event: Event) -> str:
        """The title of the step that was made."""
        for version in self._versions():
            for path in (event.source or "").split(", "):
                stage = version.stages.get(path)
                if stage is not None and event.trigger and event.trigger in stage.transitions:
                    return stage.transitions[event.trigger].title
        return (event.trigger or str(event.kind)).rpartition(".")[2].replace("_", " ").capitalize()

    def _named(self, name: str) -> str:
        organisation = self._world.governance.organisations.get(name)
        return organisation.title if organisation else self._titles([name])

    def _titles(self, names: list[str]) -> str:
        return ", ".join(titles(self._world.governance, names))

    def labels(self, event: Event) -> str:
        """The labels of the fields that were set."""
        return ", ".join(value.label for value in self.values(event.data.get("set", {})))

    def meeting(self, event: Event) -> str:
        """Which meeting was moved or called off: its body, and the day for which it was planned."""
        body = self._world.governance.bodies.get(event.data["body"])
        title = body.title_on(date.fromisoformat(event.at[:10])) if body else event.data["body"]
        held_at = event.data.get("held_at")
        what = f"moved to {instant_words(instant(held_at), self._zone)}" if held_at else "called off"
        return f"The meeting of {title} planned for {day_words(event.data['key'])} was {what}"

    def approver(self, event: Event) -> str:
        """On whose authority it was done; nothing where none was named."""
        name = event.data.get("approver")
        return self._titles([name]) if name else ""

    def people(self, event: Event) -> str:
        """Whom an event was for."""
        to = event.data.get("to") or []
        return self._titles([to] if isinstance(to, str) else list(to))

    def votes(self, event: Event) -> str:
        """How far a vote has come."""
        cast, needed = event.data.get("votes", (1, 1))
        return f"{cast} of {needed}"


def _at(words: str) -> Callable[[Teller, Event], str]:
    return lambda teller, event: f"{words} {teller.stages(event.source)}".strip()


def _plain(words: str) -> Callable[[Teller, Event], str]:
    return lambda teller, event: words


def _reminded(teller: Teller, event: Event) -> str:
    if event.data.get("dropped"):
        return f"Reminder for {teller.stages(event.source)} dropped: its date had passed before it could be sent"
    return f"Reminder sent for {teller.stages(event.source)}"


def _passed(teller: Teller, event: Event) -> str:
    """A timed step that was not made: its condition did not hold, or it came too late and is not wanted late."""
    if event.trigger is None:
        return "Time passed, and nothing was done"
    why = "its condition did not hold" if "passed" in event.data else "it came too late"
    return f"“{teller.step(event)}” was not done by the clock: {why}"


def _corrected(teller: Teller, event: Event) -> str:
    if event.target:
        return "Corrected"
    fields = teller.labels(event)
    number = event.data.get("corrects")
    what = f"Corrected {fields}" if fields else "Corrected"
    return f"{what}, which was wrong in event {number}" if number else what


def _date_changed(teller: Teller, event: Event) -> str:
    before, approver = day_words(event.data.get("before")), teller.approver(event)
    changed = f"Due date changed {f'from {before} ' if before else ''}to {day_words(event.data.get('after'))}"
    return f"{changed}, approved by {approver}" if approver else changed


def _migrated(event: Event) -> str:
    before, after = event.data["before"][0], event.data["pins"][0]
    return f"Moved to another version of its workflow, from version {before} to version {after}"


_WORDS: dict[Kind, Callable[[Teller, Event], str]] = {
    **{kind: lambda teller, event: str(event.kind).replace("_", " ").capitalize() for kind in Kind},
    Kind.OPENED: _plain("Opened"),
    Kind.MOVED: lambda teller, event: teller.step(event),
    Kind.RECORDED: lambda teller, event: f"Filled in {teller.labels(event)}",
    Kind.JOINED: _plain("All that was waited for is done"),
    Kind.VOTED: lambda teller, event: f"Voted for “{teller.step(event)}” ({teller.votes(event)})",
    Kind.CLAIMED: _at("Took on"),
    Kind.RELEASED: _at("Gave back"),
    Kind.ASSIGNED: lambda teller, event: f"Gave {teller.stages(event.source)} to {teller.people(event)}",
    Kind.HELD: _plain("Put on hold"),
    Kind.RESUMED: _plain("Resumed"),
    Kind.CANCELLED: _plain("Cancelled"),
    Kind.CORRECTED: _corrected,
    Kind.DATE_CHANGED: _date_changed,
    Kind.MEETING_MOVED: lambda teller, event: teller.meeting(event),
    Kind.RECOUNTED: _plain("Due dates were counted again"),
    Kind.REMINDED: _reminded,
    Kind.OVERDUE: _at("Became overdue at"),
    Kind.ESCALATED: lambda teller, event: f"Escalated to {teller.people(event)}",
    Kind.MIGRATED: lambda teller, event: _migrated(event),
    Kind.LAPSED: _plain("Lapsed: time moved it on, nobody decided"),
    Kind.PASSED: _passed,
    Kind.WAIVED: _plain("Could not happen by itself; waits for a person"),
    Kind.SUB_ITEM_OPENED: _plain("A sub-item was asked for"),
    Kind.SUB_ITEM_ENDED: lambda teller, event: f"Sub-item {event.data.get('reference', '')} ended".replace("  ", " "),
    Kind.SUB_ITEM_REOPENED: lambda teller, event: f"Sub-item {event.data.get('reference', '')} was reopened",
    Kind.COMMENTED: _plain("Commented"),
}
_STAYS = frozenset(
    {Kind.RECORDED, Kind.COMMENTED, Kind.CLAIMED, Kind.RELEASED, Kind.ASSIGNED, Kind.OVERDUE, Kind.VOTED}
)
