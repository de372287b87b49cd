"""What a history calls things: stages, steps, fields and people by their titles, in the version that knew them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa_workflow.calendar import TimeRule, end_of_day, instant_words, local_date, long_date
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import FieldType, Who
from qa_workflow.engine import Event, Item
from qa_workflow.engine.item import Due, instant
from qa_workflow.engine.policy import CLOCK, ENGINE
from qa_workflow.service.removals import public_words, removed_words
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.telling.versions import WORKFLOW, versions
from qa_workflow.service.telling.words import field_words
from qa_workflow.service.telling.workflows import rule_words
from qa_workflow.service.world import World

HOUSE = {CLOCK.name: "The clock", ENGINE.name: "The program"}


@dataclass(frozen=True, slots=True)
class Value:
    """A field's value as it is shown: one text, or documents to be opened.

    `was` is what stood there before; `since`, of a value that was there already, who had filled it in and when; `rule`,
    of a day that the step worked out, by which rule it did.
    """

    name: str
    label: str
    text: str = ""
    documents: tuple[Mapping[str, Any], ...] = ()
    was: str = ""
    since: str = ""
    rule: str = ""

    @property
    def in_words(self) -> str:
        """The text, or the names of the documents."""
        told = (f"{d['name']} ({d['why']})" if "why" in d else str(d["name"]) for d in self.documents)
        return ", ".join(told) or self.text


class Naming:
    """The names of one item's workflow and of its house, for people."""

    def __init__(self, world: World, workflow: Workflow) -> None:
        self.world, self._workflow = world, workflow
        self.zone = world.governance.calendar.zone

    def _versions(self) -> Iterator[Workflow]:
        """The version that the item is under, then the others: an item that was moved has a history under those."""
        yield self._workflow
        for each in versions(self.world, WORKFLOW, self._workflow.name):
            if each.hash != self._workflow.hash:
                yield self.world.workflow(each.hash)

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
            return Value(name, field.label, documents=tuple(self._there(e) for e in entries if isinstance(e, Mapping)))
        options = {option.value: option.title for option in field.options}
        if kind in (FieldType.PERSON, FieldType.ORGANISATION):
            options = {e: self._named(e) for e in entries if isinstance(e, str)}
        texts = [options.get(e, "") or field_words(e) if isinstance(e, str) else field_words(e) for e in entries]
        return Value(name, field.label, "\n".join(texts))

    def _there(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """A document; where nobody is given it any more, with what everybody is told of that, and the whole of it."""
        removal, governance = self.world.removals.get(document["sha256"]), self.world.governance
        if removal is None:
            return document
        return {**document, "gone": public_words(governance, removal), "why": removed_words(governance, removal)}

    def labels(self, names: Iterable[str]) -> str:
        """Fields by their labels."""
        return ", ".join(value.label for value in self.values(dict.fromkeys(names)))

    def stages(self, paths: str | None) -> str:
        """Stages by their titles; one that is gone by now by the title that it had last."""
        return ", ".join(self._stage(path) for path in (paths or "").split(", ") if path)

    def _stage(self, path: str) -> str:
        return next((version.stages[path].title for version in self._versions() if path in version.stages), path)

    def step(self, trigger: str, source: str | None) -> str:
        """The title of a step out of one of these stages."""
        for version in self._versions():
            for path in (source or "").split(", "):
                stage = version.stages.get(path)
                if stage is not None and trigger in stage.transitions:
                    return stage.transitions[trigger].title
        return trigger.rpartition(".")[2].replace("_", " ").capitalize()

    def who(self, event: Event) -> str:
        """Who did it, by title; and for whom."""
        name = HOUSE.get(event.actor) or self.titles([event.actor])
        return f"{name}, for {self.titles([event.acting_for])}" if event.acting_for else name

    def titles(self, names: Iterable[str]) -> str:
        """People and roles."""
        return ", ".join(titles(self.world.governance, names))

    def meant(self, who: Who, item: Item) -> str:
        """Whom a definition means, for this item."""
        people = [item.did[path].actor for path in who.did if path in item.did]
        people += [str(item.fields[name]) for name in who.fields if item.fields.get(name)]
        return self.titles(dict.fromkeys([*who.roles, *people]))

    def body(self, name: str, on: str) -> str:
        """A body as it was called on a day (ISO, or an instant)."""
        body = self.world.governance.bodies.get(name)
        return body.title_on(date.fromisoformat(on[:10])) if body else name

    def rule(self, workflow: Workflow, rule: TimeRule, at: str) -> str:
        """A rule of a version, with titles for the names in it, as they were on the day of an instant."""
        return rule_words(workflow, self.world.governance, local_date(instant(at), self.zone), rule)

    def worked_out(self, workflow: Workflow, event: Event) -> dict[str, str]:
        """By field, the rule by which the step of an event worked its day out, in the words of that version."""
        stages = (workflow.stages.get(path) for path in (event.source or "").split(", "))
        trigger = event.trigger or ""
        step = next((s.transitions[trigger] for s in stages if s and trigger in s.transitions), None)
        rules = step.sets if step is not None else ()
        return {name: self.rule(workflow, rule, event.at) for name, rule in rules if isinstance(rule, TimeRule)}

    def day(self, at: str) -> str:
        """The local day of an instant, as "6 August 2027"."""
        return long_date(local_date(instant(at), self.zone))

    def instant(self, at: str) -> str:
        """As "Friday 6 August 2027 at 14:05"."""
        return instant_words(instant(at), self.zone)

    def due(self, due: Due | None) -> str:
        """A due date; with the time of day where a rule gives one."""
        if due is None:
            return "no date"
        on = date.fromisoformat(due.on)
        return long_date(on) if instant(due.at) == end_of_day(on, self.zone) else self.instant(due.at)

    def _named(self, name: str) -> str:
        organisation = self.world.governance.organisations.get(name)
        return organisation.title if organisation else self.titles([name])
