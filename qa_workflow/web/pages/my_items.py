"""My items: what waits for me, the most pressing first, and what waits for others."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.responses import Response

from qa_workflow.service.definitions.second_person import to_decide
from qa_workflow.service.items.removing import REMOVE
from qa_workflow.service.lists.lines import Line
from qa_workflow.service.lists.mine import mine
from qa_workflow.service.people.people import CONFIRM
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()
OTHERS = 10
"""How much of what waits for others is shown below."""


@door.get("/", SIGNED_IN)
def my_items(ask: Asked, after: str = "") -> Response:
    """What waits for who asks."""
    return ask.page("my_items.html", **listed(ask, after))


def listed(ask: Ask, after: str) -> dict[str, Any]:
    """The lists, and a mark that changes when anything in them does."""
    found = mine(ask.house, ask.actor, ask.now, after=after or None, others=OTHERS)
    decide = to_decide(
        ask.house,
        ask.name,
        ask.now,
        publishes=ask.may("publish"),
        confirms=any(ask.may(right) for right in CONFIRM),
        removes=ask.may(REMOVE),
    )
    to_confirm = [*(str(each.id) for each in decide.drafts), *decide.people, *decide.files]
    return {
        "found": found,
        "decide": decide,
        "titles": {name: workflow.title for name, workflow in ask.world.workflows.items()},
        "others": found.others,
        "after": after,
        "mark": _mark([*found.lines, *found.also, *found.others], to_confirm),
        "may_open": ask.may("open"),
    }


def _mark(lines: list[Line], more: list[str]) -> str:
    told = "\n".join([*(f"{line.reference} {line.revision} {line.left}" for line in lines), *more])
    return hashlib.sha256(told.encode()).hexdigest()[:16]
