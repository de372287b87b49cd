"""The built files under static/: each address names its content, so that a browser keeps it until it has changed."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
AT = "/static"


@cache
def static(name: str) -> str:
    """The address of a built file."""
    return f"{AT}/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


class KeptFiles(StaticFiles):
    """Files whose content is no secret; kept for good under an address that names the content, else for an hour."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        is_named = scope["query_string"].startswith(b"v=")
        answer.headers["Cache-Control"] = f"public, max-age={31_536_000 if is_named else 3_600}"
        return answer
