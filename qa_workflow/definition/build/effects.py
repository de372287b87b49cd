"""Effects: what leaves the house, said once for steps and for entering and leaving a stage."""

from __future__ import annotations

from collections.abc import Sequence

from qa_workflow.definition.build.desk import Desk
from qa_workflow.definition.build.phrases import placeholders
from qa_workflow.definition.faults import mend_name
from qa_workflow.definition.model import Effect, EffectRule
from qa_workflow.definition.shape.workflow import EffectShape
from qa_workflow.definition.text.source import Path

MAIL_WORDS = ("reference", "stage", "subject", "workflow", "due", "link")
"""What is filled into the text of a mail: nothing that anybody typed, and nobody's name."""


def build_effects(shapes: Sequence[EffectShape] | None, path: Path, desk: Desk) -> tuple[EffectRule, ...]:
    """Each is exactly one of mail, webhook and document."""
    made = [_effect(shape, (*path, number), desk) for number, shape in enumerate(shapes or ())]
    return tuple(effect for effect in made if effect is not None)


def _effect(shape: EffectShape, path: Path, desk: Desk) -> EffectRule | None:
    asked = ((Effect.MAIL, shape.mail), (Effect.WEBHOOK, shape.webhook), (Effect.DOCUMENT, shape.document))
    given = [kind for kind, value in asked if value]
    if len(given) != 1:
        what = "an effect is exactly one of mail, webhook and document"
        desk.report("effect-form", path, what, "write one entry for each")
        return None
    for key, text in (("subject", shape.subject), ("text", shape.text)):
        for word, offset in placeholders(text or ""):
            if word not in MAIL_WORDS:
                mend = mend_name(word, MAIL_WORDS, "leave it out")
                desk.report("mail-form", (*path, key), f"nothing is filled in for {{{word}}}", mend, offset)
    to = desk.who(shape.mail, (*path, "mail"))
    return EffectRule(given[0], to, shape.webhook or shape.document or "", shape.subject or "", shape.text or "")
