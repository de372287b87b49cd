"""Who has an item: taking it on, giving it back, giving it to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from qa_workflow.definition.model import Option
from qa_workflow.engine import Item
from qa_workflow.engine.commands import Assign, Claim, Command, Release
from qa_workflow.engine.policy import capacity
from qa_workflow.errors import Refusal
from qa_workflow.web import sending
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.item_forms import ItemForm, Wrong, offer
from qa_workflow.web.outcomes import gone, problems, told
from qa_workflow.web.reasons import Asking

door = Door()


@door.post("/claim/{reference:path}", SIGNED_IN)
def claim(ask: Asked, reference: str) -> Response:
    """Take on what is offered."""
    return _at_once(ask, reference, Claim(ask.form.text("stage") or None), "Taken on")


@door.post("/release/{reference:path}", SIGNED_IN)
def release(ask: Asked, reference: str) -> Response:
    """Give back what one has taken on."""
    return _at_once(ask, reference, Release(ask.form.text("stage") or None), "Given back")


def _at_once(ask: Ask, reference: str, command: Command, what: str) -> Response:
    item, at = ask.item(reference), sending.seen(ask)
    try:
        after = sending.send(ask, item, command)
    except Refusal as refusal:
        if at != item.revision:
            return gone(ask, item, at)
        said = "; ".join(problem["text"] for problem in problems(refusal))
        return ask.page("fault.html", status=422, heading="That is not possible now", text=said)
    return ask.go(f"/items/{after.reference}", said=told(ask, after, what))


def _assigning(ask: Ask, item: Item) -> ItemForm | None:
    form = Asking(
        "assign",
        "Give it to somebody",
        "Whoever is given it has it alone, until it is given back or to another. They are told.",
        _assign,
        choices=tuple(_people(ask, item)),
        choices_label="To whom",
    )
    return form.make(ask, item)


def _people(ask: Ask, item: Item) -> Iterator[Option]:
    """By open stage, the people who may act there, so that nobody is offered who would be refused."""
    workflow, governance = ask.world.workflow(item.definition), ask.world.governance
    leaves = list(item.leaves())
    for visit in leaves:
        stage = workflow.stages[visit.stage]
        for actor in ask.world.staff(ask.today).actors.values():
            if actor.name != visit.holder and capacity(stage.owner, actor, item, governance) is not None:
                title = governance.people[actor.name].title
                yield Option(f"{visit.stage}:{actor.name}", title, f"for {stage.title}" if len(leaves) > 1 else "")


def _assign(ask: Ask, reason: str) -> Assign:
    stage, _, person = ask.form.text("choice").partition(":")
    if not person:
        raise Wrong("Choose to whom", "#choice")
    return Assign(person, reason, stage)


offer(door, "assign", _assigning)
