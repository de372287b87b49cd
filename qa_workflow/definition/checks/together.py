"""What workflows say of each other: sub-items, what opens what, what is handed down, what is collected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from qa_workflow.definition.build.times import is_at_once
from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.checks.graph import circles, happens_at_once, lapses_at_once
from qa_workflow.definition.faults import mend_name
from qa_workflow.definition.guards.parts import Scope
from qa_workflow.definition.guards.types import type_of_field
from qa_workflow.definition.model import ORGANISATION, SUBJECT, Field, FieldType, Opens, SubItems, Workflow
from qa_workflow.definition.names import Names
from qa_workflow.definition.text.source import Path

CANCELLED = "cancelled"
"""How an item ends that was withdrawn; its workflow does not say so."""


@dataclass(frozen=True, slots=True)
class Others:
    """The workflows that may be named. `complete` is False when some of them could not be read."""

    workflows: Mapping[str, Workflow]
    complete: bool = True

    def named(self, name: str, path: Path, each: Built) -> Workflow | None:
        """The workflow of that name; reported if there is none."""
        if name not in self.workflows and self.complete:
            mend = mend_name(name, tuple(self.workflows), "put its file into the same folder")
            each.desk.report("unknown-workflow", path, f"workflow {name!r} is not defined", mend)
        return self.workflows.get(name)


def check_together(built: Mapping[str, Built], others: Others) -> None:
    """All rules of this module, for each of `built` against all others."""
    for each in built.values():
        for stage in each.workflow.stages.values():
            where = each.where(stage.path)
            if stage.sub_items is not None:
                _handed_down(stage.sub_items, (*where, "sub_items"), each, others)
            for step in stage.transitions.values():
                for number, opens in enumerate(step.opens):
                    _handed_down(opens, (*each.where_step(stage.path, step.trigger), "opens", number), each, others)
            for number, collects in enumerate(stage.collects):
                path = (*where, "collects", number)
                other = others.named(collects.workflow, (*path, "workflow"), each)
                if other is not None and collects.when is not None:
                    each.desk.guard(collects.when.text, (*path, "when"), scope_of(other))
        _asked_of_sub_items(each, others.workflows)
        _named_alike(each, others.workflows)
    _openings(built, others.workflows)


def _named_alike(each: Built, workflows: Mapping[str, Workflow]) -> None:
    """Two workflows whose items come to have one reference: whichever comes second could not be opened."""
    own = each.workflow
    also = [name for name, other in workflows.items() if name != own.name and other.reference == own.reference]
    if also:
        made = "" if each.shape.reference else ", made of its name,"
        what = (
            f"the reference {own.reference!r}{made} is that of {also[0]!r} too, so one of two items could not be opened"
        )
        path = ("reference",) if each.shape.reference else ("workflow",)
        each.desk.report("reference-twice", path, what, "give one of them a `reference` of its own", at_key=True)


def _asked_of_sub_items(each: Built, workflows: Mapping[str, Workflow]) -> None:
    """Conditions that ask how sub-items ended, once more, now that it is known how they can."""
    ends = {
        path: (*(s.end for s in workflows[stage.sub_items.workflow].stages.values() if s.end), CANCELLED)
        for path, stage in each.workflow.stages.items()
        if stage.sub_items is not None and stage.sub_items.workflow in workflows
    }
    scope = replace(each.desk.scope, outcomes=ends)
    for text, path in each.desk.asked if ends else ():
        each.desk.guard(text, path, scope)


def _handed_down(opened: SubItems | Opens, path: Path, built: Built, others: Others) -> None:
    """The sub-item's fields that receive something: are they there, and of the same type?"""
    fields, report = built.desk.fields, built.desk.report
    other = others.named(opened.workflow, (*path, "workflow"), built)
    if other is None:
        return
    fitting = {"period": (other.period, built.workflow.period)}
    if opened.into == SUBJECT:
        _about_each(other, fields.get(opened.each or ""), (*path, "into"), built)
    else:
        fitting = {"subject": (other.subject, built.workflow.subject), **fitting}
    _about_the_same(other, fitting, (*path, "workflow"), built)
    if opened.into is not None and opened.into != SUBJECT:
        target = _target(opened.into, (*path, "into"), other, built)
        _kept_back(opened.each or "", (other, target), (*path, "into"), built)
        entries = fields.get(opened.each or "")
        if target is not None and entries is not None and target.type is not entries.of:
            what = f"entries of {entries.name!r} are {entries.of.value}"
            what += f", and {target.name!r} of {other.name!r} is {target.type.value}"
            report("sub-item-field", (*path, "into"), what, "make the two types equal")
        elif target is not None and entries is not None:
            _same_options(entries, (other, target), (*path, "into"), built)
    for name, own in opened.copies:
        here = (*path, "copies", name)
        target, field = _target(name, here, other, built, at_key=True), fields.get(own)
        _kept_back(own, (other, target), here, built)
        if target is not None and field is not None and target.type is not field.type:
            what = f"{own!r} is {field.type.value}, and {name!r} of {other.name!r} is {target.type.value}"
            report("sub-item-field", here, what, "make the two types equal")
        elif target is not None and field is not None:
            _same_options(field, (other, target), here, built)


def _kept_back(own: str, into: tuple[Workflow, Field | None], path: Path, built: Built) -> None:
    """What is not disclosed at once is not told by a sub-item either, where that is about the same organisation."""
    other, target = into
    if (
        target is not None
        and other.subject is not None
        and own in built.workflow.disclosures
        and target.disclosed_from is None
    ):
        what = f"{own!r} is not disclosed at once, and as {target.name!r} of a sub-item it would be"
        mend = "give that field a `disclosed_from` of its own, or hand on another"
        built.desk.report("told-anyway", path, what, mend)


def _about_the_same(
    other: Workflow, fitting: Mapping[str, tuple[str | None, str | None]], path: Path, built: Built
) -> None:
    """A sub-item takes its subject and its period from the item that it is part of, so that one has to have them.

    Args:
        fitting: what the sub-item is to be about, and what the item above is.
    """
    for what, (wanted, given) in fitting.items():
        if wanted is not None and wanted != given and (given is None or wanted != ORGANISATION):
            than = f"one {_words(given)}" if given is not None else "none"
            said = f"items of {other.name!r} are each about one {_words(wanted)}, and those of {built.workflow.name!r}"
            mend = f"give both the same `{what}`, or {other.name!r} none"
            if what == SUBJECT:
                mend = f"{mend}, or open one for each of a list of organisations with `into: subject`"
            built.desk.report("sub-item-about", path, f"{said} about {than}", mend)


def _same_options(own: Field, to: tuple[Workflow, Field], path: Path, built: Built) -> None:
    """A value that can be chosen here can be chosen there; else the sub-item could not be opened."""
    other, target = to
    known = [option.value for option in target.options]
    odd = [option.value for option in own.options if option.value not in known]
    if odd and known:
        what = f"{odd[0]!r} can be chosen for {own.name!r}, and not for {target.name!r} of {other.name!r}"
        built.desk.report("sub-item-field", path, what, "give the two the same values")


def _about_each(other: Workflow, entries: Field | None, path: Path, built: Built) -> None:
    """A sub-item that takes an entry for its subject is of a workflow whose items are about one of that kind."""
    if other.subject is None:
        what, mend = f"items of {other.name!r} are not about an organisation", "give that workflow a `subject`"
        built.desk.report("sub-item-about", path, what, mend)
    elif entries is not None and _names_others(entries, built) and other.subject not in (entries.kind, ORGANISATION):
        what = f"items of {other.name!r} are each about one {_words(other.subject)}, and entries of {entries.name!r}"
        what += " are organisations of every kind" if entries.kind is None else f" are each one {_words(entries.kind)}"
        mend = f"write `kind: {other.subject}` at that field, or `subject: {ORGANISATION}` in {other.name!r}"
        built.desk.report("sub-item-about", path, what, mend)


def _names_others(entries: Field, built: Built) -> bool:
    """Whether a list is one of organisations, of any kind or of one that there is; else that is told already."""
    governance = built.desk.governance
    is_known = governance is None or entries.kind in (None, *governance.kinds())
    return entries.of is FieldType.ORGANISATION and is_known


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _target(name: str, path: Path, other: Workflow, built: Built, *, at_key: bool = False) -> Field | None:
    field = other.fields.get(name)
    if field is None:
        mend = mend_name(name, tuple(other.fields), f"declare it in {other.name!r}")
        built.desk.report("sub-item-field", path, f"workflow {other.name!r} has no field {name!r}", mend, at_key=at_key)
    return field


def scope_of(workflow: Workflow) -> Scope:
    """What a condition on the items of a workflow may name, when only its value is at hand."""
    stages = tuple(workflow.stages)
    branches = [b.path for s in workflow.stages.values() if s.parallel for b in s.parallel.branches.values()]
    ways = {path: (*s.transitions, *(("lapse",) if s.lapse else ())) for path, s in workflow.stages.items()}
    return Scope(
        fields={name: type_of_field(field) for name, field in workflow.fields.items()},
        triggers=Names(workflow.triggers()),
        stages=Names(stages),
        places=Names(dict.fromkeys([*branches, *stages])),
        ways_out=ways,
        sub_items=frozenset(path for path, s in workflow.stages.items() if s.sub_items),
        has_subject=workflow.subject is not None,
        has_period=workflow.period is not None,
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A workflow of which a new item opens another item at once, and where in its file it says so."""

    workflow: str
    stage: str = ""
    step: str = ""
    number: int = 0

    def where(self, each: Built) -> Path:
        if not self.stage:
            return ("repeat", "when")
        if not self.step:
            return (*each.where(self.stage), "sub_items", "workflow")
        return (*each.where_step(self.stage, self.step), "opens", self.number, "workflow")


def _openings(built: Mapping[str, Built], workflows: Mapping[str, Workflow]) -> None:
    """Workflows that open each other (or themselves) before anybody acts or time passes."""
    opened = {name: list(_opened_at_once(workflow)) for name, workflow in workflows.items()}
    edges = {name: [one.workflow for one in each if one.workflow in workflows] for name, each in opened.items()}
    for circle in circles(edges):
        for name in circle:
            if name in built:
                found = next(one for one in opened[name] if one.workflow in circle)
                what = f"each item of {name!r} would open more of its own kind at once, without end"
                mend = "let a person act, or time pass, before the next one is opened"
                built[name].desk.report("opens-itself", found.where(built[name]), what, mend)


def _opened_at_once(workflow: Workflow) -> Iterator[_Opened]:
    """What a new item opens while nobody has acted and no time has passed: the clock's own steps included."""
    seen = {workflow.start}
    ahead = [workflow.start]
    while ahead:
        stage = workflow.stages.get(ahead.pop())
        if stage is None:
            continue
        if stage.sub_items is not None and stage.sub_items.count is not None:
            yield _Opened(stage.sub_items.workflow, stage.path)
        steps = [step for step in stage.transitions.values() if happens_at_once(step, stage, workflow, opened=True)]
        for step in steps:
            singles = ((number, one) for number, one in enumerate(step.opens) if one.each is None)
            yield from (_Opened(one.workflow, stage.path, step.trigger, number) for number, one in singles)
        if stage.end is not None and workflow.repeat is not None and is_at_once(workflow.repeat.when):
            yield _Opened(workflow.name)
        reached = [case.to for step in steps for case in step.cases]
        if stage.lapse is not None and lapses_at_once(stage, opened=True):
            reached.append(stage.lapse.to)
        if stage.parallel is not None:
            reached += [branch.start for branch in stage.parallel.branches.values()]
        ahead += [path for path in dict.fromkeys(reached) if path not in seen]
        seen.update(reached)
