"""What nobody caught becomes an answer: a page in plain words, or problem details for programs."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_workflow.errors import QaWorkflowError, StorageFault
from qa_workflow.service import saved
from qa_workflow.service.refusals import NotYours, UnknownItem
from qa_workflow.service.telling.titles import titles
from qa_workflow.web import away
from qa_workflow.web.api import problems
from qa_workflow.web.asking import Ask, asked
from qa_workflow.web.carrying import form_too_old, sign_in_first
from qa_workflow.web.doors import FormTooOld, SignInFirst, allowed
from qa_workflow.web.statuses import status_of

log = logging.getLogger(__name__)
API = "/api/"
HEADINGS = {
    400: "That could not be read",
    401: "Sign in to go on",
    403: "This is not yours to open",
    404: "There is no such page",
    405: "That cannot be done here",
    409: "Somebody was quicker",
    410: "This file is not given out any more",
    413: "That is too large",
    422: "That is not possible now",
    429: "That was asked too often",
    503: "The database could not be reached",
}
OUR_FAULT = "Something went wrong here, and it is not your fault"
NOT_THERE = (
    "There is nothing here under this address, or nothing that you may see. Check the address, or go to My items."
)


def answer_faults(app: FastAPI) -> None:
    """Teach an application to answer what its endpoints let rise."""
    app.add_exception_handler(QaWorkflowError, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_middleware(Unforeseen)


class Unforeseen:
    """A fault that nobody foresaw becomes an answer, below all other middleware: it leaves with every header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False
        saved.begin()

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:  # in the midst of what they sent: no fault of anybody's, and nobody reads the answer
            if not has_begun:
                await Response(status_code=400)(scope, receive, send)
        except Exception as fault:
            if has_begun or scope["type"] != "http":
                raise
            answer = await run_in_threadpool(_broken, Request(scope, receive), fault)
            await answer(scope, receive, send)


def _refused(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, QaWorkflowError)
    status = status_of(fault)
    if isinstance(fault, StorageFault):
        told = saved.rightly(fault)
        return problems.unreachable(request, told) if _is_api(request) else away.page(request, told)
    if _is_api(request):
        return problems.refused(request, fault)
    if isinstance(fault, SignInFirst):
        return sign_in_first(request)
    if isinstance(fault, FormTooOld) and (answer := form_too_old(_ask(request))) is not None:
        return answer
    text = NOT_THERE if isinstance(fault, UnknownItem) else str(fault)
    if isinstance(fault, NotYours):
        who_may = " or ".join(titles(_ask(request).world.governance, fault.who_may)) or "nobody"
        text = f"You may not {fault.what}; this is for: {who_may}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s: %s", fault.code, type(fault).__name__)
    return _answer(request, status, fault.code, text)


def _http(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    if _is_api(request):
        return problems.http(request, fault)
    texts = {404: NOT_THERE, 405: "This address takes no such request. Go back, and use the page's own buttons."}
    return _answer(request, fault.status_code, "http", texts.get(fault.status_code, str(fault.detail)))


def _invalid(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    if _is_api(request):
        return problems.invalid(request, fault)
    if (allow := allowed(request.scope.get("route"))) is not None:  # who may not pass is told that, and no more
        try:
            allow.check(_ask(request))
        except QaWorkflowError as refusal:
            return _refused(request, refusal)
    places = sorted({".".join(str(part) for part in error["loc"][1:]) for error in fault.errors()})
    where = ", ".join(places)[:300] or "the request"
    said = f"What was sent cannot be read: {where}. Nothing was saved; mend it and send it again."
    return _answer(request, 400, "invalid", said)


def _broken(request: Request, fault: Exception) -> Response:
    key = getattr(request.state, "request_id", None) or secrets.token_hex(4)
    log.error("fault %s", key, exc_info=fault)
    if _is_api(request):
        return problems.broken(request, key)
    said = (
        "Nothing more was saved than what you saw confirmed. Try again; if it stays so, tell your administrator this: "
        f"fault {key}."
    )
    return _answer(request, 500, "fault", said)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(API)


def _answer(request: Request, status: int, code: str, text: str) -> Response:
    heading = HEADINGS.get(status, OUR_FAULT if status >= 500 else "That is not possible")
    said = text[:1].upper() + text[1:]
    sentence = said.rstrip(".") + "."
    back = request.url.path if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and _has_form(request) else ""
    try:
        return _ask(request).page(
            "fault.html", status=status, heading=heading, text=sentence, back=back, headers={"X-Code": code}
        )
    except StorageFault as fault:
        return away.page(request, saved.rightly(fault))


def _has_form(request: Request) -> bool:
    """Whether what was posted came from a page under the same address."""
    asked_for = {**request.scope, "method": "GET"}
    return any(route.matches(asked_for)[0] is Match.FULL for route in request.app.routes)


def _ask(request: Request) -> Ask:
    """Who asks, for the page that tells of a fault; where even that cannot be found out, nobody."""
    try:
        ask = asked(request)
        _ = ask.world, ask.actor
    except QaWorkflowError:
        ask = Ask(request, request.app.state.site, None)
    return ask
