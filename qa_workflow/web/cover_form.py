"""The form by which somebody stands in for somebody else: for oneself, or by an administrator."""

from __future__ import annotations

from typing import Any

from qa_workflow.calendar import long_date
from qa_workflow.service.people import cover
from qa_workflow.service.people.person_checks import BadPerson
from qa_workflow.web import days
from qa_workflow.web.asking import Ask
from qa_workflow.web.outcomes import REFUSED, sentence

FIRST, LAST = "cover-from", "cover-until"


def arrange(ask: Ask, covered: str, problems: dict[str, str]) -> str:
    """Arrange what was filled in, and say what came of it; what is wrong goes to the problems, by field."""
    substitute = ask.form.text("substitute")
    if substitute not in ask.world.governance.people:
        problems["substitute"] = "Choose who stands in"
    wanted = {FIRST: "The first day of the cover", LAST: "The last day of the cover"}
    start, until = days.read_all(ask.form, problems, wanted).values()
    if problems or start is None or until is None:
        return ""
    try:
        entry = cover.arrange(ask.house, covered, substitute, start, until, actor=ask.name)
    except BadPerson as refused:
        problems[LAST] = sentence("; ".join(refused.faults.values()))
        return ""
    except REFUSED as refused:
        problems["substitute"] = sentence(str(refused))
        return ""
    if entry.pending is not None and entry.pending.covers(covered):
        return f"It gives {entry.person.title} more than they have, so it waits to be confirmed by a second person."
    whole = f"{entry.person.title} stands in from {long_date(start)} until {long_date(until)}"
    return f"{whole}. What is open already is theirs to do on those days, too."


def shown(ask: Ask) -> dict[str, Any]:
    """What stands in the form, for its page."""
    form = ask.form if ask.request.method == "POST" else None
    return {
        "substitute": "" if form is None else form.text("substitute"),
        "cover_days": {**days.typed(form, FIRST), **days.typed(form, LAST)},
    }
