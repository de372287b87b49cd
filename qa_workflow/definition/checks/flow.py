"""Whether items can travel: stages reached and left, an end within reach, choices complete, loops that take time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from qa_workflow.definition.build.ways import reached
from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.checks.graph import (
    circles,
    graph_of,
    happens_at_once,
    lapses_at_once,
    open_together,
)
from qa_workflow.definition.model import DONE, HERE, JOINED, Case, Flow, JoinKind, Stage, Transition

_ELSE = ""
_LOOKED_AT = 30
"""Stages that have a bound on every step out of them are few; no more are followed round."""


def check_flow(built: Built) -> None:
    """All rules of this module."""
    for flow in built.workflow.flows.values():
        if flow.stages:
            _ways(flow, built)
    for stage in built.workflow.stages.values():
        _end(stage, built)
        _waiting(stage, built)
        for step in stage.transitions.values():
            _choice(step, built)
            _company(step, stage, built)


def _ways(flow: Flow, built: Built) -> None:
    """Reached, left, and able to end; nothing of it where a way may be among what was left out."""
    if built.desk.source.has_lost_ways:
        return
    graph, stages, report = graph_of(flow, built), built.workflow.stages, built.desk.report
    ends = {path for path in flow.stages if stages[path].end is not None}
    stuck = {path for path in flow.stages if not graph.ways[path]} - ends - graph.lost
    if not flow.path and not ends and not graph.lost and not stuck:
        report("no-end", ("stages",), "no stage has an `end`", "add one, as `closed: {end: completed}`", at_key=True)
    reached = graph.reached()
    can_end = graph.ending([*ends, DONE, *stuck, *graph.lost])
    for path in flow.stages:
        where, name = built.where(path), stages[path].name
        if path not in reached and not graph.lost:
            report(
                "unreachable-stage",
                where,
                f"nothing leads to stage {name!r}",
                "lead a step `to` it, or delete it",
                at_key=True,
            )
        if path in stuck and stages[path].parallel is None and stages[path].sub_items is None:
            mend = (
                "add a step that ends the branch"
                if flow.path
                else "add a step, or `end: completed` if the item is over here"
            )
            report("dead-end", where, f"nothing leads out of stage {name!r}", mend, at_key=True)
        if path not in can_end and path in reached and (ends or flow.path):
            mend = "add a step that leads towards an end"
            report("cannot-end", where, f"from stage {name!r} no end can be reached", mend, at_key=True)
    _used_up(flow, built)
    _loops(flow, built)


def _used_up(flow: Flow, built: Built) -> None:
    """Stages that an item can come back to when each step out of them has been made as often as it may be."""
    stages = built.workflow.stages
    known = (path for path in flow.stages if built.desk.knows_ways(path))
    bounded = (path for path in known if stages[path].lapse is None and _is_bounded(stages[path]))
    for path in islice(bounded, _LOOKED_AT):
        steps = [step for step in stages[path].transitions.values() if _targets(step)]
        times = sum(step.at_most or 0 for step in steps)
        ways = {other: _ways_left(stages[other], times) for other in flow.stages}
        if all(path in reached(_targets(step), ways) for step in steps):
            what = (
                f"every step out of stage {stages[path].name!r} has an `at_most`, and an item can come back more often"
            )
            mend = "leave `at_most` off one of them, or add a step that leads on"
            built.desk.report("used-up", built.where(path), what, mend, at_key=True)


def _is_bounded(stage: Stage) -> bool:
    """Whether each step out of it can be made a number of times only; there is at least one."""
    bounds = [step.at_most for step in stage.transitions.values() if _targets(step)]
    return bool(bounds) and None not in bounds


def _targets(step: Transition) -> set[str]:
    return {case.to for case in step.cases} - {HERE}


def _ways_left(stage: Stage, times: int) -> set[str]:
    """Where a stage leads by what can be made so often."""
    ways = {to for step in stage.transitions.values() if (step.at_most or times) >= times for to in _targets(step)}
    return ways | ({stage.lapse.to} if stage.lapse is not None else set())


def _loops(flow: Flow, built: Built) -> None:
    """Circles of steps that need neither a person nor time."""
    stages = built.workflow.stages
    edges: dict[str, list[str]] = {}
    for path in flow.stages:
        stage = stages[path]
        steps = [s for s in stage.transitions.values() if happens_at_once(s, stage, built.workflow)]
        targets = [case.to for step in steps for case in step.cases]
        if stage.lapse is not None and lapses_at_once(stage):
            targets.append(stage.lapse.to)
        edges[path] = [to for to in targets if to not in (DONE, HERE)]
        if any(case.to == HERE for case in _joined(stage)):  # it is met still, and time does a thing once
            edges[path].append(path)
    for circle in circles(edges):
        names = sorted(circle, key=flow.stages.index)
        listed = ", ".join(repr(stages[path].name) for path in names)
        what = f"an item could go round {listed} without end, with no time and no person between"
        mend = "give one of the steps a time from `entry`, or to a person"
        built.desk.report("loop-without-time", built.where(names[0]), what, mend, at_key=True)


def _joined(stage: Stage) -> Sequence[Case]:
    return stage.transitions[JOINED].cases if JOINED in stage.transitions else ()


def _end(stage: Stage, built: Built) -> None:
    if stage.public and not (stage.end and any(f.release == "public" for f in built.workflow.fields.values())):
        what, mend = "only an end publishes", "move it to the end after which the item is public, or delete it"
        if stage.end is not None:
            what, mend = "nothing would be published but the name", "say `release: public` at the fields that are meant"
        built.desk.report("public-end", (*built.where(stage.path), "public"), what, mend, at_key=True)
    if stage.end is None:
        return
    where, report, shape = built.where(stage.path), built.desk.report, built.found.stages[stage.path].shape
    given = [
        k
        for k in ("transitions", "due", "remind", "escalate", "lapse", "meeting", "parallel", "sub_items")
        if getattr(shape, k, None)
    ]
    for key in given:
        what = f"the item is over in stage {stage.name!r}, so it has no {key!r}"
        report("end-with-steps", (*where, key), what, "delete it, or delete `end`", at_key=True)
    if stage.flow:
        report(
            "end-in-branch",
            (*where, "end"),
            "`end` would end the whole item",
            "leave `to` out of the step that ends the branch",
            at_key=True,
        )
    elif stage.path == built.workflow.start:
        report(
            "start-is-end",
            where,
            f"the first stage {stage.name!r} is an end",
            "begin at a stage where somebody acts",
            at_key=True,
        )


def _waiting(stage: Stage, built: Built) -> None:
    """Parallel stages and sub-items: can they be joined, and what then?"""
    where, report = built.where(stage.path), built.desk.report
    if stage.parallel is not None and stage.sub_items is not None:
        report(
            "stage-form",
            (*where, "sub_items"),
            "a stage has both branches and sub-items",
            "give the sub-items to one of the branches' stages",
            at_key=True,
        )
    joined = stage.transitions.get(JOINED)
    here = (*where, "transitions", JOINED)
    waits = stage.parallel is not None or stage.sub_items is not None
    if joined is not None and not waits:
        report(
            "joined-misplaced",
            here,
            f"stage {stage.name!r} has nothing to join",
            "use another name for the step",
            at_key=True,
        )
    needs_joined = stage.parallel is not None or (
        stage.sub_items is not None and stage.sub_items.join.kind is not JoinKind.NONE
    )
    if needs_joined and joined is None and stage.end is None:
        key = "parallel" if stage.parallel is not None else "sub_items"
        what = f"stage {stage.name!r} does not say what follows when the join is met"
        meant = "joined: {}" if stage.path == stage.flow else "joined: {to: …}"
        report("parallel-without-joined", (*where, key), what, f"add `{meant}` to its transitions", at_key=True)
    if joined is not None and waits:
        shape = (built.found.stages[stage.path].shape.transitions or {})[JOINED]
        for key in ("by", "not_by", "needs", "votes", "at", "at_most"):
            if getattr(shape, key) is not None:
                report(
                    "engine-step",
                    (*here, key),
                    f"`joined` happens by itself, so {key!r} says nothing",
                    "delete it",
                    at_key=True,
                )
    _counts(stage, built)


def _counts(stage: Stage, built: Built) -> None:
    where, report = built.where(stage.path), built.desk.report
    if stage.parallel is not None:
        path, number, join = (*where, "parallel", "join"), len(stage.parallel.branches), stage.parallel.join
        if not number:
            report(
                "join-impossible",
                (*where, "parallel", "branches"),
                "there are no branches",
                "write at least two",
                at_key=True,
            )
        elif join.kind is JoinKind.NONE:
            report(
                "join-impossible",
                path,
                "branches that nothing waits for can never be joined",
                "write `all`, `any` or `first 2`",
            )
        elif join.kind is JoinKind.FIRST and join.count > number:
            report(
                "join-impossible",
                path,
                f"the first {join.count} of {number} branches can never finish",
                f"write `first {number}` or less, or `all`",
            )
    if stage.sub_items is not None:
        count, join = stage.sub_items.count, stage.sub_items.join
        if count is not None and join.kind is JoinKind.FIRST and join.count > count:
            what = f"the first {join.count} of {count} sub-items can never finish"
            report("join-impossible", (*where, "sub_items", "wait"), what, f"write `first {count}` or less, or `all`")
        if count is not None and stage.sub_items.each is not None:
            what = "the number of sub-items is given twice: by `count` and by `each`"
            report("stage-form", (*where, "sub_items", "count"), what, "delete one of them", at_key=True)
        if count is None and stage.sub_items.each is None and not stage.sub_items.more:
            what = "no sub-item is ever opened here"
            report(
                "stage-form",
                (*where, "sub_items"),
                what,
                "add `count`, `each`, or `more` with who may add them",
                at_key=True,
            )


def _choice(step: Transition, built: Built) -> None:
    path = built.where_step(step.stage, step.trigger)
    written = (built.found.stages[step.stage].shape.transitions or {})[step.trigger].to or ()
    if written and all(case.when is not None for case in written):
        mend = "add `{else: stage}` as the last case"
        built.desk.report(
            "choice-without-else", (*path, "to"), f"when no case of {step.trigger!r} holds, the item is stuck", mend
        )
    if step.trigger == JOINED and step.when is not None:
        mend = "put the condition into cases: `to: [{when: …, to: …}, {else: …}]`"
        built.desk.report(
            "choice-without-else",
            (*path, "when"),
            "when the condition of `joined` does not hold, the item is stuck",
            mend,
        )
    asked: dict[str, int] = {}
    for number, case in enumerate(written):
        question = case.when or _ELSE
        before = asked.get(_ELSE, asked.get(question))
        if before is not None:
            why = "the else stands before it" if _ELSE in asked else "the same was asked before"
            what, mend = f"this case never comes up: {why}", "delete it, or put it first"
            if not any(one.when for one in written):
                mend = "say when each of them is meant: `[{when: …, to: …}, {else: …}]`"
            built.desk.report("case-unreachable", (*path, "to", number), what, mend, first=(*path, "to", before))
        asked.setdefault(question, number)


def _company(step: Transition, stage: Stage, built: Built) -> None:
    """What a step asks of other stages that are open at the same time."""
    workflow, path = built.workflow, built.where_step(step.stage, step.trigger)
    if step.only_while and not any(open_together(stage.path, other, workflow) for other in step.only_while):
        what = f"none of these is ever open together with stage {stage.name!r}"
        built.desk.report(
            "milestone-impossible",
            (*path, "only_while"),
            what,
            "name a stage of another branch of the same parallel stage",
        )
    for branch in step.cancels:
        holder = branch.rpartition(".")[0]
        if not open_together(stage.path, holder, workflow):
            what = f"branch {branch!r} is never open together with stage {stage.name!r}"
            built.desk.report(
                "cancel-impossible", (*path, "cancels"), what, "name a branch of a parallel stage around this step"
            )
