"""Saying something about an item; it becomes part of the history."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.engine.commands import Comment
from qa_workflow.errors import Refusal
from qa_workflow.web import sending
from qa_workflow.web.asking import Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import looked_through
from qa_workflow.web.outcomes import Problem, problems

door = Door()


@door.post("/comment/{reference:path}", SIGNED_IN)
def comment(ask: Asked, reference: str) -> Response:
    """Add a comment. What others did meanwhile does not matter to it."""
    item, text = ask.item(reference), ask.form.text("text")
    filled = looked_through(ask, {"Comment": text})
    wrong: list[Problem] = [] if text else [{"text": "Enter a comment", "href": "#text"}]
    if not wrong and not filled.errors:
        try:
            ask.engine.do(item.id, Comment(text), actor=ask.name, revision=None, request=sending.request_of(ask))
            return ask.go(f"/items/{item.reference}", said="Your comment was added.")
        except Refusal as refusal:
            wrong = problems(refusal)
    return ask.page("items/comment.html", status=422, item=item, text=text, filled=filled, problems=wrong)
