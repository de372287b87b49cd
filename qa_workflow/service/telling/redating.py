"""What another due date for one item would come to, worked out before it is given, and asked back where it is odd.

Pages, command line, API and the Python interface ask this before they change a date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from qa_workflow.calendar import long_date
from qa_workflow.engine import Actor, Item, Setting, decide
from qa_workflow.engine.commands import ChangeDate, Tick
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import instant
from qa_workflow.engine.policy import CLOCK
from qa_workflow.errors import Refusal
from qa_workflow.service.house import House
from qa_workflow.service.items.letters import letters
from qa_workflow.service.telling.left import left_at
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class NewDate:
    """A due date that an item would have.

    `left` is in the days that the step's own rule counts in; `not_worked` says why the day is none on which work is
    done. `told` are the people who hear of it at once because it is past, `does` what time then does by itself.
    """

    stage: str
    stage_title: str
    before: date | None
    on: date
    left: str
    not_worked: str | None
    is_past: bool
    told: tuple[str, ...] = ()
    does: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What says that it was looked at: this date, at this stage, and no other."""
        return f"{self.stage} {self.on}"

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why it may be a slip of the pen, so that whoever gives it says once more that they mean it."""
        day = long_date(self.on)
        return (
            *([f"{day} has passed: it becomes overdue at once"] if self.is_past else ()),
            *([f"{day} is not a working day ({self.not_worked})"] if self.not_worked is not None else ()),
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


class DoubtfulDate(Refusal):
    """The new due date is past, or no working day, and nobody has said that it is meant."""

    code = "doubtful_date"

    def __init__(self, coming: NewDate) -> None:
        self.coming = coming
        super().__init__(
            f"{'; '.join(coming.doubts)}. Nothing was changed; give another date, or, where this one is meant, say so "
            f"by sending it again with sure {coming.mark!r}. {'. '.join(coming.follows)}"
        )


def require_meant(coming: NewDate, sure: str | None) -> None:
    """Refuse a date that may be a slip of the pen, unless its `mark` says that it is meant; raises `DoubtfulDate`."""
    if coming.doubts and sure != coming.mark:
        raise DoubtfulDate(coming)


def foreseen(house: House, item: Item, command: ChangeDate, actor: Actor) -> NewDate:
    """What would come of it; nothing is written.

    Raises:
        Refusal, UsageFault: it would not be done.
    """
    with house.looking() as (look, world):
        return foreseen_in(world, world.setting(look), item, command, actor=actor, now=house.now())


def foreseen_in(
    world: World, setting: Setting, item: Item, command: ChangeDate, *, actor: Actor, now: datetime
) -> NewDate:
    """As `foreseen`, within a look or a change that is under way."""
    workflow = world.workflow(item.definition)
    changed = decide(workflow, item, command, actor=actor, now=now, setting=setting)
    (stage,) = {event.source for event in changed.events if event.kind is Kind.DATE_CHANGED}
    assert stage is not None
    before, after = (each.at_stage(stage) for each in (item, changed.item))
    assert before is not None
    assert after is not None
    assert after.due is not None
    ticked = decide(workflow, changed.item, Tick(), actor=CLOCK, now=now, setting=setting)
    heard = dict.fromkeys(letter.recipient for letter in letters(ticked, workflow, world.staff(world.day(now))))
    reached = [event.target for event in ticked.events if event.target in workflow.stages]
    return NewDate(
        stage,
        workflow.stages[stage].title,
        date.fromisoformat(before.due.on) if before.due else None,
        command.on,
        left_at(world.governance, workflow, changed.item, after, now),
        setting.calendar(workflow).why_not(command.on),
        instant(after.due.at) < now,
        tuple(titles(world.governance, [name for name in heard if name])),
        tuple(workflow.stages[path].title for path in reached if path),
    )
