"""A workflow in words: its moves as a plain list, and as mermaid text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa_workflow.calendar import AnchorKind, TimeRule, anchor_of
from qa_workflow.definition.model import DONE, HERE, JOINED, Stage, Transition, Workflow
from qa_workflow.definition.names import title_of


@dataclass(frozen=True, slots=True)
class Move:
    """One way from a stage to another, and what takes it: a trigger, or time."""

    source: str
    target: str
    label: str
    who: tuple[str, ...] = ()
    by_time: bool = False


def moves(workflow: Workflow, *, titled: bool = False) -> tuple[Move, ...]:
    """Every move between stages, in file order; those that stay (`to: here`) are no moves.

    `titled`: labelled with what the buttons say, and in everyday words, for people who never see the file.
    A text that is still being written may name a stage that is not there yet; such a move cannot be shown.
    """
    found = (move for stage in workflow.stages.values() for move in _from(workflow, stage, titled=titled))
    return tuple(move for move in found if move.target in workflow.stages)


def as_text(workflow: Workflow) -> str:
    """The moves as a plain list, one a line."""
    lines = [f"{workflow.title} ({workflow.name})", *filter(None, [workflow.purpose]), ""]
    for stage in workflow.stages.values():
        how = f" [ends: {stage.end}]" if stage.end else ""
        lines.append(f"{stage.path}: {stage.title}{how}")
        lines += [f"  {m.label} -> {m.target} ({', '.join(m.who) or 'by itself'})" for m in _from(workflow, stage)]
    return "\n".join(lines)


def as_mermaid(workflow: Workflow) -> str:
    """A mermaid state diagram."""
    names = {path: path.replace(".", "__") for path in workflow.stages}
    lines = [
        "stateDiagram-v2",
        f"    accTitle: {_mermaid(workflow.title)}",
        f"    accDescr: {_mermaid(workflow.purpose)}",
    ]
    lines += [f'    state "{_mermaid(s.title)}" as {names[s.path]}' for s in workflow.stages.values()]
    lines.append(f"    [*] --> {names[workflow.start]}")
    lines += [f"    {names[m.source]} --> {names[m.target]}: {_mermaid(m.label)}" for m in moves(workflow)]
    lines += [f"    {names[s.path]} --> [*]" for s in workflow.stages.values() if s.end]
    return "\n".join(lines)


def _from(workflow: Workflow, stage: Stage, *, titled: bool = False) -> Iterator[Move]:
    if stage.parallel is not None:
        for branch in stage.parallel.branches.values():
            yield Move(stage.path, branch.start, "begins with it" if titled else "opens", by_time=True)
    for transition in stage.transitions.values():
        for target in dict.fromkeys(_target(workflow, stage, case.to) for case in transition.cases if case.to != HERE):
            label = _title(transition) if titled else transition.trigger
            yield Move(stage.path, target, label, transition.by.words, not transition.by)
    if stage.lapse is not None:
        rule = stage.lapse.when
        label = f"if nobody acts: {_in_labels(workflow, rule)}" if titled else f"lapse, {rule.rule}"
        yield Move(stage.path, _target(workflow, stage, stage.lapse.to), label, by_time=True)


def _title(transition: Transition) -> str:
    """What a button says; of a join, which has none, what it waits for, where the file gives it no title of its own."""
    is_unnamed = transition.trigger == JOINED and transition.title == title_of(JOINED)
    return "what it waits for is done" if is_unnamed else transition.title


def _in_labels(workflow: Workflow, rule: TimeRule) -> str:
    """A rule with the label of the field that it counts from."""
    said, anchor = str(rule.rule), anchor_of(rule.rule)
    if anchor is None or anchor.kind is not AnchorKind.FIELD or anchor.name not in workflow.fields:
        return said
    before, _, after = said.rpartition(anchor.name)
    return f"{before}“{workflow.fields[anchor.name].label}”{after}"


def _target(workflow: Workflow, stage: Stage, to: str) -> str:
    """A branch that is done goes back to the parallel stage that opened it."""
    return to if to != DONE or to in workflow.stages else stage.flow.rpartition(".")[0]


def _mermaid(text: str) -> str:
    """Text without the characters that mermaid reads as its own."""
    return " ".join(text.replace('"', "'").replace(":", " ").replace(";", ",").replace("#", "no. ").split())
