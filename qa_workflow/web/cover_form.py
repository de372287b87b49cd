"""The form by which somebody stands in for somebody else: for oneself, or by an administrator."""

from __future__ import annotations

from typing import Any

from qa_workflow.service import cover
from qa_workflow.service.person_checks import BadPerson
from qa_workflow.web import days
from qa_workflow.web.asking import Ask
from qa_workflow.web.outcomes import REFUSED, sentence

FIRST, LAST = "cover-from", "cover-until"


def arrange(ask: Ask, covered: str) -> dict[str, str]:
    """Arrange what was filled in; or what is wrong with it, by field."""
    problems: dict[str, str] = {}
    substitute = ask.form.text("substitute")
    if substitute not in ask.world.governance.people:
        problems["substitute"] = "Choose who stands in"
    wanted = {FIRST: "The first day of the cover", LAST: "The last day of the cover"}
    start, until = days.read_all(ask.form, problems, wanted).values()
    if problems or start is None or until is None:
        return problems
    try:
        cover.arrange(ask.house, covered, substitute, start, until, actor=ask.name)
    except BadPerson as refused:
        return {LAST: sentence("; ".join(refused.faults.values()))}
    except REFUSED as refused:
        return {"substitute": sentence(str(refused))}
    return {}


def shown(ask: Ask) -> dict[str, Any]:
    """What stands in the form, for its page."""
    form = ask.form if ask.request.method == "POST" else None
    return {
        "substitute": "" if form is None else form.text("substitute"),
        "cover_days": {**days.typed(form, FIRST), **days.typed(form, LAST)},
    }
