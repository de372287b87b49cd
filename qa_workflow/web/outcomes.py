"""What came of a form: done, refused with every reason, or no longer possible; in the same words for all forms."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.definition import Workflow
from qa_workflow.engine import Item
from qa_workflow.engine.refusals import NotNow
from qa_workflow.errors import QaWorkflowError
from qa_workflow.service import views
from qa_workflow.service.obstacle_words import in_words
from qa_workflow.service.story import meanwhile
from qa_workflow.service.titles import titles
from qa_workflow.service.words import day_words
from qa_workflow.web.asking import Ask
from qa_workflow.web.fields import PREFIX


def gone(ask: Ask, item: Item, seen: int) -> Response:
    """What was to be done cannot be any more; what was typed is shown, to be copied."""
    _, since = meanwhile(ask.house, ask.sight, item.reference, max(seen, 0))
    workflow = ask.world.workflow(item.definition)
    typed = (
        [(_label(workflow, name), text) for name, text in ask.form.typed() if _is_text(name, text)]
        if (ask.request.method == "POST")
        else []
    )
    stages = [workflow.stages[visit.stage].title for visit in item.leaves()]
    return ask.page("items/gone.html", status=409, item=item, meanwhile=since, typed=typed, stages=stages)


def problems(refusal: QaWorkflowError, ask: Ask | None = None, item: Item | None = None) -> list[dict[str, str]]:
    """Every reason of a refusal, for the error summary; of a step that `item` was to make, in its workflow's words."""
    said = [str(refusal)]
    if isinstance(refusal, NotNow):
        said = [obstacle.text for obstacle in refusal.obstacles]
        if ask is not None and item is not None:
            workflow = ask.world.workflow(item.definition)
            said = [in_words(ask.world.governance, workflow, each, ask.name) for each in refusal.obstacles]
    return [{"text": f"{text[:1].upper()}{text[1:]}"} for text in said]


def told(ask: Ask, after: Item, what: str = "Done") -> str:
    """What came of it, for the notice on the next page."""
    if after.is_over:
        return f"{what}: done. {after.reference} is {after.status}."
    workflow, due = ask.world.workflow(after.definition), after.due()
    stages = ", ".join(workflow.stages[visit.stage].title for visit in after.leaves())
    names = ", ".join(titles(ask.world.governance, views.holders(workflow, after)))
    when = f", due {day_words(due.on)}" if due else ""
    return f"{what}: done. {after.reference} is at {stages}, with {names or 'nobody'}{when}."


def _label(workflow: Workflow, name: str) -> str:
    field_name = name.removeprefix(PREFIX).partition(".")[0]
    return workflow.fields[field_name].label if field_name in workflow.fields else name.replace("_", " ").capitalize()


def _is_text(name: str, text: str) -> bool:
    return bool(text.strip()) and name not in ("revision", "request") and not name.endswith(".ticket")
