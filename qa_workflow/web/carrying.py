"""A session that has ended in the middle of something: what was typed is carried through signing in, and sent after it.

The sign-in page that answers a form carries the form's fields in one hidden field of its own, from page to page, until
somebody is signed in; then one button sends them to where they were going. Files cannot be carried: they are named.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from qa_workflow.service.people import invitations
from qa_workflow.web import typed
from qa_workflow.web.asking import Ask
from qa_workflow.web.forms import KEPT, NEXT, Form

_SECRETS = frozenset({"password", "new_password", "again", "secret"})
"""Fields that are never carried; those of a workflow have other names."""
_OWN = ("/sign-in", "/sign-out", "/invitation/")
"""Pages whose own forms are not carried: somebody signs in there anyhow."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A form on its way: where it goes, its fields in order, and the files that were chosen, by field and name."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """As one field."""
        return json.dumps([self.path, self.fields, self.files], ensure_ascii=False, separators=(",", ":"))


def sign_in_first(request: Request) -> Response:
    """To the sign-in page and back afterwards; a form is answered with the page itself, which carries it."""
    if request.headers.get("hx-request") == "true":
        return Response("You are no longer signed in. Open another window, and sign in there.\n", 401)
    if request.method in ("GET", "HEAD"):
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(path, safe='')}", 303)
    ask = Ask(request, request.app.state.site, None)
    return ask.page("signing_in/sign_in.html", status=401, kept=keep(request), problems={}, **sign_in_context(ask))


def form_too_old(ask: Ask) -> Response | None:
    """A form that was opened in another session comes back whole, to be sent in this one; None where it is not kept."""
    kept = keep(ask.request)
    if kept is None or ask.is_fragment or ask.person is None:
        return None
    return kept_page(ask, kept, status=409, is_old=True)


def kept_page(ask: Ask, kept: Kept, *, status: int = 200, is_old: bool = False) -> Response:
    """What was typed, in words, for who is signed in now; one button sends it."""
    shown = list(typed.in_words(ask, kept.path, kept.fields))
    return ask.page("signing_in/kept.html", status=status, kept=kept, shown=shown, is_old=is_old)


def keep(request: Request) -> Kept | None:
    """The form of this request, to be carried; what another page carries already goes on."""
    if not hasattr(request.state, "form"):
        return None
    form: Form = request.state.form
    if (carried := read(form)) is not None:
        return carried
    if request.url.path.startswith(_OWN):
        return None
    fields = tuple((n, v) for n, v in form.typed() if n not in (KEPT, NEXT) and n not in _SECRETS)
    files = tuple((name, upload.name) for name, upload in form.uploads.items())
    return Kept(request.url.path + (f"?{request.url.query}" if request.url.query else ""), fields, files)


def read(form: Form) -> Kept | None:
    """What a form carries; None for nothing, or for what no page of ours wrote."""
    return read_text(form.text(KEPT))


def read_text(text: str) -> Kept | None:
    """The same from the text of `Kept.text`."""
    if not text:
        return None
    try:
        path, fields, files = json.loads(text)
        kept = Kept(path, _pairs(fields), _pairs(files))
    except (ValueError, TypeError, RecursionError):
        return None
    return kept if is_ours(kept.path) else None


def next_of(ask: Ask) -> str:
    """Where somebody was going; My items, where nobody says, or says somewhere else."""
    wanted = ask.form.text(NEXT) if ask.request.method == "POST" else ask.request.query_params.get(NEXT, "")
    return wanted if is_ours(wanted) and not wanted.startswith(_OWN) else "/"


def is_ours(path: object) -> bool:
    """Whether this is a path on this very site, and not an address that a browser takes for another."""
    return (
        isinstance(path, str)
        and path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and len(path) <= 2000
        and not any(character < " " or character in "\\\x7f" for character in path)
    )


def sign_in_context(ask: Ask) -> dict[str, Any]:
    """What the sign-in page shows besides."""
    settings = ask.site.settings
    people = []
    if settings.demonstration and ask.is_rehearsal:
        people = [each for each in ask.world.governance.people.values() if each.is_active(ask.today)]
    going = next_of(ask) if ask.request.url.path.startswith("/sign-in") else "/"
    first = None if people or settings.identity else invitations.first_in(ask.parts.gate)
    pages = invitations.HERE if settings.url else ask.base
    return {
        "people": people,
        "next": going,
        "identity": settings.identity,
        "first": first and invitations.first_words(first, pages),
    }


def _pairs(found: Any) -> tuple[tuple[str, str], ...]:
    pairs = tuple((name, value) for name, value in found)
    if not all(isinstance(text, str) for pair in pairs for text in pair):
        raise TypeError
    return pairs
