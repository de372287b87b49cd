"""What a new version means for an item, in a sentence; command line and pages say it alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_workflow.engine.verdicts import Fate, Verdict
from qa_workflow.service.telling.words import day_words

_MOST = 3
"""How many changed rules are told of one item."""


def verdict_words(verdict: Verdict, titles: Mapping[str, str] | None = None) -> str:
    """What becomes of the item: where it goes, which dates move, what stands against it.

    Args:
        titles: how stages are called, by path; the path itself if left out.
    """
    names = titles or {}
    if verdict.fate is Fate.NEEDS_CHOICE:
        return "; ".join(verdict.why)
    said = [_way(verdict, names)] if verdict.here != verdict.there else []
    for move in verdict.dates:
        before, after = (day_words(day) or "no date" for day in (move.before, move.after))
        said.append(f"{names.get(move.stage, move.stage)}: due {after}, was {before}")
    if verdict.nobody:
        said.append(f"nobody may act at {_named(verdict.nobody, names)} today")
    if verdict.late:
        said.append(f"late at once at {_named(verdict.late, names)}")
    if not said:
        where = _named(verdict.here, names)
        said.append(f"stays at {where}" + _rules(verdict.rules) if verdict.fate is Fate.MOVES else f"stays at {where}")
    return "; ".join(said)


def _rules(sentences: Sequence[str]) -> str:
    """Which rules change there; of many only the first, for all of the version's are told beside."""
    more = len(sentences) - _MOST
    said = [each.removesuffix(".") for each in sentences[:_MOST]] + ([f"and {more} more"] if more > 0 else [])
    return ", where rules change" + (f": {'; '.join(said)}" if said else "")


def _way(verdict: Verdict, names: Mapping[str, str]) -> str:
    """From where to where; by path where both are called the same."""
    before, after = _named(verdict.here, names), _named(verdict.there, names)
    return _way(verdict, {}) if before == after and names else f"{before} → {after}"


def _named(stages: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(stage, stage) for stage in stages)
