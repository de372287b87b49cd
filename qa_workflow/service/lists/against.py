"""What stands against a step, other than what its own form asks for: such a step is told last, and told so."""

from __future__ import annotations

from collections.abc import Iterable

from qa_workflow.definition.model import Transition
from qa_workflow.engine.refusals import Obstacle

FILLABLE = frozenset({"missing", "reason"})
"""Codes of obstacles that the form of the step itself asks for."""


def against(step: Transition, missing: Iterable[Obstacle]) -> list[Obstacle]:
    """Of what is missing, that which filling in the form cannot mend.

    A condition on a field that the step asks for anew, with a reason, is met by what is typed there.
    """
    mends = step.needs_reason and step.when is not None and not set(step.when.reads).isdisjoint(step.needs)
    return [o for o in missing if o.code not in FILLABLE and not (mends and o.code == "guard")]
