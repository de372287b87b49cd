"""The form of one decision for many items, which may be at several steps.

Items that can go the same ways are a part of it; each way has fields of its own, and counts where it was chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Transition
from qa_workflow.engine import Item
from qa_workflow.engine.commands import Fire
from qa_workflow.engine.values import EMPTY
from qa_workflow.service.items import filling
from qa_workflow.service.items.filling import Fieldset
from qa_workflow.service.items.patient_data import mark
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.web import fields
from qa_workflow.web.asking import Ask
from qa_workflow.web.fields import Filled, Matter
from qa_workflow.web.numbers import number_of
from qa_workflow.web.outcomes import NO_REASON, Problem

STAY = "stay"
"""What is decided of a part that is to stay as it is."""
_ITEMS = re.compile(r"([1-9]\d{0,2})\.items")
_OF_A_PART = re.compile(r"[1-9]\d{0,2}\.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item as the list showed it."""

    item: Item
    seen: int
    workflow: Workflow

    @property
    def mark(self) -> str:
        """As the form carries it."""
        return f"{self.item.id}.{self.seen}"


@dataclass(frozen=True, slots=True)
class Way:
    """A step that could be made with the items of a part, and what its fields hold."""

    name: str
    step: Transition
    workflow: Workflow
    part: str
    """What the names of its fields begin with."""
    fieldset: Fieldset
    filled: Filled = field(default_factory=Filled)
    reason: str = ""
    has_no_reason: bool = False
    """Whether a reason is missing that is needed; told once it was looked for."""

    @property
    def title(self) -> str:
        return self.step.title

    @property
    def leads(self) -> str:
        """Where it may lead."""
        stages = self.workflow.stages
        return " or ".join(dict.fromkeys(stages[case.to].title for case in self.step.cases if case.to in stages))

    @property
    def asks_nothing(self) -> bool:
        return not self.fieldset.fields and not self.step.needs_reason

    @property
    def reason_id(self) -> str:
        """Of its box in the page."""
        return f"{self.part}reason".replace(".", "-")

    @property
    def wrong(self) -> list[Problem]:
        """What stands in the way of looking what would become of the items."""
        missing = [{**NO_REASON, "href": f"#{self.reason_id}"}] if self.has_no_reason else []
        return [*replace(self.filled, doubts=()).errors, *missing]

    def command(self) -> Fire:
        return Fire(self.step.path, self.filled.given, self.reason or None, bulk=True)


@dataclass(frozen=True, slots=True)
class Part:
    """Items that can go the same ways, and which was chosen: a way's name, `STAY`, or nothing yet."""

    number: str
    chosen: Sequence[Chosen]
    ways: Mapping[str, Way]
    named: str = ""

    @property
    def title(self) -> str:
        """At which stages they are."""
        workflow = self.chosen[0].workflow
        leaves = (visit.stage for each in self.chosen for visit in each.item.leaves())
        paths = dict.fromkeys([way.step.stage for way in self.ways.values()] or leaves)
        return " and ".join(workflow.stages[path].title for path in paths)

    @property
    def way(self) -> Way | None:
        return self.ways.get(self.named)

    @property
    def wants_nothing(self) -> bool:
        """Whether nothing is to be chosen or typed before what would become of its items is looked at."""
        return self.named == STAY or (self.way is not None and self.way.asks_nothing)


def from_list(ask: Ask) -> list[Part]:
    """What was ticked on a list."""
    return _sorted(ask, list(_chosen(ask, ask.form.texts("items"))))


def _chosen(ask: Ask, marks: Iterable[str]) -> Iterator[Chosen]:
    """The items that were ticked, as far as they are in sight; each once."""
    for each in dict.fromkeys(marks):
        name, _, revision = each.partition(".")
        try:
            item = ask.item(name)
        except UnknownItem:
            continue
        yield Chosen(item, number_of(revision, -1), ask.world.workflow(item.definition))


def _sorted(ask: Ask, chosen: Sequence[Chosen]) -> list[Part]:
    """The items by the ways that this person could send them in one decision; last those that have none."""
    found: dict[tuple[str, ...], list[Chosen]] = {}
    for each in chosen:
        found.setdefault(_ways(ask, each), []).append(each)
    parts = []
    for number, ways in enumerate(sorted(found, key=lambda ways: not ways), 1):
        named = "" if len(ways) > 1 else next(iter(ways), STAY)
        shown = {name: _way(ask, str(number), name, found[ways]) for name in ways}
        parts.append(Part(str(number), found[ways], shown, named))
    return parts


def _ways(ask: Ask, each: Chosen) -> tuple[str, ...]:
    """The steps that this person could make with an item in one decision for many."""
    steps = (step for step in ask.engine.steps(each.item, ask.name) if not step.forbidden)
    return tuple(f"{each.workflow.name}:{s.path}" for s in steps if each.workflow.triggers()[s.path].bulk)


def _way(ask: Ask, number: str, name: str, items: Sequence[Chosen]) -> Way:
    """A way before anybody typed."""
    path = name.partition(":")[2]
    workflow, example = items[0].workflow, items[0].item
    step, part = workflow.triggers()[path], f"{number}.{path}."
    asked = filling.of_step(workflow, example, step, ask.filler)
    # What every item has already need not be given.
    lacking = [f for f in asked.needed if any(each.item.fields.get(f.name) in EMPTY for each in items)]
    offered = (f for f in asked.offered if f.name not in step.asks)  # what may stay empty is said of one item
    fieldset = Fieldset(tuple(lacking), (*(f for f in asked.needed if f not in lacking), *offered))
    return Way(name, step, workflow, part, fieldset, fields.empty(ask, Matter(workflow, example, part), fieldset, {}))


def sent(ask: Ask) -> list[Part]:
    """The parts as the form shows them, whatever became of their items since, with what was typed."""
    found = []
    numbers = dict.fromkeys(match[1] for name in ask.form.names() if (match := _ITEMS.fullmatch(name)))
    for number in numbers:
        items = list(_chosen(ask, ask.form.texts(f"{number}.items")))
        if not items:
            continue
        workflow = items[0].workflow
        known = {f"{workflow.name}:{path}" for path, step in workflow.triggers().items() if step.bulk}
        shown = [name for name in ask.form.texts(f"{number}.ways") if name in known]
        named = ask.form.text(f"{number}.trigger")
        ways = {name: _typed(ask, _way(ask, number, name, items), items[0], named) for name in shown}
        found.append(Part(number, [each for each in items if each.workflow.name == workflow.name], ways, named))
    return found


def _typed(ask: Ask, way: Way, example: Chosen, named: str) -> Way:
    """A way with what was typed for it; of one that was not chosen nothing is judged."""
    reason = ask.form.text(f"{way.part}reason")
    filled = fields.read(ask, Matter(way.workflow, example.item, way.part), way.fieldset, {}, {"Reason": reason})
    if way.name != named:
        unjudged = tuple(replace(each, error="") for each in filled.inputs)
        return replace(way, filled=replace(filled, inputs=unjudged, doubts=()), reason=reason)
    return replace(way, filled=filled, reason=reason, has_no_reason=way.step.needs_reason and not reason)


def doubts(ask: Ask, parts: Sequence[Part]) -> Filled:
    """What looks like a patient's data in any part: asked about once."""
    found = tuple(doubt for part in parts if part.way is not None for doubt in part.way.filled.doubts)
    return Filled(doubts=found, is_confirmed=bool(found) and ask.form.text(fields.CONFIRMED) == mark(found))


def carried(ask: Ask, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """What was chosen and typed, for the next screen; a file as its ticket."""
    if not ask.form.text("go"):  # from the list: there was nothing to choose or to type
        for part in parts:
            yield from ((f"{part.number}.items", each.mark) for each in part.chosen)
            yield from ((f"{part.number}.ways", name) for name in part.ways)
            yield f"{part.number}.trigger", part.named
    for name, text in ask.form.typed():
        if name == fields.CONFIRMED or (_OF_A_PART.match(name) and not name.endswith(".ticket")):
            yield name, text
    for way in (way for part in parts for way in part.ways.values()):
        for each in way.filled.inputs:
            yield from ((f"{each.name}.ticket", ticket) for ticket in each.tickets)
