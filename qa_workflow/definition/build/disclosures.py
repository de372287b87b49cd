"""From which stage on the subject's own people see a field, and where an item stands before and beyond that stage."""

from __future__ import annotations

from collections.abc import Mapping

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.ways import Ways, leading_to, reached, ways_out
from qa_workflow.definition.model import NEVER, Disclosure, Field, Flow, Stage


def build_disclosures(
    fields: Mapping[str, Field], stages: Mapping[str, Stage], flow: Flow, desk: Desk
) -> dict[str, Disclosure]:
    """By field, for those that say so. A stage that is not known keeps its field hidden; it is reported."""
    if not any(field.disclosed_from for field in fields.values()):
        return {}
    ways = {path: ways_out(stages[path], desk) for path in flow.stages}
    found: dict[str, Disclosure] = {}
    for name, field in fields.items():
        if field.disclosed_from == NEVER:
            found[name] = Disclosure(None)
        elif field.disclosed_from in ways:
            found[name] = _disclosure(field.disclosed_from, flow.start, ways)
        elif field.disclosed_from is not None:
            found[name] = Disclosure(None)
            path = ("fields", name, "disclosed_from")
            known = (*flow.stages, NEVER)
            desk.unknown("unknown-stage", path, ("stage of the main line", field.disclosed_from), known, "name one")
    return found


def _disclosure(stage: str, start: str, ways: Ways) -> Disclosure:
    around = {path: targets - {stage} for path, targets in ways.items()}
    past = {stage} | (reached([start], ways) - reached({start} - {stage}, around))
    return Disclosure(stage, leading_to([stage], ways) - past, frozenset(past))
