"""One decision for many items, as a committee takes it: choose, fill in once, see what would become of each, do it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.responses import Response

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import Transition
from qa_workflow.engine import Item
from qa_workflow.engine.commands import Fire
from qa_workflow.engine.refusals import ItemIsOver, NoSuchStep
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.items import bulk, filling
from qa_workflow.service.items.bulk import Bulk, Outcome
from qa_workflow.service.items.filling import Sheet
from qa_workflow.service.items.requests import own_request
from qa_workflow.service.refusals import Stale, UnknownItem
from qa_workflow.service.telling.meetings import before_it_has_met
from qa_workflow.web import fields
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import Filled, Matter
from qa_workflow.web.outcomes import NO_REASON, Problem, problems, since
from qa_workflow.web.pages.items import listed

door = Door()
MOST = 500
"""Items of one decision; a list shows fifty on a page."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item as the list showed it."""

    item: Item
    seen: int
    workflow: Workflow

    @property
    def matter(self) -> Matter:
        """As a form about it says it."""
        return Matter(self.workflow, self.item)

    @property
    def mark(self) -> str:
        """As the form carries it."""
        return f"{self.item.id}.{self.seen}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that some of the chosen items could make."""

    name: str
    title: str
    number: int


Step = tuple[Choice, Transition, Chosen]
"""What could be done, its transition, and an item with which it could."""


@door.get("/bulk", SIGNED_IN)
def nothing_chosen(ask: Asked) -> Response:
    """There is nothing to decide before items are chosen on a list."""
    return ask.go("/items")


@door.post("/bulk", SIGNED_IN)
def decide(ask: Asked) -> Response:
    """The next screen of the decision; what was chosen and typed comes along in the form."""
    chosen = list(_chosen(ask))
    if not chosen and not ask.form.text("go") and not ask.form.texts("items"):
        return listed(ask, dict(parse_qsl(ask.form.text("list"))), problem="Choose at least one item")
    if not chosen:
        return _choose(ask, chosen, [{"text": "Choose at least one item that you can see"}])
    if len(chosen) > MOST:
        return _choose(ask, chosen[:MOST], [{"text": f"Choose at most {MOST} items for one decision"}])
    steps = _steps(ask, chosen)
    named, go = ask.form.text("trigger"), ask.form.text("go")
    only = next(iter(steps)) if len(steps) == 1 and not go else ""  # from the list, and nothing is to be chosen
    step = steps.get(named or only)
    if step is None:
        wrong = [{"text": "Choose what to do", "href": "#trigger"}] if go and steps else []
        return _choose(ask, chosen, wrong, steps)
    return _go(ask, chosen, step, go)


def _chosen(ask: Ask) -> Iterator[Chosen]:
    """The items that were ticked, as far as they are in sight; each once."""
    seen: dict[str, None] = dict.fromkeys(ask.form.texts("items"))
    for mark in seen:
        name, _, revision = mark.partition(".")
        try:
            item = ask.item(name)
        except UnknownItem:
            continue
        at = int(revision) if revision.isdecimal() and len(revision) < 10 else -1
        yield Chosen(item, at, ask.world.workflow(item.definition))


def _steps(ask: Ask, chosen: Sequence[Chosen]) -> Mapping[str, Step]:
    """What could be done with some of them in one decision, by this person."""
    found: dict[str, Step] = {}
    several = len({each.workflow.name for each in chosen}) > 1
    for each in chosen:
        for step in ask.engine.steps(each.item, ask.name):
            transition = each.workflow.triggers()[step.path]
            if step.forbidden or not transition.bulk:
                continue
            name = f"{each.workflow.name}:{step.path}"
            before = found[name][0].number if name in found else 0
            title = f"{step.title} ({each.workflow.title})" if several else step.title
            first = found[name][1:] if name in found else (transition, each)
            found[name] = (Choice(name, title, before + 1), *first)
    return found


def _go(ask: Ask, chosen: Sequence[Chosen], step: Step, go: str) -> Response:
    choice, transition, example = step
    sheet = _sheet(chosen, example, transition)
    asks_nothing = not sheet.fields and not transition.needs_reason
    if go not in ("preview", "do", "change") and asks_nothing:
        go = "preview"
    if go not in ("preview", "do"):
        back = go == "change"
        filled = _read(ask, example, sheet) if back else fields.empty(ask, example.matter, sheet, {})
        return _fill(ask, chosen, step, filled)
    filled, reason = _read(ask, example, sheet), ask.form.text("reason")
    wrong = [NO_REASON] if transition.needs_reason and not reason else []
    if filled.errors or wrong:
        return _fill(ask, chosen, step, filled, wrong, status=422)
    command = Fire(transition.path, filled.given, reason or None, bulk=True)
    wanted = [(each.item.id, each.seen) for each in chosen]
    if go == "preview":
        outcomes = bulk.advance(ask.house, wanted, Bulk(command, ask.name, preview=True))
        return _show(ask, "bulk/preview.html", chosen, step, outcomes, carried=list(_carried(ask, choice, filled)))
    request = own_request(ask.name, ask.form.text("request")[:100], f"{wanted}{filled.given}{reason}".encode())
    outcomes = bulk.advance(ask.house, wanted, Bulk(command, ask.name, request=request))
    return _show(ask, "bulk/done.html", chosen, step, outcomes)


def _sheet(chosen: Sequence[Chosen], example: Chosen, step: Transition) -> Sheet:
    """What the form asks for once for all; what every item has already need not be given."""
    asked = filling.sheet(example.workflow, example.item, step)
    lacking = [f for f in asked.needed if any(each.item.fields.get(f.name) in (None, "", []) for each in chosen)]
    return Sheet(tuple(lacking), (*(f for f in asked.needed if f not in lacking), *asked.offered))


def _read(ask: Ask, example: Chosen, sheet: Sheet) -> Filled:
    return fields.read(ask, example.matter, sheet, {}, {"Reason": ask.form.text("reason")})


def _carried(ask: Ask, choice: Choice, filled: Filled) -> Iterator[tuple[str, str]]:
    """What was chosen and typed, for the next screen; a file as its ticket."""
    yield "trigger", choice.name
    for name, text in ask.form.typed():
        if name in ("items", "reason", fields.CONFIRMED) or (
            name.startswith(fields.PREFIX) and not name.endswith(".ticket")
        ):
            yield name, text
    for each in filled.inputs:
        yield from ((f"{each.name}.ticket", ticket) for ticket in each.tickets)


def _choose(
    ask: Ask, chosen: Sequence[Chosen], wrong: list[Problem], steps: Mapping[str, Any] | None = None
) -> Response:
    choices = [step[0] for step in (steps or {}).values()]
    status = 422 if wrong else 200
    return ask.page("bulk/choose.html", status=status, chosen=chosen, choices=choices, problems=wrong)


def _fill(
    ask: Ask, chosen: Sequence[Chosen], step: Step, filled: Filled, wrong: Sequence[Problem] = (), *, status: int = 200
) -> Response:
    choice, transition, _ = step
    return ask.page(
        "bulk/fill.html",
        status=status,
        chosen=chosen,
        choice=choice,
        filled=filled,
        needs_reason=transition.needs_reason,
        reason=ask.form.text("reason"),
        problems=list(wrong),
    )


def _show(
    ask: Ask, template: str, chosen: Sequence[Chosen], step: Step, outcomes: Sequence[Outcome], **more: Any
) -> Response:
    """What would become, or has become, of each; `chosen` are the items as they were before."""
    choice, transition, _ = step
    lines = [_line(ask, each, transition, outcome) for each, outcome in zip(chosen, outcomes, strict=True)]
    good = sum(1 for line in lines if not line["refused"])
    return ask.page(template, chosen=chosen, choice=choice, lines=lines, good=good, key=secrets.token_hex(16), **more)


def _line(ask: Ask, each: Chosen, step: Transition, outcome: Outcome) -> dict[str, Any]:
    return {
        "reference": each.item.reference,
        "refused": _why(ask, each, outcome.refusal),
        "stages": [each.workflow.stages[path].title for path in outcome.stages],
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
