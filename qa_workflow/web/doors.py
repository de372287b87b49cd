"""Who may pass where: every route names it, and a route that does not cannot be made."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from fastapi import APIRouter, Depends

from qa_workflow.errors import Refusal
from qa_workflow.service.refusals import NotYours
from qa_workflow.web.asking import Ask
from qa_workflow.web.forms import FORM_KEY, posted
from qa_workflow.web.turns import in_turn

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class SignInFirst(Refusal):
    """Nobody is signed in, or no longer."""

    code = "sign_in_first"

    def __init__(self) -> None:
        super().__init__("you are not signed in, or your session has ended; nothing was saved yet. Sign in to go on")


class FormTooOld(Refusal):
    """The form was made for another session."""

    code = "form_too_old"

    def __init__(self) -> None:
        super().__init__(
            "this form was opened in another session, so nothing was saved; what you typed is below, send it again"
        )


@dataclass(frozen=True, slots=True)
class Allow:
    """Who may pass: everybody, who is signed in, or who holds a right of the governance file."""

    public: bool = False
    right: str | None = None

    def passes(self, ask: Ask) -> bool:
        """Whether who asks may pass here; for menus, too."""
        return self.public or (ask.person is not None and (self.right is None or ask.may(self.right)))

    def check(self, ask: Ask) -> None:
        """Refuse who may not.

        Raises:
            SignInFirst: nobody is signed in.
            NotYours: signed in, without the right.
            FormTooOld: a form without the key of this session.
        """
        if not self.public and ask.person is None:
            raise SignInFirst
        if not self.passes(ask):
            roles = ask.world.governance.rights.get(self.right or "", ())
            raise NotYours("open this page", ask.name, roles)
        if ask.request.method == "POST" and ask.session is not None and hasattr(ask.request.state, "form"):
            given = ask.form.text(FORM_KEY)
            if not hmac.compare_digest(given.encode(), ask.session.form_key.encode()):
                raise FormTooOld


PUBLIC = Allow(public=True)
SIGNED_IN = Allow()


def right(name: str) -> Allow:
    """Holders of a right of the governance file, and who stands in for them."""
    return Allow(right=name)


class Door:
    """The routes of one family of pages."""

    def __init__(self) -> None:
        self.router = APIRouter(include_in_schema=False)

    def get(self, path: str, allow: Allow, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """A page that shows something and changes nothing."""
        return self._route("GET", path, allow, [], options)

    def post(self, path: str, allow: Allow, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """A form that was sent; its key is compared before anything else is read."""
        return self._route("POST", path, allow, [Depends(posted)], options)

    def _route(
        self, method: str, path: str, allow: Allow, first: list[Any], options: dict[str, Any]
    ) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            let_in = guarded(endpoint, allow)
            self.router.add_api_route(
                path,
                in_turn(let_in) if method == "GET" else let_in,
                methods=[method],
                dependencies=first,
                response_model=None,
                **options,
            )
            return endpoint

        return add


def guarded(endpoint: Callable[..., Any], allow: Allow) -> Callable[..., Any]:
    """An endpoint that lets in or refuses first, in the one thread that then does the work; `allow` stands on it.

    As a dependency it would have a thread of its own, for which each request would wait in line once more.
    """
    if iscoroutinefunction(endpoint):  # asks nothing of the database, and nothing of who asks
        if not allow.public:
            raise TypeError(f"{endpoint.__name__} is a coroutine, and only what everybody may see can be one")
        found = endpoint
    else:

        @wraps(endpoint)
        def found(*, ask: Ask, **given: Any) -> Any:
            allow.check(ask)
            return endpoint(ask=ask, **given)

    found.allow = allow  # type: ignore[attr-defined]
    return found


def allowed(route: object) -> Allow | None:
    """Who may pass a route; None where nobody said."""
    return getattr(getattr(route, "endpoint", None), "allow", None)
