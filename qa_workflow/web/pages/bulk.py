"""One decision for many items, as a committee takes it: choose, say what is decided, see what comes of it, do it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response

from qa_workflow.definition.model import Transition
from qa_workflow.engine.refusals import ItemIsOver, NoSuchStep
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.items import bulk
from qa_workflow.service.items.bulk import Bulk, Outcome
from qa_workflow.service.items.requests import own_request
from qa_workflow.service.refusals import Stale
from qa_workflow.service.telling.meetings import before_it_has_met
from qa_workflow.web import bulk_form
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.bulk_form import STAY, Chosen, Part, Way
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.outcomes import Problem, problems, since
from qa_workflow.web.pages.items import listed

door = Door()
MOST = 500
"""Items of one decision; a list shows fifty on a page."""


@door.get("/bulk", SIGNED_IN)
def nothing_chosen(ask: Asked) -> Response:
    """There is nothing to decide before items are chosen on a list."""
    return ask.go("/items")


@door.post("/bulk", SIGNED_IN)
def decide(ask: Asked) -> Response:
    """The next screen of the decision; what was chosen and typed comes along in the form."""
    go = ask.form.text("go")
    if not go and not ask.form.texts("items"):
        return listed(ask, dict(parse_qsl(ask.form.text("list"))), problem="Choose at least one item")
    parts = bulk_form.sent(ask) if go else bulk_form.from_list(ask)
    number = sum(len(part.chosen) for part in parts)
    if not number:
        return _sheet(ask, [], [{"text": "Choose at least one item that you can see"}])
    if number > MOST:
        return _sheet(ask, [], [{"text": f"Choose at most {MOST} items for one decision; there are {number}"}])
    is_clear = any(part.ways for part in parts) and all(part.wants_nothing for part in parts)
    if go in ("preview", "do") or (not go and is_clear):
        return _go(ask, parts, go)
    return _sheet(ask, parts)


def _go(ask: Ask, parts: Sequence[Part], go: str) -> Response:
    """What would become of each item, or has."""
    undecided = [part for part in parts if part.way is None and part.named != STAY]
    wrong = [{"text": f"Choose what is decided: {part.title}", "href": f"#trigger-{part.number}"} for part in undecided]
    going = [(part, part.way) for part in parts if part.way is not None]
    if not wrong and not going:
        wrong = [{"text": "Choose what is decided for at least one of them", "href": f"#trigger-{parts[0].number}"}]
    doubtful = bulk_form.doubts(ask, parts)
    if wrong or doubtful.errors or any(way.wrong for _, way in going):
        return _sheet(ask, parts, wrong)
    is_done = go == "do"
    decisions = [_decide(ask, part, way, do=is_done) for part, way in going]
    return ask.page(
        "bulk/done.html" if is_done else "bulk/preview.html",
        decisions=decisions,
        number=sum(len(part.chosen) for part in parts),
        good=sum(not line["refused"] for decision in decisions for line in decision["lines"]),
        staying=[each for part in parts if part.way is None for each in part.chosen],
        carried=list(bulk_form.carried(ask, parts)),
        key=secrets.token_hex(16),
        list=ask.form.text("list"),
    )


def _decide(ask: Ask, part: Part, way: Way, *, do: bool) -> dict[str, Any]:
    """A decision and what it comes to for each of its items: those that stay as they are first."""
    wanted = [(each.item.id, each.seen) for each in part.chosen]
    request = None
    if do:
        key = f"{ask.form.text('request')[:100]}.{part.number}"
        request = own_request(ask.name, key, f"{way.name}{wanted}{way.filled.given}{way.reason}".encode())
    outcomes = bulk.advance(ask.house, wanted, Bulk(way.command(), ask.name, preview=not do, request=request))
    lines = [_line(ask, each, way.step, outcome) for each, outcome in zip(part.chosen, outcomes, strict=True)]
    return {"title": way.title, "lines": sorted(lines, key=lambda line: not line["refused"])}


def _sheet(ask: Ask, parts: Sequence[Part], wrong: Sequence[Problem] = ()) -> Response:
    """What is decided of each part, and what that asks for."""
    doubtful = bulk_form.doubts(ask, parts)
    ways = [part.way for part in parts if part.way is not None]
    found = [*doubtful.errors, *wrong, *(each for way in ways for each in way.wrong)]
    return ask.page(
        "bulk/sheet.html",
        status=422 if found else 200,
        parts=parts,
        number=sum(len(part.chosen) for part in parts),
        several=len(parts) > 1,
        may_decide=any(part.ways for part in parts),
        doubtful=doubtful,
        problems=found,
        list=ask.form.text("list"),
    )


def _line(ask: Ask, each: Chosen, step: Transition, outcome: Outcome) -> dict[str, Any]:
    return {
        "reference": each.item.reference,
        "refused": _why(ask, each, outcome.refusal),
        "stages": [each.workflow.stages[path].title for path in outcome.stages],
        "due_on": outcome.due_on,
        "not_worked": outcome.not_worked,
        "early": before_it_has_met(ask.world, each.workflow, each.item, step, ask.now),
    }


def _why(ask: Ask, each: Chosen, refusal: QaWorkflowError | None) -> list[str]:
    """Why an item stays as it is, in the words of the pages."""
    match refusal:
        case None:
            return []
        case NoSuchStep() | ItemIsOver():
            stages = [each.workflow.stages[visit.stage].title for visit in each.item.leaves()]
            return [f"it is {'over' if each.item.is_over else 'at ' + ', '.join(stages)}, where this cannot be done"]
        case Stale():
            others = "; ".join(f"{told.who}: {told.what}" for told in since(ask, each.item, each.seen))
            return [f"it has moved on since you looked ({others})"]
        case _:
            return [problem["text"] for problem in problems(refusal, ask, each.item)]
