"""What another due date for one item would come to, worked out before it is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qa_workflow.engine import Actor, Item, decide
from qa_workflow.engine.commands import ChangeDate, Tick
from qa_workflow.engine.events import Kind
from qa_workflow.engine.item import instant
from qa_workflow.engine.policy import CLOCK
from qa_workflow.service.house import House
from qa_workflow.service.items.letters import letters
from qa_workflow.service.telling.left import left_at
from qa_workflow.service.telling.titles import titles


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
    def is_doubtful(self) -> bool:
        """Whether it may be a slip of the pen, so that whoever gives it says once more that they mean it."""
        return self.is_past or self.not_worked is not None


def foreseen(house: House, item: Item, command: ChangeDate, actor: Actor) -> NewDate:
    """What would come of it; nothing is written.

    Raises:
        Refusal, UsageFault: it would not be done.
    """
    now = house.now()
    with house.looking() as (look, world):
        setting, workflow = world.setting(look), world.workflow(item.definition)
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
