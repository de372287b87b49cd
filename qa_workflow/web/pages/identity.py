"""Signing in with an identity of another house: off to the provider, and back."""

from __future__ import annotations

from functools import lru_cache

from starlette.responses import RedirectResponse, Response

from qa_workflow.errors import Refusal
from qa_workflow.service.people import identities, keeping_typed
from qa_workflow.service.people.identities import IdentityProvider
from qa_workflow.service.people.sessions import WHOLE
from qa_workflow.web import carrying
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import PUBLIC, Door
from qa_workflow.web.oidc import BACK, CAME, LASTS, OUT, Provider, way_of
from qa_workflow.web.pages import signing_in
from qa_workflow.web.statuses import NotThere

door = Door()


@door.get("/sign-in/identity", PUBLIC)
def go(ask: Asked, kept: str = "") -> Response:
    """Off to the provider."""
    try:
        address, way = _provider(ask).begin(_redirect(ask), going=carrying.next_of(ask), kept=kept[:64])
    except Refusal as refused:
        return signing_in.refused(ask, refused)
    answer = RedirectResponse(address, 303)
    ask.keep_cookie(answer, _cookie(ask), way.cookie(), lasts=LASTS)
    return answer


@door.post("/sign-in/identity", PUBLIC)
def go_with(ask: Asked) -> Response:
    """The same with something typed, which waits here; a link leads on, since a form may not lead to another site."""
    _provider(ask)
    form = carrying.keep(ask.request)
    key = ""
    if form is not None:
        try:
            key = keeping_typed.keep(ask.house, form.text(), source=signing_in.source(ask), now=ask.wall_now)
        except Refusal as refused:
            return signing_in.refused(ask, refused)
    return ask.page("signing_in/leave.html", key=key, kept=form, next=carrying.next_of(ask), identity=_settings(ask))


@door.get(BACK, PUBLIC)
def back(ask: Asked) -> Response:
    """Back from the provider: believed only if all is as it must be; else the sign-in page says so."""
    way = way_of(ask.request.cookies.get(_cookie(ask), ""))
    try:
        claims = _provider(ask).finish(_redirect(ask), way, dict(ask.request.query_params), ask.wall_now)
        done = identities.sign_in(ask.parts.gate, _settings(ask), claims, now=ask.wall_now)
    except Refusal as refused:
        return signing_in.refused(ask, refused)
    assert way is not None
    text = keeping_typed.take(ask.house, way.kept, now=ask.wall_now) if way.kept else None
    kept = carrying.read_text(text) if text is not None else None
    answer = signing_in.enter(ask, done, kept=kept, going=way.next if carrying.is_ours(way.next) else "/")
    ask.drop_cookie(answer, _cookie(ask))
    ask.keep_cookie(answer, CAME, "1", lasts=int(WHOLE.total_seconds()))
    return answer


@door.get(OUT, PUBLIC)
def out(ask: Asked) -> Response:
    """Signed out here, and how to be so over there too: on a shared machine the next one would come in as them."""
    address = _provider(ask).way_out()
    if address is None or CAME not in ask.request.cookies:
        return ask.go("/sign-in", said="You are signed out.")
    answer = ask.page("signing_in/signed_out.html", address=address, identity=_settings(ask))
    ask.drop_cookie(answer, CAME)
    return answer


@lru_cache(maxsize=4)
def _known(settings: IdentityProvider) -> Provider:
    """What is known of a provider is shared by all requests."""
    return Provider(settings)


def _provider(ask: Ask) -> Provider:
    return _known(_settings(ask))


def _settings(ask: Ask) -> IdentityProvider:
    found = ask.site.settings.identity
    if found is None:
        raise NotThere("nobody signs in by way of another system here")
    return found


def _redirect(ask: Ask) -> str:
    return f"{ask.base}{BACK}"


def _cookie(ask: Ask) -> str:
    return "__Host-qa-way" if ask.site.settings.is_secure else "qa-way"
