"""Which stage leads to which, and where ways come to in the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.model import HERE, Stage

Ways = Mapping[str, frozenset[str]]
"""By stage, those that come next."""


def ways_out(stage: Stage, desk: Desk) -> frozenset[str]:
    """Where an item may go from a stage by one step, or by time; of a mistyped name, to what it seems to mean."""
    targets = {case.to for step in stage.transitions.values() for case in step.cases} - {HERE}
    lapsed = {stage.lapse.to} if stage.lapse is not None else set()
    return frozenset(targets | lapsed | desk.guessed.get(stage.path, set()))


def reached(start: Iterable[str], ways: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Where the ways lead from the start, itself included."""
    seen, ahead = set(start), list(start)
    while ahead:
        for target in ways.get(ahead.pop(), ()):
            if target not in seen:
                seen.add(target)
                ahead.append(target)
    return frozenset(seen)


def leading_to(ends: Iterable[str], ways: Ways) -> frozenset[str]:
    """From where the ways lead to one of the ends, themselves included."""
    back: dict[str, set[str]] = {}
    for stage, targets in ways.items():
        for target in targets:
            back.setdefault(target, set()).add(stage)
    return reached(ends, back)
