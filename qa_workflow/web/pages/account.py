"""One's own account: password, one-time codes, where one is signed in, and who stands in while one is away."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from qa_workflow.service.people import accounts, codes, cover
from qa_workflow.service.people.accounts import In
from qa_workflow.service.people.gate import WrongSignIn
from qa_workflow.service.people.passwords import SHORTEST
from qa_workflow.service.people.people import CONFIRM
from qa_workflow.web import cover_form
from qa_workflow.web.asking import Ask, Asked
from qa_workflow.web.doors import SIGNED_IN, Door
from qa_workflow.web.outcomes import REFUSED, sentence
from qa_workflow.web.pages.signing_in import cookie_of, source

door = Door()


@door.get("/account", SIGNED_IN)
def account(ask: Asked) -> Response:
    """How one is known here."""
    return _page(ask)


@door.post("/account/password", SIGNED_IN)
def change_password(ask: Asked) -> Response:
    """Another password; everywhere else one is signed out."""
    old, new = ask.form.raw("password"), ask.form.raw("new_password")
    if new != ask.form.raw("again"):
        return _page(ask, problems={"new_password": "The two new passwords are not the same; type it again in both"})
    try:
        accounts.change_password(
            ask.parts.gate, ask.name, old, new, cookie=cookie_of(ask), source=source(ask), now=ask.wall_now
        )
    except WrongSignIn:
        return _page(ask, problems={"password": "This is not your present password"})
    except REFUSED as refused:
        return _page(ask, problems={"new_password": sentence(str(refused))})
    return ask.go("/account", said="The password was changed. Everywhere else you are signed out.")


@door.get("/account/codes", SIGNED_IN)
def codes_page(ask: Asked) -> Response:
    """A new secret for the app."""
    return _codes(ask, codes.new_secret())


@door.post("/account/codes", SIGNED_IN)
def set_codes(ask: Asked) -> Response:
    """Take it, once the app shows the right code."""
    secret = ask.form.text("secret")
    if not codes.is_secret(secret):
        return _codes(
            ask, codes.new_secret(), status=422, problem="The key was lost on the way; begin again with this one"
        )
    try:
        done = accounts.enrol(
            ask.parts.gate,
            cookie_of(ask),
            secret,
            ask.form.text("code"),
            now=ask.wall_now,
            password=ask.form.raw("password"),
        )
    except WrongSignIn:
        return _codes(ask, secret, status=422, problem="This is not your present password", at="password")
    except REFUSED as refused:
        return _codes(ask, secret, status=422, problem=sentence(str(refused)))
    return _again(ask, done, said="One-time codes are set up. Everywhere else you are signed out.")


@door.post("/account/sign-out-everywhere", SIGNED_IN)
def sign_out_everywhere(ask: Asked) -> Response:
    """Here too."""
    accounts.sign_out_everywhere(ask.parts.gate, ask.name, actor=ask.name, now=ask.wall_now)
    return ask.go(
        "/sign-in", said="You are signed out everywhere; your keys for programs and your calendar feeds are taken back."
    )


@door.post("/account/cover", SIGNED_IN)
def arrange_cover(ask: Asked) -> Response:
    """Somebody stands in for me."""
    problems: dict[str, str] = {}
    said = cover_form.arrange(ask, ask.name, problems)
    return _page(ask, problems=problems) if problems else ask.go("/account", said=said)


@door.post("/account/cover/end", SIGNED_IN)
def end_cover(ask: Asked) -> Response:
    """For either of the two."""
    cover.end(ask.house, ask.form.text("covered"), ask.form.text("substitute"), actor=ask.name)
    return ask.go("/account", said="The cover has ended.")


def _page(ask: Ask, *, problems: Mapping[str, str] | None = None) -> Response:
    governance = ask.world.governance
    me = governance.people.get(ask.name)
    others = [
        each
        for each in governance.people.values()
        if me is not None
        and each.name != me.name
        and each.organisation == me.organisation
        and each.is_active(ask.today)
    ]
    with ask.house.store.reading() as look:
        sessions = [each for each in look.access.sessions(ask.name) if each.ends_at > ask.wall_now]
    return ask.page(
        "account/account.html",
        status=422 if problems else 200,
        problems=dict(problems or {}),
        me=me,
        standing=accounts.standing(ask.parts.gate, ask.name, ask.wall_now),
        sessions=sessions,
        here=ask.session,
        confirms=any(ask.may(right) for right in CONFIRM),
        covers=[each for each in cover.arranged(governance, ask.name) if each.until >= ask.today],
        others=others,
        shortest=SHORTEST,
        awaited=cover.awaited(ask.house, ask.name),
        **cover_form.shown(ask),
    )


def _codes(ask: Ask, secret: str, *, status: int = 200, problem: str = "", at: str = "code") -> Response:
    return ask.page(
        "account/codes.html",
        status=status,
        problem=problem,
        at=at,
        raw=secret,
        secret=codes.spaced(secret),
        link=codes.link(secret, ask.name, ask.world.governance.title),
        standing=accounts.standing(ask.parts.gate, ask.name, ask.wall_now),
    )


def _again(ask: Ask, signed_in: In, *, said: str) -> Response:
    """The session is another from now on."""
    cookie, _ = signed_in
    answer = ask.go("/account", said=said)
    ask.keep_cookie(answer, ask.site.settings.cookie, cookie)
    return answer
