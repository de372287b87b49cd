"""A workflow for those who never see its file: each stage with who does what there, by when, and what time does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from qa_workflow.calendar import TimeRule
from qa_workflow.definition import Governance, Workflow
from qa_workflow.definition.model import DONE, HERE, JOINED, BodyRef, Stage, Transition, Who
from qa_workflow.service.telling.titles import titles

_NAME = re.compile(r"\b[a-z][a-z0-9_]*(?: for subject)?\b")


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step: what its button says, what programs call it, where it leads (path and title), and what goes for it."""

    title: str
    trigger: str
    to: tuple[tuple[str, str], ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageWords:
    """A stage: what goes for it, and its steps."""

    path: str
    title: str
    about: str
    terms: tuple[str, ...]
    steps: tuple[StepWords, ...]


def workflow_words(workflow: Workflow, governance: Governance, today: date) -> tuple[StageWords, ...]:
    """Every stage, in the order of the file."""
    words = _Words(workflow, governance, today)
    return tuple(words.stage(stage) for stage in workflow.stages.values())


def rule_words(workflow: Workflow, governance: Governance, today: date, rule: TimeRule) -> str:
    """One rule, with titles for the names of its bodies and labels for those of its fields."""
    return _Words(workflow, governance, today).rule(rule)


class _Words:
    """Says things by the titles of one workflow and of the governance file as it is today."""

    def __init__(self, workflow: Workflow, governance: Governance, today: date) -> None:
        self._workflow, self._governance = workflow, governance
        self._names: Mapping[str, str] = {
            **{t.trigger: f"“{t.title}”" for stage in workflow.stages.values() for t in stage.transitions.values()},
            **{stage.name: f"“{stage.title}”" for stage in workflow.stages.values()},
            **{name: f"“{field.label}”" for name, field in workflow.fields.items()},
            **{name: body.title_on(today) for name, body in governance.bodies.items()},
            **{f"{kind} for subject": title for kind, title in _kinds(governance, today)},
        }

    def stage(self, stage: Stage) -> StageWords:
        """One stage."""
        steps = (step for step in stage.transitions.values() if step.trigger != JOINED)
        return StageWords(
            stage.path, stage.title, stage.about, tuple(self._terms(stage)), tuple(self._step(step) for step in steps)
        )

    def rule(self, rule: TimeRule) -> str:
        """One rule."""
        return _NAME.sub(lambda match: self._names.get(match.group(), match.group()), str(rule))

    def _terms(self, stage: Stage) -> Iterator[str]:
        if stage.end:
            yield f"The item ends here: {stage.end}."
        if stage.owner:
            claim = ", one of whom takes it on first" if stage.claim else ""
            yield f"With: {self._who(stage.owner)}{claim}."
        if stage.meeting:
            yield f"Waits for the next meeting of {self._body(stage.meeting)}."
        if stage.due:
            yield f"Due: {self.rule(stage.due)}{self._basis(stage.due)}."
        if stage.reminders:
            yield f"Reminders: {'; '.join(self._told(r.when, r.to) for r in stage.reminders)}."
        if stage.ladder:
            yield f"If nobody acts: {'; '.join(self._told(rung.when, rung.to) for rung in stage.ladder)}."
        if stage.lapse:
            yield f"Lapses {self.rule(stage.lapse.when)} and goes to {self._stage(stage.lapse.to)}, decided by nobody."
        if stage.parallel:
            branches = ", ".join(f"“{branch.title}”" for branch in stage.parallel.branches.values())
            order = ", one at a time" if stage.parallel.one_at_a_time else " at once"
            yield f"Has branches that are open{order}: {branches}."

    def _step(self, step: Transition) -> StepWords:
        paths = dict.fromkeys(case.to for case in step.cases if case.to in self._workflow.stages)
        to = tuple((path, self._workflow.stages[path].title) for path in paths)
        return StepWords(step.title, step.trigger, to, tuple(self._conditions(step)))

    def _conditions(self, step: Transition) -> Iterator[str]:
        if any(case.to == HERE for case in step.cases):
            yield "the item stays here"
        if any(case.to == DONE for case in step.cases):
            yield "the branch is done"
        yield f"by {self._who(step.by)}" if step.by else "by time or by itself"
        if step.at:
            yield self.rule(step.at)
        if step.not_by:
            yield f"not by {self._who(step.not_by)}"
        if step.votes > 1:
            yield f"{step.votes} people have to agree"
        if step.needs or step.needs_reason:
            asked = [*map(self._label, step.needs), *(["a reason"] if step.needs_reason else [])]
            yield f"asks for {', '.join(asked)}"
        if step.asks:
            yield f"may be given {', '.join(map(self._label, step.asks))}"
        if step.not_before:
            yield f"not before {self.rule(step.not_before)}"
        if step.not_after:
            yield f"not after {self.rule(step.not_after)}"
        if step.at_most:
            yield f"at most {step.at_most} times"

    def _who(self, who: Who) -> str:
        found = [
            *titles(self._governance, who.roles),
            *(f"whoever did {self._names.get(path.rpartition('.')[2], path)}" for path in who.did),
            *(f"the person in “{self._label(name)}”" for name in who.fields),
            *(["anybody"] if who.anyone else []),
        ]
        return ", ".join(dict.fromkeys(found))

    def _label(self, name: str) -> str:
        """A text that is still being written may name a field that is not there yet."""
        return self._workflow.fields[name].label if name in self._workflow.fields else name

    def _told(self, when: TimeRule, to: Who) -> str:
        return f"{self.rule(when)}{f', to {self._who(to)}' if to else ''}"

    def _basis(self, rule: TimeRule) -> str:
        said = rule.basis.words if rule.basis else ""
        return f" ({': '.join(filter(None, (said, rule.source)))})" if said or rule.source else ""

    def _body(self, body: BodyRef) -> str:
        return self._names.get(str(body), body.name)

    def _stage(self, path: str) -> str:
        return f"“{self._workflow.stages[path].title}”" if path in self._workflow.stages else "the end of its branch"


def _kinds(governance: Governance, today: date) -> Iterator[tuple[str, str]]:
    """What the bodies of a kind are called together, where their titles are alike up to a comma."""
    kinds: dict[str, set[str]] = {}
    for body in governance.bodies.values():
        if body.kind:
            kinds.setdefault(body.kind, set()).add(body.title_on(today).partition(",")[0])
    for kind, found in kinds.items():
        yield kind, f"its {found.pop() if len(found) == 1 else kind}"
