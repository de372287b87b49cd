"""What came of a form: done, refused with every reason, or no longer possible; in the same words for all forms."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from qa_workflow.definition import DefinitionRefused
from qa_workflow.engine import Item
from qa_workflow.engine.refusals import NotNow
from qa_workflow.errors import QaWorkflowError, Refusal, UsageFault
from qa_workflow.service.lists.story import meanwhile
from qa_workflow.service.refusals import DoubtfulDate
from qa_workflow.service.telling import views
from qa_workflow.service.telling.history import EventTold
from qa_workflow.service.telling.obstacles import in_words
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.telling.words import RUNS_ON, day_words
from qa_workflow.web.asking import Ask
from qa_workflow.web.typed import in_words as typed_in_words

Problem = dict[str, str]
"""One entry of an error summary: `text`, and mostly `href`, which leads to the place."""
REFUSED = (Refusal, UsageFault, DefinitionRefused)
"""What a form comes back with. What is wrong with the database, or with what is stored, is for no form to say."""
NO_REASON: Problem = {"text": "Enter a reason", "href": "#reason"}


def gone(ask: Ask, item: Item, seen: int) -> Response:
    """What was to be done cannot be any more; what was typed is shown, to be copied."""
    workflow = ask.world.workflow(item.definition)
    posted = ask.request.method == "POST"
    typed = list(typed_in_words(ask, ask.request.url.path, ask.form.typed())) if posted else []
    stages = [workflow.stages[visit.stage].title for visit in item.leaves()]
    return ask.page(
        "items/gone.html", status=409, item=item, meanwhile=since(ask, item, seen), typed=typed, stages=stages
    )


def since(ask: Ask, item: Item, seen: int) -> Sequence[EventTold]:
    """What others did with an item since the revision that was looked at."""
    return meanwhile(ask.house, ask.sight, item.reference, max(seen, 0))[1]


def problems(refusal: QaWorkflowError, ask: Ask | None = None, item: Item | None = None) -> list[Problem]:
    """Every reason of a refusal, for the error summary; of a step that `item` was to make, in its workflow's words."""
    if isinstance(refusal, DoubtfulDate):
        return [{"text": f"Confirm that you mean {refusal.coming.day}, or enter another date", "href": "#sure"}]
    said = [str(refusal)]
    if isinstance(refusal, NotNow):
        said = [obstacle.text for obstacle in refusal.obstacles]
        if ask is not None and item is not None:
            workflow = ask.world.workflow(item.definition)
            said = [in_words(ask.world.governance, workflow, each, ask.name) for each in refusal.obstacles]
    return [{"text": sentence(text)} for text in said]


def sentence(text: str) -> str:
    """A message of the service as a sentence of its own."""
    return text[:1].upper() + text[1:]


def told(ask: Ask, after: Item, what: str = "Done") -> str:
    """What came of it, for the notice on the next page."""
    if after.is_over:
        return f"{what}: done. {after.reference} is {after.status}."
    if after.hold is not None:
        zone = ask.world.governance.calendar.zone
        until = day_words(views.iso(after.hold.until, zone)) if after.hold.until else "somebody resumes it"
        runs = f" It stays due on {day_words(due.on)}: {RUNS_ON}." if (due := after.due()) else ""
        return f"{what}: done. {after.reference} is on hold until {until}.{runs}"
    workflow, due = ask.world.workflow(after.definition), after.due()
    stages = ", ".join(workflow.stages[visit.stage].title for visit in after.leaves())
    names = ", ".join(titles(ask.world.governance, views.holders(workflow, after)))
    when = f", due {day_words(due.on)}" if due else ""
    return f"{what}: done. {after.reference} is at {stages}, with {names or 'nobody'}{when}."
