"""What a file means, checked: one function for each kind of file, and one for workflows together."""

from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.checks.disclosure import check_disclosure
from qa_workflow.definition.checks.flow import check_flow
from qa_workflow.definition.checks.governance import check_governance
from qa_workflow.definition.checks.later import check_later
from qa_workflow.definition.checks.lines import check_lines
from qa_workflow.definition.checks.opening import check_opening
from qa_workflow.definition.checks.people import check_people
from qa_workflow.definition.checks.reach import check_reach
from qa_workflow.definition.checks.time import check_time
from qa_workflow.definition.checks.together import Others, check_together


def check_workflow(built: Built, *, whole: bool = True) -> None:
    """Every rule about the meaning of one workflow; faults go to its source's.

    Where small parts that did not fit were left out (`whole` is false), nothing is concluded from their absence.
    """
    check_flow(built)
    check_lines(built.desk.source)
    if whole:
        check_time(built)
    check_opening(built)
    check_people(built)
    check_reach(built)
    check_disclosure(built)
    check_later(built)


__all__ = ["Others", "check_governance", "check_together", "check_workflow"]
