"""Saying something about an item; it becomes part of the history."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.engine import Item
from qa_workflow.engine.commands import Comment
from qa_workflow.errors import Refusal
from qa_workflow.service.people import candidates
from qa_workflow.service.telling.disclosing import also_read_by
from qa_workflow.service.telling.titles import title
from qa_workflow.web import sending
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.fields import looked_through
from qa_workflow.web.outcomes import Problem, problems
from qa_workflow.web.pages.items import board_at

door = Door()
EVERYBODY, COLLEAGUES = "everybody", "colleagues"
"""Who a comment is for, as the form says it; asked where the people of an organisation read along."""
WHY_LATE = "yes"


@door.get("/comment/{reference:path}", SIGNED_IN)
def asking(ask: Asked, reference: str) -> Response:
    """A comment of which somebody is told. It has a page of its own, since the item's need not look who may read it."""
    item = ask.item(reference)
    return ask.page("items/comment.html", item=item, is_late=item.is_overdue(ask.now), readers=_readers(ask, item))


@door.post("/comment/{reference:path}", SIGNED_IN)
def comment(ask: Asked, reference: str) -> Response:
    """Add a comment. What others did meanwhile does not matter to it."""
    item, text, chosen = ask.item(reference), ask.form.text("text"), ask.form.text("audience")
    told = ask.form.text("tell") or None
    why_late, back = ask.form.text("why_late") == WHY_LATE, board_at(ask.form.text("back"))
    filled = looked_through(ask, {"Comment": text})
    wrong: list[Problem] = [] if text else [{"text": "Enter a comment", "href": "#text"}]
    if also_read_by(ask.world, ask.sight, item) and chosen not in (EVERYBODY, COLLEAGUES):
        wrong.append({"text": "Choose who it is for", "href": "#audience"})
    if not wrong and not filled.errors:
        said = Comment(text, colleagues_only=chosen == COLLEAGUES, why_late=why_late, tell=told)
        try:
            ask.engine.do(item.id, said, actor=ask.name, revision=None, request=sending.request_of(ask))
            among = ", for colleagues only" if said.colleagues_only else ""
            what = f"It is on record why {item.reference} is late" if why_late else "Your comment was added"
            return ask.go((why_late and back) or f"/items/{item.reference}", said=f"{what}{among}.{_told(ask, told)}")
        except Refusal as refusal:
            wrong = problems(refusal)
    return ask.page(
        "items/comment.html",
        status=422,
        item=item,
        text=text,
        chosen=chosen,
        is_late=why_late or item.is_overdue(ask.now),
        why_late=why_late,
        back=back,
        filled=filled,
        problems=wrong,
        readers=_readers(ask, item),
        told=told,
    )


def _readers(ask: Ask, item: Item) -> list[dict[str, str]]:
    """Who may be told of it: whoever may see the item, but for who asks."""
    found = candidates.for_field(ask.world, ask.world.workflow(item.definition), item, ask.today)
    return [{"value": each.name, "text": each.title} for each in found if each.name != ask.name]


def _told(ask: Ask, name: str | None) -> str:
    return f" {title(ask.world.governance, name)} is told of it." if name else ""
