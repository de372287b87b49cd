"""Which stages, branches and steps a file has, flattened to paths, before anything that they say is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_workflow.definition.model import DONE, HERE, JOINED, NEVER, Flow
from qa_workflow.definition.names import Names
from qa_workflow.definition.shape.workflow import BranchShape, StageShape, WorkflowShape
from qa_workflow.definition.text.source import Path


@dataclass(frozen=True, slots=True)
class Sketch:
    """One stage as it stands in the file: its path, the flow it belongs to, its shape, and where it is written."""

    path: str
    name: str
    flow: str
    shape: StageShape | BranchShape
    where: Path


@dataclass(slots=True)
class Outline:
    """All stages by path, all flows by path, and where each branch is written."""

    stages: dict[str, Sketch] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    branches: dict[str, Path] = field(default_factory=dict)

    def names(self) -> OutlineNames:
        """Everything that can be named, found by its end."""
        triggers = [f"{s.path}.{trigger}" for s in self.stages.values() for trigger in s.shape.transitions or {}]
        places = dict.fromkeys([*self.branches, *self.stages])
        return OutlineNames(Names(self.stages), Names(self.branches), Names(places), Names(triggers), self._ways_out())

    def _ways_out(self) -> Mapping[str, tuple[str, ...]]:
        ways: dict[str, tuple[str, ...]] = {}
        for sketch in self.stages.values():
            steps = tuple(sketch.shape.transitions or ()) + (("lapse",) if sketch.shape.lapse else ())
            here = sketch.path
            while here and (here in self.branches or here in self.stages):
                ways[here] = tuple(dict.fromkeys((*ways.get(here, ()), *steps)))
                here = self.stages[here].flow if here in self.stages and self.stages[here].flow != here else ""
        return ways

    def stages_within(self, path: str) -> tuple[str, ...]:
        """The stage itself, or the stages of a branch."""
        if path in self.stages:
            return (path,)
        return self.flows[path].stages if path in self.flows else ()


@dataclass(frozen=True, slots=True)
class OutlineNames:
    """Names of stages, of branches, of both, and of triggers; and by which triggers a stage or a branch can be left."""

    stages: Names
    branches: Names
    places: Names
    triggers: Names
    ways_out: Mapping[str, tuple[str, ...]]


RESERVED_STAGES = frozenset(
    {HERE, DONE, JOINED, NEVER, "else", "lapse", "entry", "due", "meeting", "opening", "period", "reason", "today"}
)
"""Words that mean something else where a stage could be named."""


def outline(shape: WorkflowShape) -> Outline:
    """Flatten a workflow's stages, outermost first."""
    found = Outline()
    start = shape.start if shape.start in shape.stages else next(iter(shape.stages), "")
    _flow("", shape.stages, ("stages",), start or "", found)
    return found


def _flow(path: str, stages: Mapping[str, StageShape], where: Path, start: str, found: Outline) -> None:
    full = {name: f"{path}.{name}" if path else name for name in stages}
    found.flows[path] = Flow(path, full.get(start, ""), tuple(full.values()))
    for name, stage in stages.items():
        found.stages[full[name]] = Sketch(full[name], name, path, stage, (*where, name))
        if stage.parallel is not None:
            for branch, shape in stage.parallel.branches.items():
                inside = (*where, name, "parallel", "branches", branch)
                _branch(f"{full[name]}.{branch}", branch, shape, inside, found)


def _branch(path: str, name: str, shape: BranchShape, where: Path, found: Outline) -> None:
    found.branches[path] = where
    if shape.stages is not None:
        _flow(path, shape.stages, (*where, "stages"), next(iter(shape.stages), ""), found)
    else:
        found.stages[path] = Sketch(path, name, path, shape, where)
        found.flows[path] = Flow(path, path, (path,))
