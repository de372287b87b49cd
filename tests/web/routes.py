"""Every route of an application, with who may pass: what the tests of access walk over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount

from qa_workflow.web.doors import Allow, allowed


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
            # A page's endpoint says who may pass; a route of the API asks it as its first dependency.
            allows = [allowed(route), *(_allow(call.dependency) for call in route.dependencies)]
            found = next((allow for allow in allows if allow is not None), None)
            for method in route.methods or ():
                yield Way(method, route.path, tuple(route.param_convertors), found)
        elif isinstance(route, Mount) and route.path == "/static":
            continue
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _walk(inner.routes)
        else:
            yield Way("ANY", str(getattr(route, "path", route)), (), None)


def _allow(dependency: Any) -> Allow | None:
    owner = getattr(dependency, "__self__", None)
    return owner if isinstance(owner, Allow) else None
