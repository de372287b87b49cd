"""One item in full, for one person: where it is, what they may do, what is missing, who else could, what happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import JOINED
from qa_workflow.engine import NOTHING, Actor, Event, Item, Sight, Step, available
from qa_workflow.engine.available import is_barred
from qa_workflow.engine.item import HELD, OPEN, Visit, stamp
from qa_workflow.engine.past import given_by
from qa_workflow.engine.policy import capacity, right
from qa_workflow.engine.values import EMPTY
from qa_workflow.service.house import House
from qa_workflow.service.items import stuck
from qa_workflow.service.items.filling import Filler, unsettled
from qa_workflow.service.lists.against import against
from qa_workflow.service.lists.lines import Line, Liner
from qa_workflow.service.lists.published import publicity
from qa_workflow.service.ports.boards import Stuck as Undone
from qa_workflow.service.ports.lists import Listed
from qa_workflow.service.ports.store import Reader
from qa_workflow.service.refusals import NotYours
from qa_workflow.service.telling import views
from qa_workflow.service.telling.coming_back import Returned, came_back, returned
from qa_workflow.service.telling.dates import dated
from qa_workflow.service.telling.disclosing import hidden_words, withheld_words
from qa_workflow.service.telling.history import EventTold, Teller
from qa_workflow.service.telling.left import left
from qa_workflow.service.telling.meetings import meetings_ahead
from qa_workflow.service.telling.naming import HOUSE, Naming, Value
from qa_workflow.service.telling.obstacles import in_words, unfilled
from qa_workflow.service.telling.titles import acting, titles
from qa_workflow.service.telling.words import day_words
from qa_workflow.service.world import World

MOST_EVENTS = 100
"""Of a longer history only the latest are told, unless all are asked for."""
MOST_SUB_ITEMS = 50
"""Of very many sub-items the open ones are told first."""
WHOSE = "this is for: "
"""Said of a step to whom it does not belong; where it stands beside those to whom it does, it says nothing."""


@dataclass(frozen=True, slots=True)
class StepTold:
    """A step for this person: whether it is theirs, what the form will ask for, and what else stands in the way."""

    trigger: str
    title: str
    to: tuple[str, ...]
    by: tuple[str, ...]
    asks: tuple[str, ...]
    missing: tuple[str, ...]
    why_not: tuple[str, ...]
    """Why this person may not; `told` is the part of it that does not just say whose step it is."""
    told: tuple[str, ...] = ()
    is_timed: bool = False
    """Whether the clock alone makes it, and does not as things stand."""

    @property
    def is_mine(self) -> bool:
        """Whether the person may; what is missing is another matter."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class StageTold:
    """A stage that is open: with whom, since when, and what it waits for."""

    path: str
    title: str
    about: str
    holders: tuple[str, ...]
    since: str
    due_on: str | None
    waits_for: int = 0
    may_claim: bool = False
    may_release: bool = False


@dataclass(frozen=True, slots=True)
class Stuck:
    """A stage that could not go on by itself, why, and the field that has to be filled.

    `is_joined`: it has all branches or sub-items that it waited for; else it is time that could not move it.
    """

    title: str
    why: str
    field: str | None
    is_theirs: bool
    """Whether the form for filling in fields asks this person for it."""
    is_joined: bool


@dataclass(frozen=True, slots=True)
class Story:
    """An item as one person sees it at one instant."""

    item: Item
    workflow: Workflow
    line: Line
    stages: tuple[StageTold, ...]
    meetings: tuple[str, ...]
    """The meetings to come before which it is, in words."""
    steps: tuple[StepTold, ...]
    dates: tuple[views.Explanation, ...]
    fields: tuple[Value, ...]
    history: tuple[EventTold, ...]
    untold: int
    """How many earlier events were left out."""
    parent: Line | None
    sub_items: tuple[Line, ...]
    returned: Returned | None
    stuck: tuple[Stuck, ...]
    undone: tuple[Undone, ...]
    """What it asked of other items and was not done; to colleagues, who can do something about it."""
    withheld: tuple[str, ...]
    """What is not shown to this person, in sentences: what it is called, and from when on it is."""
    public: str
    """Whether everybody may read of it, and from when on, as a sentence; nothing where that will not be."""
    hidden: Mapping[str, str]
    """Fields that this person sees and the subject's own people do not, each with when they will."""
    may: frozenset[str]
    """Rights over this item beyond its steps, by the names of the governance file; and `fill`, `resume`, `add`."""

    @property
    def mine(self) -> list[StepTold]:
        """What this person may do; what something stands against comes last."""
        return sorted((step for step in self.steps if step.is_mine), key=lambda step: bool(step.missing))

    @property
    def others(self) -> list[StepTold]:
        """What only somebody else may do; a step of the clock only where it is to come."""
        return [step for step in self.steps if not step.is_mine and not step.is_timed]

    @property
    def comments(self) -> list[EventTold]:
        """What people said, the latest last."""
        return [told for told in reversed(self.history) if told.is_comment]

    @property
    def here(self) -> tuple[str, ...]:
        """The paths of the stages at which the item is, for the picture."""
        return tuple(visit.stage for visit in self.item.visits)


def story(house: House, actor: Actor, sight: Sight, reference: str, now: datetime, *, whole: bool = False) -> Story:
    """Everything about an item in sight; raises `UnknownItem`, the same for a foreign one and for none."""
    with house.looking() as (look, world):
        found = look.item(reference, sight)
        item = found.item
        workflow = world.workflow(item.definition)
        events = look.events(item.id, sight)
        naming, liner = Naming(world, workflow), Liner(world, actor, now)
        parent, children = _around(look, item, sight)
        teller = Teller(world, workflow, parent.item.reference if parent else "")
        untold = 0 if whole else max(len(events) - MOST_EVENTS, 0)
        last_untold = events[untold - 1].seq if untold else 0
        steps = available(workflow, item, now=now, setting=world.setting(look), actor=actor)
        fills = {field.name for field in unsettled(workflow, item, Filler(actor, world.governance)).fields}
        return Story(
            item=item,
            workflow=workflow,
            line=liner.line(Listed(found.row, item, parent.item.reference if parent else None)),
            stages=tuple(_stage(world, item, visit, actor, steps) for visit in item.leaves()),
            meetings=tuple(meetings_ahead(world, workflow, item, now)) if item.status == OPEN else (),
            steps=tuple(_step(world, workflow, item, step, actor) for step in steps),
            dates=tuple(
                dated(naming, workflow, date, events, partial(_opener, look, world, item), now=stamp(now))
                for date in views.explain_in(world, item, events, now)
            ),
            fields=tuple(naming.values({n: item.fields[n] for n in workflow.fields if _is_filled(item, n)})),
            history=tuple(reversed(list(teller.history(events, after=last_untold)))),
            untold=untold,
            parent=liner.line(parent) if parent else None,
            sub_items=tuple(liner.line(child) for child in children),
            returned=returned_in(world, workflow, item, events),
            stuck=tuple(_stuck(workflow, item, events, fills)),
            undone=tuple(look.boards.undone(found.row)) if sight.everything or item.workflow in sight.workflows else (),
            public=publicity(world, world.setting(look), item, now),
            withheld=tuple(withheld_words(workflow, item.withheld)),
            hidden={} if item.withheld else {name: hidden_words(world, item, name) for name in item.undisclosed},
            may=frozenset(_may(world, workflow, item, actor, fills)),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item is, for a form about it: stage, due date, how far off that is, documents, who sent it back."""

    at: str
    left: str
    is_overdue: bool
    documents: tuple[Value, ...]
    returned: Returned | None


def stands(house: House, sight: Sight, item: Item, now: datetime) -> Standing:
    """What whoever fills in a form about an item has to know of it."""
    with house.looking() as (look, world):
        workflow = world.workflow(item.definition)
        naming, due = Naming(world, workflow), item.due()
        filled = naming.values({name: item.fields[name] for name in workflow.fields if _is_filled(item, name)})
        came = came_back(workflow, item)
        stages = ", ".join(workflow.stages[visit.stage].title for visit in item.leaves())
        return Standing(
            f"At {stages}, due {day_words(due.on)}" if due else f"At {stages}" if item.hold else "",
            left(world.governance, workflow, item, now),
            item.is_overdue(now),
            tuple(value for value in filled if value.documents),
            returned_in(world, workflow, item, look.events(item.id, sight)) if came and sight.sees(item) else None,
        )


def filled_before(house: House, actor: Actor, sight: Sight, item: Item) -> dict[str, str]:
    """By field, who filled in what stands there, and when; not of what this person did themselves."""
    with house.looking() as (look, world):
        teller = Teller(world, world.workflow(item.definition))
        given = given_by(look.events(item.id, sight)) if sight.sees(item) else {}
        return {name: teller.filled(event) for name, event in given.items() if event.actor != actor.name}


def returned_in(world: World, workflow: Workflow, item: Item, events: Sequence[Event]) -> Returned | None:
    """Who sent an item back to where it is, and why; None where nobody did."""
    visit = came_back(workflow, item)
    return returned(visit, events, world.governance.calendar.zone) if visit else None


def meanwhile(house: House, sight: Sight, reference: str, seen: int) -> tuple[Item, list[EventTold]]:
    """What happened to an item since a revision, the earliest first."""
    with house.looking() as (look, world):
        item = look.item(reference, sight).item
        if item.revision <= seen:
            return item, []
        teller = Teller.of(look, world, item, sight)
        return item, list(teller.history(look.events(item.id, sight), after=seen))


def meant(house: House, sight: Sight, item: Item, number: int) -> int:
    """The number of an event in the item's own history, by that under which it is told to somebody."""
    with house.looking() as (look, _):
        events = look.events(item.id, sight)
        return events[number - 1].seq if 0 < number <= len(events) else max(number, item.revision + 1)


def must_be_right(world: World, item: Item, actor: Actor, name: str, what: str) -> bool:
    """Whether what a right allows fits the item as it is; raises `NotYours` where this person has not that right."""
    workflow = world.workflow(item.definition)
    who = right("hold" if name == "resume" else name, workflow, world.governance)
    if capacity(who, actor, item, world.governance) is None:
        raise NotYours(what, actor.name, who.roles)
    fills = {field.name for field in unsettled(workflow, item, Filler(actor, world.governance)).fields}
    return name in _may(world, workflow, item, actor, fills)


def _opener(look: Reader, world: World, item: Item) -> str:
    """Who made the step by which the item above had this one opened; nothing where the clock did."""
    if item.parent is None:
        return ""
    above = look.item(item.parent[0]).item
    event = next((e for e in look.events(above.id, NOTHING) if e.at == item.opened_at and e.actor not in HOUSE), None)
    return Naming(world, world.workflow(above.definition)).who(event) if event else ""


def _around(look: Reader, item: Item, sight: Sight) -> tuple[Listed | None, list[Listed]]:
    """Whose sub-item an item is, and its own sub-items, as far as they are in sight."""
    rows = look.lists.sub_items(item.id, MOST_SUB_ITEMS)
    children = [c for c in look.lists.lines(rows, sight) if sight.sees(c.item)]
    if item.parent is None:
        return None, children
    above = look.item(item.parent[0])
    return (Listed(above.row, sight.shown(above.item)) if sight.sees(above.item) else None), children


def _is_filled(item: Item, name: str) -> bool:
    return item.fields.get(name) not in EMPTY


def _stage(world: World, item: Item, visit: Visit, actor: Actor, steps: Sequence[Step]) -> StageTold:
    workflow = world.workflow(item.definition)
    stage = workflow.stages[visit.stage]
    is_owner = capacity(stage.owner, actor, item, world.governance) is not None
    names = (visit.holder,) if visit.holder else views.owner_names(workflow, item, visit)
    is_open = item.status == OPEN and stage.end is None
    return StageTold(
        path=visit.stage,
        title=stage.title,
        about=stage.about,
        holders=tuple(titles(world.governance, names)),
        since=views.iso(visit.at, world.governance.calendar.zone),
        due_on=visit.due_on,
        waits_for=max(visit.expected - len(visit.children), 0),
        may_claim=is_open and is_owner and visit.holder is None and not is_barred(steps, visit.stage),
        may_release=is_open and visit.holder is not None and visit.holder in {p.name for p in actor.persons()},
    )


def _stuck(workflow: Workflow, item: Item, events: Sequence[Event], fills: Set[str]) -> Iterator[Stuck]:
    for number, timer in sorted(stuck.waiting(item)):
        visit = item.visit(number)
        if visit is not None:
            why, field = unfilled(workflow, stuck.why(events, visit.stage, timer))
            yield Stuck(workflow.stages[visit.stage].title, why, field, field in fills, timer == JOINED)


def _step(world: World, workflow: Workflow, item: Item, step: Step, actor: Actor) -> StepTold:
    empty = (name for name in step.needs if name not in item.withheld and not _is_filled(item, name))
    labels = [workflow.fields[name].label for name in empty]
    told = [o for o in step.forbidden if o.code != "clock" and WHOSE not in o.text]
    return StepTold(
        trigger=step.path,
        title=step.title,
        to=tuple(workflow.stages[path].title for path in step.to if path in workflow.stages),
        by=tuple(acting(world.governance, workflow, step.by)),
        asks=(*labels, *(["a reason"] if step.needs_reason else [])),
        missing=tuple(
            in_words(world.governance, workflow, o, actor.name)
            for o in against(workflow.triggers()[step.path], step.missing)
        ),
        why_not=tuple(in_words(world.governance, workflow, o, actor.name) for o in step.forbidden),
        told=tuple(in_words(world.governance, workflow, o, actor.name) for o in told),
        is_timed=any(o.code == "clock" for o in step.forbidden) and any(o.code == "guard" for o in step.missing),
    )


def _may(world: World, workflow: Workflow, item: Item, actor: Actor, fills: Set[str]) -> Iterator[str]:
    governance = world.governance

    def has(name: str) -> bool:
        return capacity(right(name, workflow, governance), actor, item, governance) is not None

    stages = [workflow.stages[visit.stage] for visit in item.visits]
    wanted: dict[str, Any] = {
        "hold": item.status == OPEN,
        "assign": item.status == OPEN,
        "change_date": item.status == OPEN,
        "cancel": not item.is_over,
        "correct": True,  # also of what is over: a correction is how it is opened again
    }
    yield from (name for name, fits in wanted.items() if fits and has(name))
    if item.status == HELD and has("hold"):
        yield "resume"
    if item.status != OPEN:
        return
    is_asked = has("record") or any(capacity(stage.owner, actor, item, governance) for stage in stages)
    if is_asked and fills:
        yield "fill"
    growing = (stage.sub_items.more for stage in stages if stage.sub_items is not None and stage.sub_items.more)
    if any(capacity(more, actor, item, governance) for more in growing):
        yield "add"
