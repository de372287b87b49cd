"""Whether times depend on what is there (a date, a meeting, a period, a due date), and on the right side of it."""

from __future__ import annotations

from itertools import groupby, pairwise

from qa_workflow.calendar import Anchor, AnchorKind, TimeRule, anchor_of, is_later
from qa_workflow.definition.build.times import Use, is_before
from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.checks.graph import FlowGraph, graph_of
from qa_workflow.definition.model import HERE, BodyRef, Stage, Transition
from qa_workflow.definition.text.source import Path

_PERIOD = frozenset({AnchorKind.PERIOD_START, AnchorKind.PERIOD_END})
_MEETING = frozenset({AnchorKind.MEETING, AnchorKind.PAPERS})
_OF_A_VISIT = frozenset({AnchorKind.ENTRY, AnchorKind.DUE})


def check_time(built: Built) -> None:
    """All rules of this module."""
    for use in built.times.uses:
        anchor = anchor_of(use.rule.rule)
        if anchor is None:
            continue
        stage = built.workflow.stages[use.stage] if use.stage is not None else None
        if anchor.kind in _PERIOD and built.workflow.period is None:
            mend = "give the workflow a `period`, or count from something else"
            what = "items of this workflow have no period"
            built.desk.report("anchor-without-period", use.path, what, mend, anchor.start)
        if anchor.kind in _MEETING:
            _meeting(anchor, use.path, stage, built)
        _place(use, anchor, stage, built)
        _side(use, anchor, built)
    rungs = [use for use in built.times.uses if use.key == "escalate"]
    for _, ladder in groupby(rungs, key=lambda use: use.stage):
        for lower, higher in pairwise(ladder):
            _climbs(lower, higher, built)
    for stage in built.workflow.stages.values():
        if stage.meeting is not None:
            _body_meets(stage.meeting, (*built.where(stage.path), "meeting"), built)
        for step in stage.transitions.values():
            _window(step, built)
    for flow in built.workflow.flows.values():
        _due_in_order(graph_of(flow, built), built)


def _place(use: Use, anchor: Anchor, stage: Stage | None, built: Built) -> None:
    """Whether what a rule depends on can be there at all, where the rule stands."""
    kind, report = anchor.kind, built.desk.report
    if use.key == "due" and kind is AnchorKind.DUE:
        what, mend = "the due date is counted from the due date", "count from `entry`, a field or a meeting"
        report("due-on-itself", use.path, what, mend, anchor.start)
    elif use.key == "due" and stage is not None and _ends(stage, anchor, built):
        what = f"the due date is counted from {anchor.name!r}, which ends stage {stage.name!r}"
        report("due-on-own-step", use.path, what, "count from `entry`, a field or an earlier step", anchor.start)
    elif use.key == "opens" and kind not in _PERIOD:
        what, mend = "there is no item yet when the clock opens it", "count from `period start` or `period end`"
        report("anchor-not-here", use.path, what, mend, anchor.start)
    elif stage is None and kind in _OF_A_VISIT:
        what = f"{kind.value!r} belongs to a stage, and this to the whole item"
        mend = "count from a field" if use.key == "valid" else "count from `opening`, `period end` or a field"
        report("anchor-not-here", use.path, what, mend, anchor.start)
    elif kind is AnchorKind.DUE and stage is not None and not _is_due(stage, built):
        what = f"nothing is due in stage {stage.name!r}"
        report("late-without-due", use.path, what, "give the stage a `due`, or count from `entry`", anchor.start)


def _ends(stage: Stage, anchor: Anchor, built: Built) -> bool:
    """Whether what is counted from happens only when the stage is left for another."""
    if not built.desk.knows_ways(stage.path):
        return False
    if anchor.kind is AnchorKind.LEFT and anchor.name == stage.path:
        return all(case.to != stage.path for step in stage.transitions.values() for case in step.cases)
    path, _, trigger = anchor.name.rpartition(".")
    step = stage.transitions.get(trigger) if anchor.kind is AnchorKind.DONE and path == stage.path else None
    return step is not None and not {HERE, stage.path} & {case.to for case in step.cases}


def _window(step: Transition, built: Built) -> None:
    """Whether there is a day between the first on which a step can be made and the last."""
    first, last = step.not_before, step.not_after
    if first is None or last is None or first.roll or last.roll or anchor_of(first.rule) != anchor_of(last.rule):
        return
    if is_later(first.rule, last.rule):
        path = (*built.where_step(step.stage, step.trigger), "not_after")
        what = f"it can be done from {first.rule} on, and only until {last.rule}, which is earlier"
        built.desk.report("window-reversed", path, what, "let it end later, or begin earlier")


def _due_in_order(graph: FlowGraph, built: Built) -> None:
    """Whether a stage is due before the one that leads to it, both counted from the same: then it is late on entry."""
    steps_to = graph.distances()
    due = {path: rule for path in graph.flow.stages if (rule := built.workflow.stages[path].due) is not None}
    for before, first in due.items():
        for after in sorted(graph.ways[before] & due.keys()):
            then = due[after]
            is_onward = steps_to.get(before, 0) < steps_to.get(after, 0)
            if not is_onward or not _counts_from_the_same(first, then):
                continue
            if is_later(first.rule, then.rule):
                what = f"due {then.rule}, it is due before stage {before!r}, which leads to it: {first.rule}"
                path = (*built.where(after), "due", "rule")
                built.desk.report("due-out-of-order", path, what, "let it be due later, or count from `entry`")


def _counts_from_the_same(one: TimeRule, other: TimeRule) -> bool:
    """Whether the two count from the same day; entry, due date and own meeting of two stages are not the same."""
    anchor = anchor_of(one.rule)
    is_own = anchor is None or anchor.kind in _OF_A_VISIT or (anchor.kind in _MEETING and anchor.body is None)
    return not is_own and anchor == anchor_of(other.rule)


def _is_due(stage: Stage, built: Built) -> bool:
    shape = built.found.stages[stage.path].shape
    return shape.due is not None or shape.meeting is not None


def _meeting(anchor: Anchor, path: Path, stage: Stage | None, built: Built) -> None:
    papers = anchor.kind is AnchorKind.PAPERS
    if anchor.body is not None:
        _body_meets(BodyRef(anchor.body, anchor.for_subject), path, built, anchor.start, papers=papers)
    elif stage is None or (stage.meeting is None and built.found.stages[stage.path].shape.meeting is None):
        what = "the stage does not wait for a meeting" if stage else "this belongs to no meeting"
        mend = f"say of which body: `{anchor.kind.value} of BODY`"
        built.desk.report("anchor-without-meeting", path, what, mend, anchor.start)
    elif papers and stage.meeting is not None:
        _body_meets(stage.meeting, path, built, anchor.start, papers=True)


def _body_meets(ref: BodyRef, path: Path, built: Built, offset: int = 0, *, papers: bool = False) -> None:
    governance = built.desk.governance
    for body in governance.bodies.values() if governance is not None else ():
        if ref.name != (body.kind if ref.for_subject else body.name):
            continue
        if body.series is None:
            what, mend = (
                f"body {body.name!r} has no meetings",
                "give it `meets` in the governance file, or name another",
            )
            built.desk.report("body-without-series", path, what, mend, offset)
        elif papers and body.papers is None:
            what, mend = f"body {body.name!r} does not say when its papers are due", "give it `papers`, or name another"
            built.desk.report("body-without-papers", path, what, mend, offset)


def _side(use: Use, anchor: Anchor, built: Built) -> None:
    """Reminders belong before what is due, escalations after it."""
    if anchor.kind is not AnchorKind.DUE:
        return
    before = is_before(use.rule)
    if use.key == "remind" and not before and not isinstance(use.rule.rule, Anchor):
        what, mend = "the reminder comes after the due date", "write `before due`, or move it to `escalate`"
        built.desk.report("wrong-side", use.path, what, mend)
    if use.key == "escalate" and before:
        what, mend = "the escalation comes before the due date", "write `after due`, or move it to `remind`"
        built.desk.report("wrong-side", use.path, what, mend)


def _climbs(lower: Use, higher: Use, built: Built) -> None:
    """Whether a rung comes after the one below it, where both are counted from the same."""
    first, then = lower.rule, higher.rule
    anchor = anchor_of(first.rule)
    if anchor is None or anchor != anchor_of(then.rule):
        return
    if first == then:
        what = f"the escalation before it comes at the same time, {first}, and only the higher one is told"
        built.desk.report("ladder-order", higher.path, what, "name all of them in one: `to: [ROLE, ROLE]`")
    elif is_later(first.rule, then.rule):
        what = f"it comes earlier than the escalation before it: {first}"
        built.desk.report("ladder-order", higher.path, what, "put the escalations in order of time")
