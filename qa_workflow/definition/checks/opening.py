"""Whether the clock can open what a workflow says under `opens`: items are each about that organisation and period."""

from __future__ import annotations

from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.model import ORGANISATION


def check_opening(built: Built) -> None:
    """All rules of this module."""
    workflow, opening, governance = built.workflow, built.workflow.opening, built.desk.governance
    if opening is None:
        return
    is_known = governance is None or opening.each in governance.kinds()  # else that is said already
    if is_known and workflow.subject not in (opening.each, ORGANISATION):
        about = f"one {_words(workflow.subject)}" if workflow.subject else "no organisation"
        what = f"the clock opens an item for each {opening.each!r}, and items of this workflow are about {about}"
        built.desk.report("opening-about", ("opens", "each"), what, f"write `subject: {opening.each}`")
    if workflow.period not in (None, opening.every):
        each = f"the clock opens items about one {_words(opening.every)}"
        what = f"{each}, and those of this workflow are about one {_words(workflow.period)}"
        built.desk.report("opening-about", ("opens", "every"), what, f"write `every: {workflow.period}`")


def _words(kind: str) -> str:
    return kind.replace("_", " ")
