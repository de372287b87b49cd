"""The governance in force, whose bodies met as the files said that were in force then: publishing changes no past."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from qa_workflow.calendar import Succession, Term, Timetable
from qa_workflow.definition import DefinitionRefused, Governance, load_governance
from qa_workflow.service.ports.store import Definition

Decided = Mapping[tuple[str, str], datetime | None]
Published = tuple[datetime, Callable[[], Governance]]
"""A governance file, read when it is asked for, and when it was published."""


def with_past(newest: Governance, since: datetime, files: Sequence[Definition], decided: Decided) -> Governance:
    """A governance, and of the meetings of its bodies those which earlier files had held.

    Args:
        since: when it is published.
        files: what was published before it, the oldest first.
        decided: when meetings are held that somebody has moved.
    """
    if not files:
        return newest
    terms: list[Published] = [(file.published_at, _reading(file, newest)) for file in files]
    terms.append((since, lambda: newest))
    bodies = {
        name: replace(body, series=Succession([Term(at, _series(name, read)) for at, read in terms], decided))
        for name, body in newest.bodies.items()
    }
    return replace(newest, bodies=bodies)


def _reading(file: Definition, newest: Governance) -> Callable[[], Governance]:
    """An earlier file; one that cannot be read any more is taken to have said what the newest says."""

    @cache
    def read() -> Governance:
        try:
            return load_governance(file.source)
        except DefinitionRefused:
            return newest

    return read


def _series(name: str, read: Callable[[], Governance]) -> Callable[[], Timetable | None]:
    def series() -> Timetable | None:
        body = read().bodies.get(name)
        return body.series if body is not None else None

    return series
