"""The top of a workflow file: its references, its period and subject, who may do what else."""

from __future__ import annotations

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.phrases import placeholders, retention_phrase
from qa_workflow.definition.faults import mend_name
from qa_workflow.definition.model import ORGANISATION
from qa_workflow.definition.names import initials
from qa_workflow.definition.shape.workflow import RightsShape, WorkflowShape

REFERENCE_WORDS = ("period", "subject", "number")
"""What is filled into a reference."""


def usual_reference(shape: WorkflowShape, period: str | None) -> str:
    """How items are named when the file does not say."""
    if period and shape.subject:
        return f"{initials(shape.workflow)}/{{period}}/{{subject}}"
    subject = "{subject}/" if shape.subject else ""
    return f"{initials(shape.workflow)}/{subject}{{number}}"


def check_top(shape: WorkflowShape, desk: Desk, period: str | None) -> None:
    """Everything at the top that is not built from other parts."""
    if not shape.stages:
        desk.report(
            "missing-key",
            ("stages",),
            "the workflow has no stages",
            "write at least one, and one with `end`",
            at_key=True,
        )
    if shape.start is not None and shape.start not in shape.stages:
        mend = mend_name(shape.start, tuple(shape.stages), "define it under `stages`")
        desk.report("unknown-stage", ("start",), f"stage {shape.start!r} is not defined", mend)
    if shape.retention is not None and not retention_phrase(shape.retention):
        desk.report(
            "retention-phrase",
            ("retention",),
            f"{shape.retention!r} does not say how long",
            "write `20 years`, `18 months` or `for ever`",
        )
    _check_reference(shape, desk, period)
    governance = desk.governance
    if governance is None:
        return
    desk.calendar(shape.calendar, ("calendar",))
    kinds = governance.kinds()
    if shape.subject not in (None, ORGANISATION, *kinds):
        named = ("kind of organisation", str(shape.subject))
        desk.unknown("unknown-kind", ("subject",), named, kinds, "give an organisation this `kind`")
    if shape.opens is not None and shape.opens.each not in kinds:
        named = ("kind of organisation", shape.opens.each)
        desk.unknown("unknown-kind", ("opens", "each"), named, kinds, "give an organisation this `kind`")


def _check_reference(shape: WorkflowShape, desk: Desk, period: str | None) -> None:
    if shape.reference is None:
        return
    words = placeholders(shape.reference)
    for word, offset in words:
        if word not in REFERENCE_WORDS:
            mend = mend_name(word, REFERENCE_WORDS, "write it out")
            desk.report("reference-form", ("reference",), f"nothing is filled in for {{{word}}}", mend, offset)
        elif (word == "period" and period is None) or (word == "subject" and shape.subject is None):
            desk.report(
                "reference-form",
                ("reference",),
                f"items of this workflow have no {word}",
                f"give the workflow a `{word}`",
                offset,
            )
    if not words:
        desk.report(
            "reference-form",
            ("reference",),
            "every item would have the same reference",
            "add `{period}`, `{subject}` or `{number}`",
        )


def build_rights(shape: RightsShape | None, desk: Desk) -> dict[str, tuple[str, ...]]:
    """Roles by right, only for the rights that the file speaks of."""
    if shape is None:
        return {}
    given = {name: getattr(shape, name) for name in RightsShape.model_fields}
    return {name: desk.role_list(roles, ("rights", name)) for name, roles in given.items() if roles is not None}
