"""Stages as a graph: what leads where within one flow, what is open at once, and what happens without anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qa_workflow.definition.build.times import is_at_once, takes_time
from qa_workflow.definition.build.ways import Ways, leading_to, reached, ways_out
from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.model import DONE, JOINED, Branch, Flow, JoinKind, Stage, Transition, Workflow


@dataclass(frozen=True, slots=True)
class FlowGraph:
    """Edges of one flow. A target that could not be understood leads to what was probably meant, or is `lost`."""

    flow: Flow
    ways: Ways
    lost: frozenset[str]

    def reached(self) -> frozenset[str]:
        """Stages that an item can come to."""
        return reached([self.flow.start], self.ways)

    def distances(self) -> Mapping[str, int]:
        """How many steps each stage that an item can come to is from the start, by the shortest way."""
        found, ahead = {self.flow.start: 0}, [self.flow.start]
        for path in ahead:  # grows as it is gone through
            for target in self.ways.get(path, ()):
                if target not in found:
                    found[target] = found[path] + 1
                    ahead.append(target)
        return found

    def ending(self, ends: Iterable[str]) -> frozenset[str]:
        """Stages from which one of `ends` can be reached."""
        return leading_to(ends, self.ways)


def graph_of(flow: Flow, built: Built) -> FlowGraph:
    """The graph of one flow."""
    ways = {path: ways_out(built.workflow.stages[path], built.desk) for path in flow.stages}
    lost = frozenset(path for path in flow.stages if path in built.desk.lost)
    return FlowGraph(flow, ways, lost)


def around(stage: str, workflow: Workflow) -> Mapping[str, str]:
    """For each flow that a stage is within: the stage of that flow which is, or holds, this one."""
    within: dict[str, str] = {}
    here = stage
    while True:
        flow = workflow.stages[here].flow
        within[flow] = here
        if not flow:
            return within
        here = flow.rpartition(".")[0]


def open_together(one: str, other: str, workflow: Workflow) -> bool:
    """Whether two stages can be open at the same time."""
    first, second = around(one, workflow), around(other, workflow)
    return all(second[flow] == stage for flow, stage in first.items() if flow in second)


def happens_at_once(step: Transition, stage: Stage, workflow: Workflow, *, opened: bool = False) -> bool:
    """Whether a step needs neither a person nor time; `opened`: the first time, in an item that was just opened."""
    if step.trigger == JOINED:
        return _joins_at_once(stage, workflow, opened=opened)
    return step.at is not None and (is_at_once(step.at) if opened else not takes_time(step.at))


def lapses_at_once(stage: Stage, *, opened: bool = False) -> bool:
    """Whether a stage lapses without time: the first time, in an item that was just opened, if `opened`."""
    rule = stage.lapse.when if stage.lapse is not None else None
    return rule is not None and (is_at_once(rule) if opened else not takes_time(rule))


def _joins_at_once(stage: Stage, workflow: Workflow, *, opened: bool) -> bool:
    if stage.parallel is not None:
        branches = stage.parallel.branches.values()
        quick = [branch for branch in branches if _is_done_at_once(branch, workflow, opened=opened)]
        slow = [b for b in branches if b not in quick and not b.optional and b.when is None]
        return not slow or (
            stage.parallel.join.kind is not JoinKind.ALL and len(quick) >= stage.parallel.join.needed(len(branches))
        )
    if stage.sub_items is not None:
        return stage.sub_items.join.kind is JoinKind.NONE or stage.sub_items.each is not None
    return False


def _is_done_at_once(branch: Branch, workflow: Workflow, *, opened: bool) -> bool:
    """Whether a branch may come to its end with no person and no time between."""
    ways: dict[str, list[str]] = {}
    for path in workflow.flows[branch.path].stages:
        stage = workflow.stages[path]
        steps = (s for s in stage.transitions.values() if happens_at_once(s, stage, workflow, opened=opened))
        ways[path] = [case.to for step in steps for case in step.cases]
        if stage.lapse is not None and lapses_at_once(stage, opened=opened):
            ways[path].append(stage.lapse.to)
    return DONE in reached([branch.start], ways)


def circles(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Groups that lead back to themselves: strongly connected, or with an edge to itself. Found without recursion."""
    back: dict[str, list[str]] = {}
    for node, targets in edges.items():
        for target in targets:
            back.setdefault(target, []).append(node)
    placed: set[str] = set()
    groups: list[list[str]] = []
    for root in reversed(_finished(edges)):
        if root in placed:
            continue
        group, ahead = [], [root]
        placed.add(root)
        while ahead:
            group.append(node := ahead.pop())
            new = [source for source in back.get(node, ()) if source not in placed]
            placed.update(new)
            ahead.extend(dict.fromkeys(new))
        if len(group) > 1 or root in edges.get(root, ()):
            groups.append(group)
    return groups


def _finished(edges: Mapping[str, Iterable[str]]) -> list[str]:
    """Nodes in the order in which a walk in depth is done with them."""
    order: list[str] = []
    seen: set[str] = set()
    for root in edges:
        stack = [(root, iter(edges[root]))] if root not in seen else []
        seen.add(root)
        while stack:
            node, rest = stack[-1]
            target = next((t for t in rest if t not in seen), None)
            if target is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(edges.get(target, ()))))
    return order
