"""Keys for programs: made by a person for themselves, shown once, and taken back."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from qa_workflow.errors import QaWorkflowError
from qa_workflow.service.people import tokens
from qa_workflow.service.people.tokens import NoSuchToken
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.numbers import number_of
from qa_workflow.web.outcomes import REFUSED
from qa_workflow.web.pages.signing_in import cookie_of

door = Door()
PATH = "/account/tokens"
DAYS = (30, 90, 366)
"""How long a key may be good, as it is offered."""


@door.get(PATH, SIGNED_IN)
def list_tokens(ask: Asked) -> Response:
    """Which programs act in one's name."""
    return _page(ask)


@door.post(PATH, SIGNED_IN)
def make_token(ask: Asked) -> Response:
    """A new key; it is on this page and never again."""
    try:
        secret, token = tokens.give(
            ask.house,
            ask.name,
            label=ask.form.text("label"),
            scopes=ask.form.texts("scopes"),
            days=number_of(ask.form.text("days"), 0, digits=4),
            cookie=cookie_of(ask),
            now=ask.wall_now,
        )
    except REFUSED as refused:
        return _page(ask, status=422, problems={_field(refused): str(refused)})
    return _page(ask, secret=secret, made=token.label)


@door.post(PATH + "/{token}/take-back", SIGNED_IN)
def take_back(ask: Asked, token: str) -> Response:
    """From now on the key opens nothing."""
    try:
        tokens.take_back(ask.house, ask.name, token, now=ask.wall_now)
    except NoSuchToken as gone:
        return ask.go(PATH, said=f"Nothing was done: {gone}.")
    return ask.go(PATH, said="The key was taken back. It opens nothing any more.")


def _field(refused: QaWorkflowError) -> str:
    """Beside which field a refusal belongs."""
    return getattr(refused, "field", "label")


def _page(
    ask: Ask, *, status: int = 200, problems: Mapping[str, str] | None = None, secret: str = "", made: str = ""
) -> Response:
    typed = ask.form if ask.request.method == "POST" and not secret else None
    return ask.page(
        "account/tokens.html",
        status=status,
        tokens=tokens.of(ask.house, ask.name, now=ask.wall_now),
        scopes=tokens.SCOPES,
        days=DAYS,
        problems=problems or {},
        label=typed.text("label") if typed else "",
        chosen=typed.texts("scopes") if typed else ["read"],
        chosen_days=typed.text("days") if typed else "90",
        secret=secret,
        made=made,
    )
