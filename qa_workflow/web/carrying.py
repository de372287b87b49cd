"""A session that has ended in the middle of something: what was typed is carried through signing in."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response


def sign_in_first(request: Request) -> Response:
    """To the sign-in page, and back afterwards."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(path, safe='')}", 303)
