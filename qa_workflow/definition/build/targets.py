"""Where steps lead: a name within the same line of stages becomes a full path, a list of cases a choice."""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.outline import Outline, Sketch
from qa_workflow.definition.faults import mend_name, near
from qa_workflow.definition.model import DONE, HERE, Case, Flow
from qa_workflow.definition.shape.workflow import CaseShape
from qa_workflow.definition.text.source import Path


class Targets:
    """The targets of one stage's steps and of its lapse."""

    def __init__(self, sketch: Sketch, desk: Desk, found: Outline) -> None:
        self.sketch = sketch
        self.desk = desk
        self.found = found

    def target(self, name: str | None, path: Path) -> str | None:
        """The full path of the stage meant; DONE or HERE; None if it is not defined."""
        flow = self.found.flows[self.sketch.flow]
        if name is None:
            if not flow.path:
                self._nowhere(path)
            return DONE if flow.path else None
        if name == HERE or (name == DONE and flow.path):
            return name
        full = f"{flow.path}.{name}" if flow.path else name
        if full in self.found.stages:
            return full
        self._unknown(name, flow, path)
        return None

    def cases(self, shapes: Sequence[CaseShape] | None, path: Path) -> tuple[Case, ...]:
        """One case for a plain target; several for a choice."""
        if shapes is None:
            to = self.target(None, path)
            return (Case(to),) if to else ()
        made = [self._case(shape, (*path, "to", number)) for number, shape in enumerate(shapes)]
        if all(shape.when for shape in shapes):
            self.desk.lost.add(self.sketch.path)  # where it leads else is not said yet
        return tuple(case for case in made if case is not None)

    def _case(self, shape: CaseShape, path: Path) -> Case | None:
        if bool(shape.to) == bool(shape.otherwise) or (shape.when and shape.otherwise):
            self.desk.lost.add(self.sketch.path)
            mend = "write `{when: …, to: …}`, and `{else: …}` for the last one"
            self.desk.report("case-form", path, "this case does not say when and where to", mend)
            return None
        to = self.target(shape.to or shape.otherwise, (*path, "to" if shape.to else "else"))
        guard = self.desk.guard(shape.when, (*path, "when"))
        if to is not None and shape.when is not None and guard is None:
            self.desk.guessed.setdefault(self.sketch.path, set()).add(to)
            return None
        return Case(to, guard) if to is not None else None

    def _nowhere(self, path: Path) -> None:
        self.desk.lost.add(self.sketch.path)
        mend = "add `to:` with a stage, or `to: here` to record and stay"
        self.desk.report("missing-target", path, "this leads nowhere", mend, at_key=True)

    def _unknown(self, name: str, flow: Flow, path: Path) -> None:
        """Say so, and remember what was probably meant: a slip is not a stage that nothing leads to."""
        prefix = len(flow.path) + 1 if flow.path else 0
        known = [stage[prefix:] for stage in flow.stages if stage != flow.path]
        meant = near(name, known)
        where = ""
        if name in self.desk.source.lost:
            self.desk.lost.add(self.sketch.path)
            return
        if name == DONE:
            mend = "`done` ends a branch; lead to a stage with `end`"
        elif meant is None and any(stage.name == name for stage in self.found.stages.values()):
            where = " in this line of stages"
            mend = "a step stays within its own line: lead to a stage of it, or end the branch by leaving `to` out"
        else:
            mend = mend_name(name, known, "define it under `stages`")
        if meant is not None:
            full = f"{flow.path}.{meant}" if flow.path else meant
            self.desk.guessed.setdefault(self.sketch.path, set()).add(full)
        else:
            self.desk.lost.add(self.sketch.path)
        self.desk.report("unknown-stage", path, f"stage {name!r} is not defined{where}", mend)
