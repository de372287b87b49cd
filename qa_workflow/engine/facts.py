"""What a guard may know: the item's fields and history, the day, and who acts. A file reaches nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from qa_workflow.calendar import Calendar, Period, local_date
from qa_workflow.definition.model import Workflow
from qa_workflow.engine.dates import Dates
from qa_workflow.engine.item import Item
from qa_workflow.engine.policy import Actor
from qa_workflow.engine.setting import Setting


class Facts(Struct, frozen=True, gc=False):
    """One frozen look at an item, as `GuardSetting` wants it. Most guards ask little; the rest is not worked out."""

    workflow: Workflow
    item: Item
    fields: Mapping[str, Any]
    now: datetime
    actor: Actor
    setting: Setting

    @property
    def calendar(self) -> Calendar:
        return self.setting.calendar(self.workflow)

    @property
    def today(self) -> date:
        return local_date(self.now, self.calendar.zone)

    @property
    def actor_roles(self) -> Sequence[str]:
        return [role for person in self.actor.persons() for role in person.roles]

    @property
    def subject(self) -> str | None:
        return self.item.subject

    @property
    def subject_kind(self) -> str | None:
        subject = self.setting.governance.organisations.get(self.item.subject or "")
        return subject.kind if subject else None

    @property
    def period(self) -> Period | None:
        """The period that the item is about."""
        return Dates(self.workflow, self.item, self.setting, self.now).period()

    @property
    def slips(self) -> int:
        """How often the item has become overdue."""
        return self.item.slips

    @property
    def period_start(self) -> date | None:
        period = self.period
        return period.start if period else None

    @property
    def period_end(self) -> date | None:
        period = self.period
        return period.end if period else None

    def times(self, trigger_path: str) -> int:
        """How often a transition was made in the item's life."""
        done = self.item.did.get(trigger_path)
        return done.times if done else 0

    def visits(self, stage: str) -> int:
        """How often a stage was entered."""
        return self.item.visited.get(stage, 0)

    def is_open(self, stage: str) -> bool:
        """Whether the stage, or a stage below it, is open."""
        return any(v.stage == stage or v.stage.startswith(f"{stage}.") for v in self.item.visits)

    def last_trigger(self, stage: str) -> str | None:
        """The transition last made out of a stage, or out of a stage of that branch; `lapse` if time moved it."""
        made = [path for path in self.item.did if path.startswith(f"{stage}.")]
        return made[-1].rpartition(".")[2] if made else None

    def sub_items(self, stage: str) -> Sequence[str]:
        """Outcomes of the sub-items of a stage's last visit that have ended."""
        visit = self.item.at_stage(stage)
        ended = visit.children if visit else self.item.gathered.get(stage, ())
        return [outcome for _, outcome in ended]

    def still_open(self, stage: str) -> int:
        """How many sub-items of a stage have not ended; once it was left, only those that it keeps count."""
        here = self.item.at_stage(stage)
        counted = [v for v in (here, *self.item.kept) if v is not None and v.stage == stage]
        return sum(v.expected - len(v.children) for v in counted)
