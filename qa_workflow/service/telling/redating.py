"""What a day that somebody sets as a due date would come to, worked out before it is written, and asked back where odd.

It may be given with authority, or be the value of a field that a stage is due on, of the item itself or of a sub-item
that is opened by it: what is set by a rule is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from qa_workflow.calendar import Anchor, AnchorKind, long_date
from qa_workflow.calendar.words import listed
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Stage
from qa_workflow.engine import Actor, Decision, Item, Setting, decide
from qa_workflow.engine.commands import ChangeDate, Command, Tick
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import instant
from qa_workflow.engine.policy import CLOCK
from qa_workflow.service.house import House, Work
from qa_workflow.service.items.changing import Doubt
from qa_workflow.service.items.letters import letters
from qa_workflow.service.items.opening import unborn
from qa_workflow.service.items.to_open import to_open, typed_with
from qa_workflow.service.refusals import require_meant
from qa_workflow.service.telling.left import left_at
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.world import World

FAR = 10
"""Years: 2072 for 2027 is further off."""


@dataclass(frozen=True, slots=True)
class NewDate:
    """A due date that an item would have at a stage: `on`, which is another day than was `given` where the rule rolls.

    `left` is in the days that the step's own rule counts in; `not_worked` says why the given day is none on which work
    is done, `is_far` that hardly anybody means it. `told` are the people who hear of it at once because it is past,
    `does` what time then does by itself. `sub_item`: the workflow of a sub-item that is to be opened, whose date it is.
    """

    stage: str
    stage_title: str
    before: date | None
    given: date
    on: date
    left: str
    not_worked: str | None
    is_past: bool
    is_far: bool
    told: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    sub_item: str | None = None

    @property
    def place(self) -> str:
        """The stage, of a sub-item with its workflow."""
        return self.stage if self.sub_item is None else f"{self.sub_item}/{self.stage}"

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why it may be a slip of the pen, so that whoever gives it says once more that they mean it."""
        return (
            *([f"{long_date(self.on)} has passed: it becomes overdue at once"] if self.is_past else ()),
            *([f"{long_date(self.on)} is more than {FAR} years from now"] if self.is_far else ()),
            *([f"{long_date(self.given)} is not a working day ({self.not_worked})"] if self.not_worked else ()),
        )

    @property
    def follows(self) -> tuple[str, ...]:
        """What else would come of it, in sentences."""
        now = f"; it is due on {long_date(self.before)} now" if self.before else ""
        return (
            f"{self.stage_title} would be due on {long_date(self.on)}: {self.left}{now}",
            *([f"Told at once: {', '.join(self.told)}"] if self.told else ()),
            *([f"It would at once go on by itself to {', then '.join(self.does)}"] if self.does else ()),
        )


@dataclass(frozen=True, slots=True)
class NewDates:
    """The due dates that one thing done would give by hand: none, one, or one at each branch."""

    dates: tuple[NewDate, ...]

    @property
    def mark(self) -> str:
        """What says that they were looked at: these dates, at these stages, and no others."""
        return ", ".join(f"{each.place} {each.given}" for each in self.dates)

    @property
    def day(self) -> str:
        """The day in words; the days, where they differ."""
        return listed(list(dict.fromkeys(long_date(each.given) for each in self.dates)))

    @property
    def doubts(self) -> tuple[str, ...]:
        """As of each."""
        return tuple(dict.fromkeys(doubt for each in self.dates for doubt in each.doubts))

    @property
    def follows(self) -> tuple[str, ...]:
        """As of each."""
        return tuple(dict.fromkeys(said for each in self.dates for said in each.follows))


def unless_sure(command: Command | None, sure: str | bool | None) -> Doubt:
    """For `change` and `open_one`: refuses a due date that is past, or no working day, unless it is said to be meant.

    Raises:
        DoubtfulDate: when it is called.
    """

    def doubt(work: Work, item: Item, decision: Decision) -> None:
        if sure is not True:
            require_meant(
                NewDates((*_own(work, item, decision, command), *_of_sub_items(work, decision, command))), sure
            )

    return doubt


def foreseen(house: House, item: Item, command: ChangeDate, actor: Actor) -> NewDates:
    """What would come of it; nothing is written.

    Raises:
        Refusal, UsageFault: it would not be done.
    """
    with house.looking() as (look, world):
        workflow, setting, now = world.workflow(item.definition), world.setting(look), house.now()
        decision = decide(workflow, item, command, actor=actor, now=now, setting=setting)
        given = dict(_redated(decision, command))
        return NewDates(tuple(_new_dates(world, setting, item, decision, given, now=now)))


def _own(work: Work, item: Item, decision: Decision, command: Command | None) -> Iterator[NewDate]:
    """The dates of the item itself."""
    if isinstance(command, ChangeDate):
        given = dict(_redated(decision, command))
    else:
        workflow = work.workflow(decision.item)
        given = dict(_filled(workflow, item, decision.item, typed_with(decision.item, command)))
    yield from _new_dates(work.world, work.setting, item, decision, given, now=work.now)


def _of_sub_items(work: Work, decision: Decision, command: Command | None) -> Iterator[NewDate]:
    """The dates of what it has opened: on the pages of those nobody is there who could be asked."""
    for each in to_open(work, decision, command):
        child = each.decision.item
        given = dict(_filled(work.workflow(child), unborn(child), child, each.typed))
        for found in _new_dates(work.world, work.setting, unborn(child), each.decision, given, now=work.now):
            title = f"{work.workflow(child).title} (sub-item to be opened), {found.stage_title}"
            yield replace(found, stage_title=title, sub_item=child.workflow)


def _new_dates(
    world: World, setting: Setting, item: Item, decision: Decision, given: Mapping[str, date], *, now: datetime
) -> Iterator[NewDate]:
    if not given:
        return
    workflow, after = world.workflow(decision.item.definition), decision.item
    ticked = decide(workflow, after, Tick(), actor=CLOCK, now=now, setting=setting)
    heard = dict.fromkeys(letter.recipient for letter in letters(ticked, workflow, world.staff(world.day(now))))
    reached = (workflow.stages.get(event.target or "") for event in ticked.events)
    told = tuple(titles(world.governance, [name for name in heard if name]))
    does = tuple(stage.title for stage in reached if stage is not None)
    for path, day in given.items():
        stage, was, visit = workflow.stages[path], item.at_stage(path), after.at_stage(path)
        assert visit is not None
        assert visit.due is not None
        before = date.fromisoformat(was.due.on) if was is not None and was.due is not None else None
        on, left = date.fromisoformat(visit.due.on), left_at(world.governance, workflow, after, visit, now)
        not_worked = setting.calendar(workflow, stage.due.calendar if stage.due else None).why_not(day)
        is_past, is_far = instant(visit.due.at) < now, on.year - now.year > FAR
        yield NewDate(path, stage.title, before, day, on, left, not_worked, is_past, is_far, told, does)


def _redated(decision: Decision, command: ChangeDate) -> Iterator[tuple[str, date]]:
    """The stages that are given another due date with authority, each with the day."""
    changed = (event.source for event in decision.events if event.kind is Kind.DATE_CHANGED)
    yield from ((stage, command.on) for stage in changed if stage is not None)


def _filled(workflow: Workflow, item: Item, after: Item, typed: frozenset[str]) -> Iterator[tuple[str, date]]:
    """The stages whose due date somebody sets by typing into a field, each with the day."""
    for visit in after.visits:
        name = _field(workflow.stages[visit.stage])
        if name is None or name not in typed or visit.due is None or visit.due.fixed:
            continue
        value = after.fields.get(name)
        if value and value != item.fields.get(name):
            yield visit.stage, date.fromisoformat(value)


def _field(stage: Stage) -> str | None:
    """The field whose value is the day on which a stage is due; None of one that is due by any other rule."""
    rule = stage.due.rule if stage.due is not None else None
    return rule.name if isinstance(rule, Anchor) and rule.kind is AnchorKind.FIELD else None
