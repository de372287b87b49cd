"""A person opens an item, where the clock opens none: choose the workflow, say what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from qa_workflow.calendar import PeriodKind, period_containing
from qa_workflow.definition import Workflow
from qa_workflow.engine.policy import right
from qa_workflow.service.items import filling
from qa_workflow.service.items.errands import follow_up
from qa_workflow.service.items.opening import Wish, open_one
from qa_workflow.service.items.requests import KeyReused
from qa_workflow.service.refusals import Coming, DoubtfulDate, NotYours
from qa_workflow.service.telling.disclosing import theirs_read
from qa_workflow.service.telling.redating import unless_sure
from qa_workflow.web import fields, sending
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import Filled
from qa_workflow.web.outcomes import REFUSED, Problem, problems, told
from qa_workflow.web.statuses import NotThere

door = Door()
_SENT_BEFORE = "This form was sent before and did its work. If you mean to open another item, send it again"
RECENT = 6
"""Periods that are offered: the one under way, the next, and those before."""


@door.get("/open", SIGNED_IN)
def choose(ask: Asked) -> Response:
    """The workflows of which this person may open items."""
    return ask.page("opening/choose.html", workflows=_mine(ask))


@door.get("/open/{workflow}", SIGNED_IN)
def form(ask: Asked, workflow: str) -> Response:
    """The form of one workflow."""
    found = _workflow(ask, workflow)
    return _show(ask, found, fields.empty(ask, fields.Matter(found), filling.opening(found, ask.filler), {}))


@door.post("/open/{workflow}", SIGNED_IN)
def opened(ask: Asked, workflow: str) -> Response:
    """Open it."""
    found = _workflow(ask, workflow)
    reason = ask.form.text("reason")
    filled = fields.read(ask, fields.Matter(found), filling.opening(found, ask.filler), {}, {"Reason": reason})
    wrong = list(_missing(ask, found))
    if wrong or filled.errors:
        return _show(ask, found, filled, status=422, wrong=wrong)
    subject, period = ask.form.text("subject") or None, ask.form.text("period") or None
    wish = Wish(found.name, subject, period, ask.name, filled.given, reason or None)
    request = sending.request_of(ask)
    try:
        doubt = unless_sure(None, ask.form.text(sending.SURE))
        item = follow_up(ask.house, open_one(ask.house, wish, request, doubt=doubt)).item
    except KeyReused:
        return _show(ask, found, filled, status=409, wrong=[{"text": _SENT_BEFORE}])
    except DoubtfulDate as refusal:
        return _show(ask, found, filled, status=422, wrong=problems(refusal), dates=refusal.coming)
    except REFUSED as refusal:
        return _show(ask, found, filled, status=422, wrong=problems(refusal))
    if not ask.sight.sees(item):
        return ask.go("/", said=f"{item.reference} was opened.")
    return ask.go(f"/items/{item.reference}", said=told(ask, item, "Opened"))


def _mine(ask: Ask) -> list[Workflow]:
    """A workflow's own list of who may open it counts before the house's."""
    roles, world = ask.actor.every_role, ask.world
    return [w for w in world.workflows.values() if not roles.isdisjoint(right("open", w, world.governance).roles)]


def _workflow(ask: Ask, name: str) -> Workflow:
    found = next((w for w in _mine(ask) if w.name == name), None)
    if found is None:
        if name not in ask.world.latest:
            raise NotThere("no workflow of this name is published")
        raise NotYours("open an item of this workflow", ask.name, ask.world.governance.rights.get("open", ()))
    return found


def _missing(ask: Ask, workflow: Workflow) -> list[Problem]:
    wrong: list[Problem] = []
    if workflow.subject is not None and not ask.form.text("subject"):
        wrong.append({"text": "Choose what it is about", "href": "#subject"})
    if workflow.period is not None and not ask.form.text("period"):
        wrong.append({"text": "Enter the period", "href": "#period"})
    return wrong


def _show(
    ask: Ask,
    workflow: Workflow,
    filled: Filled,
    *,
    status: int = 200,
    wrong: Sequence[Problem] = (),
    dates: Coming | None = None,
) -> Response:
    organisations = ask.world.governance.organisations.values()
    posted = ask.request.method == "POST"
    return ask.page(
        "opening/form.html",
        status=status,
        workflow=workflow,
        is_read_by_theirs=bool(workflow.subject) and theirs_read(ask.world, ask.sight, workflow.name),
        subjects=[o for o in organisations if workflow.is_about(o.kind) and o.is_active(ask.today)],
        kind=PeriodKind(workflow.period) if workflow.period else None,
        periods=_periods(ask, workflow),
        typed={name: ask.form.text(name) if posted else "" for name in ("subject", "period", "reason")},
        filled=filled,
        problems=list(wrong),
        dates=dates,
    )


def _periods(ask: Ask, workflow: Workflow) -> list[str]:
    if workflow.period is None:
        return []
    period = period_containing(workflow.period, ask.today).next
    found = [period]
    for _ in range(RECENT):
        found.append(found[-1].previous)
    return [each.label for each in found]
