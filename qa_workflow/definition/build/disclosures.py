"""From which stage on the subject's own people see a field, and where an item stands before and beyond that stage."""

from __future__ import annotations

from collections.abc import Mapping

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.model import HERE, NEVER, Disclosure, Field, Flow, Stage

_Ways = Mapping[str, frozenset[str]]


def build_disclosures(
    fields: Mapping[str, Field], stages: Mapping[str, Stage], flow: Flow, desk: Desk
) -> dict[str, Disclosure]:
    """By field, for those that say so. A stage that is not known keeps its field hidden; it is reported."""
    if not any(field.disclosed_from for field in fields.values()):
        return {}
    ways = {path: _ways(stages[path], desk) for path in flow.stages}
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


def _ways(stage: Stage, desk: Desk) -> frozenset[str]:
    """Where an item may go from a stage by one step, or by time."""
    targets = {case.to for step in stage.transitions.values() for case in step.cases} - {HERE}
    lapsed = {stage.lapse.to} if stage.lapse is not None else set()
    return frozenset(targets | lapsed | desk.guessed.get(stage.path, set()))


def _disclosure(stage: str, start: str, ways: _Ways) -> Disclosure:
    past = {stage} | (_reached(start, ways) - _reached(start, ways, without=stage))
    ahead = {path for path in ways if stage in _reached(path, ways)}
    return Disclosure(stage, frozenset(ahead - past), frozenset(past))


def _reached(start: str, ways: _Ways, without: str | None = None) -> set[str]:
    """Where the ways lead from the start, itself included, that do not go through one of the stages."""
    seen, ahead = set[str](), [start]
    while ahead:
        path = ahead.pop()
        if path not in seen and path != without:
            seen.add(path)
            ahead.extend(ways.get(path, ()))
    return seen
