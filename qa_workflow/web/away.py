"""The page for when the database is away. It asks the database nothing, and gives back whatever was typed."""

from __future__ import annotations

import logging

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from qa_workflow.errors import StorageFault
from qa_workflow.service import away
from qa_workflow.web.asking import Site
from qa_workflow.web.carrying import keep
from qa_workflow.web.forms import FORM_KEY, Form
from qa_workflow.web.typed import shown

HEADING = "The database could not be reached"
SOON = "15"
"""Seconds after which a program, or a proxy, may try again."""
_LOG = logging.getLogger(__name__)


def note(request: Request, fault: StorageFault) -> None:
    """For who runs the machine; `fault` names files and servers."""
    _LOG.error("%s (request %s): %s", fault.code, getattr(request.state, "request_id", "?"), fault)


def page(request: Request, fault: StorageFault) -> Response:
    """What happened, what was saved, what to do; a form can be sent again as it was."""
    note(request, fault)
    site: Site = request.app.state.site
    kept = keep(request) if request.method == "POST" else None
    form: Form | None = getattr(request.state, "form", None)
    values = {
        "heading": HEADING,
        "told": away.told(fault),
        "kept": kept,
        "typed": list(shown(kept.fields)) if kept is not None else [],
        "form_key": form.text(FORM_KEY) if form is not None else "",
        "form_key_name": FORM_KEY,
        "request_id": getattr(request.state, "request_id", ""),
        "path": str(request.url.replace(scheme="", netloc="")) if request.method == "GET" else "",
    }
    return HTMLResponse(site.render("away.html", values), 503, headers={"Retry-After": SOON, "X-Code": fault.code})
