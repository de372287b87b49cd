"""From the shape of a workflow file to its frozen value: references resolved, rules and conditions compiled."""

from __future__ import annotations

from dataclasses import dataclass

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.disclosures import build_disclosures
from qa_workflow.definition.build.fields import build_fields
from qa_workflow.definition.build.outline import Outline, OutlineNames, outline
from qa_workflow.definition.build.stages import StageBuilder
from qa_workflow.definition.build.times import Times
from qa_workflow.definition.build.top import build_rights, check_top, usual_reference
from qa_workflow.definition.governance import Governance
from qa_workflow.definition.guards.parts import Scope
from qa_workflow.definition.guards.types import type_of_field
from qa_workflow.definition.model import Opening, Repeat, Workflow
from qa_workflow.definition.shape.workflow import OpeningShape, RepeatShape, WorkflowShape
from qa_workflow.definition.text.source import Path, Source


@dataclass(frozen=True, slots=True)
class Built:
    """A workflow and where its parts are written, for the checks that follow."""

    workflow: Workflow
    shape: WorkflowShape
    found: Outline
    desk: Desk
    times: Times

    def where(self, stage: str) -> Path:
        """Where a stage is written."""
        return self.found.stages[stage].where

    def where_step(self, stage: str, trigger: str) -> Path:
        """Where a transition is written."""
        return (*self.where(stage), "transitions", trigger)


def build_workflow(source: Source, shape: WorkflowShape, governance: Governance | None, digest: str) -> Built:
    """Build as much as can be built; faults go to the source's."""
    desk = Desk(source, governance)
    found = outline(shape)
    names = found.names()
    period = shape.period or (shape.opens.every if shape.opens else None)
    desk.triggers, desk.places, desk.branches = names.triggers, names.places, names.branches
    desk.fields = {}
    times = Times(desk, names)
    fields = build_fields(shape.fields, shape.release or "private", desk)
    desk.fields = fields
    desk.scope = _scope(desk, names, found, shape, has_period=period is not None)
    for name, field_shape in (shape.fields or {}).items():
        if field_shape.valid is not None:
            fields[name] = times.with_validity(fields[name], field_shape.valid, ("fields", name, "valid"))
    check_top(shape, desk, period)
    opening, repeat = _opening(shape.opens, desk, times), _repeat(shape.repeat, desk, times)
    builder = StageBuilder(desk, times, found, shape.subject is not None)
    stages = {path: builder.stage(sketch) for path, sketch in found.stages.items()}
    workflow = Workflow(
        name=shape.workflow,
        title=shape.title,
        purpose=shape.purpose or "",
        subject=shape.subject,
        period=period,
        reference=shape.reference or usual_reference(shape, period),
        calendar=shape.calendar,
        fields=fields,
        stages=stages,
        flows=found.flows,
        opening=opening,
        repeat=repeat,
        needs=tuple(name for i, name in enumerate(shape.needs or ()) if desk.field(name, ("needs", i))),
        rights=build_rights(shape.rights, desk),
        retention=shape.retention,
        body=desk.body(shape.body, ("body",), shape.subject is not None),
        disclosures=build_disclosures(fields, stages, found.flows[""], desk),
        hash=digest,
    )
    return Built(workflow, shape, found, desk, times)


def _scope(desk: Desk, names: OutlineNames, found: Outline, shape: WorkflowShape, *, has_period: bool) -> Scope:
    """What conditions may name."""
    governance = desk.governance
    organisations = tuple(governance.organisations) if governance else None
    kinds = governance.kinds() if governance else None
    return Scope(
        fields={name: type_of_field(field, organisations) for name, field in desk.fields.items()},
        triggers=names.triggers,
        stages=names.stages,
        places=names.places,
        ways_out=names.ways_out,
        sub_items=frozenset(path for path, s in found.stages.items() if getattr(s.shape, "sub_items", None)),
        roles=tuple(governance.roles) if governance else None,
        kinds=kinds,
        organisations=organisations,
        has_subject=shape.subject is not None,
        has_period=has_period,
    )


def _opening(shape: OpeningShape | None, desk: Desk, times: Times) -> Opening | None:
    if shape is None:
        return None
    on = times.opening_day(shape.on, ("opens", "on"))
    when = desk.guard(shape.when, ("opens", "when"))
    return Opening(shape.each, shape.every, on, when) if on is not None else None


def _repeat(shape: RepeatShape | None, desk: Desk, times: Times) -> Repeat | None:
    if shape is None:
        return None
    when = times.rule(shape.when, ("repeat", "when"))
    for target, name in (shape.copies or {}).items():
        desk.field(name, ("repeat", "copies", target))
        desk.field(target, ("repeat", "copies", target), at_key=True)
    return Repeat(when, tuple((shape.copies or {}).items())) if when is not None else None
