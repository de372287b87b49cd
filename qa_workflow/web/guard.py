"""What every request passes first: its origin, its size; and what every answer carries: headers for the browser."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa_workflow.errors import UsageFault
from qa_workflow.web.numbers import number_of
from qa_workflow.web.settings import WebSettings

LARGEST = 30 * 2**20
"""Bytes of a request: a document of 25 MB with its form, and some room."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset({"same-origin", "none"})


class TooLarge(UsageFault):
    """More was sent than anything here needs."""

    code = "too_large"

    def __init__(self) -> None:
        super().__init__(
            f"What was sent is larger than {LARGEST // 2**20} MB, and nothing of it was saved; "
            "send a smaller file, for instance a PDF without pictures"
        )


class Guard:
    """ASGI middleware around everything."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        headers = Headers(scope=scope)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                _bind(MutableHeaders(scope=message), nonce, secure=self._settings.is_secure)
            await send(message)

        if scope["method"] not in SAFE and not (_has_key(scope, headers) or self._is_own(headers)):
            await _foreign(scope)(scope, receive, sending)
            return
        await self._app(scope, _counted(headers, receive), sending)

    def _is_own(self, headers: Headers) -> bool:
        """Whether a request that changes something comes from our own pages, or from a program with a token."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            return site in _OWN
        if origin is not None:
            said, ours = urlsplit(origin), urlsplit(self._settings.url or f"//{headers.get('host', '')}")
            return said.netloc == ours.netloc and ours.scheme in {"", said.scheme}
        return f"{self._settings.cookie}=" not in headers.get("cookie", "")


def _has_key(scope: Scope, headers: Headers) -> bool:
    """Whether a program shows its key, which no other site can have a browser send; the session then counts nothing."""
    return _is_api(scope) and "authorization" in headers


def _is_api(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/api/")


def _foreign(scope: Scope) -> Response:
    said = "This was sent from another site, so nothing was done. Open the page here and send it again."
    if not _is_api(scope):
        return PlainTextResponse(said, 403)
    from qa_workflow.web.api.problems import problem

    return problem(Request(scope), 403, "other_site", said)


def _counted(headers: Headers, receive: Receive) -> Receive:
    """The request's body, as long as it is not too large; what a header says of its length is only a first look."""
    length = headers.get("content-length", "0")
    seen = LARGEST + 1 if number_of(length, LARGEST + 1, digits=15) > LARGEST else 0

    async def counting() -> Message:
        nonlocal seen
        if seen > LARGEST:
            raise TooLarge
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST:
            raise TooLarge
        return message

    return counting


def _bind(headers: MutableHeaders, nonce: str, *, secure: bool) -> None:
    """No script, style, frame or form but our own; nothing of a page is kept by the browser or told to other sites."""
    headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    # Not no-referrer: with that, browsers send forms with `Origin: null`, and the origin could not be compared.
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.setdefault("Cache-Control", "no-store")
    if secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
