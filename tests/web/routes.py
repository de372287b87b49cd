"""Every route of an application, with who may pass: what the tests of access walk over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount

from qa_workflow.web.doors import Allow


@dataclass(frozen=True, slots=True)
class Way:
    """One method of one route; `allow` is None where nobody said who may pass."""

    method: str
    path: str
    parameters: tuple[str, ...]
    allow: Allow | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def ways(app: FastAPI) -> list[Way]:
    """Every way in, but for the static files."""
    return sorted(_walk(app.routes), key=str)


def _walk(routes: Sequence[Any]) -> Iterator[Way]:
    for route in routes:
        if isinstance(route, APIRoute):
            allows = [found for call in route.dependencies if (found := _allow(call.dependency)) is not None]
            for method in route.methods or ():
                yield Way(method, route.path, tuple(route.param_convertors), allows[0] if allows else None)
        elif isinstance(route, Mount) and route.path == "/static":
            continue
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _walk(inner.routes)
        else:
            yield Way("ANY", str(getattr(route, "path", route)), (), None)


def _allow(dependency: Any) -> Allow | None:
    owner = getattr(dependency, "__self__", None)
    return owner if isinstance(owner, Allow) else None
