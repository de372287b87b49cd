"""One line of a list as people read it: what, with whom, how long is left in the days of its own rule, what next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from qa_workflow.calendar import local_date
from qa_workflow.definition import Workflow
from qa_workflow.definition.model import JOINED, Transition
from qa_workflow.engine import Actor, Item
from qa_workflow.engine.item import OPEN, Visit, instant
from qa_workflow.engine.obstacles import what
from qa_workflow.engine.policy import capacity, has_role, holds, is_excluded
from qa_workflow.engine.setting import Setting
from qa_workflow.engine.turn import Turn
from qa_workflow.service.items.gist import gist
from qa_workflow.service.lists.against import against
from qa_workflow.service.ports.lists import Listed
from qa_workflow.service.telling import views
from qa_workflow.service.telling.coming_back import Returned
from qa_workflow.service.telling.coming_in import CameIn, came_in, lately
from qa_workflow.service.telling.left import left
from qa_workflow.service.telling.meetings import meets_on
from qa_workflow.service.world import World


@dataclass(frozen=True, slots=True)
class Next:
    """A step, by its path, that a person may make; whether the item is ready for it, its page says."""

    trigger: str
    title: str
    is_stopped: bool = False
    """Whether something stands against it that its own form cannot mend: a condition, a time, how often it was done.

    Told if asked for.
    """

    @property
    def name(self) -> str:
        """The last word of its path."""
        return self.trigger.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Line:
    """One item in a list. `left` says in words how far off its date is; `covered` is for whom one stands in.

    `stages` are the titles of those at `paths`; `holders` are names of roles and people, `parent` is the item whose
    sub-item this one is.
    """

    id: str
    reference: str
    revision: int
    workflow: str
    title: str
    subject: str | None
    subject_title: str | None
    period: str | None
    paths: tuple[str, ...]
    stages: tuple[str, ...]
    holders: tuple[str, ...]
    status: str
    left: str
    is_overdue: bool
    due_on: date | None = None
    first_on: date | None = None
    ended_on: date | None = None
    outcome: str | None = None
    covered: str | None = None
    parent: str | None = None
    is_awaited: bool = False
    """Whether the item whose sub-item it is waits for its end."""
    waits_for: int = 0
    """How many of its sub-items are still awaited."""
    steps: tuple[Next, ...] = ()
    kept: tuple[str, ...] = ()
    """Titles of steps that would be this person's, were they not kept for somebody else (four eyes)."""
    returned: Returned | None = None
    """That somebody sent it back to where it is, where what waits for a person is listed."""
    is_decided_by_them: bool = False
    """Whether it waits for the meeting of a body of which this person has the chair."""
    came_in: CameIn | None = None
    """That it is new where it is, where what waits for a person is listed."""
    meets_on: date | None = None
    """When the body before which it is meets next."""
    gist: str = ""
    """What it is about in somebody's own words, see `items.gist`."""

    @property
    def is_left_to_others(self) -> bool:
        """Whether all that this person's role may do about it is kept for somebody else."""
        return bool(self.kept) and not self.steps

    @property
    def about(self) -> str:
        """Its organisation and period, as far as it has them."""
        return ", ".join(filter(None, (self.subject_title, self.period)))

    @property
    def stage(self) -> str | list[str]:
        """Where it is, as an item's JSON has it."""
        return views.where(self.paths)

    @property
    def stage_words(self) -> str:
        """Where it is: the titles of its stages; of what is over without one, how it ended."""
        return ", ".join(self.stages) or self.outcome or ""


class Liner:
    """Makes lines for one person, at one instant."""

    def __init__(self, world: World, actor: Actor, now: datetime, setting: Setting | None = None) -> None:
        """`setting`: to tell of the steps of each line also which of them something stands against."""
        self._setting = setting
        self._world, self._actor, self._now = world, actor, now
        self._zone = world.governance.calendar.zone
        self._today = local_date(now, self._zone)
        self._lately = lately(world.governance.calendar, self._today)

    def line(self, listed: Listed, *, steps: bool = False, returned: Returned | None = None) -> Line:
        """One line; `steps`: with what this person may do next."""
        item = listed.item
        workflow = self._world.workflow(item.definition)
        due, paths = item.due(), tuple(visit.stage for visit in item.leaves())
        holders = tuple(views.holders(workflow, item)) if not item.is_over else ()
        is_overdue = item.is_overdue(self._now)
        is_asked = steps and item.status == OPEN
        return Line(
            id=item.id,
            reference=item.reference,
            revision=item.revision,
            workflow=item.workflow,
            title=workflow.title,
            subject=item.subject,
            subject_title=views.subject_title(self._world, item),
            period=item.period,
            paths=paths,
            stages=tuple(workflow.stages[path].title for path in paths),
            holders=holders,
            status=item.status,
            left=left(self._world.governance, workflow, item, self._now),
            is_overdue=is_overdue,
            due_on=date.fromisoformat(due.on) if due else None,
            first_on=date.fromisoformat(due.first_on) if due else None,
            ended_on=local_date(instant(item.ended_at), self._zone) if item.ended_at else None,
            outcome=item.outcome,
            covered=self._covered(holders, item),
            parent=listed.parent,
            is_awaited=item.parent is not None and item.parent[1] != 0 and not item.is_over,
            waits_for=sum(max(visit.expected - len(visit.children), 0) for visit in item.visits),
            steps=tuple(sorted(self._steps(workflow, item), key=_is_stopped)) if is_asked else (),
            kept=tuple(self._kept(workflow, item)) if is_asked else (),
            returned=returned,
            is_decided_by_them=is_asked and any(self._chairs(workflow, item, visit) for visit in item.visits),
            came_in=came_in(item, self._lately, self._actor.name, self._zone) if is_asked else None,
            meets_on=meets_on(self._world, workflow, item, self._now) if is_asked else None,
            gist=gist(workflow, item),
        )

    def _chairs(self, workflow: Workflow, item: Item, visit: Visit) -> bool:
        meeting = workflow.stages[visit.stage].meeting
        body = self._world.body(meeting, item.subject, self._today) if meeting else None
        return body is not None and any(body.chair in (person.name, *person.roles) for person in self._actor.persons())

    def _covered(self, holders: Iterable[str], item: Item) -> str | None:
        """For whom this person would act; None where the item is their own, or nobody's of theirs."""
        names = tuple(holders)
        for person in self._actor.persons():
            if person.name in names or has_role(names, person, item, self._world.governance):
                return None if person is self._actor else person.name
        return None

    def _steps(self, workflow: Workflow, item: Item) -> Iterable[Next]:
        for visit in item.visits:
            for transition in workflow.stages[visit.stage].transitions.values():
                if self._may(transition, visit, item, workflow):
                    yield Next(transition.path, transition.title, self._stops(transition, visit, item, workflow))

    def _stops(self, transition: Transition, visit: Visit, item: Item, workflow: Workflow) -> bool:
        bounds = (transition.not_before, transition.not_after, transition.at_most, transition.only_while or None)
        if self._setting is None or (transition.when is None and not any(bounds)):
            return False
        turn = Turn(workflow, item, self._actor, self._now, self._setting)
        return bool(against(transition, what(turn, visit, transition, {}, None)))

    def _kept(self, workflow: Workflow, item: Item) -> Iterable[str]:
        for visit in item.visits:
            for transition in workflow.stages[visit.stage].transitions.values():
                if (
                    is_excluded(transition.not_by, self._actor, item, self._world.governance)
                    and capacity(transition.by, self._actor, item, self._world.governance) is not None
                ):
                    yield transition.title

    def _may(self, transition: Transition, visit: Visit, item: Item, workflow: Workflow) -> bool:
        if transition.trigger == JOINED or not transition.by:
            return False
        governance, stage = self._world.governance, workflow.stages[visit.stage]
        if capacity(transition.by, self._actor, item, governance) is None:
            return False
        if is_excluded(transition.not_by, self._actor, item, governance):
            return False
        return transition.by != stage.owner or transition.votes > 1 or holds(visit, self._actor)


def _is_stopped(step: Next) -> bool:
    return step.is_stopped
