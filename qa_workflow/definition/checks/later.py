"""What the language has already and this version does not carry out yet: said aloud, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.definition.build.workflow import Built
from qa_workflow.definition.model import Effect, EffectRule
from qa_workflow.definition.text.source import Path


def check_later(built: Built) -> None:
    """All rules of this module."""
    for stage in built.workflow.stages.values():
        where = built.where(stage.path)
        for number, collects in enumerate(stage.collects):
            what = (
                f"that items of {collects.workflow!r} are collected is recorded; the report comes with a later version"
            )
            built.desk.report(
                "collects-later", (*where, "collects", number), what, "until then, write the report yourself"
            )
        _effects(stage.on_entry, (*where, "on_entry"), built)
        _effects(stage.on_exit, (*where, "on_exit"), built)
        for step in stage.transitions.values():
            _effects(step.effects, (*built.where_step(stage.path, step.trigger), "effects"), built)


def _effects(effects: Sequence[EffectRule], path: Path, built: Built) -> None:
    for number, effect in enumerate(effects):
        if effect.kind is not Effect.MAIL:
            what = f"this version delivers mail only; the {effect.kind.value} {effect.name!r} is recorded and waits"
            built.desk.report(
                "effect-without-carrier", (*path, number), what, "use `mail`, or leave it for a later version"
            )
