"""Who may pass into the API: by a key with scopes, or by the session of a page; then by the same rights as everywhere.

A request is let in before its body is read.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from qa_workflow.errors import Refusal
from qa_workflow.service.people import tokens
from qa_workflow.service.people.sessions import FULL, SignedIn
from qa_workflow.service.people.tokens import ACT, READ, Token
from qa_workflow.service.refusals import NotYours
from qa_workflow.web.api.models.base import Told, told
from qa_workflow.web.api.payloads import check_form, check_headers, check_query, read_json
from qa_workflow.web.asking import Ask, Site, asked
from qa_workflow.web.doors import Allow, FormTooOld
from qa_workflow.web.guard import SAFE
from qa_workflow.web.turns import in_turn

PREFIX = "/api/v1"
FORM_KEY_HEADER = "X-Form-Key"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class KeyWanted(Refusal):
    """Neither a key nor a session that is still good."""

    code = "key_wanted"

    def __init__(self) -> None:
        super().__init__(
            "send a key in the header Authorization, as Bearer qaw_…; it may be wrong, taken back, or have run out. "
            "People make keys under Account, Keys for programs"
        )


class ScopeWanted(Refusal):
    """The key was given away for less."""

    code = "scope_wanted"

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__(f"this key may not do that: it lacks the scope {scope!r}; make a key that has it")


class Caller(Ask):
    """Who asks through the API; `token` is None where the session of a page asks."""

    def __init__(self, request: Request, site: Site, session: SignedIn | None, token: Token | None) -> None:
        super().__init__(request, site, session)
        self.token = token

    def tell(self, shape: type[Told], source: Any, status: int = 200) -> JSONResponse:
        """What a shape tells of something, as the answer."""
        return JSONResponse(self.told(shape, source), status)

    def told(self, shape: type[Told], source: Any) -> dict[str, Any]:
        """The same before it is an answer; instants are told in the zone of the house."""
        return told(shape, source, self.world.governance.calendar.zone)

    def reaches(self, scope: str) -> bool:
        """Whether the key was given away for that; a session reaches as far as its person."""
        return self.token is None or self.token.allows(scope)


@dataclass(frozen=True, slots=True)
class ApiAllow(Allow):
    """Who may pass, and how far a key must reach."""

    scope: str = READ

    def admit(self, request: Request) -> None:
        """Let in, or refuse; asked twice, the first answer counts.

        Raises:
            KeyWanted: nobody that is known here asks.
            ScopeWanted: the key was given away for less.
            NotYours: the person has no such right.
            FormTooOld: a page's session changes something without the page's key.
        """
        if hasattr(request.state, "caller"):
            return
        caller = _caller(request)
        if not self.public:
            self._check(request, caller)
        request.state.caller = request.state.ask = caller

    check = admit  # type: ignore[assignment]  # under this name the tests of access look for who may pass

    def _check(self, request: Request, caller: Caller) -> None:
        person = caller.world.governance.people.get(caller.person or "")
        if person is None or not person.is_active(caller.today):
            raise KeyWanted
        if not caller.reaches(self.scope):
            raise ScopeWanted(self.scope)
        if not self.passes(caller):
            raise NotYours("do this", caller.name, caller.world.governance.rights.get(self.right or "", ()))
        if request.method not in SAFE and caller.token is None and caller.session is not None:
            given = request.headers.get(FORM_KEY_HEADER, "")
            if not hmac.compare_digest(given.encode(), caller.session.form_key.encode()):
                raise FormTooOld


def _caller(request: Request) -> Caller:
    site: Site = request.app.state.site
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if not kind:
        ask = asked(request)
        return Caller(request, site, ask.session, None)
    now = site.wall.now()
    token = tokens.find(site.parts.house, secret.strip(), now=now) if kind.lower() == "bearer" else None
    if token is None:
        return Caller(request, site, None, None)
    session = SignedIn(token.person, FULL, "", token.created_at, now, token.ends_at or now)
    return Caller(request, site, session, token)


def caller(request: Request) -> Caller:
    """Who asks; the door has made sure that there is somebody."""
    found: Caller = request.state.caller
    return found


Called = Annotated[Caller, Depends(caller)]


class _Route(APIRoute):
    """A route that lets in first, then reads JSON strictly, then does its work."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()
        allow = next(a for d in self.dependencies if isinstance(a := getattr(d.dependency, "__self__", None), ApiAllow))
        takes_files = (self.openapi_extra or {}).get("x-takes-files", False)

        async def handle(request: Request) -> Response:
            check_headers(request)
            await run_in_threadpool(allow.admit, request)
            check_query(request)
            if takes_files:
                check_form(request)
            elif request.method not in SAFE:
                await read_json(request)
            return await handler(request)

        return handle


class ApiDoor:
    """The routes of one family; each says who may pass and, to programs, what it does."""

    def __init__(self, tag: str, about: str | None) -> None:
        self.tag, self.about = tag, (about or "").partition("\n")[0]
        self.router = APIRouter(prefix=PREFIX, tags=[tag], route_class=_Route)

    def get(
        self, path: str, *, right: str | None = None, scope: str = READ, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """What shows something and changes nothing."""
        return self._route("GET", path, ApiAllow(False, right, scope), options)

    def post(
        self, path: str, *, right: str | None = None, scope: str = ACT, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """What changes something."""
        return self._route("POST", path, ApiAllow(False, right, scope), options)

    def public(self, path: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """What everybody may read."""
        return self._route("GET", path, ApiAllow(True), options)

    def _route(
        self, method: str, path: str, allow: ApiAllow, options: dict[str, Any]
    ) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            for each in ("GET", "HEAD") if method == "GET" else (method,):
                self.router.add_api_route(
                    path,
                    in_turn(endpoint) if method == "GET" else endpoint,
                    methods=[each],
                    dependencies=[Depends(allow.check)],
                    operation_id=endpoint.__name__,
                    summary=endpoint.__name__.replace("_", " ").capitalize(),
                    response_model=None,
                    include_in_schema=each != "HEAD",  # it is the same without the body
                    **options,
                )
            return endpoint

        return add
