"""One stage as a frozen value: who owns it, when it is due, what leads out of it, and what is part of it."""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.effects import build_effects
from qa_workflow.definition.build.outline import RESERVED_STAGES, Outline, Sketch
from qa_workflow.definition.build.steps import StepBuilder
from qa_workflow.definition.build.targets import Targets
from qa_workflow.definition.build.times import Times
from qa_workflow.definition.model import (
    DONE,
    BodyRef,
    Branch,
    Collects,
    Join,
    JoinKind,
    Lapse,
    Late,
    Parallel,
    Reminder,
    Rest,
    Rung,
    Stage,
    SubItems,
    Who,
)
from qa_workflow.definition.names import title_of
from qa_workflow.definition.shape.workflow import (
    CollectsShape,
    LapseShape,
    ParallelShape,
    ReminderShape,
    RungShape,
    StageShape,
    SubItemsShape,
)
from qa_workflow.definition.text.source import Path


class StageBuilder:
    """Builds stages one by one against the names of the whole file."""

    def __init__(self, desk: Desk, times: Times, found: Outline, has_subject: bool) -> None:
        self.desk = desk
        self.times = times
        self.found = found
        self.has_subject = has_subject
        self.steps = StepBuilder(desk, times, found)

    def stage(self, sketch: Sketch) -> Stage:
        shape, where, desk = sketch.shape, sketch.where, self.desk
        if sketch.name in RESERVED_STAGES:
            desk.reserved(where, f"{sketch.name!r} means something else where a stage is named")
        self.times.stage = sketch.path
        full = shape if isinstance(shape, StageShape) else None
        meeting = desk.body(shape.meeting, (*where, "meeting"), self.has_subject)
        owner = desk.who(shape.owner, (*where, "owner")) or self._bodys_own(meeting)
        flow = self.found.flows[sketch.flow]
        transitions = {
            trigger: self.steps.step(trigger, step, sketch, owner)
            for trigger, step in (shape.transitions or {}).items()
        }
        return Stage(
            path=sketch.path,
            name=sketch.name,
            flow=flow.path,
            title=shape.title or title_of(sketch.name),
            about=shape.about or "",
            owner=owner,
            claim=bool(shape.claim),
            due=self.times.due(shape.due, (*where, "due")),
            reminders=self._reminders(shape.remind, where),
            ladder=self._ladder(shape.escalate, where),
            lapse=self._lapse(shape.lapse, sketch),
            transitions=transitions,
            meeting=meeting,
            parallel=self._parallel(full.parallel, sketch) if full and full.parallel else None,
            sub_items=self._sub_items(shape.sub_items, where) if shape.sub_items else None,
            collects=self._collects(full.collects, where) if full else (),
            on_entry=build_effects(shape.on_entry, (*where, "on_entry"), desk),
            on_exit=build_effects(shape.on_exit, (*where, "on_exit"), desk),
            end=full.end if full else None,
            public=bool(full.public) if full else False,
        )

    def _bodys_own(self, meeting: BodyRef | None) -> Who:
        """A meeting's decisions are recorded by the body's secretary and chair unless the stage names an owner."""
        if meeting is None or self.desk.governance is None:
            return Who()
        bodies = self.desk.governance.bodies.values()
        meant = [b for b in bodies if (b.kind == meeting.name if meeting.for_subject else b.name == meeting.name)]
        roles = [role for body in meant for role in (body.secretary, body.chair) if role]
        return Who(roles=tuple(dict.fromkeys(roles)))

    def _reminders(self, shapes: Sequence[ReminderShape] | None, where: Path) -> tuple[Reminder, ...]:
        made: list[Reminder] = []
        for number, shape in enumerate(shapes or ()):
            path = (*where, "remind", number)
            rule = self.times.rule(shape.when, (*path, "when"))
            to = self.desk.who(shape.to, (*path, "to"))
            if rule is not None:
                made.append(Reminder(rule, to))
        return tuple(made)

    def _ladder(self, shapes: Sequence[RungShape] | None, where: Path) -> tuple[Rung, ...]:
        made: list[Rung] = []
        for number, shape in enumerate(shapes or ()):
            path = (*where, "escalate", number)
            rule = self.times.rule(shape.when, (*path, "when"))
            to = self.desk.who(shape.to, (*path, "to"))
            if rule is not None:
                made.append(Rung(rule, to))
        return tuple(made)

    def _lapse(self, shape: LapseShape | None, sketch: Sketch) -> Lapse | None:
        if shape is None:
            return None
        path = (*sketch.where, "lapse")
        rule = self.times.due(shape.when, (*path, "when"))
        to = Targets(sketch, self.desk, self.found).target(shape.to, (*path, "to") if shape.to else path)
        return Lapse(rule, to or DONE, shape.outcome or "lapsed", shape.late or Late.FIRE) if rule is not None else None

    def _parallel(self, shape: ParallelShape, sketch: Sketch) -> Parallel:
        path = (*sketch.where, "parallel")
        branches: dict[str, Branch] = {}
        for name, branch in shape.branches.items():
            here = (*path, "branches", name)
            if name in RESERVED_STAGES:
                self.desk.reserved(here, f"{name!r} means something else where a stage is named")
            full = f"{sketch.path}.{name}"
            if branch.stages is not None:
                self._refuse_mixed(branch.model_fields_set, here)
            flow = self.found.flows[full]
            guard = self.desk.guard(branch.when, (*here, "when"))
            branches[name] = Branch(
                name, full, flow.start, branch.title or title_of(name), guard, bool(branch.optional)
            )
        rest = shape.rest or Rest.CANCELLED
        return Parallel(branches, _join(shape.join), rest, shape.order == "one at a time")

    def _refuse_mixed(self, given: set[str], path: Path) -> None:
        own = sorted(given - {"stages", "when", "optional", "title"})
        if own:
            what = f"a branch with `stages` cannot have {own[0]!r} of its own"
            self.desk.report("branch-form", (*path, own[0]), what, "move it into one of the stages", at_key=True)

    def _sub_items(self, shape: SubItemsShape, where: Path) -> SubItems:
        path, desk = (*where, "sub_items"), self.desk
        desk.entries(shape.each, shape.into, path)
        return SubItems(
            workflow=shape.workflow,
            join=_join(shape.wait),
            count=shape.count,
            each=shape.each,
            into=shape.into,
            more=desk.who(shape.more, (*path, "more")),
            copies=desk.copies(shape.copies, (*path, "copies")),
            rest=shape.rest or Rest.IGNORED,
        )

    def _collects(self, shapes: Sequence[CollectsShape] | None, where: Path) -> tuple[Collects, ...]:
        made: list[Collects] = []
        for number, shape in enumerate(shapes or ()):
            guard = self.desk.foreign_guard(shape.when, (*where, "collects", number, "when"))
            made.append(Collects(shape.workflow, shape.since or "last meeting", guard))
        return tuple(made)


def _join(text: str | None) -> Join:
    """The shape has made sure of the form."""
    kind, _, count = (text or "all").partition(" ")
    return Join(JoinKind(kind), int(count or 1))
