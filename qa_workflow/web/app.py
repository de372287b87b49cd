"""The application: middleware, doors, faults; everything it works with is handed in."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from qa_workflow.clock import Clock, SystemClock
from qa_workflow.web import api, ops
from qa_workflow.web.asking import Site
from qa_workflow.web.guard import Guard
from qa_workflow.web.menu import menu
from qa_workflow.web.metrics import Metrics
from qa_workflow.web.pages import DOORS
from qa_workflow.web.refusals import answer_faults
from qa_workflow.web.render import renderer
from qa_workflow.web.request_log import RequestLog
from qa_workflow.web.settings import WebSettings
from qa_workflow.web.static_files import AT, KeptFiles, static
from qa_workflow.wiring import Parts


def create_app(parts: Parts, settings: WebSettings | None = None, wall: Clock | None = None) -> FastAPI:
    """The pages over one database.

    Args:
        wall: the clock by which sessions live; the machine's if left out. What is due goes by the database's own.
    """
    chosen = settings or WebSettings()
    app = FastAPI(title="qa_workflow", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = Site(parts, chosen, wall or SystemClock(), renderer(menu=menu, static=static))
    app.router.routes.extend(ROUTES.routes)
    app.mount(AT, KeptFiles(), name="static")
    answer_faults(app)
    app.add_middleware(Guard, settings=chosen)
    app.state.metrics = Metrics(parts, app.state.site.wall)
    app.add_middleware(RequestLog, clock=app.state.site.wall, count=app.state.metrics.count)
    return app


def _routes() -> APIRouter:
    found = APIRouter()
    for door in DOORS:
        found.include_router(door.router)
    found.include_router(ops.door.router)
    for way in api.DOORS:
        found.include_router(way.router)
    return found


ROUTES = _routes()
"""Worked out once a process: applications differ in what they work with, and not in their doors."""
