"""Lists with their filters that one keeps under a name: for the overdue board, the list of items and the calendar."""

from __future__ import annotations

from starlette.responses import Response

from qa_workflow.service.boards import saved_views
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door

door = Door()
Kept = list[tuple[str, str, bool]]
"""The name of a list, its address, and whether it is the one that is shown."""


def kept(ask: Ask, page: str, query: str) -> Kept:
    """What one keeps for a page that shows the list of these words of an address."""
    views = saved_views.of(ask.house, ask.name, page)
    return [(view.name, _address(page, view.query), view.query == query) for view in views]


@door.post("/lists/{page}/keep", SIGNED_IN)
def keep(ask: Asked, page: str) -> Response:
    """Keep a list with its filters under a name."""
    form = ask.form
    view = saved_views.keep(ask.house, ask.name, page, form.text("name"), form.text("query"))
    return ask.go(_address(page, view.query), said=f"You will find this list as {view.name}.")


@door.get("/lists/{page}", SIGNED_IN)
def lists(ask: Asked, page: str) -> Response:
    """The lists that one keeps for a page, to be renamed or forgotten."""
    return ask.page("lists/kept.html", page=page, views=saved_views.of(ask.house, ask.name, page))


@door.post("/lists/{page}", SIGNED_IN)
def change(ask: Asked, page: str) -> Response:
    """Rename a list, or forget it."""
    name = ask.form.text("view")
    if ask.form.text("do") == "forget":
        saved_views.forget(ask.house, ask.name, page, name)
        return ask.go(f"/lists/{page}", said=f"{name} is forgotten.")
    view = saved_views.rename(ask.house, ask.name, page, name, ask.form.text("name"))
    return ask.go(f"/lists/{page}", said=f"{name} is now called {view.name}.")


def _address(page: str, query: str) -> str:
    return f"/{page}?{query}" if query else f"/{page}"
